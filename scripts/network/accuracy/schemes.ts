import { PUBLISHED, type QuantiseOptions } from '../quantise/options.js';

/** A way to quantise a network, as a row of the accuracy table. */
export interface Scheme {
  readonly name: string;
  readonly options: QuantiseOptions;
}

const ANT = ['int', 'flint', 'pot'];
const ANT_FLOAT = [...ANT, 'float'];
/** The 4-8 mix may spend this much on average, in bits per element of all operands. */
const MIXED_BITS = 5.5;

const LISTS: readonly (readonly [name: string, families: readonly string[]])[] = [
  ['int4', ['int']],
  ['flint4', ['flint']],
  ['pot4', ['pot']],
  ['float4', ['float']],
  ['ANT4', ANT],
  ['ANT4 + float', ANT_FLOAT],
];

/**
 * The rows of the table: the published search with each list of types; the same with the mean error of each output
 * channel taken back; the same with weights rounded so that they take back errors of the layer's result.
 */
export function schemes(): readonly Scheme[] {
  const mixed: Partial<QuantiseOptions> = { budget: { kind: 'bits', limit: MIXED_BITS }, ranking: 'output' };
  const rows = (suffix: string, extra: Partial<QuantiseOptions>): Scheme[] => [
    ...LISTS.map(([name, families]) => ({
      name: `${name}${suffix}`,
      options: { ...PUBLISHED, ...extra, families },
    })),
    { name: `ANT4-8${suffix}`, options: { ...PUBLISHED, ...extra, ...mixed, families: ANT } },
  ];
  return [
    { name: 'int8', options: { ...PUBLISHED, families: ['int'], bits: 8 } },
    ...rows('', {}),
    ...rows(', bias corrected', { biasCorrection: true }),
    ...rows(', compensated', { rounding: 'compensated' }),
  ];
}
