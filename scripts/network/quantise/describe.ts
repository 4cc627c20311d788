import { basename } from 'node:path';
import { GENERATOR } from '../../../gen/base/version.js';
import { sha256 } from '../../../gen/design/manifest.js';
import { groupOfRow } from '../../../gen/golden/code-matrix.js';
import { type FloatTensor, readFloats } from '../onnx/tensor.js';
import type { Lowering } from '../products/contraction.js';
import { type Product, weightMatrix } from '../products/product.js';
import { macsOf, type SurveyedProduct } from '../products/survey.js';
import type { LayerFiles } from './files.js';
import type { QuantisedNetwork } from './network.js';
import type { Comparison } from './output-figures.js';
import {
  activationBits,
  averageBits,
  type LayerPlan,
  operandSizes,
  type QuantisedTensor,
  type QuantisedWeights,
  weightBits,
} from './plan.js';
import type { Histogram, IntegerReport, LayerReport, QuantiseReport } from './report.js';

/** What the report says besides the plan itself. */
export interface Circumstances {
  readonly bytes: Uint8Array;
  readonly source: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly outputs: MeasuredOutputs;
  readonly warnings: readonly string[];
  readonly integer?: IntegerReport;
  readonly files: ReadonlyMap<Product, LayerFiles>;
}

/** Figures of all outputs on some samples. */
export type MeasuredComparison = Comparison & { readonly samples: number };

/** Those on the calibration samples, and on samples held out. */
export interface MeasuredOutputs {
  readonly calibration: MeasuredComparison;
  readonly heldOut: MeasuredComparison | null;
}

const copied = ({ outputs, ...rest }: MeasuredComparison): QuantiseReport['outputs']['calibration'] => ({
  ...rest,
  outputs: outputs.map((output) => ({ ...output, shape: [...output.shape] })),
});

const BINS = 120;

/** `report.json` of a quantised network. */
export function describe(network: QuantisedNetwork, about: Circumstances): QuantiseReport {
  const { model, plan, calibration, unit } = network;
  const { feed } = calibration;
  const layers = plan.layers.map((layer) => describeLayer(layer, network, about));
  return {
    generator: GENERATOR,
    model: {
      name: basename(model.name),
      sha256: sha256(Buffer.from(about.bytes)),
      opset: model.opset,
      inputs: model.inputs.map(({ name, type }) => ({ name, type, shape: [...(feed.shapes.get(name) ?? [])] })),
      outputs: [...model.outputs],
      samplesAtOnce: feed.fixed ?? null,
      sequence: feed.sequence,
    },
    calibration: { source: about.source, samples: feed.count, heldOut: about.outputs.heldOut?.samples ?? 0 },
    options: { ...about.options },
    files: { float: 'float.onnx', quantised: 'fake-quantised.onnx' },
    layers,
    leftOut: plan.leftOut.map(({ title, op, reason, macs }) => ({
      title,
      op,
      reason,
      macs: macs === null ? null : macs / unit,
    })),
    totals: totalsOf(network),
    outputs: {
      calibration: copied(about.outputs.calibration),
      heldOut: about.outputs.heldOut && copied(about.outputs.heldOut),
    },
    integer: about.integer ?? null,
    warnings: [...about.warnings],
  };
}

function totalsOf({ plan, calibration, unit, sizes }: QuantisedNetwork): QuantiseReport['totals'] {
  const { count } = calibration.feed;
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const quotient = (a: number, b: number): number => (b === 0 ? 0 : a / b);
  const layers = plan.layers.map((layer) => ({
    bits: layer.bits,
    macs: macsOf((sizes.get(layer.product) as SurveyedProduct).lowering) / unit,
    operands: operandSizes(layer, count),
    weights: layer.second.kind === 'weights' ? [operandSizes(layer, count)[1]] : [],
  }));
  const left = plan.leftOut.map(({ macs, elements, bits }) => ({
    bits,
    macs: (macs ?? 0) / unit,
    elements: (elements ?? 0) / unit,
  }));
  const average = <T extends { bits: number }>(list: readonly T[], share: (item: T) => number): number =>
    quotient(sum(list.map((item) => item.bits * share(item))), sum(list.map(share)));
  return {
    macs: sum(layers.map(({ macs }) => macs)),
    macsLeftOut: sum(left.map(({ macs }) => macs)),
    averageBits: averageBits(plan.layers, count),
    weightBits: average(
      layers.flatMap(({ weights }) => weights),
      ({ elements }) => elements,
    ),
    bitsOfAll: average([...layers.flatMap(({ operands }) => operands), ...left], ({ elements }) => elements),
    bitsPerMac: average([...layers, ...left], ({ macs }) => macs),
  };
}

