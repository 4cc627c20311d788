import type { Matrix } from '../../../gen/base/matrix.js';
import { blockCodec, blockTies } from '../../../gen/numerics/blocks/block-codec.js';
import { codeValues, quantise, rounder } from '../../../gen/numerics/codec.js';
import type { NumericType } from '../../../gen/numerics/types/numeric-type.js';
import { type BlockGrid, eachBlock } from '../onnx/block-grid.js';
import { type ActivationQuantiser, fakeQuantise } from '../onnx/fake-quantise.js';
import { integersOf } from '../onnx/nodes.js';
import { elementCount, type FloatTensor } from '../onnx/tensor.js';
import { factorOf, outputChannels } from '../products/product.js';
import { compensatedCodes } from '../search/compensate.js';
import { activationOutputCost, type OutputCost, weightOutputCost } from '../search/output.js';
import type { ChosenLayer } from './budget.js';
import { type Calibration, type RowSample, sampleRows } from './calibrate.js';
import { dequantise, editOf } from './dequantise.js';
import { chooseWeights, type Layer, typesAt } from './layers.js';
import { crossProduct, gramOf, rowsTimes, solve } from './linear.js';
import type { QuantiseOptions } from './options.js';
import type { LayerPlan, QuantisedTensor, QuantisedWeights } from './plan.js';

/** A layer that has weights. */
type WeightLayer = Required<Layer>;

/** Added to the Gram matrix' diagonal, as a share of its mean, when weights are fitted to rounded activations. */
const DAMPING = 0.02;
/** Rows on which activation scales are compared by the layer's result. */
const SCALE_ROWS = 1024;

/**
 * Improves the plans by the layers' results on calibration data, layer after layer, each with the inputs that the
 * rounded layers before it leave: scales by least error of the result, weights fitted and rounded so that they take
 * back errors, the mean error added to the bias. Does nothing unless an option asks for it.
 */
export async function refine(
  chosen: readonly ChosenLayer[],
  calibration: Calibration,
  options: QuantiseOptions,
): Promise<readonly LayerPlan[]> {
  const { objective, rounding, biasCorrection } = options;
  if (objective === 'tensor' && rounding === 'nearest' && !biasCorrection) return chosen.map(({ plan }) => plan);
  // Nothing is to be refined where the network has rounded the weights itself.
  const isRefined = ({ plan: { second } }: ChosenLayer): boolean => second.kind === 'weights' && !second.weights.taken;
  const refined = chosen.filter(isRefined);
  const target = (layer: Layer) => ({ product: layer.product, weightShape: (layer as WeightLayer).weights.shape });
  const wanted = await sampleRows(
    calibration,
    refined.map(({ layer }) => target(layer)),
  );
  const plans: LayerPlan[] = [];
  for (const choice of chosen) {
    const { layer, plan } = choice;
    if (!isRefined(choice)) {
      plans.push(plan);
      continue;
    }
    const sofar = fakeQuantise(calibration.model, plans.map(editOf));
    const quiet = { ...calibration, model: sofar, progress: () => {} };
    const rows = (await sampleRows(quiet, [target(layer)])).get(layer.product) as RowSample;
    calibration.progress(`layer results: ${plans.length + 1} of ${chosen.length} layers`);
    plans.push(refineLayer(layer as WeightLayer, plan, wanted.get(layer.product) as RowSample, rows, options));
  }
  return plans;
}

/** A layer with `float` rows as the original network has them, and the same rows behind the layers rounded so far. */
function refineLayer(
  layer: WeightLayer,
  plan: LayerPlan,
  float: RowSample,
  actual: RowSample,
  options: QuantiseOptions,
): LayerPlan {
  const activation = refineActivation(layer, plan, actual, options);
  const rounded = actual.groups.map((rows) => roundAll(rows, activation, actual.k));
  const needsGrams = options.rounding === 'compensated' || options.objective === 'output';
  const grams = needsGrams ? rounded.map((rows) => gramOf(rows, actual.k)) : [];
  const fitted = options.rounding === 'compensated' ? fitWeights(layer, float, rounded, grams) : layer.weights.matrix;
  const weights = refineWeights(layer, plan, fitted, grams, options);
  const lacks = options.biasCorrection ? meanError(layer, float, rounded, dequantise(weights)) : undefined;
  return {
    ...plan,
    activation,
    second: { kind: 'weights', weights },
    ...(lacks ? { correction: correctionOf(layer, actual.shape, lacks) } : {}),
  };
}

/** The columns of one group of a grouped convolution. */
function columnsOf({ rows, cols, data }: Matrix, group: number, groups: number): Matrix {
  if (groups === 1) return { rows, cols, data };
  const width = cols / groups;
  const part = new Float64Array(rows * width);
  for (let r = 0; r < rows; r++) {
    part.set(data.subarray(r * cols + group * width, r * cols + (group + 1) * width), r * width);
  }
  return { rows, cols: width, data: part };
}

