import { z } from 'zod';
import { type EngineConfiguration, validateEngine } from '../../gen/config/engine.js';
import { type Configuration, MOST_PE_LANES } from '../../gen/config/parameters.js';
import { type EngineSpeed, engineSpeed } from '../network/compile/cycles/predict.js';

const positive = z.number().positive();
const energy = z.number().min(0);
const size = z.int().min(1);

const dram = z.strictObject({
  source: z.string(),
  /** nJ per cycle, whatever is done. */
  background: energy,
  /** nJ per bit. */
  read: energy,
  write: energy,
});

const buffer = z.strictObject({
  bytes: size,
  /** nJ per bit. */
  read: energy,
  write: energy,
  /** mW of all its banks. */
  leakage: energy,
});

/** Buffers and DRAM around an array. */
export const MEMORY = z.strictObject({
  source: z.string(),
  frequencyHz: positive,
  /** Bits per cycle between DRAM and buffers. */
  interfaceBits: size,
  /** Share of a buffer that a tile may take: half where buffers are double. */
  usable: positive.max(1),
  buffers: z.strictObject({ weights: buffer, activations: buffer, results: buffer }),
  /** `published`: what the published model reports with; `search`: what it breaks ties with; `corrected`: one for all. */
  dram: z.strictObject({ published: dram, search: dram, corrected: dram }),
});

/** Which codes a layer has, where neither the network nor a list of the comparison says so. */
export const PRECISION = z.strictObject({
  /** Name of the list in the published comparison, for networks that have one. */
  list: z.string().optional(),
  bits: size.max(16),
  /** Of the first and last layer, and of products of two activations. */
  first: size.max(16).optional(),
  last: size.max(16).optional(),
  attention: size.max(16).optional(),
});

/** The parameters of the generator that an array's cycle counts depend on besides its size. */
export const ARRAY_PARAMETERS = z.object({
  dataflow: z.enum(['os', 'ws']),
  pipeline: size.max(5).default(1),
  /** Products that a unit adds up in a cycle. */
  lanes: size.max(MOST_PE_LANES).default(1),
});

/** What every accelerator has. */
const COMMON = {
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9 _.+-]*$/),
  about: z.string(),
  /** Where the figures come from. */
  source: z.string(),
  precision: PRECISION,
  /** nW of one multiplier of a unit, with its share of what they have in common. */
  core: z.strictObject({ leakage: energy, dynamic: energy }),
  memory: MEMORY,
};

/**
 * An accelerator: a systolic array of rows x cols units, each of `lanes` multipliers. At half of `maxBits` or less a unit works
 * as 2 x 2, down to `minBits`; narrower codes gain nothing.
 */
export const ACCELERATOR = z
  .strictObject({
    ...COMMON,
    array: z.strictObject({
      rows: size,
      cols: size,
      maxBits: size.max(16),
      minBits: size.max(16),
      ...ARRAY_PARAMETERS.shape,
      /** Width of a partial sum where the model keeps it whole. */
      accumulatorBits: size.max(64).default(32),
      /** Longest reduction the accumulators hold. */
      maxK: size.optional(),
    }),
  })
  .refine(({ array }) => array.minBits <= array.maxBits, 'array.minBits must not be above array.maxBits');

export type Accelerator = z.output<typeof ACCELERATOR> & {
  /** This project's engine, whose cycles its compiler predicts. */
  readonly engine?: EngineSpeed;
  /** The design that the array is, where all its parameters are known: cycles may depend on others than `array` has. */
  readonly design?: Configuration;
};

/** Around one of this project's engines: its array and its buffers follow from its parameters. */
export const ENGINE_ACCELERATOR = z.strictObject({
  ...COMMON,
  /** Parameters of `npm run gen -- --engine`. */
  engine: z.record(z.string(), z.unknown()),
  /** Cycles after which memory answers. */
  latency: z.int().min(0).default(100),
});

/** PEs of 4 bits along each side of a unit. */
const UNIT_SIDE = 2;

/** @throws ConfigurationError for parameters that no engine has. */
export function engineAccelerator({ engine, ...rest }: z.output<typeof ENGINE_ACCELERATOR>): Accelerator {
  return engineAround(validateEngine({ engine: true, ...engine }), rest);
}

/** The accelerator that an engine is. */
export function engineAround(
  configuration: EngineConfiguration,
  { latency, ...rest }: Omit<z.output<typeof ENGINE_ACCELERATOR>, 'engine'>,
): Accelerator {
  const speed = engineSpeed(configuration, latency);
  const { rows, cols, lanes, pipeline, maxK } = configuration;
  const { accumulatorBits } = speed.machine;
  const array = {
    ...{ rows: rows / UNIT_SIDE, cols: cols / UNIT_SIDE, lanes, pipeline },
    ...{ maxBits: 4 * UNIT_SIDE, minBits: 4, dataflow: 'os' as const, accumulatorBits, maxK },
  };
  return { ...rest, array, engine: speed };
}
export type DramEnergies = z.output<typeof dram>;