/** A layer's products for one sample, where `unit` samples can be told apart in them. */
export function productsOf(
  { parts, m, k, n }: Pick<Lowering, 'parts' | 'm' | 'k' | 'n'>,
  kind: 'weights' | 'activation',
  unit: number,
): LayerReport['products'] {
  const byRows = m % unit === 0 ? { count: parts, m: m / unit, k, n, samples: 1 } : undefined;
  const byParts = parts % unit === 0 ? { count: parts / unit, m, k, n, samples: 1 } : undefined;
  const [first, other] = kind === 'weights' ? [byRows, byParts] : [byParts, byRows];
  return first ?? other ?? { count: parts, m, k, n, samples: unit };
}

function describeLayer(
  layer: LayerPlan,
  { model, calibration, unit, sizes }: QuantisedNetwork,
  about: Circumstances,
): LayerReport {
  const { product, bits, activation, second } = layer;
  const samples = calibration.feed.count;
  const files = about.files.get(product) as LayerFiles;
  const floats = (): FloatTensor =>
    readFloats(
      model.constants.get(product.second.tensor) as NonNullable<ReturnType<typeof model.constants.get>>,
      product.name,
    );
  return {
    name: product.name,
    title: product.title,
    op: product.op,
    output: product.node.output[0] as string,
    bits,
    products: productsOf((sizes.get(product) as SurveyedProduct).lowering, second.kind, unit),
    activation: describeTensor(product.activation, activation, samples),
    second:
      second.kind === 'activation'
        ? { kind: 'activation', ...describeTensor(product.second.tensor, second.tensor, samples) }
        : { kind: 'weights', ...describeWeights(product, second.weights, weightMatrix(product, floats()).data, files) },
    correction: files.correction?.path ?? null,
    images: files.images?.about ?? null,
  };
}

const relative = (squaredError: number, squares: number): number | null =>
  squares === 0 ? null : Math.sqrt(Math.max(squaredError, 0) / squares);

function describeTensor(tensor: string, chosen: QuantisedTensor, samples: number) {
  const { type, scale, blocks, zeroPoint = 0, taken = false, count, least, greatest, squaredError, squares } = chosen;
  const { considered, histogram } = chosen;
  return {
    tensor,
    type: type.name,
    scale,
    blocks: blocks
      ? {
          format: blocks.scales.name,
          size: blocks.size,
          axis: blocks.axis,
          parts: blocks.parts,
          tensorScale: blocks.tensorScale,
        }
      : null,
    bitsPerElement: activationBits({ type, blocks }),
    zeroPoint,
    taken,
    elements: count / samples,
    least,
    greatest,
    relativeError: relative(squaredError, squares),
    considered: considered.map((other) => ({
      type: other.type.name,
      relativeError: relative(other.squaredError, squares),
    })),
    histogram: { ...histogram, counts: [...histogram.counts] },
  };
}

function describeWeights(product: Product, weights: QuantisedWeights, values: Float64Array, files: LayerFiles) {
  const {
    shape,
    rows,
    cols,
    type,
    taken = false,
    groups,
    groupRows,
    taps = 1,
    scales,
    squaredError,
    squares,
  } = weights;
  const { considered, zeroPoints, blockScales } = weights;
  const scaled = values.map((value, i) => {
    const at = groupOfRow(Math.floor(i / cols), weights) * cols + (i % cols);
    return value / (scales[at] as number) + (zeroPoints?.[at] ?? 0);
  });
  return {
    tensor: product.second.tensor,
    shape: [...shape],
    k: rows,
    n: cols,
    type: type.name,
    taken,
    groups,
    groupRows,
    taps,
    scales: { least: extreme(scales, Math.min), greatest: extreme(scales, Math.max) },
    blockScales: blockScales ? { format: blockScales.format.name, tensorScale: blockScales.tensorScale } : null,
    bitsPerElement: weightBits(weights),
    relativeError: relative(squaredError, squares),
    considered: considered.map((other) => ({
      type: other.type.name,
      relativeError: relative(other.squaredError, squares),
    })),
    histogram: histogramOf(scaled),
    files: {
      codes: (files.codes as NonNullable<LayerFiles['codes']>).path,
      scales: (files.scales as NonNullable<LayerFiles['scales']>).path,
      scaleCodes: files.scaleCodes?.path ?? null,
      zeroPoints: files.zeroPoints?.path ?? null,
    },
  };
}

const extreme = (values: Float64Array, of: (a: number, b: number) => number): number =>
  values.reduce((best, value) => of(best, value));

function histogramOf(values: Float64Array): Histogram {
  const low = extreme(values, Math.min);
  const high = extreme(values, Math.max);
  const counts = new Array<number>(BINS).fill(0);
  const width = (high - low) / BINS || 1;
  for (const value of values) {
    const bin = Math.min(Math.floor((value - low) / width), BINS - 1);
    counts[bin] = (counts[bin] as number) + 1;
  }
  return { low, high, counts };
}