/** Puts the columns of all groups side by side again. */
function sideBySide(parts: readonly Matrix[]): Matrix {
  const [first] = parts as [Matrix, ...Matrix[]];
  if (parts.length === 1) return first;
  const cols = first.cols * parts.length;
  const data = new Float64Array(first.rows * cols);
  for (const [group, part] of parts.entries()) {
    for (let r = 0; r < part.rows; r++) {
      data.set(part.data.subarray(r * part.cols, (r + 1) * part.cols), r * cols + group * part.cols);
    }
  }
  return { rows: first.rows, cols, data };
}

function roundAll(
  rows: Float32Array,
  quantiser: ActivationQuantiser & Pick<QuantisedTensor, 'taken'>,
  k: number,
): Float32Array {
  const { type, scale, taken, blocks } = quantiser;
  if (taken) return rows;
  if (blocks) return roundBlocks(rows, k, type, blocks);
  const round = rounder(type);
  return rows.map((value) => round(value / scale) * scale);
}

/** Rows in the blocks of their channels: what fills up a convolution's input are zeros, which change no scale. */
function roundBlocks(rows: Float32Array, k: number, type: NumericType, blocks: BlockGrid): Float32Array {
  const codec = blockCodec({ type, scales: blocks.scales }, blocks.tensorScale);
  const values = codeValues(type).map(Number);
  const channels = blocks.length / blocks.parts;
  const taps = k / channels;
  const rounded = new Float32Array(rows.length);
  const shape = [rows.length / k, channels, taps];
  eachBlock(rows, shape, { axis: 1, length: channels, parts: 1, size: blocks.size }, (block, indices) => {
    const scaleCode = codec.scaleCode(block);
    const step = codec.step(scaleCode);
    for (const [i, code] of codec.encode(block, scaleCode).entries()) {
      rounded[indices[i] as number] = (values[code] as number) * step;
    }
  });
  return rounded;
}

const leastCost = (costs: readonly OutputCost[]): OutputCost =>
  costs.reduce((least, cost) => (cost.squaredError < least.squaredError ? cost : least));

function refineActivation(
  { product, weights }: WeightLayer,
  plan: LayerPlan,
  { groups, k }: RowSample,
  options: QuantiseOptions,
): QuantisedTensor {
  const { activation } = plan;
  if (options.objective === 'tensor' || activation.taken) return activation;
  const parts = groups.map((rows, group) => ({
    data: thinned(rows, k),
    weights: columnsOf(weights.matrix, group, groups.length),
  }));
  const magnitude = Math.max(-activation.least, activation.greatest);
  const types = typesAt(plan.bits, 'a', activation.least < 0, product.activation, options);
  const best = leastCost(types.map((type) => activationOutputCost(parts, magnitude, type, options.clips)));
  const chosen = { type: best.type, typeIndex: types.indexOf(best.type), scale: best.scales[0] as number };
  return { ...activation, ...chosen, squaredError: errorShare(groups, k, chosen) * activation.squares };
}

/** Squared rounding error of rows over their squares. */
function errorShare(groups: readonly Float32Array[], k: number, quantiser: ActivationQuantiser): number {
  let [error, squares] = [0, 0];
  for (const rows of groups) {
    const rounded = roundAll(rows, quantiser, k);
    for (const [i, value] of rows.entries()) {
      error += (value - (rounded[i] as number)) ** 2;
      squares += value ** 2;
    }
  }
  return squares === 0 ? 0 : error / squares;
}

/** Rows at equal distances, as many as `SCALE_ROWS`. */
function thinned(rows: Float32Array, k: number): Float32Array {
  const count = rows.length / k;
  const kept = Math.min(count, SCALE_ROWS);
  const data = new Float32Array(kept * k);
  for (let i = 0; i < kept; i++) {
    const from = Math.floor((i * count) / kept) * k;
    data.set(rows.subarray(from, from + k), i * k);
  }
  return data;
}

/**
 * Weights whose product with the rounded rows is nearest to the product of the original weights with the original
 * rows: W + (G + λ I)⁻¹ Xrᵀ (X - Xr) W.
 */
function fitWeights(
  { weights }: WeightLayer,
  float: RowSample,
  rounded: readonly Float32Array[],
  grams: readonly Float64Array[],
): Matrix {
  const parts = float.groups.map((rows, group) => {
    const x = rounded[group] as Float32Array;
    const { k } = float;
    const own = columnsOf(weights.matrix, group, float.groups.length);
    const gram = damped(grams[group] as Float64Array, k);
    const difference = rows.map((value, i) => value - (x[i] as number));
    const lost = rowsTimes(difference, k, own.data, own.cols);
    const change = solve(gram, k, crossProduct(x, k, lost, own.cols), own.cols);
    return { ...own, data: own.data.map((value, i) => value + (change[i] as number)) };
  });
  return sideBySide(parts);
}

function damped(gram: Float64Array, k: number): Float64Array {
  let trace = 0;
  for (let i = 0; i < k; i++) trace += gram[i * k + i] as number;
  const damping = trace === 0 ? 1 : (DAMPING * trace) / k;
  return gram.map((value, i) => (i % (k + 1) === 0 ? value + damping : value));
}

