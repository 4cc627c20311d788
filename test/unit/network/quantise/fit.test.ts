import { describe, expect, it } from 'vitest';
import { feedOf } from '../../../../scripts/network/onnx/feed.js';
import { samplesOf } from '../../../../scripts/network/onnx/samples.js';
import type { FloatTensor } from '../../../../scripts/network/onnx/tensor.js';
import { visit } from '../../../../scripts/network/quantise/calibrate.js';
import { fitsResults, splitSamples } from '../../../../scripts/network/quantise/calibration.js';
import { quantiseNetwork } from '../../../../scripts/network/quantise/network.js';
import { PUBLISHED, type QuantiseOptions } from '../../../../scripts/network/quantise/options.js';
import { warningsOf } from '../../../../scripts/network/quantise/warnings.js';
import { runNetwork } from '../../../support/network-run.js';
import { floats, type GraphParts, int64Proto, modelBytes, modelOf, node, randomTensor } from '../../../support/onnx.js';

/** One layer whose reduction is longer than there are samples. */
const EMBEDDING: GraphParts = {
  nodes: [node('Gemm', ['x', 'w'], 'y')],
  constants: { w: randomTensor([64, 12], 1) },
  input: ['n', 64],
};
const SAMPLES = randomTensor([32, 64], 2);
const compensated: Partial<QuantiseOptions> = { rounding: 'compensated' };

describe('what is fitted to calibration samples', () => {
  it('is measured on others, which tell another error', async () => {
    const { report } = await runNetwork(modelBytes(EMBEDDING), { samples: SAMPLES, options: compensated, heldOut: 24 });
    expect(report.calibration).toMatchObject({ samples: 8, heldOut: 24 });
    const [fitted, held] = [report.outputs.calibration, report.outputs.heldOut];
    expect([fitted.samples, held?.samples]).toEqual([8, 24]);
    expect(held?.error).toBeGreaterThan(3 * (fitted.error as number));
  });

  it('warns where a layer has fewer rows than its reduction is long', async () => {
    const model = modelOf(EMBEDDING);
    const warned = async (count: number) => {
      const feed = feedOf(model, samplesOf('s', SAMPLES)).part(0, count);
      return warningsOf(await quantiseNetwork(model, feed, { ...PUBLISHED, ...compensated }), false);
    };
    expect(await warned(32)).toEqual([expect.stringMatching(/\by \(32 rows, 64 long\)/)]);
    const many = feedOf(model, samplesOf('s', randomTensor([64, 64], 2)));
    expect(warningsOf(await quantiseNetwork(model, many, { ...PUBLISHED, ...compensated }), false)).toEqual([]);
    expect(warningsOf(await quantiseNetwork(model, many, { ...PUBLISHED, ...compensated }), true)).toHaveLength(1);
  });

  it.each<[Partial<QuantiseOptions>, boolean]>([
    [{}, false],
    [{ budget: { kind: 'bits', limit: 5 } }, false],
    [{ groupSize: 8 }, false],
    [{ rounding: 'compensated' }, true],
    [{ objective: 'output' }, true],
    [{ biasCorrection: true }, true],
    [{ budget: { kind: 'error', limit: 0.1 } }, true],
    [{ budget: { kind: 'bits', limit: 5 }, ranking: 'output' }, true],
  ])('is told of options %j: %s', (options, wanted) => {
    expect(fitsResults({ ...PUBLISHED, ...options })).toBe(wanted);
  });

  it('leaves out a quarter by default, whole runs, and never everything', () => {
    const split = (count: number, fits: boolean, held?: number, first: number | string = 'n') => {
      const model = modelOf({ ...EMBEDDING, input: [first, 64] });
      const { fit, heldOut } = splitSamples(feedOf(model, samplesOf('s', randomTensor([count, 64], 1))), fits, held);
      return [fit.count, heldOut?.count ?? 0];
    };
    expect(split(32, true)).toEqual([24, 8]);
    expect(split(3, true)).toEqual([2, 1]);
    expect(split(1, true)).toEqual([1, 0]);
    expect(split(32, false)).toEqual([32, 0]);
    expect(split(32, true, 0)).toEqual([32, 0]);
    expect(split(12, true, undefined, 4)).toEqual([8, 4]);
    expect(() => split(4, true, 4)).toThrow(/--held-out 4\b/);
  });

  it('keeps held-out samples apart from those of the fit', () => {
    const feed = feedOf(modelOf(EMBEDDING), samplesOf('s', SAMPLES));
    const { fit, heldOut } = splitSamples(feed, true, undefined);
    const values = (some: typeof fit): number[] =>
      [...some.runs(5)].flatMap(({ inputs }) => [...floats(inputs, 'x').data]);
    expect([...values(fit), ...values(heldOut as typeof fit)]).toEqual([...SAMPLES.data]);
  });
});

