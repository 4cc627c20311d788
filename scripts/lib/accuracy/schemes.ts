import { PUBLISHED, type QuantiseOptions } from '../quantise/options.js';

/** A way to quantise a network, as a row of the accuracy table. */
export interface Scheme {
  readonly name: string;
  readonly options: QuantiseOptions;
}

const ANT = ['int', 'flint', 'pot'];
const ADAPTIVE = ['int', 'flint', 'pot', 'float'];
/** The 4-8 mix may spend this much on average, in bits per element of all operands. */
export const MIXED_BITS = 4.8;

const published = (families: readonly string[]): QuantiseOptions => ({ ...PUBLISHED, families });

/** The published search on each list of types, and what this project adds to it. */
export function schemes(): readonly Scheme[] {
  const refined: Partial<QuantiseOptions> = { rounding: 'compensated', biasCorrection: true };
  const mixed: Partial<QuantiseOptions> = { budget: { kind: 'bits', limit: MIXED_BITS }, ranking: 'output' };
  return [
    { name: 'int8', options: { ...published(['int']), bits: 8 } },
    { name: 'int4', options: published(['int']) },
    { name: 'flint4', options: published(['flint']) },
    { name: 'pot4', options: published(['pot']) },
    { name: 'float4', options: published(['float']) },
    { name: 'ANT4', options: published(ANT) },
    { name: 'ANT4 with float', options: published(ADAPTIVE) },
    { name: 'ANT4-8', options: { ...published(ANT), ...mixed } },
    { name: 'int4, refined', options: { ...published(['int']), ...refined } },
    { name: 'ANT4, refined', options: { ...published(ANT), ...refined } },
    { name: 'ANT4 with float, refined', options: { ...published(ADAPTIVE), ...refined } },
    { name: 'ANT4-8, refined', options: { ...published(ANT), ...refined, ...mixed } },
  ];
}
