import { basename } from 'node:path';
import { GENERATOR } from '../../../gen/base/version.js';
import { sha256 } from '../../../gen/design/manifest.js';
import { type Product, weightMatrix } from '../onnx/products.js';
import { type FloatTensor, readFloats } from '../onnx/tensor.js';
import type { LayerFiles } from './files.js';
import { type Lowering, lower } from './lowering.js';
import type { QuantisedNetwork } from './network.js';
import { averageBits, type LayerPlan, type QuantisedTensor, type QuantisedWeights } from './plan.js';
import type { Histogram, LayerReport, QuantiseReport } from './report.js';

/** What the report says besides the plan itself. */
export interface Circumstances {
  readonly bytes: Uint8Array;
  readonly source: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly outputError: number;
  readonly inputShape: readonly number[];
  /** Per layer: what it lowers to for one sample, and its files. */
  readonly lowerings: ReadonlyMap<Product, Lowering>;
  readonly files: ReadonlyMap<Product, LayerFiles>;
}

const BINS = 120;

/** `report.json` of a quantised network. */
export function describe(network: QuantisedNetwork, about: Circumstances): QuantiseReport {
  const { model, plan, samples } = network;
  const layers = plan.layers.map((layer) => describeLayer(layer, network, about));
  const weightElements = plan.layers.map(({ second, bits }) => ({
    bits,
    elements: second.kind === 'weights' ? second.weights.codes.length : 0,
  }));
  const elements = weightElements.reduce((sum, each) => sum + each.elements, 0);
  return {
    generator: GENERATOR,
    model: {
      name: basename(model.name),
      sha256: sha256(Buffer.from(about.bytes)),
      opset: model.opset,
      input: model.input.name,
      inputShape: [...about.inputShape],
      output: model.outputs[0] as string,
    },
    calibration: { source: about.source, samples },
    options: { ...about.options },
    files: { float: 'float.onnx', quantised: 'fake-quantised.onnx' },
    layers,
    skipped: [...plan.skipped],
    totals: {
      macs: layers.reduce((sum, { products: { count, m, k, n } }) => sum + count * m * k * n, 0),
      averageBits: averageBits(plan.layers, samples),
      weightBits:
        elements === 0 ? 0 : weightElements.reduce((sum, each) => sum + each.bits * each.elements, 0) / elements,
      outputError: about.outputError,
    },
  };
}

function describeLayer(layer: LayerPlan, { model, samples }: QuantisedNetwork, about: Circumstances): LayerReport {
  const { product, bits, activation, second } = layer;
  const { parts, m, k, n } = about.lowerings.get(product) as Lowering;
  const batch = model.input.shape[0] ?? 1;
  const files = about.files.get(product) as LayerFiles;
  const floats = (): FloatTensor =>
    readFloats(
      model.constants.get(product.second.tensor) as NonNullable<ReturnType<typeof model.constants.get>>,
      product.name,
    );
  return {
    name: product.name,
    op: product.op,
    output: product.node.output[0] as string,
    bits,
    products: second.kind === 'weights' ? { count: parts, m: m / batch, k, n } : { count: parts / batch, m, k, n },
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
  const { type, scale, count, least, greatest, squaredError, squares, considered, histogram } = chosen;
  return {
    tensor,
    type: type.name,
    scale,
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
  const { shape, rows, cols, type, groups, scales, squaredError, squares, considered } = weights;
  const groupRows = rows / groups;
  const scaled = values.map(
    (value, i) => value / (scales[Math.floor(Math.floor(i / cols) / groupRows) * cols + (i % cols)] as number),
  );
  return {
    tensor: product.second.tensor,
    shape: [...shape],
    k: rows,
    n: cols,
    type: type.name,
    groups,
    scales: { least: extreme(scales, Math.min), greatest: extreme(scales, Math.max) },
    relativeError: relative(squaredError, squares),
    considered: considered.map((other) => ({
      type: other.type.name,
      relativeError: relative(other.squaredError, squares),
    })),
    histogram: histogramOf(scaled),
    files: {
      codes: (files.codes as NonNullable<LayerFiles['codes']>).path,
      scales: (files.scales as NonNullable<LayerFiles['scales']>).path,
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

/** What each layer lowers to for the shapes that one sample gives. */
export function lowerAll(
  layers: readonly LayerPlan[],
  shapeOf: (tensor: string) => readonly number[],
): ReadonlyMap<Product, Lowering> {
  return new Map(
    layers.map(({ product, second }) => [
      product,
      lower(
        product,
        shapeOf(product.activation),
        second.kind === 'weights' ? second.weights.shape : shapeOf(product.second.tensor),
      ),
    ]),
  );
}