/** Convolutions and attention: products of both kinds. */
const MIXED: GraphParts = {
  nodes: [
    node('Conv', ['x', 'f', 'b'], 'c', { pads: [1, 1, 1, 1] }),
    node('Relu', ['c'], 'r'),
    node('Reshape', ['r', 'flat'], 't'),
    node('Transpose', ['t'], 'turned', { perm: [0, 2, 1] }),
    node('MatMul', ['t', 'turned'], 'square'),
    node('MatMul', ['square', 'w'], 'y'),
  ],
  constants: {
    f: randomTensor([4, 2, 3, 3], 1),
    b: randomTensor([4], 2),
    flat: int64Proto('', [0, 4, 25]),
    w: randomTensor([4, 6], 3),
  },
  input: ['n', 2, 5, 5],
};

describe('memory', () => {
  const decided = async (options: Partial<QuantiseOptions>, samples: FloatTensor = randomTensor([7, 2, 5, 5], 5)) => {
    const model = modelOf(MIXED);
    const { plan, calibration } = await quantiseNetwork(model, samplesOf('s', samples), { ...PUBLISHED, ...options });
    const layers = plan.layers.map(({ activation, second, correction }) => ({
      activation: [activation.type.name, activation.scale],

      second: second.kind === 'weights' ? [second.weights.type.name, [...second.weights.codes]] : [second.tensor.scale],
      correction: [...(correction?.data ?? [])],
    }));
    // Sums over elements, which batches group in other ways.
    const errors = plan.layers.map(({ activation }) => activation.squaredError);
    return { layers, errors, batch: calibration.runBatch };
  };

  it.each<Partial<QuantiseOptions>>([{}, { rounding: 'compensated', biasCorrection: true }])(
    'results with %j are the same for any batch and any limit',
    async (options) => {
      const wanted = await decided(options);
      expect(wanted.batch).toBe(PUBLISHED.batch);
      for (const batch of [1, 3, 7]) {
        const { layers, errors } = await decided({ ...options, batch });
        expect(layers).toEqual(wanted.layers);
        expect(errors).toEqual(wanted.errors.map((error) => expect.closeTo(error, 8)));
      }
      const tight = await decided({ ...options, memory: 1 });
      expect(tight.batch).toBe(1);
      expect(tight.layers).toEqual(wanted.layers);
      const half = await decided({ ...options, memory: 4 * (50 + 100) * 2 });
      expect(half.layers).toEqual(wanted.layers);
    },
  );

  it('holds no more of the tensors looked at than its limit, and all of them are seen', async () => {
    const samples = samplesOf('s', randomTensor([7, 2, 5, 5], 5));
    const { calibration } = await quantiseNetwork(modelOf(MIXED), samples, PUBLISHED);
    const tensors = ['x', 't', 'square'];
    const seen = async (memory: number) => {
      const values = new Map<string, number[]>(tensors.map((name) => [name, []]));
      let most = 0;
      await visit({ ...calibration, memory }, 'tensors', tensors, (some) => {
        most = Math.max(most, 4 * [...some.values()].reduce((sum, { data }) => sum + data.length, 0));
        for (const [name, { data }] of some) values.get(name)?.push(...data);
      });
      return { values, most };
    };
    const all = await seen(2 ** 30);
    expect(all.most).toBe(4 * 7 * (50 + 100 + 16));
    // Two samples at once; then the first tensor before the others.
    for (const [memory, most] of [
      [1400, 2 * 664],
      [500, 464],
    ] as const) {
      const { values, ...own } = await seen(memory);
      expect(own.most).toBe(most);
      for (const [name, numbers] of all.values) {
        expect(values.get(name), name).toEqual(numbers.map((each) => expect.closeTo(each, 5)));
      }
    }
  });
});
