import { describe, expect, it } from 'vitest';
import { validateEngine } from '../../../../gen/config/engine.js';
import { elaborateEngine } from '../../../../gen/rtl/engine/engine.js';
import { checkCompiled } from '../../../../scripts/network/compile/check.js';
import { compile } from '../../../../scripts/network/compile/compile.js';
import { differencesOf } from '../../../../scripts/network/compile/differences.js';
import type { IntegerOperation } from '../../../../scripts/network/compile/integers.js';
import { type ProductLayer, tensorOf } from '../../../../scripts/network/compile/network.js';
import { integerReport, wholeInteger } from '../../../../scripts/network/compile/whole-integer.js';
import { type Feed, feedOf } from '../../../../scripts/network/onnx/feed.js';
import type { OnnxModel } from '../../../../scripts/network/onnx/model.js';
import { samplesOf } from '../../../../scripts/network/onnx/samples.js';
import { openSession } from '../../../../scripts/network/onnx/session.js';
import type { FloatTensor } from '../../../../scripts/network/onnx/tensor.js';
import { quantiseNetwork } from '../../../../scripts/network/quantise/network.js';
import { PUBLISHED, type QuantiseOptions } from '../../../../scripts/network/quantise/options.js';
import { outputError as outputErrorOf } from '../../../../scripts/network/quantise/output-error.js';
import { floats, type GraphParts, int64Proto, modelOf, node, randomTensor } from '../../../support/onnx.js';

const positive = (shape: readonly number[], seed: number): FloatTensor => {
  const { data } = randomTensor(shape, seed);
  return { shape, data: data.map(Math.abs) };
};

const CONV = { kernel_shape: [3, 3], pads: [1, 1, 1, 1] };
const conv = (input: string, name: string, output: string, more = {}) =>
  node('Conv', [input, `${name}w`, `${name}b`], output, { ...CONV, ...more });

/** A block with a shortcut, pooling of all kinds, and a matrix product. */
const RESIDUAL: GraphParts = {
  input: ['n', 3, 12, 12],
  nodes: [
    conv('x', 'a', 'a0'),
    node('Relu', ['a0'], 'a1'),
    node('MaxPool', ['a1'], 'p', { kernel_shape: [2, 2], strides: [2, 2] }),
    conv('p', 'c', 'c0', { group: 2 }),
    node('Relu', ['c0'], 'c1'),
    conv('c1', 'd', 'd0'),
    node('Add', ['d0', 'p'], 's0'),
    node('Relu', ['s0'], 's1'),
    node('AveragePool', ['s1'], 'm', { kernel_shape: [2, 2], strides: [2, 2] }),
    conv('m', 'e', 'e0', { strides: [2, 2] }),
    node('GlobalAveragePool', ['e0'], 'g'),
    node('Flatten', ['g'], 'f'),
    node('Gemm', ['f', 'hw', 'hb'], 'y', { transB: 1 }),
  ],
  constants: {
    ...{ aw: randomTensor([8, 3, 3, 3], 1), ab: randomTensor([8], 2) },
    ...{ cw: randomTensor([8, 4, 3, 3], 3), cb: randomTensor([8], 4) },
    ...{ dw: randomTensor([8, 8, 3, 3], 5), db: randomTensor([8], 6) },
    ...{ ew: randomTensor([8, 8, 3, 3], 7), eb: randomTensor([8], 8) },
    ...{ hw: randomTensor([5, 8], 9), hb: randomTensor([5], 10) },
  },
};

const SAMPLES = positive([8, 3, 12, 12], 11);

async function quantised(parts: GraphParts, options: Partial<QuantiseOptions>, given = SAMPLES) {
  const model = modelOf(parts);
  const samples = samplesOf('samples', given);
  const network = await quantiseNetwork(model, samples, { ...PUBLISHED, ...options });
  return { network, feed: feedOf(network.model, samples), whole: await wholeInteger(network) };
}

/** A tensor of a network for all samples, one after the other. */
async function outputs(model: OnnxModel, feed: Feed): Promise<number[]> {
  const session = await openSession(model);
  const name = model.outputs[0] as string;
  const all: number[] = [];
  for (const { inputs } of feed.runs(1)) all.push(...floats(await session.run(inputs), name).data);
  await session.close();
  return all;
}

/** Norm of the difference of the outputs, whole integers against rounded, over the norm. */
async function outputError({ network, feed, whole }: Awaited<ReturnType<typeof quantised>>): Promise<number> {
  const [got, wanted] = [await outputs(whole.model, feed), await outputs(network.quantised, feed)];
  expect(got).toHaveLength(wanted.length);
  const norm = (numbers: readonly number[]): number => Math.hypot(...numbers);
  return norm(wanted.map((value, i) => value - (got[i] as number))) / norm(wanted);
}

