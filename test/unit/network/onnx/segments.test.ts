import { create } from '@bufbuild/protobuf';
import { GraphProtoSchema, type NodeProto, TensorProto_DataType } from 'onnx-buf';
import { describe, expect, it } from 'vitest';
import { referenceSums } from '../../../../gen/golden/product.js';
import type { CodeMatrices } from '../../../../gen/golden/tiling.js';
import { splitNetwork } from '../../../../scripts/network/infer/network.js';
import { samplesOf } from '../../../../scripts/network/onnx/samples.js';
import { cutNetwork } from '../../../../scripts/network/onnx/segments.js';
import { openSession } from '../../../../scripts/network/onnx/session.js';
import type { FloatTensor } from '../../../../scripts/network/onnx/tensor.js';
import { epilogueOf } from '../../../../scripts/network/products/epilogue.js';
import { findProducts } from '../../../../scripts/network/products/find.js';
import { operandsOf } from '../../../../scripts/network/products/product.js';
import { quantiseNetwork } from '../../../../scripts/network/quantise/network.js';
import { PUBLISHED, type QuantiseOptions } from '../../../../scripts/network/quantise/options.js';
import {
  feedsOf,
  floats,
  type GraphParts,
  int64Proto,
  modelOf,
  node,
  randomTensor,
  valueInfo,
} from '../../../support/onnx.js';

const integers = async (products: readonly CodeMatrices[]): Promise<BigInt64Array[]> => products.map(referenceSums);

/** Outputs of the fake-quantised model, and of the network cut at its products with these in integers. */
async function bothWays(parts: GraphParts, sample: readonly number[], options: Partial<QuantiseOptions> = {}) {
  const model = modelOf(parts);
  const input = randomTensor([4, ...sample], 11);
  const samples = samplesOf('samples', input);
  const network = await quantiseNetwork(model, samples, { ...PUBLISHED, ...options });
  const whole = await openSession(network.quantised);
  const cut = splitNetwork(network.model, network.plan.layers);
  try {
    const [feeds, output] = [feedsOf(model, input), model.outputs[0] as string];
    const wanted = floats(await whole.run(feeds), output);
    const got = floats(await cut.run(feeds, integers), output);
    const again = floats(await cut.run(feeds, integers), output);
    return { network, wanted, got, again };
  } finally {
    await whole.close();
    await cut.close();
  }
}

/** Relative to the largest output: what float32 sums in another order may differ by. */
function expectClose(got: FloatTensor, wanted: FloatTensor): void {
  expect(got.shape).toEqual(wanted.shape);
  const largest = wanted.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expect(largest).toBeGreaterThan(0);
  const worst = wanted.data.reduce((most, value, i) => Math.max(most, Math.abs(value - (got.data[i] as number))), 0);
  expect(worst / largest).toBeLessThan(1e-4);
}

const conv = (name: string, input: string, attributes: Parameters<typeof node>[3] = {}, bias = true): NodeProto =>
  node('Conv', [input, `${name}_w`, ...(bias ? [`${name}_b`] : [])], name, { pads: [1, 1, 1, 1], ...attributes });

interface Case {
  readonly parts: GraphParts;
  readonly sample: readonly number[];
  readonly products: number;
  readonly options?: Partial<QuantiseOptions>;
}

const RESIDUAL: GraphParts = {
  nodes: [
    conv('c1', 'x'),
    node('Relu', ['c1'], 'r1'),
    conv('c2', 'r1'),
    node('Add', ['c2', 'r1'], 'sum'),
    node('Relu', ['sum'], 'r2'),
    conv('c3', 'r2', { strides: [2, 2] }, false),
    node('GlobalAveragePool', ['c3'], 'pooled'),
    node('Shape', ['pooled'], 'shape'),
    node('Gather', ['shape', 'first'], 'batch', { axis: 0 }),
    node('Concat', ['batch', 'rest'], 'target', { axis: 0 }),
    node('Reshape', ['pooled', 'target'], 'flat'),
    node('Gemm', ['flat', 'g_w', 'g_b'], 'y', { transB: 1 }),
  ],
  constants: {
    c1_w: randomTensor([6, 2, 3, 3], 1),
    c1_b: randomTensor([6], 2),
    c2_w: randomTensor([6, 6, 3, 3], 3),
    c2_b: randomTensor([6], 4),
    c3_w: randomTensor([4, 6, 3, 3], 5),
    first: int64Proto('', [0]),
    rest: int64Proto('', [-1]),
    g_w: randomTensor([3, 4], 6),
    g_b: randomTensor([3], 7),
  },
  input: ['n', 2, 6, 6],
};

