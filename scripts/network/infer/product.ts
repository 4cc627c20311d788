import { UserError } from '../../../gen/base/errors.js';
import type { CodeMatrices } from '../../../gen/golden/tiling.js';
import { QuantiseError, quantise } from '../../../gen/numerics/codec.js';
import type { ActivationQuantiser } from '../onnx/fake-quantise.js';
import type { OnnxModel } from '../onnx/model.js';
import { realOf } from '../onnx/nodes.js';
import { elementCount, type FloatTensor, readFloats } from '../onnx/tensor.js';
import { columns, type Lowering, lower } from '../quantise/lowering.js';
import type { RunnableLayer } from '../quantise/plan.js';

/** Multiplies matrices of codes of one layer: the array, or the integer reference. M x N sums each, row-major. */
export type Multiply = (
  products: readonly CodeMatrices[],
  layer: RunnableLayer,
) => Promise<readonly ArrayLike<number | bigint>[]>;

/** A second operand as the products take it: its codes, its scales per group and column, its shape in the network. */
type SecondOperand = Extract<RunnableLayer['second'], { kind: 'weights' }>['weights'];

/**
 * The result of a layer for one batch: operands in codes, products in integers, the result scaled to float32, with the
 * layer's bias.
 *
 * @param values The layer's operands by name.
 */
export async function runLayer(
  model: OnnxModel,
  layer: RunnableLayer,
  values: (name: string) => FloatTensor,
  multiply: Multiply,
): Promise<FloatTensor> {
  const { product, activation } = layer;
  const input = values(product.activation);
  const { type, scale } = activation;
  const codes = codesOf(input, activation, product.activation);
  const second = secondOperand(layer, values);
  const lowering = lower(product, input.shape, second.shape);
  const depth = lowering.k / second.groups;
  const parts = Array.from({ length: lowering.parts * second.groups }, (_, i) => ({
    part: Math.floor(i / second.groups),
    group: i % second.groups,
  }));
  const products = parts.map(({ part, group }) => {
    const from = group * depth;
    const a = columns(lowering.rows(codes, part), lowering.k, from, from + depth);
    const w = lowering.second(second.codes, part).subarray(from * lowering.n, (from + depth) * lowering.n);
    return {
      a: { rows: lowering.m, cols: depth, type, codes: a },
      w: { rows: depth, cols: lowering.n, type: second.type, codes: w },
    };
  });
  const sums = await multiply(products, layer);
  const output = new Float64Array(elementCount(lowering.outShape));
  for (const [i, { part, group }] of parts.entries()) {
    addScaled(output, lowering, part, sums[i] as BigInt64Array, scale, scalesOf(second, lowering, part, group));
  }
  return finished(model, layer, lowering, output);
}

function secondOperand({ product, second }: RunnableLayer, values: (name: string) => FloatTensor): SecondOperand {
  if (second.kind === 'weights') return second.weights;
  const { type, scale } = second.tensor;
  const tensor = values(product.second.tensor);
  const codes = codesOf(tensor, second.tensor, product.second.tensor);
  return { type, codes, shape: tensor.shape, groups: 1, scales: Float64Array.of(scale) };
}

/** @throws UserError when the network has made something that is not finite of its input. */
function codesOf({ data }: FloatTensor, { type, scale }: ActivationQuantiser, tensor: string): Uint8Array {
  try {
    return quantise(type, data, { scale, tensor });
  } catch (error) {
    if (error instanceof QuantiseError) throw new UserError(error.message);
    throw error;
  }
}

/** The scale of each column of a part's results. */
function scalesOf({ scales }: SecondOperand, { n, parts }: Lowering, part: number, group: number): Float64Array {
  if (scales.length === 1) return new Float64Array(n).fill(scales[0] as number);
  const start = group * n * parts + part * n;
  return scales.subarray(start, start + n);
}

function addScaled(
  output: Float64Array,
  { m, n, outIndex }: Lowering,
  part: number,
  sums: ArrayLike<number | bigint>,
  scale: number,
  scales: Float64Array,
): void {
  for (let row = 0; row < m; row++) {
    for (let col = 0; col < n; col++) {
      const at = outIndex(part, row, col);
      const real = Number(sums[row * n + col]) * (scale * (scales[col] as number));
      output[at] = (output[at] as number) + real;
    }
  }
}

/** Alpha, bias and correction of a layer, then float32. */
function finished(model: OnnxModel, layer: RunnableLayer, lowering: Lowering, output: Float64Array): FloatTensor {
  const { product, correction } = layer;
  const { outShape: shape } = lowering;
  const gemm = product.op === 'Gemm';
  const alpha = gemm ? realOf(product.node, 'alpha', 1) : 1;
  const beta = gemm ? realOf(product.node, 'beta', 1) : 1;
  const biasAt = biasOf(model, layer);
  // Elements of the output between two that belong to neighbouring channels.
  const stride = product.op === 'Conv' ? elementCount(shape.slice(2)) : 1;
  const channels = product.op === 'Conv' ? (shape[1] as number) : lowering.n;
  const data = Float32Array.from(output, (value, i) => {
    const channel = Math.floor(i / stride) % channels;
    const row = Math.floor(i / (stride * channels));
    return alpha * value + beta * biasAt(row, channel) + (correction?.data[channel] ?? 0);
  });
  return { shape, data };
}

/** The bias of a row and channel: of a convolution per channel, of a Gemm of any shape that broadcasts. */
function biasOf({ constants, name }: OnnxModel, { product }: RunnableLayer): (row: number, channel: number) => number {
  const tensor = product.node.input[2] ?? '';
  if (tensor === '') return () => 0;
  const constant = constants.get(tensor);
  if (!constant) throw new UserError(`${name}: the bias of ${product.name} is not constant`);
  const { data, shape } = readFloats(constant, `${name}: bias of ${product.name}`);
  const cols = shape.at(-1) ?? 1;
  const rows = data.length / cols;
  return (row, channel) => data[(rows === 1 ? 0 : row) * cols + (cols === 1 ? 0 : channel)] as number;
}
