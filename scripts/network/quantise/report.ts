import { z } from 'zod';
import { PRODUCT_OPS } from '../products/operators.js';

const count = z.int().min(0);
const histogram = z.object({
  /** Ends of the range; the bins are equally wide. */
  low: z.number(),
  high: z.number(),
  counts: z.array(z.number()),
});

/** A type that was tried. Other objectives than the tensor's error may choose a scale with a larger error. */
const considered = z.object({
  type: z.string(),
  /** At the type's best scale: norm of the rounding error over that of the values; null where all values are zero. */
  relativeError: z.number().nullable(),
});

const tensor = z.object({
  /** Its name in the network. */
  tensor: z.string(),
  type: z.string(),
  /** Of blocks, what their scales are multiplied by: element step times the tensor's scale. */
  scale: z.number(),
  /** Blocks of a dimension, of each of its parts, whose scales come from the data; null without them. */
  blocks: z.object({ format: z.string(), size: count, axis: count, parts: count, tensorScale: z.number() }).nullable(),
  /** Width of a code with its share of the scales of blocks. */
  bitsPerElement: z.number(),
  /** The integer that stands for 0. */
  zeroPoint: z.int(),
  /** Whether type and scale are those that the network itself rounds to. */
  taken: z.boolean(),
  /** Elements per sample. */
  elements: z.number(),
  least: z.number(),
  greatest: z.number(),
  relativeError: z.number().nullable(),
  considered: z.array(considered),
  /** Of the values. */
  histogram,
});

const weights = z.object({
  tensor: z.string(),
  /** Shape in the network; as a matrix it is K x N. */
  shape: z.array(count),
  k: count,
  n: count,
  type: z.string(),
  /** Whether type and scales are those that the network itself rounds to. */
  taken: z.boolean(),
  /** Parts of the reduction with scales of their own. */
  groups: count,
  /** Rows of each of them; the last one has the rest. With taps, each has one row of so many that follow each other. */
  groupRows: count,
  taps: count,
  /** Of the groups x N scales. */
  scales: z.object({ least: z.number(), greatest: z.number() }),
  /** How scales are stored; null where they have no format and are float64. */
  blockScales: z.object({ format: z.string(), tensorScale: z.number() }).nullable(),
  /** Width of a code with its share of the scales of blocks. */
  bitsPerElement: z.number(),
  relativeError: z.number().nullable(),
  considered: z.array(considered),
  /** Of the weights over their scales, zero points added: in units of the type's least step. */
  histogram,
  /** Scales as stored are null where they have no format; zero points, one for each scale, where all are 0. */
  files: z.object({
    codes: z.string(),
    scales: z.string(),
    scaleCodes: z.string().nullable(),
    zeroPoints: z.string().nullable(),
  }),
});

const layer = z.object({
  /** Names the layer's folder; unique. */
  name: z.string(),
  /** What the network calls it. */
  title: z.string(),
  op: z.enum(PRODUCT_OPS),
  /** The node's output, which names it in the network. */
  output: z.string(),
  bits: count,
  /** Products of M x K by K x N for so many samples: one, unless samples cannot be told apart in them. */
  products: z.object({ count, m: count, k: count, n: count, samples: count }),
  activation: tensor,
  second: z.discriminatedUnion('kind', [
    weights.extend({ kind: z.literal('weights') }),
    tensor.extend({ kind: z.literal('activation') }),
  ]),
  /** File of the numbers added to the output channels, where the bias is corrected. */
  correction: z.string().nullable(),
  /** `$readmemh` files; null where the array cannot take the layer. */
  images: z
    .object({
      folder: z.string(),
      rows: count,
      cols: count,
      activationBits: count,
      weightBits: count,
      accumulatorBits: count,
      /** Beats of each tile. */
      beats: z.array(count),
    })
    .nullable(),
});

const share = z.number().nullable();

/** How far an output is from that in floating point; null where there is no such number, and why in `note`. */
const output = z.object({
  name: z.string(),
  type: z.string(),
  /** For all samples; null where runs differ. */
  shape: z.array(count.nullable()),
  elements: count,
  equal: count,
  relativeError: share,
  cosine: share,
  largestError: share,
  agreement: z.object({ kind: z.enum(['classes', 'threshold', 'sign']), alike: count, decisions: count }).nullable(),
  note: z.string(),
});