const ATTENTION: GraphParts = {
  nodes: [
    ...['q', 'k', 'v'].map((name) => node('MatMul', ['x', `${name}_w`], `${name}_flat`)),
    ...['q', 'k', 'v'].flatMap((name) => [
      node('Reshape', [`${name}_flat`, 'heads'], `${name}_heads`),
      node('Transpose', [`${name}_heads`], name, { perm: name === 'k' ? [0, 2, 3, 1] : [0, 2, 1, 3] }),
    ]),
    node('MatMul', ['q', 'k'], 'scores'),
    node('Softmax', ['scores'], 'shares', { axis: -1 }),
    node('MatMul', ['shares', 'v'], 'mixed'),
    node('Transpose', ['mixed'], 'turned', { perm: [0, 2, 1, 3] }),
    node('Reshape', ['turned', 'tokens'], 'joined'),
    node('MatMul', ['joined', 'o_w'], 'projected'),
    node('Add', ['projected', 'x'], 'y'),
  ],
  constants: {
    ...Object.fromEntries(['q', 'k', 'v', 'o'].map((name, i) => [`${name}_w`, randomTensor([8, 8], 20 + i)])),
    heads: int64Proto('', [0, 0, 2, 4]),
    tokens: int64Proto('', [0, 0, 8]),
  },
  input: ['n', 5, 8],
};

const gemm = (name: string, attributes: Parameters<typeof node>[3], bias: FloatTensor): GraphParts => ({
  nodes: [node('Gemm', ['x', 'w', 'b'], name, attributes)],
  constants: { w: randomTensor([8, 3], 30), b: bias },
  input: ['n', 8],
});

const CASES: Record<string, Case> = {
  'residual convolutions, shapes computed at run time': { parts: RESIDUAL, sample: [2, 6, 6], products: 4 },
  'the same with corrections': {
    parts: RESIDUAL,
    sample: [2, 6, 6],
    products: 4,
    options: { biasCorrection: true, rounding: 'compensated' },
  },
  'the same by least output error, with floats': {
    parts: RESIDUAL,
    sample: [2, 6, 6],
    products: 4,
    options: { objective: 'output', families: ['int', 'flint', 'pot', 'float'], bits: 5 },
  },
  'attention, two activations': { parts: ATTENTION, sample: [5, 8], products: 6 },
  'attention in floating point': { parts: ATTENTION, sample: [5, 8], products: 4, options: { attention: false } },
  'scales per group of rows': {
    parts: {
      nodes: [
        node('MatMul', ['x', 'u'], 'h'),
        node('Tanh', ['h'], 't'),
        node('Gemm', ['t', 'v', 'b'], 'y', { transB: 1 }),
      ],
      constants: { u: randomTensor([12, 8], 31), v: randomTensor([5, 8], 32), b: randomTensor([5], 33) },
      input: ['n', 12],
    },
    sample: [12],
    products: 2,
    options: { groupSize: 4, biasCorrection: true },
  },
  'grouped and depthwise convolutions, scales per group of rows': {
    parts: {
      nodes: [conv('c1', 'x', { group: 2 }), node('Relu', ['c1'], 'r1'), conv('c2', 'r1', { group: 6 }, false)],
      constants: {
        c1_w: randomTensor([6, 2, 3, 3], 41),
        c1_b: randomTensor([6], 42),
        c2_w: randomTensor([6, 1, 3, 3], 43),
      },
      input: ['n', 4, 5, 5],
    },
    sample: [4, 5, 5],
    products: 2,
    options: { groupSize: 9 },
  },
  'a depthwise convolution, refined': {
    parts: {
      nodes: [conv('c1', 'x', { group: 4 })],
      constants: { c1_w: randomTensor([8, 1, 3, 3], 44), c1_b: randomTensor([8], 45) },
      input: ['n', 4, 5, 5],
    },
    sample: [4, 5, 5],
    products: 1,
    options: { objective: 'output', rounding: 'compensated', biasCorrection: true },
  },
  'products beside each other': {
    parts: {
      nodes: [node('MatMul', ['x', 'u'], 'a'), node('MatMul', ['x', 'v'], 'b'), node('Sub', ['a', 'b'], 'y')],
      constants: { u: randomTensor([6, 4], 51), v: randomTensor([6, 4], 52) },
      input: ['n', 6],
    },
    sample: [6],
    products: 2,
  },
  'a branch around a product, nodes before and behind it': {
    parts: {
      nodes: [
        node('Tanh', ['x'], 't'),
        node('Abs', ['x'], 'r'),
        node('MatMul', ['r', 'u'], 'a'),
        node('Mul', ['a', 't'], 'y'),
      ],
      constants: { u: randomTensor([5, 5], 56) },
      input: ['n', 5],
    },
    sample: [5],
    products: 1,
  },
  'a product behind a product, the last one the output': {
    parts: {
      nodes: [node('MatMul', ['x', 'u'], 'a'), node('MatMul', ['a', 'v'], 'b'), node('MatMul', ['b', 'u'], 'y')],
      constants: { u: randomTensor([5, 5], 53), v: randomTensor([5, 5], 54) },
      input: ['n', 5],
    },
    sample: [5],
    products: 3,
  },
  'an output of the network that another product reads': {
    parts: {
      nodes: [node('MatMul', ['x', 'u'], 'a'), node('MatMul', ['a', 'u'], 'b'), node('Add', ['a', 'b'], 'c')],
      constants: { u: randomTensor([5, 5], 55) },
      input: ['n', 5],
      outputs: ['a', 'c'],
    },
    sample: [5],
    products: 2,
  },
  'a product with itself': {
    parts: { nodes: [node('MatMul', ['x', 'x'], 'y')], input: ['n', 4, 4] },
    sample: [4, 4],
    products: 1,
  },
  'Gemm with alpha and beta': {
    parts: gemm('y', { alpha: { float: 0.5 }, beta: { float: -2 } }, randomTensor([3], 61)),
    sample: [8],
    products: 1,
    options: { biasCorrection: true },
  },
  'Gemm with beta 0': { parts: gemm('y', { beta: { float: 0 } }, randomTensor([1, 3], 62)), sample: [8], products: 1 },
  'Gemm with one bias for all': { parts: gemm('y', {}, randomTensor([1], 63)), sample: [8], products: 1 },
  'weights computed from constants': {
    parts: {
      nodes: [node('Transpose', ['w'], 'turned'), node('MatMul', ['x', 'turned'], 'h'), node('Relu', ['h'], 'y')],
      constants: { w: randomTensor([4, 6], 64) },
      input: ['n', 6],
    },
    sample: [6],
    products: 1,
  },
};

