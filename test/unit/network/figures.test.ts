import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TensorProto_DataType } from 'onnx-buf';
import * as ort from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { inferText } from '../../../scripts/network/infer/report.js';
import type { FloatTensor } from '../../../scripts/network/onnx/tensor.js';
import { reportHtml } from '../../../scripts/network/quantise/report-html.js';
import { reportText } from '../../../scripts/network/quantise/report-text.js';
import { type NetworkRun, runNetwork } from '../../support/network-run.js';
import { type GraphParts, int64Proto, integerProto, modelBytes, node, randomTensor } from '../../support/onnx.js';

/**
 * Every figure of a quantised network, computed once more from the files that were written and from the definitions:
 * nothing of the programs is used but what they wrote.
 */

const [COUNT, HELD] = [12, 4];
const FITTED = COUNT - HELD;
const { INT32, FLOAT } = TensorProto_DataType;

/** A convolution, products of two activations, an integer product, a linear layer; outputs of floats and of classes. */
const NETWORK: GraphParts = {
  nodes: [
    node('Conv', ['x', 'f', 'b'], 'c', { pads: [1, 1, 1, 1] }),
    node('Relu', ['c'], 'r'),
    node('Reshape', ['r', 'rows'], 't'),
    node('Transpose', ['t'], 'turned', { perm: [0, 2, 1] }),
    node('MatMul', ['t', 'turned'], 'square'),
    node('MatMul', ['square', 'w'], 'h'),
    node('Cast', ['h'], 'hi', { to: INT32 }),
    node('Cast', ['m'], 'mi', { to: INT32 }),
    node('MatMul', ['hi', 'mi'], 'counted'),
    node('Cast', ['counted'], 'boxes', { to: FLOAT }),
    node('Flatten', ['h'], 'flat'),
    node('Gemm', ['flat', 'v'], 'scores'),
    node('ArgMax', ['scores'], 'label', { axis: 1, keepdims: 0 }),
  ],
  constants: {
    f: randomTensor([4, 2, 3, 3], 1),
    b: randomTensor([4], 2),
    rows: int64Proto('', [0, 4, 25]),
    w: randomTensor([4, 6], 3),
    m: randomTensor([6, 5], 4),
    v: randomTensor([24, 7], 5),
  },
  input: ['n', 2, 5, 5],
  outputs: ['scores', 'boxes', 'label'],
  opset: 13,
};
const X = randomTensor([COUNT, 2, 5, 5], 9);

/** Products by hand: elements of both operands, multiply-accumulates. */
const PRODUCTS = {
  c: { operands: [50, 72], macs: 25 * 18 * 4, bits: 8, weights: 72 },
  square: { operands: [100, 100], macs: 4 * 25 * 4, bits: 4, weights: 0 },
  h: { operands: [16, 24], macs: 4 * 4 * 6, bits: 4, weights: 24 },
  scores: { operands: [24, 168], macs: 24 * 7, bits: 4, weights: 168 },
};
/** Left in integers, which counts as 32 bits. */
const COUNTED = { operands: [24, 30], macs: 4 * 6 * 5, bits: 32 };

/** The data of a constant of the network. */
const constantData = (name: string): Float32Array =>
  (NETWORK.constants as Record<string, FloatTensor>)[name]?.data ?? new Float32Array();

/** What codes of a type stand for. */
function valuesOf(type: string): number[] {
  const [, unsigned, kind, digits] = /^(u?)(int|flint|pot)(\d)$/.exec(type) as RegExpExecArray;
  const bits = Number(digits);
  if (kind === 'int') {
    return Array.from({ length: 2 ** bits }, (_, code) =>
      unsigned === '' && code >= 2 ** (bits - 1) ? code - 2 ** bits : code,
    );
  }
  const flint = unsigned === '' ? [0, 1, 2, 3, 16, 8, 4, 6] : [0, 1, 2, 3, 4, 5, 6, 7, 64, 32, 16, 24, 8, 10, 12, 14];
  const magnitudes = kind === 'flint' ? flint : flint.map((_, m) => (m === 0 ? 0 : 2 ** (m - 1)));
  return unsigned === '' ? [...magnitudes, ...magnitudes.map((value) => -value)] : magnitudes;
}

/** The numbers of a `.npy` file of bytes or doubles. */
function npy(file: string): number[] {
  const bytes = readFileSync(file);
  const start = 10 + bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, start);
  const data = bytes.subarray(start);
  if (header.includes("'|u1'")) return [...data];
  if (!header.includes("'<f8'")) throw new Error(header);
  return Array.from({ length: data.length / 8 }, (_, i) => data.readDoubleLE(8 * i));
}

