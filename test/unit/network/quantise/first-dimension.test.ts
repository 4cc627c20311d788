import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { feedOf } from '../../../../scripts/network/onnx/feed.js';
import { samplesOf } from '../../../../scripts/network/onnx/samples.js';
import { openSession } from '../../../../scripts/network/onnx/session.js';
import { FIRST_DIMENSIONS, openFeed } from '../../../../scripts/network/quantise/first-dimension.js';
import { onnxNetwork, quantisedNetwork } from '../../../../scripts/perf/import.js';
import { macsOf } from '../../../../scripts/perf/layer.js';
import { runNetwork } from '../../../support/network-run.js';
import { type GraphParts, int64Proto, modelBytes, modelOf, node, randomTensor, tensor } from '../../../support/onnx.js';

const [STEPS, WIDTH, HIDDEN] = [12, 6, 5];
const X = randomTensor([STEPS, WIDTH], 3);

const weights = { w: randomTensor([WIDTH, WIDTH], 1), v: randomTensor([WIDTH, WIDTH], 2) };

/** Each row by itself. */
const ROWS: GraphParts = {
  nodes: [node('MatMul', ['x', 'w'], 'h'), node('Relu', ['h'], 'r'), node('MatMul', ['r', 'v'], 'y')],
  constants: weights,
  input: ['n', WIDTH],
};

/** Each row with the mean of all, before a product; its own output tells nothing of it. */
const ARGMAX_OF_MEAN: GraphParts = {
  nodes: [
    node('ReduceMean', ['x'], 'mean', { axes: [0], keepdims: 1 }),
    node('Add', ['x', 'mean'], 'a'),
    node('MatMul', ['a', 'w'], 'h'),
    node('ArgMax', ['h'], 'y', { axis: 1 }),
  ],
  constants: weights,
  input: ['n', WIDTH],
};

/** Attention over the first dimension. */
const ATTENTION: GraphParts = {
  nodes: [
    node('MatMul', ['x', 'w'], 'q'),
    node('MatMul', ['x', 'v'], 'k'),
    node('Transpose', ['k'], 't', { perm: [1, 0] }),
    node('MatMul', ['q', 't'], 's'),
    node('Softmax', ['s'], 'p', { axis: 1 }),
    node('MatMul', ['p', 'k'], 'y'),
  ],
  constants: weights,
  input: ['t', WIDTH],
};

const gates = 4 * HIDDEN;
/** An LSTM with its steps in front, as ONNX has it. */
const RECURRENT: GraphParts = {
  nodes: [node('LSTM', ['x', 'wx', 'wh'], 'y', { hidden_size: HIDDEN })],
  constants: { wx: randomTensor([1, gates, WIDTH], 4), wh: randomTensor([1, gates, HIDDEN], 5) },
  input: ['t', 1, WIDTH],
};
const LSTM_MACS = STEPS * gates * (WIDTH + HIDDEN);

const recurrentSamples = { shape: [STEPS, 1, WIDTH], data: X.data };

