import { elementCount } from '../onnx/tensor.js';

/** A loop over one dimension of a product: its length, and how far a step moves in each tensor. 0: not at all. */
export interface Axis {
  readonly size: number;
  readonly a: number;
  readonly b: number;
  readonly out: number;
}

/** A tensor in another one, larger by zeros around it: along each dimension `low` elements before it. */
export interface Frame {
  readonly inner: readonly number[];
  readonly low: readonly number[];
  readonly outer: readonly number[];
}

/**
 * Any product of two tensors as loops: out[batch, m, n] += a[batch, m, k] · b[batch, k, n], each index a sum of steps. So
 * Conv, Gemm, MatMul, Einsum and ConvTranspose are the same, of any number of dimensions.
 */
export interface Contraction {
  /** Loops that both operands and the result take part in. */
  readonly batch: readonly Axis[];
  /** Loops of the first operand and the result. */
  readonly m: readonly Axis[];
  /** Loops of both operands that the result adds up. */
  readonly k: readonly Axis[];
  /** Loops of the second operand and the result. */
  readonly n: readonly Axis[];
  /** Where the steps of `a` run in the tensor with zeros around it. */
  readonly padded?: Frame;
  /** Where the result is a part of what the steps of `out` fill. */
  readonly cropped?: Frame;
  readonly outShape: readonly number[];
  /** Dimensions of the result that tell apart the output channels of weights, whichever operand is weights. */
  readonly channelDims: { readonly a: readonly number[]; readonly b: readonly number[] };
}

/** Arrays of elements or of codes. */
export type Elements = Float32Array | Float64Array | Uint8Array;

/** Matrix products of the same size: each of `parts` multiplies m x k by k x n. */
export interface Lowering {
  readonly parts: number;
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly outShape: readonly number[];
  /** Rows `from` to `to` of a part's first operand, (to - from) x k, from its tensor, in which `zero` stands for 0. */
  rows<T extends Elements>(tensor: T, part: number, from?: number, to?: number, zero?: number): T;
  /** A part's second operand, k x n, from its tensor. */
  second<T extends Elements>(tensor: T, part: number): T;
  /** Index in the result of a part's element [row, col]; -1 for what is cut off. Some elements are added up. */
  outIndex(part: number, row: number, col: number): number;
}

type Tensor = 'a' | 'b' | 'out';

const lengthOf = (axes: readonly Axis[]): number => axes.reduce((length, { size }) => length * size, 1);

/** The index in a tensor for every step of nested loops, the last one the fastest. */
function offsets(axes: readonly Axis[], tensor: Tensor): Int32Array {
  const table = new Int32Array(lengthOf(axes));
  let block = table.length;
  for (const { size, [tensor]: step } of axes) {
    block /= size;
    for (let i = 0; i < table.length; i++) table[i] = (table[i] as number) + (Math.floor(i / block) % size) * step;
  }
  return table;
}

/** Matrix products that a contraction consists of. */
export function lowerContraction({ batch, m, k, n, padded, cropped, outShape }: Contraction): Lowering {
  const [rows, depth, cols] = [lengthOf(m), lengthOf(k), lengthOf(n)];
  const table = (axes: readonly Axis[], tensor: Tensor): (() => Int32Array) => {
    let made: Int32Array | undefined;
    return () => {
      made ??= offsets(axes, tensor);
      return made;
    };
  };
  const [aBatch, aRow, aStep] = [table(batch, 'a'), table(m, 'a'), table(k, 'a')];
  const [bBatch, bStep, bCol] = [table(batch, 'b'), table(k, 'b'), table(n, 'b')];
  const [outBatch, outRow, outCol] = [table(batch, 'out'), table(m, 'out'), table(n, 'out')];
  const frame = padded && framing(padded);
  const crop = cropped && cropping(cropped);
  return {
    parts: lengthOf(batch),
    m: rows,
    k: depth,
    n: cols,
    outShape,
    rows: (tensor, part, from = 0, to = rows, zero = 0) => {
      const source = frame ? frame(tensor, zero) : tensor;
      const [rowOf, stepOf, start] = [aRow(), aStep(), aBatch()[part] as number];
      const matrix = emptyLike(tensor, (to - from) * depth);
      let at = 0;
      for (let row = from; row < to; row++) {
        const base = start + (rowOf[row] as number);
        for (let step = 0; step < depth; step++) matrix[at++] = source[base + (stepOf[step] as number)] as number;
      }
      return matrix;
    },
    second: (tensor, part) => {
      const [stepOf, colOf, start] = [bStep(), bCol(), bBatch()[part] as number];
      const matrix = emptyLike(tensor, depth * cols);
      let at = 0;
      for (let step = 0; step < depth; step++) {
        const base = start + (stepOf[step] as number);
        for (let col = 0; col < cols; col++) matrix[at++] = tensor[base + (colOf[col] as number)] as number;
      }
      return matrix;
    },
    outIndex: (part, row, col) => {
      const index = (outBatch()[part] as number) + (outRow()[row] as number) + (outCol()[col] as number);
      return crop ? crop(index) : index;
    },
  };
}

