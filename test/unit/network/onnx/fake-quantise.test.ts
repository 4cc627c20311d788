import { describe, expect, it } from 'vitest';
import { randomSource } from '../../../../gen/golden/vectors.js';
import { decisionBoundaries, quantise } from '../../../../gen/numerics/codec.js';
import type { NumericType } from '../../../../gen/numerics/types/numeric-type.js';
import { NUMERIC_TYPES, numericType } from '../../../../gen/numerics/types/table.js';
import { fakeQuantise, type ProductEdit } from '../../../../scripts/network/onnx/fake-quantise.js';
import { type OnnxModel, readModel, writeModel } from '../../../../scripts/network/onnx/model.js';
import { openSession } from '../../../../scripts/network/onnx/session.js';
import { type FloatTensor, readFloats } from '../../../../scripts/network/onnx/tensor.js';
import { findProducts } from '../../../../scripts/network/products/find.js';
import { weightMatrix, weightTensor } from '../../../../scripts/network/products/product.js';
import { dequantise } from '../../../../scripts/network/quantise/dequantise.js';
import { quantiseWeights } from '../../../../scripts/network/search/tensor.js';
import { feedsOf, floats, modelOf, node, only, randomTensor, tensor } from '../../../support/onnx.js';

const SCALES = [1, 1 / 3, 0.0731, 1e-30, 1e20];
const TYPES = [...NUMERIC_TYPES.values()];
const OPSETS = [9, 13, 21];

/** One product per scale, all reading the input. */
const fan = (opset: number): OnnxModel =>
  modelOf({
    nodes: SCALES.map((_, i) => node('MatMul', ['x', 'w'], `y${i}`)),
    constants: { w: tensor([1, 1], [1]) },
    input: ['n', 1],
    outputs: SCALES.map((_, i) => `y${i}`),
    opset,
  });

const bits = new DataView(new ArrayBuffer(4));

/** The next single-precision number in either direction. */
function neighbour(value: number, up: boolean): number {
  if (value === 0) return up ? 2 ** -149 : -(2 ** -149);
  bits.setFloat32(0, value);
  bits.setInt32(0, bits.getInt32(0) + (value > 0 === up ? 1 : -1));
  return bits.getFloat32(0);
}

/** Numbers that a wrong rounding would show on: at, just below and just above all decisions, at the ends, at random. */
function tricky(type: NumericType, scales: readonly number[]): Float32Array {
  const random = randomSource(type.bits);
  const edges = scales.flatMap((scale) =>
    decisionBoundaries(type).flatMap((boundary) => {
      const at = Math.fround(boundary * scale);
      const [below, above] = [neighbour(at, false), neighbour(at, true)];
      return [neighbour(below, false), below, at, above, neighbour(above, true)];
    }),
  );
  const drawn = scales.flatMap((scale) =>
    Array.from({ length: 200 }, () => {
      const exponent = random.below(type.bits + 6) - 4;
      return (random.bits32() / 2 ** 31 - 1) * scale * 2 ** exponent;
    }),
  );
  const ends = [0, -0, 1e-45, -1e-45, 1.2e-38, -1.2e-38, 1e30, -1e30, 3.4e38, -3.4e38];
  return Float32Array.from([...edges, ...drawn, ...ends]).filter(Number.isFinite);
}

const byCodec = (type: NumericType, values: Float32Array, scale: number): Float32Array =>
  Float32Array.from(quantise(type, values, { scale }), (code) => Math.fround(Number(type.decode(code)) * scale));

function expectSameBits(got: FloatTensor | undefined, wanted: Float32Array, values: Float32Array, what: string): void {
  const wrong = Array.from(wanted, (value, i) => ({ input: values[i], wanted: value, got: got?.data[i] })).find(
    (each) => !Object.is(each.got, each.wanted),
  );
  expect(wrong, what).toBeUndefined();
  expect(got?.data.length).toBe(wanted.length);
}

