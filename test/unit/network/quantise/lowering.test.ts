import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../../gen/base/errors.js';
import { writeModel } from '../../../../scripts/network/onnx/model.js';
import { type Product, type ProductOp, weightMatrix } from '../../../../scripts/network/onnx/products.js';
import { load } from '../../../../scripts/network/onnx/session.js';
import { elementCount, type FloatTensor } from '../../../../scripts/network/onnx/tensor.js';
import { columns, type Lowering, lower } from '../../../../scripts/network/quantise/lowering.js';
import { type AttributeValue, integerTensor, modelProto, node, valueInfo } from '../../../support/onnx.js';

type Attributes = Record<string, AttributeValue>;

function productOf(op: ProductOp, attributes: Attributes, kind: Product['second']['kind']): Product {
  return {
    name: 'p',
    op,
    node: node(op, ['a', 'b'], 'y', attributes),
    activation: 'a',
    second: { kind, tensor: 'b' },
  };
}

/** What ONNX Runtime makes of the node. */
async function byRuntime({ node: made }: Product, a: FloatTensor, b: FloatTensor): Promise<FloatTensor> {
  const input = [valueInfo('a', a.shape), valueInfo('b', b.shape)];
  const session = await load(writeModel(modelProto({ nodes: [made], input })), 'node');
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
function byLowering(lowering: Lowering, a: FloatTensor, second: Float32Array): FloatTensor {
  const { parts, m, k, n, outShape, outIndex } = lowering;
  const data = new Float32Array(elementCount(outShape)).fill(Number.NaN);
  for (let part = 0; part < parts; part++) {
    const left = lowering.rows(a.data, part);
    const right = lowering.second(second, part);
    expect([left.length, right.length]).toEqual([m * k, k * n]);
    for (let row = 0; row < m; row++) {
      for (let col = 0; col < n; col++) {
        let sum = 0;
        for (let i = 0; i < k; i++) sum += (left[row * k + i] as number) * (right[i * n + col] as number);
        data[outIndex(part, row, col)] = sum;
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

describe('lowered convolutions', () => {
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
    const lowering = lower(product, x.shape, w.shape);
    const got = byLowering(lowering, x, Float32Array.from(weightMatrix(product, w).data));
    expect(got).toEqual(naive(x, w, about));
    expect(got).toEqual(await byRuntime(product, x, w));
    expect(lowering.parts).toBe(group ?? 1);
    expectConsistentRows(lowering, x);
  });

  it.each([
    [[1, 2, 5], 1],
    [[1, 2, 4, 4, 4], 3],
  ])('refuse an input of shape %j', (shape, dimensions) => {
    const product = productOf('Conv', {}, 'weights');
    const attempt = () => lower(product, shape, [2, 2, 3]);
    expect(attempt).toThrow(UserError);
    expect(attempt).toThrow(new RegExp(`^p: .*\\b${dimensions} dimensions\\b.*\\b2\\b`));
  });
});

const LINEAR: [string, ProductOp, Attributes, readonly number[], readonly number[]][] = [
  ['Gemm', 'Gemm', {}, [3, 4], [4, 5]],
  ['Gemm with transB', 'Gemm', { transB: 1 }, [3, 4], [5, 4]],
  ['Gemm of one row', 'Gemm', { transB: 1 }, [1, 4], [1, 4]],
  ['MatMul', 'MatMul', {}, [3, 4], [4, 5]],
  ['MatMul with leading dimensions', 'MatMul', {}, [2, 3, 2, 4], [4, 5]],
  ['MatMul of a vector', 'MatMul', {}, [4], [4, 5]],
  ['MatMul of single elements', 'MatMul', {}, [1, 1], [1, 1]],
];

const BATCHED: [string, ProductOp, Attributes, readonly number[], readonly number[]][] = [
  ['no leading dimension', 'MatMul', {}, [3, 4], [4, 5]],
  ['equal ones', 'MatMul', {}, [2, 3, 4, 5], [2, 3, 5, 2]],
  ['the first repeats', 'MatMul', {}, [1, 3, 4], [4, 4, 2]],
  ['the second repeats', 'MatMul', {}, [3, 2, 3, 4], [1, 2, 4, 2]],
  ['both repeat', 'MatMul', {}, [3, 1, 3, 4], [1, 2, 4, 2]],
  ['the first has fewer', 'MatMul', {}, [3, 4], [2, 3, 4, 2]],
  ['the second has fewer', 'MatMul', {}, [2, 3, 3, 4], [3, 4, 2]],
  ['inner ones repeat', 'MatMul', {}, [2, 1, 3, 4], [2, 3, 4, 2]],
  ['Gemm', 'Gemm', {}, [3, 4], [4, 5]],
  ['Gemm with transB', 'Gemm', { transB: 1 }, [3, 4], [5, 4]],
];

describe('lowered linear layers', () => {
  it.each(LINEAR)('%s', async (_, op, attributes, aShape, wShape) => {
    const product = productOf(op, attributes, 'weights');
    const [a, w] = [integerTensor(aShape, 3), integerTensor(wShape, 4)];
    const lowering = lower(product, aShape, wShape);
    const got = byLowering(lowering, a, Float32Array.from(weightMatrix(product, w).data));
    expect(got).toEqual(await byRuntime(product, a, w));
    expectConsistentRows(lowering, a);
  });
});

describe('lowered products of two activations', () => {
  it.each(BATCHED)('%s', async (_, op, attributes, aShape, bShape) => {
    const product = productOf(op, attributes, 'activation');
    const [a, b] = [integerTensor(aShape, 5), integerTensor(bShape, 6)];
    const lowering = lower(product, aShape, bShape);
    expect(byLowering(lowering, a, b.data)).toEqual(await byRuntime(product, a, b));
    expectConsistentRows(lowering, a);
  });

  it.each([
    [[4], [4, 2], /vector/],
    [[2, 4], [4], /vector/],
    [[2, 3, 4], [3, 4, 2], /\b2\b.*\b3\b/],
  ])('refuse %j by %j', (a, b, message) => {
    expect(() => lower(productOf('MatMul', {}, 'activation'), a, b)).toThrow(message);
  });
});

describe('columns', () => {
  it('takes a range of columns of each row', () => {
    const codes = Uint8Array.from({ length: 15 }, (_, i) => i);
    expect([...columns(codes, 5, 1, 3)]).toEqual([1, 2, 6, 7, 11, 12]);
    expect(columns(codes, 5, 0, 5)).toEqual(codes);
  });
});
