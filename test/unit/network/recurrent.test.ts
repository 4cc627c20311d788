import { describe, expect, it } from 'vitest';
import { feedOf } from '../../../scripts/network/onnx/feed.js';
import { readModel } from '../../../scripts/network/onnx/model.js';
import { samplesOf } from '../../../scripts/network/onnx/samples.js';
import { openSession } from '../../../scripts/network/onnx/session.js';
import { originally, runNetwork } from '../../support/network-run.js';
import { type AttributeValue, floats, type GraphParts, modelBytes, node, randomTensor } from '../../support/onnx.js';

const [STEPS, BATCH, FEATURES, HIDDEN] = [5, 3, 4, 6];

interface Recurrent {
  readonly op: 'LSTM' | 'GRU';
  readonly directions: number;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly bias?: boolean;
  readonly initial?: boolean;
  readonly opset?: number;
  /** Names of the layers behind the product of the input, for each direction. */
  readonly products?: number;
}

function network({ op, directions, attributes = {}, bias = true, initial = false, opset = 14 }: Recurrent): GraphParts {
  const gates = op === 'LSTM' ? 4 : 3;
  const scaled = (shape: readonly number[], seed: number) => {
    const { data } = randomTensor(shape, seed);
    return { shape, data: data.map((each) => each / 2) };
  };
  const states = op === 'LSTM' ? ['h0', 'c0'] : ['h0'];
  const made = node(op, ['x', 'w', 'r', bias ? 'b' : '', '', ...(initial ? states : [])], 'sequence', {
    hidden_size: HIDDEN,
    ...attributes,
  });
  made.output = ['sequence', 'last', ...(op === 'LSTM' ? ['cell'] : [])];
  return {
    nodes: [made],
    constants: {
      w: scaled([directions, gates * HIDDEN, FEATURES], 1),
      r: scaled([directions, gates * HIDDEN, HIDDEN], 2),
      ...(bias ? { b: scaled([directions, 2 * gates * HIDDEN], 3) } : {}),
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
};

describe('recurrent layers', () => {
  it.each(Object.entries(CASES))('%s', async (_, about) => {
    const { op, directions, products = 1 } = about;
    const gates = op === 'LSTM' ? 4 : 3;
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

  it.each<[string, Partial<Recurrent>]>([
    ['other activations', { attributes: { activations: { strings: ['Tanh', 'Tanh', 'Tanh'] } } }],
    ['clipped sums', { attributes: { clip: { float: 3 } } }],
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