describe('rounded activations in ONNX Runtime are the values of the codec, bit for bit', () => {
  it.each(TYPES.map((type, i) => [type.name, OPSETS[i % OPSETS.length] as number, type] as const))(
    '%s, in operator set %i',
    async (_, opset, type) => {
      const model = fan(opset);
      const edits = SCALES.map((scale, i): ProductEdit => ({ output: `y${i}`, activation: { type, scale } }));
      const quantised = fakeQuantise(model, edits);
      const names = edits.map(({ output }) => roundedOperand(quantised, output));
      const values = tricky(type, SCALES);
      const session = await openSession(quantised, names);
      const results = await session.run(feedsOf(quantised, { shape: [values.length, 1], data: values }));
      await session.close();
      for (const [i, scale] of SCALES.entries()) {
        const got = floats(results, names[i] as string);
        expectSameBits(got, byCodec(type, values, scale), values, `scale ${scale}`);
      }
    },
  );

  it('has both ways to find a value among the types', () => {
    const shapes = ['int4', 'pot8'].map((name) => {
      const edit = { output: 'y0', activation: { type: numericType(name), scale: 1 } };
      return fakeQuantise(fan(13), [edit]).graph.node.some(({ opType }) => opType === 'Less');
    });
    expect(shapes).toEqual([false, true]);
  });

  it('keeps the shape of tensors of any rank', async () => {
    const model = modelOf({
      nodes: [node('MatMul', ['x', 'w'], 'y')],
      constants: { w: tensor([2, 2], [1, 0, 0, 1]) },
      input: ['n', 3, 1, 2],
    });
    for (const type of ['int4', 'pot8'].map(numericType)) {
      const session = await openSession(fakeQuantise(model, [{ output: 'y', activation: { type, scale: 0.5 } }]));
      const input = randomTensor([2, 3, 1, 2], 1);
      const got = floats(await session.run(feedsOf(model, input)), 'y');
      await session.close();
      expect(got?.shape).toEqual([2, 3, 1, 2]);
      expectSameBits(got, byCodec(type, input.data, 0.5), input.data, type.name);
    }
  });
});

/** The tensor that a product reads first. */
const roundedOperand = ({ graph }: OnnxModel, output: string): string =>
  graph.node.find((each) => each.output.includes(output))?.input[0] as string;

describe('rounded weights are the values of their codes, bit for bit', () => {
  const cases = [
    ['MatMul', node('MatMul', ['x', 'w'], 'y'), [12, 5], 4],
    ['Gemm', node('Gemm', ['x', 'w'], 'y', { transB: 1 }), [5, 12], 12],
    ['Conv', node('Conv', ['x', 'w'], 'y', { group: 2 }), [6, 3, 2, 2], 6],
  ] as const;

  it.each(cases)('%s', (_, made, shape, groupSize) => {
    const model = modelOf({ nodes: [made], constants: { w: randomTensor(shape, 4) }, input: [1, 6, 12, 12] });
    const product = only(findProducts(model).products);
    const matrix = weightMatrix(product, readFloats(model.constants.get('w') as never, 'w'));
    for (const type of ['int4', 'flint4', 'pot4', 'e2m1', 'int8'].map(numericType)) {
      const weights = quantiseWeights(matrix, [type], 'w', { groupSize });
      const edit: ProductEdit = {
        output: 'y',
        second: { kind: 'weights', weights: { shape, data: weightTensor(product, shape, dequantise(weights)) } },
      };
      const quantised = readModel(writeModel(fakeQuantise(model, [edit]).proto), 'q.onnx');
      const name = only(quantised.graph.node).input[1] as string;
      const got = readFloats(quantised.constants.get(name) as never, name);
      expect(got.shape).toEqual(shape);
      const [k, n] = [weights.rows, weights.cols];
      for (let i = 0; i < got.data.length; i++) {
        // Where the element lies in the K x N matrix: filters lie behind each other, MatMul's rows are the matrix' rows.
        const [row, col] = product.op === 'MatMul' ? [Math.floor(i / n), i % n] : [i % k, Math.floor(i / k)];
        const scale = weights.scales[Math.floor(row / groupSize) * n + col] as number;
        const value = Number(type.decode(weights.codes[row * n + col] as number));
        expect(got.data[i]).toBe(Math.fround(value * scale));
      }
    }
  });
});