describe('the first dimension', () => {
  it('counts samples where rows together give what each gives alone', async () => {
    const { feed, note } = await openFeed(modelOf(ROWS), samplesOf('s', X));
    expect([feed.count, feed.sequence, note]).toEqual([STEPS, false, undefined]);
    expect([...feed.shapes.values()]).toEqual([[WIDTH]]);
  });

  it.each([
    ['attention', ATTENTION, X],
    ['states', RECURRENT, recurrentSamples],
    ['a mean that only integers come of', ARGMAX_OF_MEAN, X],
  ])('counts steps where rows depend on each other: %s', async (_, model, samples) => {
    const { feed, note } = await openFeed(modelOf(model), samplesOf('s.npy', samples));
    expect([feed.count, feed.sequence]).toEqual([1, true]);
    expect(note).toMatch(/\bs\.npy\b.*\b12 rows\b.*--first-dimension samples/);
    const [run, ...more] = [...feed.runs(4)];
    expect(more).toEqual([]);
    expect(run?.samples).toBe(1);
    expect(run?.inputs.get('x')).toEqual({ type: 'float32', ...samples });
  });

  it('counts steps although the first rows are all the same', async () => {
    const padded = tensor([40, WIDTH], [...new Array(28 * WIDTH).fill(0.5), ...X.data]);
    expect((await openFeed(modelOf(ATTENTION), samplesOf('s', padded))).feed.sequence).toBe(true);
  });

  it('counts samples where an output or an operand is the same whatever the rows are', async () => {
    const model = modelOf({
      ...ROWS,
      nodes: [...ROWS.nodes, node('Shape', ['w'], 's'), node('Cast', ['s'], 'z', { to: 1 })],
      outputs: ['y', 'z'],
    });
    expect((await openFeed(model, samplesOf('s', X))).feed.count).toBe(STEPS);
  });

  it('counts steps where one row alone cannot be run', async () => {
    const pairs = modelOf({
      nodes: [node('Reshape', ['x', 'shape'], 'p'), node('MatMul', ['p', 'w'], 'y')],
      constants: { w: randomTensor([2 * WIDTH, 3], 1), shape: int64Proto('', [-1, 2 * WIDTH]) },
      input: ['t', WIDTH],
    });
    const { feed, note } = await openFeed(pairs, samplesOf('s', X));
    expect([feed.count, note]).toEqual([1, expect.stringContaining('one row')]);
  });

  it('counts what the user says', async () => {
    const of = async (first: (typeof FIRST_DIMENSIONS)[number], parts = ATTENTION) =>
      (await openFeed(modelOf(parts), samplesOf('s', X), { first })).feed;
    expect((await of('samples')).count).toBe(STEPS);
    expect((await of('sequence', ROWS)).count).toBe(1);
    // A dimension more in front counts sequences.
    const two = { shape: [2, STEPS / 2, WIDTH], data: X.data };
    for (const first of FIRST_DIMENSIONS) {
      expect((await openFeed(modelOf(ATTENTION), samplesOf('s', two), { first })).feed.count).toBe(2);
    }
  });

  it('counts steps of a single row, although another one has to be made up', async () => {
    const row = (x: typeof X, ...shape: number[]) => samplesOf('s.npy', { shape, data: x.data.slice(0, WIDTH) });
    const { feed, note } = await openFeed(modelOf(ATTENTION), row(X, 1, WIDTH));
    expect([feed.count, feed.sequence]).toEqual([1, true]);
    expect(note).toMatch(/\bs\.npy\b.*\bsequence\b.*--first-dimension samples/);
    expect((await openFeed(modelOf(RECURRENT), row(X, 1, 1, WIDTH))).feed.sequence).toBe(true);
    expect((await openFeed(modelOf(ROWS), row(X, 1, WIDTH))).feed.sequence).toBe(false);
  });

  it('is no number of samples to take some of', async () => {
    const attempt = openFeed(modelOf(ATTENTION), samplesOf('s', X), { count: 4 });
    await expect(attempt).rejects.toThrow(/--samples 4\b.*--first-dimension samples/);
    const one = openFeed(modelOf(ATTENTION), samplesOf('s', X), { count: 1 });
    await expect(one).rejects.toThrow(/--samples 1\b.*--first-dimension samples/);
  });
});