/** All codes of the engine, of two samples: by the reference simulator, plain arithmetic, and standard operators. */
const check = ({ network, feed, whole }: Awaited<ReturnType<typeof quantised>>) =>
  checkCompiled(
    compile(elaborateEngine(validateEngine({ engine: true })).machine, whole.shared.network),
    whole,
    network.quantised,
    feed.part(0, 2),
    undefined,
    () => {},
  );

/** Attention of two heads over five tokens, with everything between its products on the host. */
const split = (name: string, perm: readonly number[]) => [
  node('MatMul', ['x', `${name}w`], `${name}0`),
  node('Add', [`${name}0`, `${name}b`], `${name}1`),
  node('Reshape', [`${name}1`, 'split'], `${name}2`),
  node('Transpose', [`${name}2`], name, { perm }),
];
const ATTENTION: GraphParts = {
  input: ['n', 5, 8],
  nodes: [
    ...split('q', [0, 2, 1, 3]),
    node('Div', ['q', 'two'], 'q_half'),
    ...split('k', [0, 2, 3, 1]),
    ...split('v', [0, 2, 1, 3]),
    node('MatMul', ['q_half', 'k'], 'scores'),
    node('Softmax', ['scores'], 'shares', { axis: -1 }),
    node('MatMul', ['shares', 'v'], 'mixed'),
    node('Transpose', ['mixed'], 'turned', { perm: [0, 2, 1, 3] }),
    node('Reshape', ['turned', 'join'], 'joined'),
    node('MatMul', ['joined', 'ow'], 'o0'),
    node('Add', ['o0', 'ob'], 'o1'),
    node('Add', ['o1', 'x'], 'y'),
  ],
  constants: {
    ...Object.fromEntries(['q', 'k', 'v', 'o'].map((name, i) => [`${name}w`, randomTensor([8, 8], 40 + i)])),
    ...Object.fromEntries(['q', 'k', 'v', 'o'].map((name, i) => [`${name}b`, randomTensor([8], 50 + i)])),
    ...{ two: { shape: [], data: Float32Array.of(2) } },
    ...{ split: int64Proto('', [0, 0, 2, 4]), join: int64Proto('', [0, 0, 8]) },
  },
};

