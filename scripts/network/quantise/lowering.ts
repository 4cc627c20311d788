import type { NodeProto } from 'onnx-buf';
import { UserError } from '../../../gen/base/errors.js';
import { integerOf, integersOf, textOf } from '../onnx/nodes.js';
import type { Product } from '../onnx/products.js';
import { elementCount } from '../onnx/tensor.js';

/** Arrays of elements or of codes. */
type Elements = Float32Array | Uint8Array;

/**
 * A product of a network as matrix products of the same size: one per group of a convolution, one per pair of matrices
 * of a batched MatMul, else one.
 */
export interface Lowering {
  readonly parts: number;
  /** Each part multiplies m x k by k x n. */
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly outShape: readonly number[];
  /** Rows `from` to `to` of a part's first operand, (to - from) x k, from the tensor; beyond its edges zeros. */
  rows<T extends Elements>(tensor: T, part: number, from?: number, to?: number): T;
  /** A part's second operand, k x n: from the K x N matrix of weights, or from the tensor of a second activation. */
  second<T extends Elements>(elements: T, part: number): T;
  /** Index in the output of a part's result [row, col]. */
  outIndex(part: number, row: number, col: number): number;
}

/**
 * @param aShape Shape of the activations.
 * @param bShape Shape of the weights' tensor or of the second activation.
 * @throws UserError for what cannot be lowered, such as a convolution over three dimensions.
 */
export function lower(product: Product, aShape: readonly number[], bShape: readonly number[]): Lowering {
  if (product.op === 'Conv') return lowerConvolution(product, aShape, bShape);
  return product.second.kind === 'weights'
    ? lowerLinear(aShape, product, bShape)
    : lowerBatched(aShape, product, bShape);
}

function lowerLinear(aShape: readonly number[], { node, op }: Product, bShape: readonly number[]): Lowering {
  const k = aShape.at(-1) as number;
  const n = op === 'Gemm' && integerOf(node, 'transB', 0) !== 0 ? (bShape[0] as number) : (bShape[1] as number);
  const m = elementCount(aShape) / k;
  return {
    parts: 1,
    m,
    k,
    n,
    outShape: [...aShape.slice(0, -1), n],
    rows: (tensor, _part, from = 0, to = m) => tensor.subarray(from * k, to * k) as typeof tensor,
    second: (weights) => weights,
    outIndex: (_part, row, col) => row * n + col,
  };
}

/** Pairs of matrices along leading dimensions, which broadcast. */
function lowerBatched(aShape: readonly number[], { node, op, name }: Product, bShape: readonly number[]): Lowering {
  if (aShape.length < 2 || bShape.length < 2) {
    throw new UserError(
      `${name}: a product of a vector (${aShape.join(' x ')} by ${bShape.join(' x ')}) is not supported`,
    );
  }
  const [m, k] = aShape.slice(-2) as [number, number];
  const transposed = op === 'Gemm' && integerOf(node, 'transB', 0) !== 0;
  const n = (transposed ? bShape.at(-2) : bShape.at(-1)) as number;
  const batch = broadcast(aShape.slice(0, -2), bShape.slice(0, -2), name);
  return {
    parts: elementCount(batch.shape),
    m,
    k,
    n,
    outShape: [...batch.shape, m, n],
    rows: (tensor, part, from = 0, to = m) => {
      const start = batch.first(part) * m * k;
      return tensor.subarray(start + from * k, start + to * k) as typeof tensor;
    },
    second: (tensor, part) => {
      const start = batch.second(part) * k * n;
      const matrix = tensor.subarray(start, start + k * n) as typeof tensor;
      if (!transposed) return matrix;
      const turned = new (tensor.constructor as new (length: number) => typeof tensor)(k * n);
      for (let c = 0; c < n; c++) for (let r = 0; r < k; r++) turned[r * n + c] = matrix[c * k + r] as number;
      return turned;
    },
    outIndex: (part, row, col) => (part * m + row) * n + col,
  };
}

interface Broadcast {
  readonly shape: readonly number[];
  /** Index of the first or second operand's matrix for a part. */
  first(part: number): number;
  second(part: number): number;
}

function broadcast(a: readonly number[], b: readonly number[], name: string): Broadcast {
  const rank = Math.max(a.length, b.length);
  const pad = (shape: readonly number[]): number[] => [...new Array<number>(rank - shape.length).fill(1), ...shape];
  const [left, right] = [pad(a), pad(b)];
  const shape = left.map((size, i) => {
    const other = right[i] as number;
    if (size !== other && size !== 1 && other !== 1) throw new UserError(`${name}: shapes ${a} and ${b} do not fit`);
    return Math.max(size, other);
  });
  const index = (own: readonly number[], part: number): number => {
    let rest = part;
    let stride = 1;
    let at = 0;
    for (let i = rank - 1; i >= 0; i--) {
      const size = own[i] as number;
      at += (size === 1 ? 0 : rest % (shape[i] as number)) * stride;
      rest = Math.floor(rest / (shape[i] as number));
      stride *= size;
    }
    return at;
  };
  return { shape, first: (part) => index(left, part), second: (part) => index(right, part) };
}