describe('a network cut at its products, these in integers', () => {
  it.each(Object.entries(CASES))('%s: gives what the fake-quantised model gives', async (_, about) => {
    const { parts, sample, products, options } = about;
    const { network, wanted, got, again } = await bothWays(parts, sample, options);
    expect(network.plan.layers).toHaveLength(products);
    expectClose(got, wanted);
    expect(again, 'a second run of the same network').toEqual(got);
  });

  it('corrects the mean where that is asked for', async () => {
    const { network } = await bothWays(RESIDUAL, [2, 6, 6], { biasCorrection: true });
    expect(network.plan.layers.map(({ correction }) => correction?.shape)).toEqual([
      [6, 1, 1],
      [6, 1, 1],
      [4, 1, 1],
      [3],
    ]);
  });
});

describe('cutNetwork', () => {
  const cut = (parts: GraphParts) => {
    const model = modelOf(parts);
    const cuts = findProducts(model).products.map((product) => {
      const { sums, nodes, constants } = epilogueOf(product, 4);
      return {
        output: product.node.output[0] as string,
        reads: operandsOf(product),
        results: [sums],
        nodes,
        constants,
        product,
      };
    });
    return cutNetwork(model, cuts).map(({ nodes, inputs, outputs, cuts: own }) => ({
      nodes: nodes.map(({ opType }) => opType),
      inputs: [...inputs].sort(),
      outputs: [...outputs].sort(),
      products: own.map(({ product: { name } }) => name),
    }));
  };

  it('puts every node into the first segment that has its inputs', () => {
    expect(cut(RESIDUAL)).toEqual([
      { nodes: [], inputs: [], outputs: [], products: ['c1'] },
      { nodes: ['Reshape', 'Add', 'Relu'], inputs: ['c1__step0'], outputs: ['r1'], products: ['c2'] },
      {
        nodes: ['Reshape', 'Add', 'Add', 'Relu'],
        inputs: ['c2__step0', 'r1'],
        outputs: ['r2'],
        products: ['c3'],
      },
      {
        nodes: ['GlobalAveragePool', 'Shape', 'Gather', 'Concat', 'Reshape'],
        inputs: ['c3'],
        outputs: ['flat'],
        products: ['y'],
      },
      { nodes: ['Add'], inputs: ['y__step0'], outputs: ['y'], products: [] },
    ]);
  });

  it('leaves out nodes that nothing needs', () => {
    const parts: GraphParts = {
      nodes: [node('Relu', ['x'], 'unused'), node('Tanh', ['x'], 't'), node('MatMul', ['t', 'w'], 'y')],
      constants: { w: randomTensor([2, 2], 1) },
      input: ['n', 2],
    };
    expect(cut(parts)[0]).toEqual({ nodes: ['Tanh'], inputs: ['x'], outputs: ['t'], products: ['y'] });
  });

  it('keeps nodes with graphs of their own whole, with what these read from outside', () => {
    const branch = create(GraphProtoSchema, {
      name: 'branch',
      node: [node('Add', ['p', 'w'], 'inner')],
      output: [valueInfo('inner')],
    });
    const parts: GraphParts = {
      nodes: [
        node('MatMul', ['x', 'w'], 'p'),
        node('If', ['c'], 'y', { then_branch: { graph: branch }, else_branch: { graph: branch } }),
      ],
      constants: { w: randomTensor([2, 2], 1) },
      input: [valueInfo('x', ['n', 2]), valueInfo('c', [], TensorProto_DataType.BOOL)],
    };
    expect(cut(parts).at(-1)).toEqual({ nodes: ['If'], inputs: ['c', 'p'], outputs: ['y'], products: [] });
  });
});
