import { TensorProto_DataType } from 'onnx-buf';
import { describe, expect, it } from 'vitest';
import { feedOf } from '../../../scripts/network/onnx/feed.js';
import { readModel } from '../../../scripts/network/onnx/model.js';
import { samplesOf } from '../../../scripts/network/onnx/samples.js';
import { openSession } from '../../../scripts/network/onnx/session.js';
import type { FloatTensor } from '../../../scripts/network/onnx/tensor.js';
import { floatValue } from '../../../scripts/network/onnx/value.js';
import { originally, runNetwork } from '../../support/network-run.js';
import {
  type AttributeValue,
  floats,
  type GraphParts,
  integerProto,
  modelBytes,
  node,
  randomTensor,
} from '../../support/onnx.js';

const [STEPS, BATCH, FEATURES, HIDDEN] = [5, 3, 4, 6];
const GATES = { LSTM: 4, GRU: 3, RNN: 1 };

interface Recurrent {
  readonly op: 'LSTM' | 'GRU' | 'RNN';
  readonly directions: number;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly bias?: boolean;
  readonly initial?: boolean;
  /** Steps of each sequence of the batch. */
  readonly lengths?: readonly number[];
  readonly peepholes?: boolean;
  readonly opset?: number;
  /** Names of the layers behind the product of the input, for each direction. */
  readonly products?: number;
}

function network(about: Recurrent): GraphParts {
  const { op, directions, attributes = {}, bias = true, initial = false, lengths, peepholes = false } = about;
  const { opset = 14 } = about;
  const gates = GATES[op];
  const scaled = (shape: readonly number[], seed: number) => {
    const { data } = randomTensor(shape, seed);
    return { shape, data: data.map((each) => each / 2) };
  };
  const states = op === 'LSTM' ? ['h0', 'c0'] : ['h0'];
  const given = initial ? states : states.map(() => '');
  const inputs = ['x', 'w', 'r', bias ? 'b' : '', lengths ? 'lengths' : '', ...given, ...(peepholes ? ['p'] : [])];
  const made = node(op, inputs, 'sequence', { hidden_size: HIDDEN, ...attributes });
  made.output = ['sequence', 'last', ...(op === 'LSTM' ? ['cell'] : [])];
  return {
    nodes: [made],
    constants: {
      w: scaled([directions, gates * HIDDEN, FEATURES], 1),
      r: scaled([directions, gates * HIDDEN, HIDDEN], 2),
      ...(bias ? { b: scaled([directions, 2 * gates * HIDDEN], 3) } : {}),
      ...(lengths ? { lengths: integerProto(TensorProto_DataType.INT32, [BATCH], lengths) } : {}),
      ...(peepholes ? { p: scaled([directions, 3 * HIDDEN], 7) } : {}),
      ...(initial
        ? Object.fromEntries(states.map((name, i) => [name, scaled([directions, BATCH, HIDDEN], 4 + i)]))
        : {}),
    },
    input: ['t', BATCH, FEATURES],
    outputs: made.output,
    opset,
  };
}

const CASES: Record<string, Recurrent> = {
  LSTM: { op: 'LSTM', directions: 1 },
  'LSTM without bias, from the end': { op: 'LSTM', directions: 1, bias: false, attributes: { direction: 'reverse' } },
  'LSTM in both directions, with states given': {
    op: 'LSTM',
    directions: 2,
    initial: true,
    attributes: { direction: 'bidirectional' },
  },
  'GRU, the reset gate after the product': { op: 'GRU', directions: 1, attributes: { linear_before_reset: 1 } },
  'GRU, the reset gate before it': { op: 'GRU', directions: 1, products: 2, initial: true },
  'GRU in both directions, an old operator set': {
    op: 'GRU',
    directions: 2,
    opset: 9,
    attributes: { direction: 'bidirectional', linear_before_reset: 1 },
  },
  'LSTM with peepholes, clipped sums, and sequences of several lengths': {
    op: 'LSTM',
    directions: 1,
    lengths: [5, 2, 4],
    peepholes: true,
    attributes: { clip: { float: 0.7 } },
  },
  'LSTM in both directions, sequences of several lengths, states given': {
    op: 'LSTM',
    directions: 2,
    lengths: [3, 5, 1],
    peepholes: true,
    initial: true,
    attributes: { direction: 'bidirectional' },
  },
  'LSTM with one gate for input and forgetting': {
    op: 'LSTM',
    directions: 1,
    attributes: { input_forget: 1 },
  },
  'LSTM with other activations in each direction': {
    op: 'LSTM',
    directions: 2,
    attributes: {
      direction: 'bidirectional',
      activations: { strings: ['HardSigmoid', 'Relu', 'Softsign', 'Sigmoid', 'Tanh', 'LeakyRelu'] },
      activation_alpha: { floats: [0.3, 0.05] },
      activation_beta: { floats: [0.4] },
    },
  },
  'GRU from the end, sequences of several lengths': {
    op: 'GRU',
    directions: 1,
    lengths: [1, 5, 2],
    attributes: { direction: 'reverse', linear_before_reset: 1 },
  },
  'GRU, clipped sums': { op: 'GRU', directions: 1, products: 2, attributes: { clip: { float: 0.5 } } },
  'RNN in both directions': { op: 'RNN', directions: 2, attributes: { direction: 'bidirectional' } },
};

