import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../../gen/base/errors.js';
import { writeModel } from '../../../../scripts/network/onnx/model.js';
import { load } from '../../../../scripts/network/onnx/session.js';
import { elementCount, type FloatTensor } from '../../../../scripts/network/onnx/tensor.js';
import type { Lowering } from '../../../../scripts/network/products/contraction.js';
import type { ProductOp } from '../../../../scripts/network/products/operators.js';
import {
  columnsAt,
  rowsAt,
  lower,
  outputChannels,
  type Product,
  partColumns,
  weightMatrix,
  weightTensor,
} from '../../../../scripts/network/products/product.js';
import { type AttributeValue, integerTensor, modelProto, node, valueInfo } from '../../../support/onnx.js';

type Attributes = Record<string, AttributeValue>;
type Shape = readonly number[];

/** A product whose node reads `a` and `b`; with weights first, `a` is the second operand. */
function productOf(op: ProductOp, attributes: Attributes, kind: Product['second']['kind'], swapped = false): Product {
  const made = node(op, ['a', 'b'], 'y', attributes);
  if (op.startsWith('Fused')) made.domain = 'com.microsoft';
  return {
    name: 'p',
    title: 'p',
    op,
    node: made,
    activation: swapped ? 'b' : 'a',
    second: { kind, tensor: swapped ? 'a' : 'b' },
    swapped,
  };
}

/** What ONNX Runtime makes of the node. */
async function byRuntime({ node: made }: Product, a: FloatTensor, b: FloatTensor): Promise<FloatTensor> {
  const input = [valueInfo('a', a.shape), valueInfo('b', b.shape)];
  const proto = modelProto({ nodes: [made], input });
  proto.opsetImport.push({ $typeName: 'onnx.OperatorSetIdProto', domain: 'com.microsoft', version: 1n });
  const session = await load(writeModel(proto), 'node');
  const feeds = Object.fromEntries(
    [['a', a] as const, ['b', b] as const].map(([name, { shape, data }]) => [
      name,
      new ort.Tensor('float32', data, shape),
    ]),
  );
  const result = (await session.run(feeds)).y as ort.Tensor;
  await session.release();
  return { shape: result.dims, data: result.data as Float32Array };
}

/** The products of a lowering, put together. */
function byLowering(
  lowering: Lowering,
  a: FloatTensor,
  second: (part: number) => Float32Array | Float64Array,
): FloatTensor {
  const { parts, m, k, n, outShape, outIndex } = lowering;
  const data = new Float32Array(elementCount(outShape));
  for (let part = 0; part < parts; part++) {
    const left = lowering.rows(a.data, part);
    const right = second(part);
    expect([left.length, right.length]).toEqual([m * k, k * n]);
    for (let row = 0; row < m; row++) {
      for (let col = 0; col < n; col++) {
        let sum = 0;
        for (let i = 0; i < k; i++) sum += (left[row * k + i] as number) * (right[i * n + col] as number);
        const at = outIndex(part, row, col);
        if (at >= 0) data[at] = (data[at] as number) + sum;
      }
    }
  }
  return { shape: outShape, data };
}

/** Parts of rows, and rows of codes, are what all rows of numbers are. */
function expectConsistentRows(lowering: Lowering, { data }: FloatTensor): void {
  const { parts, m, k } = lowering;
  const codes = Uint8Array.from(data, (value) => value + 7);
  for (let part = 0; part < parts; part++) {
    const all = lowering.rows(data, part);
    const [from, to] = [Math.floor(m / 3), Math.ceil((2 * m) / 3)];
    expect(lowering.rows(data, part, from, to)).toEqual(all.slice(from * k, to * k));
    const inside = lowering.rows(new Uint8Array(data.length).fill(1), part);
    const wanted = all.map((value, i) => (inside[i] === 1 ? value + 7 : 0));
    expect(lowering.rows(codes, part)).toEqual(Uint8Array.from(wanted));
  }
}