/** Outputs on some samples. */
const comparison = z.object({
  samples: count,
  outputs: z.array(output),
  /** Squared error over the squares, of all outputs with fractions; null where it cannot be computed. */
  error: share,
  /** Why it cannot be; empty where it can. */
  why: z.string(),
});

const stored = z.object({ type: z.string(), scale: z.number() });
const right = z.object({ float: count, quantised: count, integer: count });

/** The network in whole integers as far as the engine runs it. */
const integer = z.object({
  /** The same in standard operators. */
  file: z.string(),
  /** How each tensor is kept that the engine reads or writes; the copy is what all but products read. */
  tensors: z.array(z.object({ tensor: z.string(), ...stored.shape, copy: stored.nullable() })),
  /** Times that the engine runs, with the host between. */
  jobs: count,
  /** Multiply-accumulates per sample of the engine, and of products left to the host as far as they are known. */
  macs: z.object({ engine: z.number(), host: z.number() }),
  /** Nodes left to the host; of products with the reason and the multiply-accumulates per sample where they are known. */
  host: z.array(
    z.object({ name: z.string(), op: z.string(), reason: z.string().nullable(), macs: z.number().nullable() }),
  ),
  /** What moves between the memories of host and engine, per sample. */
  moved: z.array(
    z.object({ tensor: z.string(), to: z.enum(['engine', 'host']), type: z.string(), elements: count, bytes: count }),
  ),
  /**
   * How far the engine's results are from those of the rounded network: of each operation alone, with that network's
   * operands, and in whole integers throughout. Norm of the difference over the norm; null where all is zero.
   */
  differences: z.array(z.object({ tensor: z.string(), alone: share, whole: share })),
  /** Outputs against floating point, on the samples that those of the rounded network are measured on. */
  outputs: comparison,
  /** On labelled images; null without any. */
  accuracy: z
    .object({
      source: z.string(),
      samples: count,
      /** Samples that are classified right, and those for which integers decide as the rounded network does. */
      right,
      alike: count,
    })
    .nullable(),
});

/** `report.json`: everything decided about a network, and the files of its folder. */
export const REPORT = z.object({
  generator: z.string(),
  model: z.object({
    name: z.string(),
    sha256: z.string(),
    opset: count,
    /** Shapes are those of one sample, or of one run where the network fixes its samples. */
    inputs: z.array(z.object({ name: z.string(), type: z.string(), shape: z.array(count) })),
    outputs: z.array(z.string()),
    /** Samples that the network takes at a time; null where it takes any number. */
    samplesAtOnce: count.nullable(),
    /** Whether the first dimension of inputs counts the steps of a sequence, all of which are one sample. */
    sequence: z.boolean(),
  }),
  /** Samples that everything is fitted to, and samples that nothing is. */
  calibration: z.object({ source: z.string(), samples: count, heldOut: count }),
  options: z.record(z.string(), z.unknown()),
  files: z.object({ float: z.string(), quantised: z.string() }),
  layers: z.array(layer),
  /** Products that are not quantised, but computed as the network has them. MACs per sample are null where they are not known. */
  leftOut: z.array(z.object({ title: z.string(), op: z.string(), reason: z.string(), macs: z.number().nullable() })),
  totals: z.object({
    /** Multiply-accumulates per sample of the layers. */
    macs: z.number(),
    /** Those of products that are not quantised, as far as they are known. */
    macsLeftOut: z.number(),
    /** Over the elements of all operands of one sample's run, of the layers alone. */
    averageBits: z.number(),
    weightBits: z.number(),
    /** The same with what is not quantised, in its own width: over elements, and over multiply-accumulates. */
    bitsOfAll: z.number(),
    bitsPerMac: z.number(),
  }),
  /** What quantisation changes in the outputs. */
  outputs: z.object({
    calibration: comparison,
    /** On samples that nothing was fitted to; null where none were held out. */
    heldOut: comparison.nullable(),
  }),
  /** Null unless it was asked for. */
  integer: integer.nullable(),
  /** What may make figures better than they are. */
  warnings: z.array(z.string()),
});

export type QuantiseReport = z.output<typeof REPORT>;
export type IntegerReport = NonNullable<QuantiseReport['integer']>;
export type LayerReport = QuantiseReport['layers'][number];
export type Histogram = z.output<typeof histogram>;