describe('recurrent layers', () => {
  it.each(Object.entries(CASES))('%s', async (_, about) => {
    const { op, directions, products = 1 } = about;
    const gates = GATES[op];
    const parts = network(about);
    const bytes = modelBytes(parts);
    // One more dimension: every sample is a whole sequence.
    const samples = randomTensor([4, STEPS, BATCH, FEATURES], 9);

    // Unfolded, the network is what it was.
    const model = readModel(bytes, 'm');
    const session = await openSession(model);
    for (const { inputs } of feedOf(model, samplesOf('s', samples)).runs(1)) {
      const [got, wanted] = [await session.run(inputs), await originally(bytes, inputs)];
      for (const name of parts.outputs ?? []) {
        const [mine, theirs] = [floats(got, name), floats(wanted, name)];
        expect(mine.shape).toEqual(theirs.shape);
        for (const [i, value] of theirs.data.entries()) expect(mine.data[i], `${name} ${i}`).toBeCloseTo(value, 5);
      }
    }
    await session.close();

    // Both products of each direction are quantised; the sizes are by hand.
    const { report, inferred } = await runNetwork(bytes, { samples, options: { bits: 8, families: ['int'] } });
    expect(report.leftOut).toEqual([]);
    expect(report.layers).toHaveLength(directions * (1 + products));
    const recurrent = gates * HIDDEN * HIDDEN + (products - 1) * HIDDEN * HIDDEN;
    const macs = directions * STEPS * BATCH * (FEATURES * gates * HIDDEN + recurrent);
    expect(report.totals.macs).toBe(macs);
    expect(inferred.macs).toBe(4 * macs);
    expect(inferred.exact).toBe(true);
    expect(inferred.outputs.map(({ name }) => name)).toEqual(parts.outputs);
    for (const { name, onnx, float } of inferred.outputs) {
      expect(onnx.relativeError, `${name} against rounded operands in ONNX Runtime`).toBeLessThan(1e-4);
      expect(float.relativeError, `${name}, 8 bits`).toBeLessThan(0.05);
    }
  });

  it('with the batch in front are those with the steps in front, turned around', async () => {
    for (const op of ['LSTM', 'GRU', 'RNN'] as const) {
      const about: Recurrent = { op, directions: 2, initial: true, attributes: { direction: 'bidirectional' } };
      const parts = network(about);
      const turned = network({ ...about, attributes: { ...about.attributes, layout: 1 } });
      const swap = ({ shape: [d = 0, b = 0, h = 0], data }: FloatTensor): FloatTensor => ({
        shape: [b, d, h],
        data: Float32Array.from({ length: d * b * h }, (_, i) => {
          const [batch, direction, at] = [Math.floor(i / (d * h)), Math.floor(i / h) % d, i % h];
          return data[(direction * b + batch) * h + at] as number;
        }),
      });
      const states = ['h0', ...(op === 'LSTM' ? ['c0'] : [])];
      const constants = parts.constants as Record<string, FloatTensor>;
      const x = randomTensor([STEPS, BATCH, FEATURES], 9);
      const run = async (bytes: Uint8Array, input: FloatTensor) => {
        const session = await openSession(readModel(bytes, 'm'));
        const results = await session.run(new Map([['x', floatValue(input)]]));
        await session.close();
        return results;
      };
      const wanted = await run(modelBytes(parts), x);
      const got = await run(
        modelBytes({
          ...turned,
          constants: {
            ...constants,
            ...Object.fromEntries(states.map((name) => [name, swap(constants[name] as FloatTensor)])),
          },
          input: [BATCH, 't', FEATURES],
        }),
        swap(x),
      );
      for (const name of ['last', ...(op === 'LSTM' ? ['cell'] : [])]) {
        expect(floats(got, name)).toEqual(swap(floats(wanted, name)));
      }
      // Steps x directions x batch x hidden, and batch x steps x directions x hidden.
      const [a, b] = [floats(wanted, 'sequence'), floats(got, 'sequence')];
      expect(b.shape).toEqual([BATCH, STEPS, 2, HIDDEN]);
      for (const [i, value] of b.data.entries()) {
        const [batch, at] = [Math.floor(i / (STEPS * 2 * HIDDEN)), i % HIDDEN];
        const [time, direction] = [Math.floor(i / (2 * HIDDEN)) % STEPS, Math.floor(i / HIDDEN) % 2];
        expect(value).toBe(a.data[((time * 2 + direction) * BATCH + batch) * HIDDEN + at]);
      }
    }
  });

  it('with weights that nodes compute of constants are products, too', async () => {
    const parts = network({ op: 'LSTM', directions: 1 });
    const [recurrent] = parts.nodes as [GraphParts['nodes'][number]];
    const [, w = '', r = ''] = recurrent.input;
    recurrent.input[1] = 'computed_w';
    recurrent.input[2] = 'computed_r';
    const computed = [node('Neg', [w], 'computed_w'), node('Neg', [r], 'computed_r')];
    const bytes = modelBytes({ ...parts, nodes: [...computed, ...parts.nodes] });
    const samples = randomTensor([4, STEPS, BATCH, FEATURES], 9);
    const { report, inferred, outputs } = await runNetwork(bytes, { samples });
    expect([report.layers.length, report.leftOut, inferred.exact]).toEqual([2, [], true]);
    // The same as with the constants themselves turned about.
    const turned = (name: string) => {
      const { shape, data } = (parts.constants as NonNullable<GraphParts['constants']>)[name] as FloatTensor;
      return { shape, data: data.map((value) => -value) };
    };
    const plain = network({ op: 'LSTM', directions: 1 });
    const same = modelBytes({ ...plain, constants: { ...plain.constants, [w]: turned(w), [r]: turned(r) } });
    const other = await runNetwork(same, { samples });
    expect(report.layers.map(({ second }) => second.type)).toEqual(
      other.report.layers.map(({ second }) => second.type),
    );
    for (const [name, { data }] of other.outputs) {
      for (const [i, value] of [...(data as Float32Array)].entries()) {
        expect(outputs.get(name)?.data[i], name).toBeCloseTo(value, 5);
      }
    }
  });

  it.each<[string, Partial<Recurrent>]>([
    [
      'activations that are no operators',
      {
        attributes: {
          activations: { strings: ['Affine', 'Tanh', 'Tanh'] },
          activation_alpha: { floats: [0.5] },
          activation_beta: { floats: [0.1] },
        },
      },
    ],
    ['lengths in an old operator set', { lengths: [5, 2, 4], opset: 9 }],
  ])('with %s stay in floating point, with their size', async (_, more) => {
    const parts = network({ op: 'LSTM', directions: 1, ...more });
    const [recurrent] = parts.nodes as [GraphParts['nodes'][number]];
    recurrent.input[0] = 'y';
    const bytes = modelBytes({
      ...parts,
      nodes: [node('MatMul', ['x', 'v'], 'y'), recurrent],
      constants: { ...parts.constants, v: randomTensor([FEATURES, FEATURES], 8) },
    });
    const { report, inferred } = await runNetwork(bytes, { samples: randomTensor([4, STEPS, BATCH, FEATURES], 9) });
    expect(report.layers.map(({ output }) => output)).toEqual(['y']);
    expect(report.leftOut).toMatchObject([{ op: 'LSTM', macs: STEPS * BATCH * 4 * HIDDEN * (FEATURES + HIDDEN) }]);
    expect(inferred.exact).toBe(true);
  });
});
