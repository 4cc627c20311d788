import type { NodeProto } from 'onnx-buf';
import type { Matrix } from '../../../gen/base/matrix.js';
import type { OnnxModel } from './model.js';
import { hasSubgraph, integerOf } from './nodes.js';
import type { FloatTensor } from './tensor.js';

/** Operators that become matrix products on the array. */
export type ProductOp = 'Conv' | 'Gemm' | 'MatMul';

/** A matrix product of a network: M x K activations by K x N weights, or by K x N activations. */
export interface Product {
  /** Unique among the network's products, and fit for a file name. */
  readonly name: string;
  readonly op: ProductOp;
  readonly node: NodeProto;
  /** Tensor of the M x K operand (of a convolution before im2col). */
  readonly activation: string;
  /** Tensor of the K x N operand. */
  readonly second: { readonly kind: 'weights' | 'activation'; readonly tensor: string };
}

/** A product that stays in floating point, and why. */
export interface SkippedProduct {
  readonly node: string;
  readonly op: string;
  readonly reason: string;
}

export interface ProductSearch {
  readonly products: readonly Product[];
  readonly skipped: readonly SkippedProduct[];
}

/** Operators that multiply matrices in ways that are not quantised here. */
const OTHER_PRODUCTS: ReadonlySet<string> = new Set([
  'Attention',
  'ConvInteger',
  'ConvTranspose',
  'DeformConv',
  'Einsum',
  'FusedConv',
  'FusedGemm',
  'FusedMatMul',
  'GRU',
  'LSTM',
  'MatMulInteger',
  'MatMulNBits',
  'MultiHeadAttention',
  'QGemm',
  'QLinearConv',
  'QLinearMatMul',
  'RNN',
]);
const PRODUCTS: ReadonlySet<string> = new Set<ProductOp>(['Conv', 'Gemm', 'MatMul']);
/** Operators whose result changes from run to run, and which are therefore not constant. */
const RANDOM: ReadonlySet<string> = new Set(['RandomNormal', 'RandomUniform']);

/** Tensors that follow from the network's constants alone. */
export function constantTensors({ graph, constants }: OnnxModel): ReadonlySet<string> {
  const known = new Set(['', ...constants.keys()]);
  for (const node of graph.node) {
    if (RANDOM.has(node.opType) || hasSubgraph(node) || !node.input.every((input) => known.has(input))) continue;
    for (const output of node.output) known.add(output);
  }
  return known;
}

/** The network's matrix products in its order, and those that cannot be quantised. */
export function findProducts(model: OnnxModel): ProductSearch {
  const constant = constantTensors(model);
  const products: Product[] = [];
  const skipped: SkippedProduct[] = [];
  const names = new Set<string>();
  for (const node of model.graph.node) {
    if (node.output.every((output) => constant.has(output))) continue;
    const op = node.opType;
    const title = node.name || (node.output[0] as string);
    const reason = PRODUCTS.has(op) ? obstacle(node, model, constant) : otherObstacle(node);
    if (reason !== undefined) skipped.push({ node: title, op, reason });
    if (reason !== undefined || !PRODUCTS.has(op)) continue;
    const [activation = '', tensor = ''] = node.input;
    const kind = constant.has(tensor) ? 'weights' : 'activation';
    products.push({
      name: uniqueName(title, names),
      op: op as ProductOp,
      node,
      activation,
      second: { kind, tensor },
    });
  }
  return { products, skipped };
}

/** Why a product cannot be quantised; undefined where it can. */
function obstacle(node: NodeProto, { constants }: OnnxModel, constant: ReadonlySet<string>): string | undefined {
  const [first = '', second = ''] = node.input;
  const weights = constant.has(second);
  if (constant.has(first)) return 'its first operand is constant; only second operands can be weights';
  if (node.opType === 'Conv' && !weights) return 'its filters are computed at run time';
  if (node.opType === 'Gemm' && integerOf(node, 'transA', 0) !== 0) return 'it transposes its activations (transA)';
  const rank = constants.get(second)?.dims.length;
  if (node.opType === 'MatMul' && weights && rank !== undefined && rank !== 2) {
    return `its weights have ${rank} dimensions; MatMul with 2 is supported`;
  }
  return undefined;
}

function otherObstacle(node: NodeProto): string | undefined {
  if (OTHER_PRODUCTS.has(node.opType)) return `${node.opType} is not supported; Conv, Gemm and MatMul are`;
  const inside = node.attribute.flatMap(({ g, graphs }) => [...(g ? [g] : []), ...graphs]);
  const hidden = inside.flatMap((graph) => graph.node).some(({ opType }) => PRODUCTS.has(opType));
  return hidden ? `products inside ${node.opType} are not searched` : undefined;
}

function uniqueName(title: string, taken: Set<string>): string {
  const base = title.replace(/[^A-Za-z0-9.-]+/g, '_').replace(/^[_.]+|_+$/g, '') || 'product';
  let name = base;
  for (let i = 2; taken.has(name); i++) name = `${base}_${i}`;
  taken.add(name);
  return name;
}

/** How a product's weights lie in their tensor: as K x N, or as N x K (filters first). */
function filtersFirst({ op, node }: Product): boolean {
  return op === 'Conv' || (op === 'Gemm' && integerOf(node, 'transB', 0) !== 0);
}

/**
 * Weights as a K x N matrix, a column per output channel. Row k of a convolution is (channel · height + y) · width + x of
 * the filter; of a grouped one, K counts the channels of one group and N the filters of all groups.
 */
export function weightMatrix(product: Product, { shape, data }: FloatTensor): Matrix {
  const first = shape[0] as number;
  const rest = data.length / first;
  if (!filtersFirst(product)) return { rows: first, cols: rest, data: Float64Array.from(data) };
  return { rows: rest, cols: first, data: transposed(data, first, rest, new Float64Array(data.length)) };
}

/** The K x N values of a weight matrix in the order of the weights' tensor. */
export function weightTensor(product: Product, { rows, cols, data }: Matrix): Float32Array {
  if (!filtersFirst(product)) return Float32Array.from(data);
  return transposed(data, rows, cols, new Float32Array(data.length));
}

function transposed<T extends Float64Array | Float32Array>(
  from: Float64Array | Float32Array,
  rows: number,
  cols: number,
  to: T,
): T {
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < cols; c++) to[c * rows + r] = from[r * cols + c] as number;
  }
  return to;
}

/** Groups of a convolution whose products are apart from each other; 1 elsewhere. */
export const groupsOf = ({ op, node }: Product): number => (op === 'Conv' ? integerOf(node, 'group', 1) : 1);

/** Tensors that a product reads at run time. */
export const operandsOf = ({ activation, second }: Product): string[] =>
  second.kind === 'weights' ? [activation] : [activation, second.tensor];
