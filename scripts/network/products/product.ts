import type { NodeProto } from 'onnx-buf';
import { UserError } from '../../../gen/base/errors.js';
import type { Matrix } from '../../../gen/base/matrix.js';
import { elementCount, type FloatTensor } from '../onnx/tensor.js';
import {
  type Channels,
  type Contraction,
  channelsOf,
  type Lowering,
  lowerContraction,
  swapped,
  type WeightLayout,
  weightLayout,
  withoutRepeats,
} from './contraction.js';
import { type Operator, operatorOf, type ProductOp } from './operators.js';

type Shape = readonly number[];

/** A matrix product of a network: M x K activations by K x N weights, or by K x N activations. */
export interface Product {
  /** Unique among the network's products, and fit for a file name. */
  readonly name: string;
  /** What the network calls it. */
  readonly title: string;
  readonly op: ProductOp;
  readonly node: NodeProto;
  /** Tensor of the M x K operand (of a convolution before im2col). */
  readonly activation: string;
  /** Tensor of the K x N operand. */
  readonly second: { readonly kind: 'weights' | 'activation'; readonly tensor: string };
  /** Whether the node has the K x N operand as its first input. */
  readonly swapped: boolean;
  /** The Scan in whose body the node is; then `activation` is a tensor outside, all steps' operands behind each other. */
  readonly within?: NodeProto;
}

/** The description of a product's operator. */
export const operator = ({ node }: Pick<Product, 'node'>): Operator => operatorOf(node) as Operator;

/** Tensors that a product reads at run time. */
export const operandsOf = ({ activation, second }: Product): string[] =>
  second.kind === 'weights' ? [activation] : [activation, second.tensor];

/** What the sums of a product are multiplied by. */
export const factorOf = (product: Product): number => operator(product).factor?.(product.node) ?? 1;

/** @throws UserError with the layer's name for shapes that do not fit. */
function contractionOf(product: Product, activation: Shape, second: Shape): Contraction {
  const { node, name } = product;
  try {
    const { contraction } = operator(product);
    return withoutRepeats(
      product.swapped ? swapped(contraction(node, second, activation)) : contraction(node, activation, second),
    );
  } catch (error) {
    if (error instanceof UserError) throw new UserError(`${name}: ${error.message}`);
    throw error;
  }
}

/**
 * The matrix products that a product consists of.
 *
 * @param activation Shape of the M x K operand's tensor.
 * @param second Shape of the K x N operand's tensor.
 * @throws UserError for shapes that do not fit.
 */
export const lower = (product: Product, activation: Shape, second: Shape): Lowering =>
  lowerContraction(contractionOf(product, activation, second));

/** The product with the smallest activations that go with some weights. */
function withWeights(product: Product, weights: Shape): Contraction {
  const partner = operator(product).partner(product.node, weights, product.swapped ? 'a' : 'b');
  return contractionOf(product, partner, weights);
}

const layoutOf = (product: Product, weights: Shape): WeightLayout => weightLayout(withWeights(product, weights));

/** The output channels of a product's weights, for activations and weights of these shapes. */
export const outputChannels = (product: Product, activation: Shape, weights: Shape): Channels =>
  channelsOf(contractionOf(product, activation, weights));

/**
 * Weights as a K x N matrix, a column per output channel. Row k of a convolution is (channel · height + y) · width + x of
 * the filter. Where products are several (groups of a convolution, leading dimensions of weights), K is that of one and
 * their columns lie side by side.
 */
export function weightMatrix(product: Product, { shape, data }: FloatTensor): Matrix {
  const { rows, cols, order } = layoutOf(product, shape);
  return { rows, cols, data: Float64Array.from(order, (index) => data[index] as number) };
}

/** The K x N values of a weight matrix in the order of the weights' tensor. */
export function weightTensor(product: Product, shape: Shape, { data }: Matrix): Float32Array {
  const tensor = new Float32Array(elementCount(shape));
  for (const [i, index] of layoutOf(product, shape).order.entries()) tensor[index] = data[i] as number;
  return tensor;
}

/**
 * Places of a filter that rows of a weight matrix belong to by turns: row k is (channel · places) + place; 1 without filters.
 */
export const tapsOf = ({ op }: Product, shape: Shape): number => (op === 'Conv' ? elementCount(shape.slice(2)) : 1);

/** The columns of a part in a K x N matrix whose parts lie side by side. */
export function partColumns<T extends Float64Array | Uint8Array>(matrix: T, cols: number, part: number, n: number): T {
  if (n === cols) return matrix;
  const rows = matrix.length / cols;
  const own = new (matrix.constructor as new (length: number) => T)(rows * n);
  for (let row = 0; row < rows; row++) {
    const start = row * cols + part * n;
    own.set(matrix.subarray(start, start + n), row * n);
  }
  return own;
}

/** Some columns of a matrix of codes, in rising order. */
export function columnsAt(codes: Uint8Array, cols: number, at: readonly number[]): Uint8Array {
  if (at.length === cols) return codes;
  const rows = codes.length / cols;
  const part = new Uint8Array(rows * at.length);
  let next = 0;
  for (let r = 0; r < rows; r++) for (const col of at) part[next++] = codes[r * cols + col] as number;
  return part;
}

/** Some rows of a matrix of codes, in rising order. */
export function rowsAt(codes: Uint8Array, cols: number, at: readonly number[]): Uint8Array {
  if (at.length * cols === codes.length) return codes;
  const part = new Uint8Array(at.length * cols);
  for (const [i, row] of at.entries()) part.set(codes.subarray(row * cols, (row + 1) * cols), i * cols);
  return part;
}
