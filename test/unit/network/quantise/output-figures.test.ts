import { describe, expect, it } from 'vitest';
import type { Value } from '../../../../scripts/network/onnx/value.js';
import { decisions, percentRight } from '../../../../scripts/network/quantise/classify.js';
import { OutputComparison, type Task } from '../../../../scripts/network/quantise/output-figures.js';
import { shapeText } from '../../../../scripts/network/quantise/output-text.js';

const floats = (shape: readonly number[], data: readonly number[]): Value => ({
  type: 'float32',
  shape,
  data: Float32Array.from(data),
});

/** Figures of one output over runs of two values each. */
function compared(runs: readonly (readonly [wanted: Value, got: Value, samples?: number])[], task: Task = 'auto') {
  const comparison = new OutputComparison(['y'], task);
  for (const [wanted, got, samples = wanted.shape[0] ?? 1] of runs) {
    comparison.add(new Map([['y', wanted]]), new Map([['y', got]]), samples);
  }
  const { outputs, ...all } = comparison.result();
  return { ...all, output: outputs[0] as (typeof outputs)[number] };
}

describe('figures of an output', () => {
  const [x, y] = [
    [3, -4, 1, 0, 2, 5],
    [3, -4.5, 1, 0.25, 1, 5],
  ];

  it('are those of their definitions, over all runs', () => {
    const { error, output } = compared([
      [floats([1, 3], x.slice(0, 3)), floats([1, 3], y.slice(0, 3))],
      [floats([1, 3], x.slice(3)), floats([1, 3], y.slice(3))],
    ]);
    const sum = (of: (i: number) => number): number => x.reduce((total, _, i) => total + of(i), 0);
    const [a, b] = [(i: number) => x[i] as number, (i: number) => y[i] as number];
    const squared = sum((i) => (a(i) - b(i)) ** 2);
    const squares = sum((i) => a(i) ** 2);
    expect(error).toBeCloseTo(squared / squares, 12);
    expect(output.relativeError).toBeCloseTo(Math.sqrt(squared / squares), 12);
    expect(output.cosine).toBeCloseTo(sum((i) => a(i) * b(i)) / Math.sqrt(squares * sum((i) => b(i) ** 2)), 12);
    expect(output.largestError).toBe(1);
    expect([output.elements, output.equal]).toEqual([6, 3]);
    expect(output.agreement).toEqual({ kind: 'classes', alike: 2, decisions: 2 });
  });

  it('NaN where both have it is no error, in one alone it is never success', () => {
    const both = compared([[floats([1, 2], [Number.NaN, 1]), floats([1, 2], [Number.NaN, 1])]]);
    expect([both.error, both.output.relativeError]).toEqual([0, 0]);
    expect(both.output.note).toMatch(/\b1 elements?\b/);
    for (const [a, b] of [
      [Number.NaN, 1],
      [1, Number.NaN],
      [Number.POSITIVE_INFINITY, 1],
      [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    ] as const) {
      const one = compared([[floats([1, 2], [a, 1]), floats([1, 2], [b, 1])]]);
      expect([one.error, one.output.relativeError, one.output.cosine, one.output.largestError]).toEqual([
        null,
        null,
        null,
        null,
      ]);
      expect(one.why).toMatch(/^output y: 1 element is /);
      expect(JSON.parse(JSON.stringify(one.output))).toEqual(one.output);
    }
  });

  it('of nothing but NaN, and of no elements, are none', () => {
    const nan = floats([1, 2], [Number.NaN, Number.POSITIVE_INFINITY]);
    const all = compared([[nan, nan]]);
    expect([all.error, all.output.relativeError, all.output.largestError]).toEqual([null, null, null]);
    expect([all.why, all.output.note]).toEqual([
      expect.stringMatching(/^output y: all /),
      expect.stringMatching(/NaN/),
    ]);
    const none = floats([0, 2], []);
    const empty = compared([[none, none]]);
    expect([empty.error, empty.output.relativeError, empty.output.largestError]).toEqual([null, null, null]);
    expect(empty.output.note).toMatch(/\bno elements$/);
    // Beside an output that has some, it is no obstacle; nor are samples without any.
    const comparison = new OutputComparison(['y', 'roi']);
    const outputs = (y: number): Map<string, Value> =>
      new Map([
        ['y', floats([1], [y])],
        ['roi', none],
      ]);
    comparison.add(outputs(2), outputs(1), 1);
    expect(comparison.result().error).toBe(0.25);
    expect(
      compared([
        [none, none],
        [floats([1, 2], [1, 0]), floats([1, 2], [2, 0])],
      ]).error,
    ).toBe(1);
  });

  it('of sizes that differ, and of a reference of zeros, are none', () => {
    expect(compared([[floats([2], [1, 2]), floats([1], [1])]]).error).toBeNull();
    expect(compared([[floats([2], [0, 0]), floats([2], [0, 1])]]).error).toBeNull();
    expect(compared([[floats([2], [0, 0]), floats([2], [0, 0])]]).error).toBe(0);
  });

  it('have the shape for all samples, however they are run', () => {
    const shapeOf = (...runs: (readonly [shape: readonly number[], samples: number])[]) => {
      const all = runs.map(([shape, samples]) => {
        const value = floats(shape, new Array(shape.reduce((count, size) => count * size, 1)).fill(1));
        return [value, value, samples] as const;
      });
      return compared(all.map(([a, b, samples]) => [a, b, samples])).output.shape;
    };
    expect(shapeOf([[16, 7], 16], [[16, 7], 16], [[8, 7], 8])).toEqual([40, 7]);
    expect(shapeOf([[40, 7], 40])).toEqual([40, 7]);
    // Three rows a sample; none of the samples'; as many as the data say.
    expect(shapeOf([[6, 7], 2], [[3, 7], 1])).toEqual([9, 7]);
    expect(shapeOf([[5, 7], 16], [[5, 7], 8])).toEqual([5, 7]);
    expect(shapeOf([[3, 7], 2], [[1, 7], 2])).toEqual([null, 7]);
    expect(shapeOf([[2, 4], 2], [[1, 5], 1], [[1, 4], 1])).toEqual([4, null]);
    expect(shapeText({ type: 'float32', shape: [4, null] })).toBe('float32 4 x ?');
  });

  it('of integers, booleans and texts are whether they are equal', () => {
    const texts = (data: string[]): Value => ({ type: 'string', shape: [2], data });
    const { error, why, output } = compared([[texts(['cat', 'dog']), texts(['cat', 'cow'])]]);
    expect([error, output.relativeError, output.elements, output.equal]).toEqual([null, null, 2, 1]);
    expect([why, output.note]).toEqual([expect.stringMatching(/no output/), expect.stringMatching(/\bstring\b/)]);
    const whole = (data: bigint[]): Value => ({ type: 'int64', shape: [2], data: BigInt64Array.from(data) });
    expect(compared([[whole([1n, 2n]), whole([1n, 2n])]]).output).toMatchObject({ elements: 2, equal: 2 });
  });

  it('count an output without fractions not among the error of all', () => {
    const comparison = new OutputComparison(['y', 'label']);
    const label = (value: bigint): Value => ({ type: 'int64', shape: [1], data: BigInt64Array.of(value) });
    comparison.add(
      new Map([
        ['y', floats([1], [2])],
        ['label', label(1n)],
      ]),
      new Map([
        ['y', floats([1], [1])],
        ['label', label(0n)],
      ]),
      1,
    );
    expect(comparison.result().error).toBe(0.25);
  });
});

describe('what an output decides', () => {
  const kind = (shape: readonly number[], data: readonly number[], samples: number, task: Task = 'auto') =>
    compared([[floats(shape, data), floats(shape, data), samples]], task).output.agreement?.kind;

  it.each<[string, readonly number[], readonly number[], number, Task, string | undefined]>([
    ['a row of numbers for each sample', [2, 3], [1, 2, 3, 4, 5, 6], 2, 'auto', 'classes'],
    ['rows that are not as many as the samples', [3, 2], [1, 2, 3, 4, 5, 6], 1, 'auto', undefined],
    ['boxes', [1, 3, 2], [1, 2, 3, 4, 5, 6], 1, 'auto', undefined],
    ['a share for each sample', [2, 1], [0.25, 1], 2, 'auto', 'threshold'],
    ['one number for each sample', [2, 1], [-3, 1], 2, 'auto', 'sign'],
    ['a row of numbers that are no classes', [2, 3], [1, 2, 3, 4, 5, 6], 2, 'values', undefined],
    ['a sequence of classes', [1, 3, 2], [1, 2, 3, 4, 5, 6], 1, 'classes', 'classes'],
  ])('%s', (_, shape, data, samples, task, wanted) => {
    expect(kind(shape, data, samples, task)).toBe(wanted);
  });

  it('decides nothing where the reference holds NaN, and nothing alike where it alone does', () => {
    const { NaN: nan } = Number;
    const rows = compared([
      [floats([4, 2], [nan, 1, 2, nan, 1, 2, 2, 1]), floats([4, 2], [nan, 1, 2, nan, nan, 2, 2, 1])],
    ]);
    expect(rows.output.agreement).toEqual({ kind: 'classes', alike: 1, decisions: 2 });
    const single = compared([[floats([3, 1], [nan, 0.2, 0.3]), floats([3, 1], [nan, nan, 0.1])]]);
    expect(single.output.agreement).toEqual({ kind: 'threshold', alike: 1, decisions: 2 });
    expect(compared([[floats([1, 2], [nan, 1]), floats([1, 2], [nan, 1])]]).output.agreement).toBeNull();
  });

  it('is no class where a score is NaN, which no label is', () => {
    const scores = { shape: [4, 3], data: Float32Array.of(1, 3, 2, Number.NaN, 1, 2, 5, 5, 1, -3, -2, -1) };
    expect(decisions(scores)).toEqual([1, Number.NaN, 0, 2]);
    expect(percentRight(decisions(scores), [1, 0, 0, 2])).toBe(75);
  });

  it('counts agreement with the reference', () => {
    const share = compared([[floats([4, 1], [0.1, 0.9, 0.4, 0.5]), floats([4, 1], [0.2, 0.3, 0.6, 0.5])]]);
    expect(share.output.agreement).toEqual({ kind: 'threshold', alike: 2, decisions: 4 });
    const sign = compared([[floats([3, 1], [-1, 2, 3]), floats([3, 1], [1, 2, -3])]]);
    expect(sign.output.agreement).toEqual({ kind: 'sign', alike: 1, decisions: 3 });
  });
});
