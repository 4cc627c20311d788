import { BASELINES } from '../../../gen/config/baselines.js';
import { reasonAgainst } from '../../../gen/config/conflicts.js';
import { type Configuration, parameterMeta } from '../../../gen/config/parameters.js';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { elaborateCore } from '../../../gen/rtl/core.js';
import { PUBLISHED, type Published } from './published.js';

/** A kind of PE that is compared. */
export interface Kind {
  readonly name: string;
  readonly description: string;
  readonly parameters: RawConfiguration;
  readonly published?: Published;
}

const kind = (name: string, description: string, parameters: RawConfiguration): Kind => {
  const published = PUBLISHED[name];
  return { name, description, parameters, ...(published ? { published } : {}) };
};

function baseline(name: string): Kind {
  const { description, parameters } = BASELINES[name] ?? { description: '', parameters: {} };
  return kind(name, description, parameters);
}

const WIDE: RawConfiguration = { wideActivations: ['int8', 'uint8'], wideWeights: ['int8'] };

/** The kind all others are compared with. */
export const REFERENCE = 'ant';

/** The kinds `npm run area -- --compare` compares, in the order of its table. */
export const KINDS: readonly Kind[] = [
  kind(REFERENCE, 'the unified PE: all default types of 4 bits, and 8-bit integers on four PEs', WIDE),
  kind('ant4', 'the same without 8-bit integers: the default design', {}),
  ...['int4', 'int8', 'fused', 'olaccel', 'biscaled', 'fp8'].map(baseline),
  kind('mxfp4', 'elements of OCP MXFP4 (E2M1); the scale of a block of 32 stands outside the array', {
    activations: ['e2m1'],
    weights: ['e2m1'],
  }),
  kind('fp8_float', 'OCP FP8 E4M3 with binary32 accumulators', {
    pe: 'float',
    activations: ['e4m3'],
    weights: ['e4m3'],
  }),
];

/** Lanes of the PEs that are compared: products that a PE adds up in a cycle. */
export const LANES: readonly number[] = [1, 2, 4];

/** Why a kind has no more than one lane; undefined where it takes several. */
export const whyOneLane = ({ parameters }: Pick<Kind, 'parameters'>): string | undefined =>
  reasonAgainst('lanes', { arch: 'array', dataflow: 'os', pe: parameters.pe === 'float' ? 'float' : 'int' });

/** Whether a kind can have so many lanes. */
export const hasLanes = (kind: Pick<Kind, 'parameters'>, lanes: number): boolean =>
  lanes === 1 || whyOneLane(kind) === undefined;

/** The name of a kind whose PEs have so many lanes. */
export const withLanes = (kind: string, lanes: number): string => (lanes === 1 ? kind : `${kind}, ${lanes} lanes`);

/** Something that can be had or not: its price is the difference between two designs. */
export interface Option {
  readonly name: string;
  readonly description: string;
  readonly without: RawConfiguration;
  readonly having: RawConfiguration;
}

const PORTS = [
  { key: 'activations', letter: 'a' },
  { key: 'weights', letter: 'w' },
] as const;

const INT4: RawConfiguration = { activations: ['int4'], weights: ['int4'] };

const option = (name: string, description: string, without: RawConfiguration, having: RawConfiguration): Option => ({
  ...{ name, description, without, having },
});

/** The price of a default type on a port: added to int4 alone, and as the last of all default types. */
const typeOptions: readonly Option[] = PORTS.flatMap(({ key, letter }) => {
  const types = parameterMeta(key).fallback as readonly string[];
  return types.flatMap((type): Option[] => {
    const others = types.filter((other) => other !== type);
    const name = `${letter}_${type}`;
    const first = option(`${name}_first`, `${type} among the ${key}, beside int4 alone`, INT4, {
      ...INT4,
      [key]: ['int4', type],
    });
    const last = option(name, `${type} among the ${key}, beside all other default types`, { [key]: others }, {});
    return type === 'int4' ? [last] : [first, last];
  });
});

/** The options whose price `npm run area -- --compare` tells, in the order of its table. */
export const OPTIONS: readonly Option[] = [
  ...typeOptions,
  option('wide', '8-bit integers on four PEs', {}, WIDE),
  option('stall_enable', 'stalls by an enable on every register instead of a clock gate', {}, { stall: 'enable' }),
  option('pipeline_2', 'a register between shifter and adder', {}, { pipeline: 2 }),
  option('pipeline_3', 'registers between multiplier, shifter and adder', {}, { pipeline: 3 }),
  option('reset_async', 'asynchronous reset of the control', {}, { reset: 'async' }),
];

/** Longest reduction of all designs: the longest that 8-bit products fit into 24 bits. */
export const LONGEST = 256;
/** Width of all accumulators but those that need more for it. */
export const ACCUMULATOR_BITS = 24;

/** Rows, and columns, of the largest designs for the price of an option: larger ones take long and tell the same. */
export const LARGEST_OF_OPTIONS = 16;

/** All designs have one name, so that equal modules are equal text. */
export const DESIGN_NAME = 'compared';

/**
 * A square design with the accumulators that all have, or with the wider ones it needs.
 *
 * @param size Rows, and columns.
 */
export function configurationOf(parameters: RawConfiguration, size: number, lanes = 1): Configuration {
  const raw = { rows: size, cols: size, lanes, maxK: LONGEST, name: DESIGN_NAME, ...parameters };
  const configuration = validateConfiguration(raw);
  const bits = elaborateCore(configuration).accumulator.bits;
  if (configuration.pe === 'float' || bits >= ACCUMULATOR_BITS) return configuration;
  return validateConfiguration({ ...raw, accumulatorBits: ACCUMULATOR_BITS });
}