function refineWeights(
  layer: WeightLayer,
  plan: LayerPlan,
  matrix: Matrix,
  grams: readonly Float64Array[],
  options: QuantiseOptions,
): QuantisedWeights {
  const { rows: k } = matrix;
  const chosen = chooseWeights(layer, plan.bits, options, matrix);
  const scaled =
    options.objective === 'output' && chosen.groups === 1
      ? byOutput(chosen, matrix, grams, plan.bits, layer, options)
      : chosen;
  if (options.rounding === 'nearest') return measured(scaled, layer.weights.matrix);
  const parts = grams.map((gram, group) => {
    const part = columnsOf(matrix, group, grams.length);
    const scales = columnsOf({ rows: scaled.groups, cols: matrix.cols, data: scaled.scales }, group, grams.length).data;
    const codes = compensatedCodes({
      weights: part.data,
      rows: k,
      cols: part.cols,
      type: scaled.type,
      ...(scaled.blockScales ? { ties: blockTies(scaled.type) } : {}),
      scales,
      groupRows: scaled.groupRows,
      ...(scaled.taps === undefined ? {} : { taps: scaled.taps }),
      gram,
    });
    return { rows: k, cols: part.cols, data: Float64Array.from(codes) };
  });
  return measured({ ...scaled, codes: Uint8Array.from(sideBySide(parts).data) }, layer.weights.matrix);
}

/** The type and scales with the least error of the result. */
function byOutput(
  chosen: QuantisedWeights,
  matrix: Matrix,
  grams: readonly Float64Array[],
  bits: number,
  { product }: Layer,
  options: QuantiseOptions,
): QuantisedWeights {
  const types = typesAt(
    bits,
    'w',
    matrix.data.some((value) => value < 0),
    product.name,
    options,
  );
  const costs = types.map((type) => {
    const parts = grams.map((gram, group) =>
      weightOutputCost(columnsOf(matrix, group, grams.length), gram, type, options.clips),
    );
    return {
      type,
      squaredError: parts.reduce((sum, part) => sum + part.squaredError, 0),
      scales: Float64Array.from(parts.flatMap(({ scales }) => [...scales])),
    };
  });
  const { type, scales } = leastCost(costs);
  const codes = new Uint8Array(matrix.data.length);
  for (let c = 0; c < matrix.cols; c++) {
    const column = Float64Array.from({ length: matrix.rows }, (_, r) => matrix.data[r * matrix.cols + c] as number);
    const own = quantise(type, column, { scale: scales[c] as number, tensor: product.name });
    for (let r = 0; r < matrix.rows; r++) codes[r * matrix.cols + c] = own[r] as number;
  }
  return { ...chosen, type, typeIndex: types.indexOf(type), scales, codes };
}

/** With the squared error of the codes against the original weights, and the squares of these. */
function measured(weights: QuantisedWeights, original: Matrix): QuantisedWeights {
  const { data } = dequantise(weights);
  const squaredError = data.reduce((sum, value, i) => sum + (value - (original.data[i] as number)) ** 2, 0);
  const squares = original.data.reduce((sum, value) => sum + value ** 2, 0);
  return { ...weights, squaredError, squares };
}

/** What the rounded layer's result lacks in the mean over the rows, per column of the weights. */
function meanError(
  { weights }: WeightLayer,
  float: RowSample,
  rounded: readonly Float32Array[],
  quantised: Matrix,
): Float64Array {
  const parts = float.groups.map((rows, group) => {
    const own = columnsOf(weights.matrix, group, float.groups.length);
    const other = columnsOf(quantised, group, float.groups.length);
    const [x, y] = [meanRow(rows, float.k), meanRow(rounded[group] as Float32Array, float.k)];
    return Array.from({ length: own.cols }, (_, c) => {
      let sum = 0;
      for (let r = 0; r < own.rows; r++) {
        sum += (x[r] as number) * (own.data[r * own.cols + c] as number);
        sum -= (y[r] as number) * (other.data[r * own.cols + c] as number);
      }
      return sum;
    });
  });
  return Float64Array.from(parts.flat());
}

function meanRow(rows: Float32Array, k: number): Float64Array {
  const mean = new Float64Array(k);
  for (let i = 0; i < rows.length; i++) mean[i % k] = (mean[i % k] as number) + (rows[i] as number);
  return mean.map((sum) => sum / (rows.length / k));
}

/** What is added to a layer's output: a number per output channel, from what each column of the weights lacks. */
function correctionOf(
  { product, weights }: WeightLayer,
  activation: readonly number[],
  lacks: Float64Array,
): FloatTensor {
  const { shape, of } = outputChannels(product, activation, weights.shape);
  const data = new Float64Array(elementCount(shape));
  for (const [column, channel] of of.entries()) data[channel] = (data[channel] as number) + (lacks[column] as number);
  // Of a transposed convolution, an element of the result meets one column in as many as its stride has places.
  const strides = product.op === 'ConvTranspose' ? integersOf(product.node, 'strides', []) : [];
  const factor = factorOf(product) / elementCount(strides);
  return { shape, data: Float32Array.from(data, (value) => value * factor) };
}