const share = (difference: readonly number[], of: readonly number[]): number =>
  Math.sqrt(difference.reduce((sum, d) => sum + d * d, 0) / of.reduce((sum, value) => sum + value * value, 0));

/** The nearest of some values times the scale; the larger one of two that are as near. */
function nearest(value: number, type: string, scale: number): number {
  let best = Number.NaN;
  for (const each of valuesOf(type).sort((a, b) => b - a)) {
    if (!(Math.abs(value / scale - each) >= Math.abs(value / scale - best))) best = each;
  }
  return best * scale;
}

async function outputsOf(file: string, first: number, count: number) {
  const session = await ort.InferenceSession.create(file, { logSeverityLevel: 4 });
  const data = X.data.slice(first * 50, (first + count) * 50);
  const results = await session.run({ x: new ort.Tensor('float32', data, [count, 2, 5, 5]) });
  await session.release();
  return results;
}

const numbers = (tensor: ort.Tensor | undefined): number[] =>
  Array.from((tensor as ort.Tensor).data as Float32Array, Number);

/** Figures of two outputs by their definitions. */
function figuresOf(wanted: ort.Tensor | undefined, got: ort.Tensor | undefined) {
  const [x, y] = [numbers(wanted), numbers(got)];
  const dot = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
  const difference = x.map((value, i) => (y[i] as number) - value);
  return {
    elements: x.length,
    equal: x.filter((value, i) => value === y[i]).length,
    relativeError: share(difference, x),
    cosine: dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y)),
    largestError: Math.max(...difference.map(Math.abs)),
  };
}

const largestAt = (row: readonly number[]): number => row.indexOf(Math.max(...row));
function alike(wanted: ort.Tensor | undefined, got: ort.Tensor | undefined, columns: number): number {
  const rows = (tensor: ort.Tensor | undefined): number[] => {
    const all = numbers(tensor);
    return Array.from({ length: all.length / columns }, (_, i) => largestAt(all.slice(i * columns, (i + 1) * columns)));
  };
  const [a, b] = [rows(wanted), rows(got)];
  return a.filter((each, i) => each === b[i]).length;
}

