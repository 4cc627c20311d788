import { validateEngine } from '../../../../gen/config/engine.js';
import { elaborateEngine } from '../../../../gen/rtl/engine/engine.js';
import { describe, expect, it } from 'vitest';
import { codeValues } from '../../../../gen/numerics/codec.js';
import { numericType } from '../../../../gen/numerics/types/table.js';
import { compile } from '../../../../scripts/network/compile/compile.js';
import { evaluate } from '../../../../scripts/network/compile/evaluate.js';
import { type IntegerNetwork, tensorOf } from '../../../../scripts/network/compile/network.js';
import { inputCodes, integerNetworkOf } from '../../../../scripts/network/compile/network-of.js';
import { operationsOf } from '../../../../scripts/network/compile/operations.js';
import { openReference } from '../../../../scripts/network/compile/run.js';
import { feedOf } from '../../../../scripts/network/onnx/feed.js';
import type { OnnxModel } from '../../../../scripts/network/onnx/model.js';
import { samplesOf } from '../../../../scripts/network/onnx/samples.js';
import { openSession } from '../../../../scripts/network/onnx/session.js';
import { quantiseNetwork } from '../../../../scripts/network/quantise/network.js';
import { PUBLISHED, type QuantiseOptions } from '../../../../scripts/network/quantise/options.js';
import { floats, type GraphParts, modelOf, node, randomTensor } from '../../../support/onnx.js';

const positive = (shape: readonly number[], seed: number) => {
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

async function integers(parts: GraphParts, options: Partial<QuantiseOptions>) {
  const model = modelOf(parts);
  const samples = samplesOf('samples', SAMPLES);
  const quantised = await quantiseNetwork(model, samples, { ...PUBLISHED, ...options });
  const feed = feedOf(quantised.model, samples);
  const network = await integerNetworkOf({ model: quantised.model, layers: quantised.plan.layers }, feed, 8);
  return { network, feed, quantised: quantised.quantised };
}

/** Norm of the difference of the outputs, whole integers against fake-quantised, over the norm. */
async function outputError(network: IntegerNetwork, feed: ReturnType<typeof feedOf>, fake: OnnxModel): Promise<number> {
  const session = await openSession(fake);
  const [name] = network.outputs as [string];
  const { type, scale, height, width, channels } = tensorOf(network, name);
  const pixels = height * width;
  const values = codeValues(numericType(type)).map(Number);
  let [difference, norm] = [0, 0];
  for (const run of feed.runs(8)) {
    const wanted = floats(await session.run(run.inputs), fake.outputs[0] as string).data;
    const got = inputCodes(network, run).flatMap((codes) => [...(evaluate(network, codes).get(name) as Uint8Array)]);
    got.forEach((code, i) => {
      const value = (values[code] as number) * scale;
      const [sample, pixel, c] = [Math.floor(i / (pixels * channels)), Math.floor(i / channels) % pixels, i % channels];
      const other = wanted[(sample * channels + c) * pixels + pixel] as number;
      difference += (value - other) ** 2;
      norm += other ** 2;
    });
  }
  await session.close();
  return Math.sqrt(difference / norm);
}

describe('a network in whole integers', () => {
  it.each([
    [8, 0.03],
    [4, 0.1],
  ])('is near to the fake-quantised one of %i bits, and runs in the reference simulator', async (bits, limit) => {
    const { network, feed, quantised } = await integers(RESIDUAL, { bits });
    expect(network.layers.map(({ kind }) => kind)).toEqual([
      'product',
      'pool',
      'product',
      'product',
      'pool',
      'product',
      'pool',
      'product',
    ]);
    expect(await outputError(network, feed, quantised)).toBeLessThan(limit);
    const { machine } = elaborateEngine(validateEngine({ engine: true }));
    const run = openReference(compile(machine, network));
    const [one] = feed.runs(1);
    const [codes] = inputCodes(network, one as NonNullable<typeof one>);
    const result = run(codes as NonNullable<typeof codes>);
    expect(result.job.error).toBe('none');
    const expected = evaluate(network, codes as NonNullable<typeof codes>);
    for (const { name } of network.tensors.filter(({ name: each }) => !network.inputs.includes(each))) {
      expect([...result.codesOf(name)], name).toEqual([...(expected.get(name) as Uint8Array)]);
    }
  });

  it('keeps what is added in 8 bits, beside the 4 of products', async () => {
    const { network } = await integers(RESIDUAL, { bits: 4 });
    const added = network.layers.find(({ addend }) => addend !== undefined);
    expect(added?.addend?.tensor).toBe('p copy');
    expect(tensorOf(network, 'p copy').type).toBe('uint8');
    const { scale } = tensorOf(network, 'p');
    expect(Math.log2(scale / tensorOf(network, 'p copy').scale) % 1).toBe(0);
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
    const { network, feed, quantised } = await integers(parts, { bits: 8 });
    const { scale } = tensorOf(network, 'y');
    expect(network.layers[0]).toMatchObject({ low: Math.round(-0.5 / scale), high: Math.round(1 / scale) });
    expect(await outputError(network, feed, quantised)).toBeLessThan(0.04);
  });
});

it('nodes that the engine does not run are refused together', () => {
  const model = modelOf({
    input: ['n', 3, 4, 4],
    nodes: [node('Sigmoid', ['x'], 's'), node('Softmax', ['s'], 'y')],
    constants: {},
  });
  expect(() => operationsOf(model, [])).toThrow(/s: .*Sigmoid.*\n.*y: .*Softmax/s);
});