/** Sizes of a two-dimensional convolution. */
interface Window {
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly padTop: number;
  readonly padLeft: number;
  readonly out: readonly [number, number];
}

function lowerConvolution({ node, name }: Product, aShape: readonly number[], bShape: readonly number[]): Lowering {
  if (aShape.length !== 4) {
    throw new UserError(`${name}: a convolution over ${aShape.length - 2} dimensions; 2 are supported`);
  }
  const [batch, channels, height, width] = aShape as [number, number, number, number];
  const filters = bShape[0] as number;
  const parts = integerOf(node, 'group', 1);
  const depth = channels / parts;
  const window = windowOf(node, [height, width], bShape.slice(2) as [number, number]);
  const [kernelH, kernelW] = window.kernel;
  const [outH, outW] = window.out;
  const [m, k, n] = [batch * outH * outW, depth * kernelH * kernelW, filters / parts];
  const pixels = outH * outW;
  return {
    parts,
    m,
    k,
    n,
    outShape: [batch, filters, outH, outW],
    rows: (tensor, part, from = 0, to = m) => {
      const matrix = new (tensor.constructor as new (length: number) => typeof tensor)((to - from) * k);
      for (let row = from; row < to; row++) {
        const image = Math.floor(row / pixels);
        const y0 = Math.floor((row % pixels) / outW) * window.strides[0] - window.padTop;
        const x0 = (row % outW) * window.strides[1] - window.padLeft;
        let at = (row - from) * k;
        for (let d = 0; d < depth; d++) {
          const plane = (image * channels + part * depth + d) * height * width;
          for (let u = 0; u < kernelH; u++) {
            const y = y0 + u * window.dilations[0];
            const line = plane + y * width;
            for (let v = 0; v < kernelW; v++, at++) {
              const x = x0 + v * window.dilations[1];
              if (y >= 0 && y < height && x >= 0 && x < width) matrix[at] = tensor[line + x] as number;
            }
          }
        }
      }
      return matrix;
    },
    second: (weights, part) => {
      if (parts === 1) return weights;
      const matrix = new (weights.constructor as new (length: number) => typeof weights)(k * n);
      for (let row = 0; row < k; row++) {
        const start = row * filters + part * n;
        matrix.set(weights.subarray(start, start + n), row * n);
      }
      return matrix;
    },
    outIndex: (part, row, col) => {
      const image = Math.floor(row / pixels);
      return (image * filters + part * n + col) * pixels + (row % pixels);
    },
  };
}

function windowOf(node: NodeProto, input: readonly [number, number], kernel: readonly [number, number]): Window {
  const strides = integersOf(node, 'strides', [1, 1]) as [number, number];
  const dilations = integersOf(node, 'dilations', [1, 1]) as [number, number];
  const reach = kernel.map((size, i) => (size - 1) * (dilations[i] as number) + 1);
  const [top = 0, left = 0, bottom = 0, right = 0] = padsOf(node, input, strides, reach);
  const out = (i: 0 | 1, pads: number): number => Math.floor((input[i] + pads - (reach[i] as number)) / strides[i]) + 1;
  return { kernel, strides, dilations, padTop: top, padLeft: left, out: [out(0, top + bottom), out(1, left + right)] };
}

/** Padding at top, left, bottom and right. */
function padsOf(
  node: NodeProto,
  input: readonly number[],
  strides: readonly number[],
  reach: readonly number[],
): readonly number[] {
  const auto = textOf(node, 'auto_pad', 'NOTSET');
  if (auto === 'VALID') return [0, 0, 0, 0];
  if (auto === 'NOTSET') return integersOf(node, 'pads', [0, 0, 0, 0]);
  const total = input.map((size, i) => {
    const stride = strides[i] as number;
    return Math.max((Math.ceil(size / stride) - 1) * stride + (reach[i] as number) - size, 0);
  });
  const small = total.map((pad) => Math.floor(pad / 2));
  const large = total.map((pad) => Math.ceil(pad / 2));
  return auto === 'SAME_UPPER' ? [...small, ...large] : [...large, ...small];
}

/** Columns `from` to `to` of a matrix of codes. */
export function columns(codes: Uint8Array, cols: number, from: number, to: number): Uint8Array {
  if (from === 0 && to === cols) return codes;
  const rows = codes.length / cols;
  const part = new Uint8Array(rows * (to - from));
  for (let r = 0; r < rows; r++) part.set(codes.subarray(r * cols + from, r * cols + to), r * (to - from));
  return part;
}