describe('figures of a network', () => {
  let run: NetworkRun;
  beforeAll(async () => {
    run = await runNetwork(modelBytes(NETWORK), {
      samples: X,
      heldOut: HELD,
      options: { wide: ['first'], groupSize: 5, rounding: 'compensated', biasCorrection: true },
    });
  });

  it('multiply-accumulates and bits, over layers and over everything', () => {
    const { layers, leftOut, totals } = run.report;
    expect(layers.map(({ output, bits }) => [output, bits])).toEqual(
      Object.entries(PRODUCTS).map(([name, { bits }]) => [name, bits]),
    );
    expect(leftOut).toMatchObject([{ title: 'counted', macs: COUNTED.macs }]);
    const own = Object.values(PRODUCTS);
    const all = [...own, COUNTED];
    const sum = (list: readonly number[]): number => list.reduce((total, each) => total + each, 0);
    const elements = (each: { operands: readonly number[] }): number => sum(each.operands);
    const average = <T extends { bits: number }>(list: readonly T[], by: (each: T) => number): number =>
      sum(list.map((each) => each.bits * by(each))) / sum(list.map(by));
    expect(totals.macs).toBe(sum(own.map(({ macs }) => macs)));
    expect(totals.macsLeftOut).toBe(COUNTED.macs);
    expect(totals.averageBits).toBeCloseTo(average(own, elements), 12);
    expect(totals.weightBits).toBeCloseTo(
      average(own, ({ weights }) => weights),
      12,
    );
    expect(totals.bitsOfAll).toBeCloseTo(average(all, elements), 12);
    expect(totals.bitsPerMac).toBeCloseTo(
      average(all, ({ macs }) => macs),
      12,
    );
    const part = (100 * COUNTED.macs) / sum(all.map(({ macs }) => macs));
    const text = readFileSync(join(run.folder, 'report.txt'), 'utf8');
    expect(text).toContain(`${part.toFixed(2)} % of the MACs`);
    expect(text).toMatch(new RegExp(`^counted +MatMul +120 MACs, ${part.toFixed(2)} %`, 'm'));
    expect(inferText(run.inferred)).toContain(`120 MACs per sample, ${part.toFixed(2)} % of all`);
  });

  it('errors of operands, from their codes and scales', () => {
    const weights: Record<string, (k: number, n: number) => number> = {
      c: (k, n) => constantData('f')[n * 18 + k] as number,
      h: (k, n) => constantData('w')[k * 6 + n] as number,
      scores: (k, n) => constantData('v')[k * 7 + n] as number,
    };
    let compared = 0;
    for (const { output, second } of run.report.layers) {
      if (second.kind !== 'weights') continue;
      const { k, n, groupRows, type, files } = second;
      const bits = valuesOf(type).length === 16 ? 4 : 8;
      const [packed, scales] = [npy(join(run.folder, files.codes)), npy(join(run.folder, files.scales))];
      const rowBytes = Math.ceil((n * bits) / 8);
      const [original, lost]: [number[], number[]] = [[], []];
      for (let row = 0; row < k; row++) {
        for (let col = 0; col < n; col++) {
          const byte = packed[row * rowBytes + Math.floor((col * bits) / 8)] as number;
          const code = (byte >> ((col * bits) % 8)) & (2 ** bits - 1);
          const scale = scales[Math.floor(row / groupRows) * n + col] as number;
          original.push((weights[output] as (k: number, n: number) => number)(row, col));
          lost.push((valuesOf(type)[code] as number) * scale - (original.at(-1) as number));
        }
      }
      expect(second.relativeError, output).toBeCloseTo(share(lost, original), 9);
      compared++;
    }
    expect(compared).toBe(3);
    const activation = run.report.layers[0]?.activation as NetworkRun['report']['layers'][number]['activation'];
    const seen = [...X.data.subarray(0, FITTED * 50)];
    const lost = seen.map((value) => nearest(value, activation.type, activation.scale) - value);
    expect(activation.relativeError).toBeCloseTo(share(lost, seen), 9);
    expect([activation.least, activation.greatest]).toEqual([Math.min(...seen), Math.max(...seen)]);
  });

  it.each([
    ['on calibration samples', 0, FITTED],
    ['on samples held out', FITTED, HELD],
  ] as const)('of every output, %s', async (_, first, count) => {
    const { report, folder } = run;
    const found = first === 0 ? report.outputs.calibration : report.outputs.heldOut;
    const [float, rounded] = [
      await outputsOf(join(folder, report.files.float), first, count),
      await outputsOf(join(folder, report.files.quantised), first, count),
    ];
    expect(found?.samples).toBe(count);
    let [squaredError, squares] = [0, 0];
    for (const name of ['scores', 'boxes'] as const) {
      const own = found?.outputs.find((output) => output.name === name);
      const figures = figuresOf(float[name], rounded[name]);
      expect(figures.relativeError, name).toBeGreaterThan(0.001);
      expect(own).toMatchObject({
        elements: figures.elements,
        equal: figures.equal,
        relativeError: expect.closeTo(figures.relativeError, 6),
        cosine: expect.closeTo(figures.cosine, 6),
        largestError: expect.closeTo(figures.largestError, 4),
      });
      const norm = numbers(float[name]).reduce((sum, value) => sum + value * value, 0);
      squares += norm;
      squaredError += figures.relativeError ** 2 * norm;
    }
    expect(found?.error).toBeCloseTo(squaredError / squares, 6);
    const [scores, boxes, label] = found?.outputs ?? [];
    expect(scores?.agreement).toEqual({
      kind: 'classes',
      alike: alike(float.scores, rounded.scores, 7),
      decisions: count,
    });
    expect(boxes?.agreement).toBeNull();
    const [a, b] = [numbers(float.label), numbers(rounded.label)];
    expect(label).toMatchObject({
      elements: count,
      equal: a.filter((each, i) => each === b[i]).length,
      relativeError: null,
    });
  });

  it('of a run on the array: samples, work, sums, and outputs against floating point', async () => {
    const { inferred, report, folder } = run;
    const macs = Object.values(PRODUCTS).reduce((sum, each) => sum + each.macs, 0);
    expect([inferred.samples, inferred.macs]).toEqual([COUNT, COUNT * macs]);
    // Sums of each group of rows of weights are compared for themselves.
    const groups: Record<string, number> = { c: Math.ceil(18 / 5), square: 1, h: 1, scores: Math.ceil(24 / 5) };
    const results: Record<string, number> = { c: 100, square: 16, h: 24, scores: 7 };
    const sums = Object.entries(results).reduce((sum, [name, each]) => sum + each * (groups[name] as number), 0);
    expect(inferred.sums).toBe(COUNT * sums);
    expect(inferText(inferred)).toMatch(
      new RegExp(`^per sample +${Math.round(inferred.cycles / COUNT).toLocaleString('en-US')} cycles$`, 'm'),
    );
    const float = await outputsOf(join(folder, report.files.float), 0, COUNT);
    const rounded = await outputsOf(join(folder, report.files.quantised), 0, COUNT);
    for (const name of ['scores', 'boxes'] as const) {
      const own = inferred.outputs.find((output) => output.name === name);
      expect(own?.float.relativeError).toBeCloseTo(figuresOf(float[name], rounded[name]).relativeError, 5);
    }
    expect(inferred.outputs[0]?.float.agreement).toMatchObject({ alike: alike(float.scores, rounded.scores, 7) });
  });
});

