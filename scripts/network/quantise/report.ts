import { z } from 'zod';

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
  scale: z.number(),
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
  /** Parts of the reduction with scales of their own. */
  groups: count,
  /** Of the groups x N scales. */
  scales: z.object({ least: z.number(), greatest: z.number() }),
  relativeError: z.number().nullable(),
  considered: z.array(considered),
  /** Of the weights over their scales, in units of the type's least step. */
  histogram,
  files: z.object({ codes: z.string(), scales: z.string() }),
});

const layer = z.object({
  name: z.string(),
  op: z.enum(['Conv', 'Gemm', 'MatMul']),
  /** The node's output, which names it in the network. */
  output: z.string(),
  bits: count,
  /** Products of M x K by K x N for one sample. */
  products: z.object({ count, m: count, k: count, n: count }),
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

/** `report.json`: everything decided about a network, and the files of its folder. */
export const REPORT = z.object({
  generator: z.string(),
  model: z.object({
    name: z.string(),
    sha256: z.string(),
    opset: count,
    input: z.string(),
    /** Of one sample. */
    inputShape: z.array(count),
    output: z.string(),
  }),
  calibration: z.object({ source: z.string(), samples: count }),
  options: z.record(z.string(), z.unknown()),
  files: z.object({ float: z.string(), quantised: z.string() }),
  layers: z.array(layer),
  skipped: z.array(z.object({ node: z.string(), op: z.string(), reason: z.string() })),
  totals: z.object({
    /** Multiply-accumulates per sample. */
    macs: z.number(),
    /** Over the elements of all operands of one sample's run. */
    averageBits: z.number(),
    weightBits: z.number(),
    /** Squared error of the network's outputs over their squares, on calibration samples. */
    outputError: z.number(),
  }),
});

export type QuantiseReport = z.output<typeof REPORT>;
export type LayerReport = QuantiseReport['layers'][number];
export type Histogram = z.output<typeof histogram>;