describe('a network in whole integers', () => {
  it.each([
    [8, 0.03],
    [4, 0.1],
  ])('is near to the rounded one of %i bits, and runs in the reference simulator', async (bits, limit) => {
    const made = await quantised(RESIDUAL, { bits });
    expect(made.whole.shared.network.layers.map(({ kind }) => kind)).toEqual([
      ...['product', 'pool', 'product', 'product', 'pool', 'product', 'pool', 'product'],
    ]);
    expect(await outputError(made)).toBeLessThan(limit);
    expect(await check(made)).toMatchObject({ samples: 2, wrongCodes: 0 });
  });

  it('is found wrong where a bias is', async () => {
    const made = await quantised(RESIDUAL, { bits: 8 });
    const { network } = made.whole.shared;
    const [first, ...others] = network.layers as [ProductLayer, ...ProductLayer[]];
    const wrong = { ...first, biases: first.biases.map((bias, c) => (c === 3 ? bias + 5000 : bias)) };
    const shared = { ...made.whole.shared, network: { ...network, layers: [wrong, ...others] } };
    const report = await check({ ...made, whole: { ...made.whole, shared } });
    expect(report.wrongCodes).toBeGreaterThan(0);
    expect(report.mismatch).toMatch(/sample 0, a1\[\d+\]: .* by standard operators/);
  });

  it('tells which results differ from the rounded network, of each operation alone and in the whole', async () => {
    const { network, whole } = await quantised(RESIDUAL, { bits: 4 });
    const differences = await differencesOf(network, whole);
    expect(differences.map(({ tensor }) => tensor)).toEqual(['a1', 'p', 'c1', 's1', 'm', 'e0', 'g', 'y']);
    const of = (name: string) => differences.find(({ tensor }) => tensor === name);
    // The first operation has the same operands in both; what comes behind it adds to its error.
    expect(of('a1')?.alone).toBe(of('a1')?.whole);
    expect(of('a1')?.alone).toBeGreaterThan(0);
    expect(of('y')?.alone).toBeLessThan(0.01);
    expect(of('y')?.whole).toBeGreaterThan(of('y')?.alone as number);
    const [first, ...others] = whole.shared.integers as [IntegerOperation, ...IntegerOperation[]];
    const wrong = { ...first, biases: first.biases.map((bias) => bias + 20) };
    const broken = await differencesOf(network, {
      ...whole,
      shared: { ...whole.shared, integers: [wrong, ...others] },
    });
    expect(broken[0]?.alone).toBeGreaterThan(5 * (differences[0]?.alone as number));
    expect(broken.slice(1).map(({ alone }) => alone)).toEqual(differences.slice(1).map(({ alone }) => alone));
  });

  it('keeps what is added in 8 bits, beside the 4 of products', async () => {
    const { network } = (await quantised(RESIDUAL, { bits: 4 })).whole.shared;
    const added = network.layers.find(({ addend }) => addend !== undefined);
    expect(added?.addend?.tensor).toBe('p copy');
    expect(tensorOf(network, 'p copy').type).toBe('uint8');
    const { scale } = tensorOf(network, 'p');
    expect(Math.log2(scale / tensorOf(network, 'p copy').scale) % 1).toBe(0);
  });

  it.each([
    ['d', 'k'],
    ['k', 'd'],
  ])('adds in the product with the longer reduction, whichever is first: %s', async (...order) => {
    const branches = { d: conv('x', 'd', 'd0'), k: conv('x', 'k', 'k0', { kernel_shape: [1, 1], pads: [0, 0, 0, 0] }) };
    const made = await quantised(
      {
        input: RESIDUAL.input as GraphParts['input'],
        nodes: [...order.map((name) => branches[name as 'd' | 'k']), node('Add', ['d0', 'k0'], 'y')],
        constants: {
          ...{ dw: randomTensor([8, 3, 3, 3], 5), db: randomTensor([8], 6) },
          ...{ kw: randomTensor([8, 3, 1, 1], 7), kb: randomTensor([8], 8) },
        },
      },
      { bits: 8 },
    );
    const { layers } = made.whole.shared.network;
    expect(layers.map(({ output, addend }) => [output, addend?.tensor])).toEqual([
      ['k0', undefined],
      ['y', 'k0'],
    ]);
    expect(await check(made)).toMatchObject({ samples: 2, wrongCodes: 0 });
  });

  it('has the bounds of a Clip', async () => {
    const parts = {
      input: RESIDUAL.input as GraphParts['input'],
      nodes: [conv('x', 'a', 'a0'), node('Clip', ['a0', 'low', 'high'], 'y')],
      constants: {
        ...{ aw: randomTensor([8, 3, 3, 3], 1), ab: randomTensor([8], 2) },
        ...{ low: { shape: [], data: Float32Array.of(-0.5) }, high: { shape: [], data: Float32Array.of(1) } },
      },
    } as GraphParts;
    const made = await quantised(parts, { bits: 8 });
    const { network } = made.whole.shared;
    const { scale } = tensorOf(network, 'y');
    expect(network.layers[0]).toMatchObject({ low: Math.round(-0.5 / scale), high: Math.round(1 / scale) });
    expect(await outputError(made)).toBeLessThan(0.04);
  });

  it.each([
    ['goes into the constants', 1, 1],
    ['that turns signs is left to the host', -1, 2],
  ])('batch normalisation %s', async (_, sign, jobs) => {
    const { shape, data } = positive([8], 4);
    const scale = { shape, data: data.map((value, c) => (c === 2 ? sign * value : value)) };
    const parts: GraphParts = {
      input: RESIDUAL.input,
      nodes: [
        conv('x', 'a', 'a0'),
        node('BatchNormalization', ['a0', 'scale', 'offset', 'mean', 'variance'], 'a1'),
        node('Relu', ['a1'], 'a2'),
        node('Conv', ['a2', 'cw'], 'y', CONV),
      ],
      constants: {
        ...{ aw: randomTensor([8, 3, 3, 3], 1), ab: randomTensor([8], 2), cw: randomTensor([4, 8, 3, 3], 3) },
        ...{ scale, offset: randomTensor([8], 5), mean: randomTensor([8], 6), variance: positive([8], 7) },
      },
    };
    const made = await quantised(parts, { bits: 8 });
    expect(made.whole.shared.network.jobs?.length ?? 1).toBe(jobs);
    expect(await outputError(made)).toBeLessThan(0.03);
    expect(await check(made)).toMatchObject({ samples: 2, wrongCodes: 0 });
  });

  it('has sums of 8 bits beyond the whole numbers of float32', async () => {
    const parts: GraphParts = {
      input: ['n', 600, 2, 2],
      nodes: [node('Conv', ['x', 'w'], 'y', { kernel_shape: [2, 2] })],
      constants: { w: { shape: [2, 600, 2, 2], data: new Float32Array(4800).fill(1).fill(-1, 4799) } },
    };
    const made = await quantised(parts, { bits: 8, families: ['int'] }, positive([4, 600, 2, 2], 3));
    expect(await check(made)).toMatchObject({ samples: 2, wrongCodes: 0 });
  });
});