/** Through the K x N matrix of the weights, whose tensor is had back, and whose columns have their output channel. */
function expectWeights(product: Product, a: FloatTensor, w: FloatTensor, wanted: FloatTensor): void {
  const lowering = lower(product, a.shape, w.shape);
  const matrix = weightMatrix(product, w);
  expect(matrix.data.length).toBe(w.data.length);
  expect(weightTensor(product, w.shape, matrix)).toEqual(w.data);
  expect(byLowering(lowering, a, (part) => partColumns(matrix.data, matrix.cols, part, lowering.n))).toEqual(wanted);
  expectConsistentRows(lowering, a);
  const { shape, of } = outputChannels(product, a.shape, w.shape);
  expect(of.length).toBe(matrix.cols);
  expectChannels(lowering, shape, of);
}

/** Every element of the result meets the channel of the column it comes from, when channels are broadcast to it. */
function expectChannels({ parts, m, n, outShape, outIndex }: Lowering, shape: Shape, of: Int32Array): void {
  const full = [...new Array<number>(outShape.length - shape.length).fill(1), ...shape];
  for (const [i, size] of full.entries()) if (size !== 1) expect(size).toBe(outShape[i]);
  for (let part = 0; part < parts; part++) {
    for (let row = 0; row < m; row++) {
      for (let col = 0; col < n; col++) {
        let rest = outIndex(part, row, col);
        if (rest < 0) continue;
        let [channel, step] = [0, 1];
        for (let i = full.length - 1; i >= 0; i--) {
          const size = outShape[i] as number;
          if (full[i] !== 1) channel += (rest % size) * step;
          step *= full[i] as number;
          rest = Math.floor(rest / size);
        }
        expect(of[part * n + col]).toBe(channel);
      }
    }
  }
}

interface Convolution {
  readonly input: readonly [number, number, number, number];
  readonly filters: readonly [number, number, number, number];
  readonly attributes?: Attributes;
  /** Top, left, bottom, right, as the definition of `auto_pad` or `pads` gives them. */
  readonly pads?: readonly [number, number, number, number];
  readonly strides?: readonly [number, number];
  readonly dilations?: readonly [number, number];
  readonly group?: number;
}

/** The convolution as its definition says it, element by element. */
function naive(x: FloatTensor, w: FloatTensor, about: Convolution): FloatTensor {
  const { pads: [top, left, bottom, right] = [0, 0, 0, 0], strides = [1, 1], dilations = [1, 1], group = 1 } = about;
  const [batch, channels, height, width] = about.input;
  const [filters, depth, kernelH, kernelW] = about.filters;
  const size = (length: number, pad: number, kernel: number, i: 0 | 1): number =>
    Math.floor((length + pad - dilations[i] * (kernel - 1) - 1) / strides[i] + 1);
  const shape = [batch, filters, size(height, top + bottom, kernelH, 0), size(width, left + right, kernelW, 1)];
  const [, , outH, outW] = shape as [number, number, number, number];
  const pixel = (b: number, c: number, y: number, x0: number): number =>
    y < 0 || y >= height || x0 < 0 || x0 >= width
      ? 0
      : (x.data[((b * channels + c) * height + y) * width + x0] as number);
  const data = Float32Array.from({ length: elementCount(shape) }, (_, i) => {
    const [ox, oy] = [i % outW, Math.floor(i / outW) % outH];
    const [o, b] = [Math.floor(i / outW / outH) % filters, Math.floor(i / outW / outH / filters)];
    const first = Math.floor(o / (filters / group)) * depth;
    let sum = 0;
    for (let c = 0; c < depth; c++) {
      for (let u = 0; u < kernelH; u++) {
        for (let v = 0; v < kernelW; v++) {
          const weight = w.data[((o * depth + c) * kernelH + u) * kernelW + v] as number;
          sum +=
            weight *
            pixel(b, first + c, oy * strides[0] + u * dilations[0] - top, ox * strides[1] + v * dilations[1] - left);
        }
      }
    }
    return sum;
  });
  return { shape, data };
}

