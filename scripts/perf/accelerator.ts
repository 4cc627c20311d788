import { z } from 'zod';
import { MOST_PE_LANES } from '../../gen/config/parameters.js';

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

/**
 * An accelerator: a systolic array of rows x cols units, each of `lanes` multipliers. At half of `maxBits` or less a unit works
 * as 2 x 2, down to `minBits`; narrower codes gain nothing.
 */
export const ACCELERATOR = z
  .strictObject({
    name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9 _.+-]*$/),
    about: z.string(),
    /** Where the figures come from. */
    source: z.string(),
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
    precision: PRECISION,
    /** nW of one multiplier of a unit, with its share of what they have in common. */
    core: z.strictObject({ leakage: energy, dynamic: energy }),
    memory: MEMORY,
  })
  .refine(({ array }) => array.minBits <= array.maxBits, 'array.minBits must not be above array.maxBits');

export type Accelerator = z.output<typeof ACCELERATOR>;
export type DramEnergies = z.output<typeof dram>;