describe('a network whose products alone run on the engine', () => {
  it('is cut into jobs; what is only moved has the codes of the product that reads it', async () => {
    const made = await quantised(ATTENTION, { bits: 4 }, randomTensor([8, 5, 8], 60));
    const { shared, storage } = made.whole;
    // Three projections, scores and mixtures of two heads, the last product.
    expect(shared.network.jobs).toEqual([3, 2, 2, 1]);
    expect(storage.get('q1')?.main).toMatchObject({
      type: storage.get('q_half')?.main.type,
      scale: 2 * (storage.get('q_half')?.main.scale as number),
    });
    expect(storage.get('scores')?.main.type).toBe('int8');
    expect(storage.get('mixed')).toEqual(storage.get('joined'));
    expect(await outputError(made)).toBeLessThan(0.15);
    expect(await check(made)).toMatchObject({ samples: 2, codes: 2 * (3 * 40 + 50 + 40 + 40), wrongCodes: 0 });
  });

  it('says what the host does and what moves, with the shares of the products', async () => {
    const { network, whole, feed } = await quantised(ATTENTION, { bits: 4 }, randomTensor([8, 5, 8], 60));
    const outputs = { ...(await outputErrorOf({ ...network, feed, batch: 8 })), samples: 8 };
    const differences = await differencesOf(network, whole);
    expect(differences).toHaveLength(6);
    const report = integerReport(network, whole, { differences, outputs, accuracy: null });
    expect(report.macs).toEqual({ engine: 4 * 5 * 8 * 8 + 2 * 2 * 5 * 5 * 4, host: 0 });
    expect(
      report.host
        .map(({ op }) => op)
        .sort()
        .join(' '),
    ).toBe('Add Div Reshape Reshape Reshape Reshape Softmax Transpose Transpose Transpose Transpose');
    expect(report.moved.filter(({ to }) => to === 'engine').map(({ tensor, bytes }) => [tensor, bytes])).toEqual([
      ['x', 20],
      ['q_half', 20],
      ['k', 20],
      ['shares', 25],
      ['v', 20],
      ['joined', 20],
    ]);
    expect(report.moved.find(({ tensor }) => tensor === 'scores')).toMatchObject({
      to: 'host',
      elements: 50,
      bytes: 50,
    });
  });

  it('leaves to the host what the engine cannot do, with the reason', async () => {
    const parts: GraphParts = {
      input: ['n', 3, 8],
      nodes: [
        node('MatMul', ['x', 'w'], 'a'),
        node('Sigmoid', ['a'], 's'),
        node('Einsum', ['s', 'w'], 'y', { equation: 'nij,jk->nik' }),
      ],
      constants: { w: randomTensor([8, 8], 1) },
    };
    const made = await quantised(parts, { bits: 4 }, randomTensor([4, 3, 8], 2));
    const left = made.whole.shared.found.host.map(({ node: { opType }, reason }) => [opType, reason]);
    expect(left).toEqual([
      ['Sigmoid', undefined],
      ['Einsum', 'the engine runs no Einsum'],
    ]);
    expect(await check(made)).toMatchObject({ wrongCodes: 0 });
  });

  it('without a product for the engine is refused with the reasons', async () => {
    const parts: GraphParts = {
      input: ['n', 3, 8],
      nodes: [node('Einsum', ['x', 'w'], 'y', { equation: 'nij,jk->nik' })],
      constants: { w: randomTensor([8, 8], 1) },
    };
    await expect(quantised(parts, { bits: 4 }, randomTensor([4, 3, 8], 2))).rejects.toThrow(/\n *y: .*Einsum/);
  });
});

it('all layers that do not fit are named together', async () => {
  const { whole } = await quantised(RESIDUAL, { bits: 4, families: ['int'] });
  const { machine } = elaborateEngine(validateEngine({ engine: true }));
  const small = { ...machine, weightTypes: ['int8'], resultTypes: ['uint4', 'int8'] };
  const refused = () => compile(small, whole.shared.network);
  expect(refused).toThrow(/a0: .* int4 \(gen --engine --weights int8,int4\)/);
  expect(refused).toThrow(/d0: .* uint8 \(gen --engine --activations uint4,int8,uint8\)/);
});