const CONVOLUTIONS: [string, Convolution][] = [
  ['plain', { input: [2, 3, 5, 6], filters: [4, 3, 3, 2] }],
  ['1 x 1', { input: [3, 4, 2, 2], filters: [5, 4, 1, 1] }],
  ['kernel as large as the image', { input: [1, 2, 3, 4], filters: [2, 2, 3, 4] }],
  ['strides', { input: [1, 2, 7, 8], filters: [3, 2, 3, 3], strides: [2, 3] }],
  ['asymmetric pads', { input: [2, 2, 4, 5], filters: [3, 2, 3, 3], pads: [0, 1, 2, 3] }],
  ['pads wider than the kernel', { input: [1, 1, 2, 2], filters: [1, 1, 2, 2], pads: [3, 0, 0, 3] }],
  ['dilations', { input: [1, 2, 8, 9], filters: [3, 2, 3, 2], dilations: [2, 3] }],
  [
    'all of these',
    { input: [2, 2, 9, 9], filters: [3, 2, 3, 2], pads: [1, 2, 0, 1], strides: [2, 1], dilations: [1, 3] },
  ],
  ['groups', { input: [2, 4, 4, 4], filters: [6, 2, 3, 3], group: 2, pads: [1, 1, 1, 1] }],
  ['depthwise', { input: [2, 5, 5, 4], filters: [5, 1, 3, 3], group: 5, pads: [1, 1, 1, 1], strides: [2, 2] }],
  ['depthwise, several filters each', { input: [1, 3, 4, 4], filters: [6, 1, 2, 2], group: 3 }],
  ['VALID', { input: [1, 2, 5, 5], filters: [2, 2, 3, 3], attributes: { auto_pad: 'VALID' }, strides: [2, 2] }],
  [
    'SAME_UPPER, even',
    { input: [1, 2, 5, 5], filters: [2, 2, 3, 3], attributes: { auto_pad: 'SAME_UPPER' }, pads: [1, 1, 1, 1] },
  ],
  [
    'SAME_UPPER, odd',
    { input: [1, 2, 5, 6], filters: [2, 2, 2, 4], attributes: { auto_pad: 'SAME_UPPER' }, pads: [0, 1, 1, 2] },
  ],
  [
    'SAME_LOWER, odd',
    { input: [1, 2, 5, 6], filters: [2, 2, 2, 4], attributes: { auto_pad: 'SAME_LOWER' }, pads: [1, 2, 0, 1] },
  ],
  [
    'SAME_UPPER with strides',
    {
      input: [1, 2, 6, 7],
      filters: [2, 2, 3, 3],
      attributes: { auto_pad: 'SAME_UPPER' },
      strides: [2, 3],
      pads: [0, 1, 1, 1],
    },
  ],
  [
    'SAME_LOWER with strides',
    {
      input: [1, 2, 6, 7],
      filters: [2, 2, 3, 3],
      attributes: { auto_pad: 'SAME_LOWER' },
      strides: [2, 3],
      pads: [1, 1, 0, 1],
    },
  ],
  [
    'SAME_UPPER, strides beyond the kernel',
    { input: [1, 1, 6, 5], filters: [1, 1, 1, 1], attributes: { auto_pad: 'SAME_UPPER' }, strides: [3, 3] },
  ],
];

describe('convolutions of two dimensions', () => {
  it.each(CONVOLUTIONS)('%s', async (_, about) => {
    const { strides, dilations, group, pads, attributes = {} } = about;
    const given: Attributes = {
      ...(strides ? { strides } : {}),
      ...(dilations ? { dilations } : {}),
      ...(group ? { group } : {}),
      ...(pads && !('auto_pad' in attributes) ? { pads } : {}),
      ...attributes,
    };
    const product = productOf('Conv', given, 'weights');
    const [x, w] = [integerTensor(about.input, 1), integerTensor(about.filters, 2)];
    const wanted = naive(x, w, about);
    expectWeights(product, x, w, wanted);
    expect(wanted).toEqual(await byRuntime(product, x, w));
    expect(lower(product, x.shape, w.shape).parts).toBe(group ?? 1);
  });
});

/** What a node multiplies: an operator, its attributes, the shapes of its inputs. */
type Case = readonly [what: string, op: ProductOp, attributes: Attributes, a: Shape, b: Shape];