describe('the graph around the products', () => {
  const int4 = numericType('int4');
  const nodes = [
    node('Relu', ['x'], 'r'),
    node('MatMul', ['r', 'w'], 'a'),
    node('MatMul', ['r', 'w'], 'b'),
    node('MatMul', ['r', 'v'], 'c'),
    node('Add', ['a', 'b'], 'ab'),
    node('Add', ['ab', 'c'], 'y'),
  ];
  const constants = { w: randomTensor([2, 2], 1), v: randomTensor([2, 2], 2), bias: randomTensor([2], 3) };
  const model = modelOf({ nodes, constants, input: ['n', 2] });
  const rounders = (edited: OnnxModel): number => edited.graph.node.filter(({ opType }) => opType === 'Gather').length;

  it('rounds a tensor once for all products that read it with the same type and scale', () => {
    const at = (output: string, scale: number): ProductEdit => ({ output, activation: { type: int4, scale } });
    const shared = fakeQuantise(model, [at('a', 0.1), at('b', 0.1), at('c', 0.2)]);
    expect(rounders(shared)).toBe(2);
    const [a, b, c] = ['a', 'b', 'c'].map((output) => roundedOperand(shared, output));
    expect(a).toBe(b);
    expect(a).not.toBe(c);
    const other = { type: numericType('flint4'), scale: 0.1 };
    expect(rounders(fakeQuantise(model, [at('a', 0.1), { output: 'b', activation: other }]))).toBe(2);
  });

  it('rounds both operands of a product of activations, one tensor only once', async () => {
    const square = modelOf({ nodes: [node('MatMul', ['x', 'x'], 'y')], input: [2, 2] });
    const activation = { type: int4, scale: 0.5 };
    const edited = fakeQuantise(square, [{ output: 'y', activation, second: { kind: 'activation', activation } }]);
    expect(rounders(edited)).toBe(1);
    const session = await openSession(edited);
    const got = floats(await session.run(feedsOf(square, tensor([2, 2], [1.1, 0.6, -0.6, 9]))), 'y').data;
    await session.close();
    expect([...got]).toEqual([1 - 0.25, 0.5 + 1.75, -0.5 - 1.75, -0.25 + 3.5 ** 2]);
  });

  it('adds the correction, and the tensor keeps its name', async () => {
    const correction = tensor([2], [10, 20]);
    const [plain, corrected] = await Promise.all(
      [[], [{ output: 'a', correction }]].map(async (edits) => {
        const session = await openSession(fakeQuantise(model, edits), ['a']);
        const results = await session.run(feedsOf(model, tensor([1, 2], [1, 2])));
        await session.close();
        return results;
      }),
    );
    for (const name of ['a', 'y']) {
      const [before, after] = [plain?.get(name)?.data ?? [], corrected?.get(name)?.data ?? []];
      expect([...after]).toEqual([
        expect.closeTo((before[0] as number) + 10, 4),
        expect.closeTo((before[1] as number) + 20, 4),
      ]);
    }
  });

  it('drops weights that nothing reads any more, and keeps those that something reads', () => {
    const weights = { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) };
    const second = { kind: 'weights', weights } as const;
    const names = (edited: OnnxModel): string[] => edited.graph.initializer.map(({ name }) => name).sort();
    expect(names(fakeQuantise(model, [{ output: 'a', second }]))).toEqual(['a__weights', 'v', 'w']);
    expect(
      names(
        fakeQuantise(
          model,
          ['a', 'b', 'c'].map((output) => ({ output, second })),
        ),
      ),
    ).toEqual(['a__weights', 'b__weights', 'c__weights']);
  });

  it('drops Constant nodes and inputs of replaced weights as well', () => {
    const listed = modelOf({
      nodes: [
        node('Constant', [], 'k', { value: { tensor: model.constants.get('w') as never } }),
        node('MatMul', ['x', 'k'], 'y'),
      ],
      input: ['n', 2],
    });
    const weights = { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) };
    const edited = fakeQuantise(listed, [{ output: 'y', second: { kind: 'weights', weights } }]);
    expect(edited.graph.node.map(({ opType }) => opType)).toEqual(['MatMul']);
    expect(edited.graph.input.map(({ name }) => name)).toEqual(['x']);
  });

  it('leaves the model it is given as it was', () => {
    const before = writeModel(model.proto);
    fakeQuantise(model, [{ output: 'a', activation: { type: int4, scale: 1 }, correction: tensor([2], [1, 1]) }]);
    expect(writeModel(model.proto)).toEqual(before);
  });
});