describe('what is not quantised', () => {
  const W = randomTensor([6, 4], 1);

  it('counts in its own width', async () => {
    // 6 bytes by 24 bytes beside 6 numbers by 24 weights of 4 bits.
    const bytes = modelBytes({
      nodes: [
        node('MatMul', ['x', 'w'], 'y'),
        node('Cast', ['x'], 'u', { to: TensorProto_DataType.UINT8 }),
        node('MatMulInteger', ['u', 'v'], 'z'),
      ],
      constants: { w: W, v: integerProto(TensorProto_DataType.UINT8, [6, 4], [...Array(24).keys()]) },
      input: ['n', 6],
      outputs: ['y', 'z'],
    });
    const samples = { shape: [3, 6], data: Float32Array.from({ length: 18 }, (_, i) => i) };
    const { report, inferred } = await runNetwork(bytes, { samples });
    expect(report.totals).toMatchObject({ macs: 24, macsLeftOut: 24, bitsOfAll: 6, bitsPerMac: 6 });
    for (const text of [reportText(report), inferText(inferred)])
      expect(text).not.toMatch(/\bfloating point: z\b|left in floating/);
    expect(reportText(report)).toMatch(/^1 product not quantised\b/m);
  });

  it('counts nothing where it reaches no output, or has no elements', async () => {
    const unused = modelBytes({
      nodes: [node('MatMul', ['x', 'v'], 'unused'), node('MatMul', ['x', 'w'], 'y')],
      constants: { w: W, v: randomTensor([6, 9], 2) },
      input: ['n', 6],
    });
    const { report } = await runNetwork(unused, { samples: randomTensor([3, 6], 3) });
    expect(report.leftOut).toMatchObject([{ title: 'unused', macs: 0 }]);
    expect(report.totals).toMatchObject({ macsLeftOut: 0, bitsOfAll: 4, bitsPerMac: 4 });
    // No row is above the threshold: 30 elements of 4 bits, and 24 weights of 32.
    const none = modelBytes({
      nodes: [
        node('MatMul', ['x', 'w'], 'y'),
        node('ReduceMax', ['x'], 'm', { axes: [1], keepdims: 0 }),
        node('Greater', ['m', 'limit'], 'k'),
        node('Compress', ['x', 'k'], 'roi', { axis: 0 }),
        node('MatMul', ['roi', 'w2'], 'found'),
      ],
      constants: { w: W, w2: randomTensor([6, 4], 4), limit: { shape: [], data: Float32Array.of(1e6) } },
      input: ['n', 6],
      outputs: ['y', 'found'],
    });
    const empty = (await runNetwork(none, { samples: randomTensor([3, 6], 3) })).report;
    expect(empty.totals.bitsOfAll).toBeCloseTo((30 * 4 + 24 * 32) / 54, 12);
    // The last layer is the last one that is quantised.
    const last = await runNetwork(none, { samples: randomTensor([3, 6], 3), options: { wide: ['last'] } });
    expect(last.report.layers).toMatchObject([{ title: 'y', bits: 8 }]);
  });

  it('says nothing of weights where there are none', async () => {
    const bytes = modelBytes({
      nodes: [node('Transpose', ['x'], 't', { perm: [0, 2, 1] }), node('MatMul', ['x', 't'], 'y')],
      input: ['n', 2, 6],
    });
    const { report, inferred } = await runNetwork(bytes, { samples: randomTensor([1, 2, 6], 3) });
    expect(reportText(report)).not.toContain('in weights');
    expect(await reportHtml(report)).not.toMatch(/<b>0\.00<\/b>/);
    // One of each is no plural.
    expect(reportText(report)).toMatch(/^calibration +1 sample /m);
    expect(inferText(inferred)).toMatch(/ 1 sample, on /);
    expect(inferText(inferred)).toMatch(/of 1 sample equal/);
    expect(inferText(inferred)).not.toMatch(/\b1 (samples|sums|elements)\b/);
  });
});