const CASES: readonly Case[] = [
  ['Gemm', 'Gemm', {}, [3, 4], [4, 5]],
  ['Gemm with transB', 'Gemm', { transB: 1 }, [3, 4], [5, 4]],
  ['Gemm with transA', 'Gemm', { transA: 1 }, [4, 3], [4, 5]],
  ['Gemm with both', 'Gemm', { transA: 1, transB: 1 }, [4, 3], [5, 4]],
  ['Gemm of one row', 'Gemm', { transB: 1 }, [1, 4], [1, 4]],
  ['MatMul', 'MatMul', {}, [3, 4], [4, 5]],
  ['MatMul with leading dimensions', 'MatMul', {}, [2, 3, 2, 4], [4, 5]],
  ['MatMul, the second with leading dimensions', 'MatMul', {}, [3, 4], [2, 3, 4, 2]],
  ['MatMul, both with equal ones', 'MatMul', {}, [2, 3, 4, 5], [2, 3, 5, 2]],
  ['MatMul, the first repeats', 'MatMul', {}, [1, 3, 4], [4, 4, 2]],
  ['MatMul, the second repeats', 'MatMul', {}, [3, 2, 3, 4], [1, 2, 4, 2]],
  ['MatMul, both repeat', 'MatMul', {}, [3, 1, 3, 4], [1, 2, 4, 2]],
  ['MatMul, the second has fewer', 'MatMul', {}, [2, 3, 3, 4], [3, 4, 2]],
  ['MatMul, inner ones repeat', 'MatMul', {}, [2, 1, 3, 4], [2, 3, 4, 2]],
  ['MatMul of a vector', 'MatMul', {}, [4], [4, 5]],
  ['MatMul by a vector', 'MatMul', {}, [2, 3, 4], [4]],
  ['MatMul of two vectors', 'MatMul', {}, [4], [4]],
  ['MatMul of single elements', 'MatMul', {}, [1, 1], [1, 1]],
  ['FusedMatMul, the first turned', 'FusedMatMul', { transA: 1 }, [2, 4, 3], [4, 5]],
  ['FusedMatMul, the second turned', 'FusedMatMul', { transB: 1 }, [2, 3, 4], [2, 5, 4]],
  ['Einsum, matrices', 'Einsum', { equation: 'bk,kn->bn' }, [3, 4], [4, 5]],
  ['Einsum, the result turned', 'Einsum', { equation: 'bk, nk -> nb' }, [3, 4], [5, 4]],
  ['Einsum, heads', 'Einsum', { equation: 'bthd,bshd->bhts' }, [2, 3, 2, 4], [2, 5, 2, 4]],
  ['Einsum, two dimensions added up', 'Einsum', { equation: 'bthd,hdo->bto' }, [2, 3, 2, 4], [2, 4, 5]],
  ['Einsum, nothing added up', 'Einsum', { equation: 'i,j->ij' }, [3], [4]],
  ['Einsum without arrow', 'Einsum', { equation: 'bk,kn' }, [3, 4], [4, 5]],
  ['Conv1d', 'Conv', { pads: [2, 1], strides: [2], dilations: [2] }, [2, 3, 9], [4, 3, 3]],
  ['Conv1d, groups', 'Conv', { group: 3, auto_pad: 'SAME_UPPER' }, [2, 6, 7], [6, 2, 4]],
  ['Conv3d', 'Conv', { pads: [1, 0, 1, 0, 1, 1], strides: [1, 2, 1] }, [2, 2, 3, 4, 5], [3, 2, 2, 3, 2]],
  ['Conv2d', 'Conv', { pads: [1, 1, 1, 1], group: 2 }, [2, 4, 4, 5], [6, 2, 3, 3]],
  ['ConvTranspose', 'ConvTranspose', { strides: [2, 2] }, [2, 3, 4, 5], [3, 4, 2, 2]],
  ['ConvTranspose that overlaps', 'ConvTranspose', { strides: [2, 1], pads: [1, 0, 0, 2] }, [2, 3, 4, 5], [3, 2, 3, 4]],
  [
    'ConvTranspose with groups, dilations and a larger result',
    'ConvTranspose',
    { group: 2, strides: [3, 2], dilations: [2, 1], output_padding: [1, 1], pads: [1, 1, 1, 0] },
    [2, 4, 3, 4],
    [4, 3, 2, 3],
  ],
  ['ConvTranspose1d', 'ConvTranspose', { strides: [2] }, [2, 3, 6], [3, 2, 3]],
  ['ConvTranspose3d', 'ConvTranspose', { strides: [1, 2, 2] }, [1, 2, 2, 3, 2], [2, 3, 2, 2, 3]],
  [
    'ConvTranspose, SAME_UPPER',
    'ConvTranspose',
    { strides: [2, 2], auto_pad: 'SAME_UPPER' },
    [1, 2, 3, 4],
    [2, 2, 3, 3],
  ],
  ['ConvTranspose, size given', 'ConvTranspose', { strides: [2, 2], output_shape: [6, 8] }, [1, 2, 3, 4], [2, 2, 3, 3]],
];