describe('a first dimension that the network fixes', () => {
  const fixed = (parts: GraphParts, ...input: number[]) => modelOf({ ...parts, input });
  const open = (model: ReturnType<typeof modelOf>, samples = X, request = {}) =>
    openFeed(model, samplesOf('s.npy', samples), request);
  const heads: GraphParts = {
    ...ROWS,
    nodes: [...ROWS.nodes, node('Transpose', ['y'], 't', { perm: [1, 0] })],
    outputs: ['t'],
  };

  it.each([
    ['rows by themselves', ROWS],
    ['rows that are no first dimension of the output', heads],
    [
      'an output that no row reaches',
      { ...ROWS, nodes: [...ROWS.nodes, node('Relu', ['w'], 'z')], outputs: ['y', 'z'] },
    ],
  ])('counts samples: %s', async (_, parts) => {
    for (const rows of [2, 4, STEPS]) {
      const { feed, note } = await open(fixed(parts, rows, WIDTH));
      expect([feed.count, feed.fixed, feed.sequence, note]).toEqual([STEPS, rows, false, undefined]);
    }
  });

  it.each([
    ['attention', ATTENTION, [WIDTH]],
    ['a mean that only integers come of', ARGMAX_OF_MEAN, [WIDTH]],
    ['states', RECURRENT, [1, WIDTH]],
  ])('counts runs, each a sample, where rows depend on each other: %s', async (_, parts, rest) => {
    for (const rows of [4, STEPS]) {
      const samples = { shape: [STEPS, ...rest], data: X.data };
      const { feed, note } = await open(fixed(parts, rows, ...rest), samples);
      expect([feed.count, feed.fixed, feed.sequence]).toEqual([STEPS / rows, 1, true]);
      expect(note).toMatch(new RegExp(`\\bs\\.npy\\b.* ${rows} rows\\b.*one sample.*--first-dimension samples`));
      const runs = [...feed.runs(16)];
      expect(runs.map(({ samples: each }) => each)).toEqual(new Array(STEPS / rows).fill(1));
      const size = rows * WIDTH;
      expect(runs.map(({ inputs }) => inputs.get('x'))).toEqual(
        runs.map((_, i) => ({
          type: 'float32',
          shape: [rows, ...rest],
          data: X.data.slice(i * size, (i + 1) * size),
        })),
      );
      expect([...feed.shapes.values()]).toEqual([[rows, ...rest]]);
    }
  });

  it('gives some of the samples, and says how many there are', async () => {
    const model = fixed(ATTENTION, 4, WIDTH);
    expect((await open(model, X, { count: 2 })).feed.count).toBe(2);
    await expect(open(model, X, { count: 8 })).rejects.toThrow(/--samples 8\b.*\b4 rows\b.*are 3$/);
    expect((await open(model, X, { first: 'samples' })).feed).toMatchObject({
      count: STEPS,
      fixed: 4,
      sequence: false,
    });
    await expect(open(fixed(ATTENTION, 5, WIDTH))).rejects.toThrow(/12 rows\b.*\b5 at a time.*first 10/);
    expect((await open(fixed(ROWS, 5, WIDTH), X, { count: 10 })).feed.count).toBe(10);
  });
});

describe('a network over the steps of a sequence', () => {
  it('is quantised, run and modelled over the whole of it, whatever the batch', async () => {
    const bytes = modelBytes(RECURRENT);
    const runs = await Promise.all(
      [1, 5, 16].map((batch) => runNetwork(bytes, { samples: recurrentSamples, options: { batch } })),
    );
    for (const { report, inferred, folder, outputs } of runs) {
      expect(report.model).toMatchObject({ sequence: true, inputs: [{ shape: [STEPS, 1, WIDTH] }] });
      expect(report.calibration.samples).toBe(1);
      expect(report.totals.macs).toBe(LSTM_MACS);
      expect(report.layers).toEqual(runs[0]?.report.layers);
      expect(report.outputs).toEqual(runs[0]?.report.outputs);
      expect(inferred).toMatchObject({ exact: true, samples: 1, macs: LSTM_MACS });
      // What the whole sequence makes, step by step, not what its steps make each from a new state.
      const session = await openSession(modelOf(RECURRENT));
      const [run] = [...feedOf(modelOf(RECURRENT), samplesOf('s', recurrentSamples)).runs(STEPS)];
      expect(outputs.get('y')).toEqual((await session.run(run?.inputs as NonNullable<typeof run>['inputs'])).get('y'));
      await session.close();
      const { network } = await quantisedNetwork(folder, 'n');
      expect(network.layers.reduce((sum, layer) => sum + macsOf(layer), 0)).toBe(LSTM_MACS);
    }
  });

  it('is modelled from its file with the length that is given, which is asked for', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'ant-rtl-first-')), 'lstm.onnx');
    writeFileSync(file, modelBytes(RECURRENT));
    const { network } = await onnxNetwork(file, 'lstm', { shapes: [`x=${STEPS}x1x${WIDTH}`] });
    expect(network.layers.reduce((sum, layer) => sum + macsOf(layer), 0)).toBe(LSTM_MACS);
    await expect(onnxNetwork(file, 'lstm')).rejects.toThrow(/--shape x=16x1x6\b/);
    writeFileSync(file, modelBytes({ ...RECURRENT, input: [STEPS, 1, WIDTH] }));
    const own = await onnxNetwork(file, 'lstm');
    expect(own.network.layers.reduce((sum, layer) => sum + macsOf(layer), 0)).toBe(LSTM_MACS);
    writeFileSync(file, modelBytes(ROWS));
    for (const shapes of [[], [`x=4x${WIDTH}`]]) {
      const rows = await onnxNetwork(file, 'rows', { shapes });
      expect(rows.network.layers.reduce((sum, layer) => sum + macsOf(layer), 0)).toBe(2 * WIDTH * WIDTH);
    }
  });
});