function emptyLike<T extends Elements>(tensor: T, length: number): T {
  return new (tensor.constructor as new (length: number) => T)(length);
}

/** Puts a tensor into zeros; the same tensor once. */
function framing({ inner, low, outer }: Frame): <T extends Elements>(tensor: T, zero: number) => T {
  const last = new WeakMap<Elements, { readonly framed: Elements; readonly zero: number }>();
  const width = inner.at(-1) as number;
  const lines = inner.slice(0, -1);
  return (tensor, zero) => {
    const found = last.get(tensor);
    if (found?.zero === zero) return found.framed as typeof tensor;
    const framed = emptyLike(tensor, elementCount(outer)).fill(zero) as typeof tensor;
    for (let line = 0; line < elementCount(lines); line++) {
      let [rest, step, to] = [line, outer.at(-1) as number, low.at(-1) as number];
      for (let i = lines.length - 1; i >= 0; i--) {
        const size = lines[i] as number;
        to += ((rest % size) + (low[i] as number)) * step;
        rest = Math.floor(rest / size);
        step *= outer[i] as number;
      }
      framed.set(tensor.subarray(line * width, (line + 1) * width), to);
    }
    last.set(tensor, { framed, zero });
    return framed;
  };
}

/** The index in the inner tensor of an index in the outer one; -1 outside of it. */
function cropping({ inner, low, outer }: Frame): (index: number) => number {
  return (index) => {
    let [rest, step, at] = [index, 1, 0];
    for (let i = inner.length - 1; i >= 0; i--) {
      const size = outer[i] as number;
      const place = (rest % size) - (low[i] as number);
      if (place < 0 || place >= (inner[i] as number)) return -1;
      at += place * step;
      step *= inner[i] as number;
      rest = Math.floor(rest / size);
    }
    return at;
  };
}

/** The same product with its operands changing places, so that the second one comes first. */
export function swapped(contraction: Contraction): Contraction {
  const turned = (axes: readonly Axis[]): Axis[] => axes.map(({ size, a, b, out }) => ({ size, a: b, b: a, out }));
  const { batch, m, k, n, cropped, outShape, channelDims } = contraction;
  return {
    batch: turned(batch),
    m: turned(n),
    k: turned(k),
    n: turned(m),
    ...(cropped ? { cropped } : {}),
    outShape,
    channelDims: { a: channelDims.b, b: channelDims.a },
  };
}

/** The same with loops that the second operand takes no part in counted among the rows. */
export function withoutRepeats(contraction: Contraction): Contraction {
  const { batch, m } = contraction;
  const repeats = batch.filter(({ b, size }) => b === 0 || size === 1);
  return { ...contraction, batch: batch.filter((axis) => !repeats.includes(axis)), m: [...repeats, ...m] };
}

/** How the weights of a product lie as a matrix: K rows, and a column per part and output channel. */
export interface WeightLayout {
  readonly rows: number;
  readonly cols: number;
  /** Index in the weights' tensor of each element of the matrix, row-major. */
  readonly order: Int32Array;
}

/** The layout of a contraction's second operand; it depends on nothing else. */
export function weightLayout({ batch, k, n }: Contraction): WeightLayout {
  const [partOf, stepOf, colOf] = [offsets(batch, 'b'), offsets(k, 'b'), offsets(n, 'b')];
  const [rows, cols] = [stepOf.length, partOf.length * colOf.length];
  const order = new Int32Array(rows * cols);
  let at = 0;
  for (let row = 0; row < rows; row++) {
    for (const part of partOf) for (const col of colOf) order[at++] = part + (stepOf[row] as number) + col;
  }
  return { rows, cols, order };
}

/** What is the same for all rows of a result: a number for each of the output channels of weights. */
export interface Channels {
  /** Broadcasts to the result. */
  readonly shape: readonly number[];
  /** The channel of each column of the weights' matrix. */
  readonly of: Int32Array;
}

/** The output channels of a contraction's second operand. */
export function channelsOf({ batch, n, cropped, outShape, channelDims }: Contraction): Channels {
  const full = cropped?.outer ?? outShape;
  const dims = channelDims.b;
  const first = dims[0] ?? full.length;
  const shape = full.slice(first).map((size, i) => (dims.includes(first + i) ? size : 1));
  const [strides, own] = [stridesOf(full), stridesOf(shape)];
  const channel = (index: number): number =>
    dims.reduce((sum, dim) => {
      const place = Math.floor(index / (strides[dim] as number)) % (full[dim] as number);
      return sum + place * (own[dim - first] as number);
    }, 0);
  const [parts, cols] = [offsets(batch, 'out'), offsets(n, 'out')];
  return { shape, of: Int32Array.from([...parts].flatMap((part) => Array.from(cols, (col) => channel(part + col)))) };
}

/** Steps of a row-major tensor along each of its dimensions. */
export function stridesOf(shape: readonly number[]): number[] {
  return shape.map((_, i) => elementCount(shape.slice(i + 1)));
}