describe('products as ONNX Runtime computes them', () => {
  it.each(CASES)('%s', async (_, op, attributes, aShape, bShape) => {
    const [a, b] = [integerTensor(aShape, 3), integerTensor(bShape, 4)];
    const wanted = await byRuntime(productOf(op, attributes, 'weights'), a, b);
    const pair = productOf(op, attributes, 'activation');
    const lowering = lower(pair, aShape, bShape);
    expect(
      byLowering(lowering, a, (part) => lowering.second(b.data, part)),
      'two activations',
    ).toEqual(wanted);
    expectWeights(productOf(op, attributes, 'weights'), a, b, wanted);
    // Weights first: the same with the operands' roles exchanged. Filters cannot be swept by weights.
    if (!op.startsWith('Conv')) expectWeights(productOf(op, attributes, 'weights', true), b, a, wanted);
  });

  it('count leading dimensions of activations among the rows, and those of weights as parts', () => {
    const sizes = (aShape: Shape, bShape: Shape, swapped = false) => {
      const { parts, m, k, n } = lower(productOf('MatMul', {}, 'weights', swapped), aShape, bShape);
      return [parts, m, k, n];
    };
    expect(sizes([2, 3, 4], [4, 5])).toEqual([1, 6, 4, 5]);
    expect(sizes([2, 3, 4], [1, 4, 5])).toEqual([1, 6, 4, 5]);
    expect(sizes([2, 3, 4], [2, 4, 5])).toEqual([2, 3, 4, 5]);
    expect(sizes([7, 4, 5], [6, 4], true)).toEqual([1, 35, 4, 6]);
  });

  it.each<[ProductOp, Attributes, Shape, Shape, RegExp]>([
    ['MatMul', {}, [2, 3, 4], [3, 4, 2], /^p: .*2 x 3 x 4.*3 x 4 x 2/],
    ['MatMul', {}, [3, 4], [5, 4], /^p: /],
    ['Conv', {}, [1, 2, 5], [2, 2, 3, 3], /^p: .*1 x 2 x 5.*2 x 2 x 3 x 3/],
    ['Einsum', { equation: 'ij,jk->ik' }, [2, 3], [4, 2], /^p: /],
    ['Einsum', { equation: 'ij,jk->i' }, [2, 3], [3, 2], /adds up k/],
    ['Einsum', { equation: 'ii,ij->ij' }, [2, 2], [2, 2], /diagonal/],
    ['Einsum', { equation: 'i,j,k->ijk' }, [2], [2], /two operands/],
    ['Einsum', { equation: '...k,kn->...n' }, [2, 2], [2, 2], /\.\.\./],
  ])('%s with %j refuses %j by %j', (op, attributes, a, b, message) => {
    const attempt = () => lower(productOf(op, attributes, 'activation'), a, b);
    expect(attempt).toThrow(UserError);
    expect(attempt).toThrow(message);
  });
});

describe('columns and rows', () => {
  it('are some of each row, and some rows', () => {
    const codes = Uint8Array.from({ length: 15 }, (_, i) => i);
    expect([...columnsAt(codes, 5, [1, 4])]).toEqual([1, 4, 6, 9, 11, 14]);
    expect(columnsAt(codes, 5, [0, 1, 2, 3, 4])).toEqual(codes);
    expect([...rowsAt(codes, 5, [0, 2])]).toEqual([0, 1, 2, 3, 4, 10, 11, 12, 13, 14]);
    expect(rowsAt(codes, 5, [0, 1, 2])).toEqual(codes);
  });
});
