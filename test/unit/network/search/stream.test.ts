import { describe, expect, it } from 'vitest';
import { UserError } from '../../../../gen/base/errors.js';
import { randomSource } from '../../../../gen/golden/vectors.js';
import { quantise } from '../../../../gen/numerics/codec.js';
import type { NumericType } from '../../../../gen/numerics/types/numeric-type.js';
import { numericType } from '../../../../gen/numerics/types/table.js';
import { edgeOf, numberOf } from '../../../../scripts/network/search/edges.js';
import { gridOf } from '../../../../scripts/network/search/error.js';
import { candidate, scaleOfClip } from '../../../../scripts/network/search/scale.js';
import {
  StreamedChoice,
  type StreamedOptions,
  type StreamedResult,
} from '../../../../scripts/network/search/stream.js';
import { quantiseActivations } from '../../../../scripts/network/search/tensor.js';

const SIGNED = ['int4', 'flint4', 'pot4', 'e2m1'].map(numericType);
const ALL = ['int4', 'flint4', 'pot4', 'uint4', 'uflint4', 'e2m1'].map(numericType);
const typesFor = (hasNegative: boolean): NumericType[] => (hasNegative ? SIGNED : ALL);

function generator(seed: number): { unit: () => number; normal: () => number; below: (n: number) => number } {
  const random = randomSource(seed);
  const unit = (): number => (random.bits32() + 0.5) / 2 ** 32;
  const normal = (): number => Math.sqrt(-2 * Math.log(unit())) * Math.cos(2 * Math.PI * unit());
  return { unit, normal, below: random.below };
}

const KINDS = {
  normal: ({ normal }) => normal(),
  relu: ({ normal }) => Math.max(0, normal() - 1),
  longTails: ({ unit, normal }) => normal() * (unit() < 0.02 ? 20 : 1),
  negative: ({ normal }) => -Math.abs(normal()),
  grid: ({ below }) => below(15) - 7,
  positiveGrid: ({ below }) => 0.25 * below(16),
  few: ({ below }) => [-1, 0, 0.5, 1][below(4)] as number,
  tiny: ({ normal }) => 1e-40 * normal(),
} satisfies Record<string, (source: ReturnType<typeof generator>) => number>;

function tensor(kind: keyof typeof KINDS, count: number, seed: number): Float32Array {
  const source = generator(seed);
  return Float32Array.from({ length: count }, () => KINDS[kind](source));
}

/** Feeds a tensor in pieces of random sizes, other ones in each pass. */
function stream(
  values: Float32Array,
  options: Partial<StreamedOptions> = {},
): { result: StreamedResult; passes: number } {
  const choice = new StreamedChoice({ name: 'x', typesFor, ...options });
  const { below } = generator(values.length);
  let passes = 0;
  for (; !choice.done; passes++) {
    for (let start = 0; start < values.length; ) {
      const size = below(2) === 0 ? below(7) : below(20_000);
      choice.observe(values.subarray(start, start + size));
      start += size;
    }
    choice.endPass();
  }
  return { result: choice.result, passes };
}

/** The definition of the search, by the codec. */
function search(
  values: Float32Array,
  reference: number,
  options: { clips?: number[] } = {},
): { type: NumericType; typeIndex: number; scale: number; squaredError: number } {
  const types = typesFor(values.some((x) => x < 0));
  let best = { type: types[0] as NumericType, typeIndex: 0, scale: 1, squaredError: Number.POSITIVE_INFINITY };
  types.forEach((type, typeIndex) => {
    const { clips, top } = candidate(type, options);
    for (const clip of clips) {
      const scale = scaleOfClip(clip, reference, top);
      const codes = quantise(type, values, { scale });
      let squaredError = 0;
      codes.forEach((code, i) => {
        const difference = (values[i] as number) - Number(type.decode(code)) * scale;
        squaredError += difference * difference;
      });
      if (squaredError < best.squaredError) best = { type, typeIndex, scale, squaredError };
    }
  });
  return best;
}

const largestOf = (values: Float32Array): number => values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);

describe('StreamedChoice', () => {
  const kinds = Object.keys(KINDS) as (keyof typeof KINDS)[];

  it.each(kinds)('%s data: type, scale and error of a search over elements', (kind) => {
    for (const [count, seed] of [
      [1, 1],
      [2, 2],
      [3, 3],
      [10, 4],
      [33, 5],
      [400, 6],
      [3001, 7],
    ] as const) {
      const values = tensor(kind, count, seed);
      if (largestOf(values) === 0) continue;
      const wanted = search(values, largestOf(values));
      const { result } = stream(values);
      expect(result, `${count}`).toMatchObject({ typeIndex: wanted.typeIndex, scale: wanted.scale, count });
      expect(result.type).toBe(wanted.type);
      expect(Math.abs(result.squaredError - wanted.squaredError)).toBeLessThanOrEqual(1e-9 * wanted.squaredError);
    }
  });

  it('chooses as quantiseActivations does, on more values than a block', () => {
    for (const kind of ['normal', 'relu', 'longTails'] as const) {
      const values = tensor(kind, 150_001, 8);
      const matrix = { rows: 1, cols: values.length, data: Float64Array.from(values) };
      const wanted = quantiseActivations(matrix, typesFor(values.some((x) => x < 0)));
      const { result, passes } = stream(values);
      expect(passes).toBe(2);
      expect(result.type).toBe(wanted.type);
      expect(result.scale).toBe(wanted.scales[0]);
      expect(result.considered.map(({ type }) => type)).toEqual(wanted.considered.map(({ type }) => type));
      result.considered.forEach(({ squaredError }, i) => {
        const other = wanted.considered[i]?.squaredError as number;
        expect(Math.abs(squaredError - other)).toBeLessThanOrEqual(1e-9 * other);
      });
    }
  });

  it('takes a third pass where errors are equal or zero, and then the first type', () => {
    const values = Float32Array.of(-1, 0, 1, 1, 0);
    for (const [names, first] of [
      [['int4', 'flint4', 'pot4'], 'int4'],
      [['pot4', 'int4'], 'pot4'],
    ] as const) {
      const { result, passes } = stream(values, { typesFor: () => names.map(numericType) });
      expect(passes).toBe(3);
      expect(result).toMatchObject({ typeIndex: 0, squaredError: 0 });
      expect(result.type.name).toBe(first);
    }
  });

  it('the third pass adds up squared errors in the order of arrival', () => {
    for (const kind of ['normal', 'negative', 'longTails'] as const) {
      const values = tensor(kind, 10_000, 11);
      const wanted = search(values, largestOf(values));
      const { result, passes } = stream(values, { typesFor: () => [...SIGNED, ...SIGNED] });
      expect(passes).toBe(3);
      expect(result).toMatchObject({ typeIndex: wanted.typeIndex, scale: wanted.scale });
      expect(result.squaredError).toBe(wanted.squaredError);
    }
  });

  it('of different types whose errors are equal takes the first', () => {
    for (let seed = 0; seed < 10; seed++) {
      const { below, normal } = generator(seed);
      // Both types have these values, at clips of 0.875 and 2 of the greatest.
      const shared = Float32Array.from({ length: 200 }, () => ((below(2) * 2 - 1) * below(5)) / 8 + normal() / 500);
      const values = Float32Array.of(...shared, -1);
      for (const names of [
        ['int4', 'flint4'],
        ['flint4', 'int4'],
      ]) {
        const { result, passes } = stream(values, { typesFor: () => names.map(numericType), clips: [87.5, 200] });
        expect(passes).toBe(3);
        expect(result).toMatchObject({ typeIndex: 0, scale: 1 / 8 });
      }
    }
  });

  it('constant tensors: an error of zero where the value is one of the grid', () => {
    for (const value of [3, -0.1, 1 / 3, 1e-45, 3e38]) {
      const values = new Float32Array(50).fill(value);
      const wanted = search(values, largestOf(values));
      const { result } = stream(values);
      expect(result).toMatchObject({ typeIndex: wanted.typeIndex, scale: wanted.scale, least: values[0] });
      expect(result.squaredError).toBe(wanted.squaredError);
      expect(result.histogram.counts[0]).toBe(50);
    }
  });

  it('zeros: the first type, scale 1', () => {
    const { result, passes } = stream(Float32Array.of(0, -0, 0), { percentile: 99 });
    expect(passes).toBe(2);
    expect(result).toMatchObject({ typeIndex: 0, scale: 1, squaredError: 0, squares: 0, least: 0, greatest: 0 });
    expect(result.considered.map(({ scale }) => scale)).toEqual(ALL.map(() => 1));
  });

  it('counts all values into a histogram of 120 bins', () => {
    const values = tensor('normal', 5000, 9);
    const { result } = stream(values);
    const { low, high, counts } = result.histogram;
    expect([low, high]).toEqual([Math.min(...values), Math.max(...values)]);
    const wanted = new Array<number>(120).fill(0);
    for (const x of values) (wanted[Math.min(119, Math.floor(((x - low) / (high - low)) * 120))] as number)++;
    expect(counts.reduce((sum, count) => sum + count)).toBe(5000);
    counts.forEach((count, i) => {
      expect(Math.abs(count - (wanted[i] as number))).toBeLessThanOrEqual(1);
    });
    const squares = values.reduce((sum, x) => sum + x * x, 0);
    expect(Math.abs(result.squares - squares)).toBeLessThan(1e-12 * squares);
  });

  it('a percentile: the upper end of its bin, less than 1/256 above the exact one', () => {
    for (const percentile of [50, 90, 99.9]) {
      const values = tensor('longTails', 2000, 10);
      const exact = values.map(Math.abs).sort()[Math.ceil((percentile * 2000) / 100) - 1] as number;
      const { result } = stream(values, { percentile, clips: [100] });
      const cost = result.considered[0] as { scale: number };
      const reference = cost.scale * candidate(numericType('int4')).top;
      expect(reference).toBeGreaterThanOrEqual(exact * (1 - 1e-15));
      expect(reference).toBeLessThan(exact * (1 + 1 / 256));
      const bin = Math.round(reference * 2 ** 60) / 2 ** 60;
      expect(search(values, Math.fround(bin), { clips: [100] }).scale).toBe(result.scale);
    }
  });

  it('a percentile among zeros: the largest magnitude', () => {
    const values = Float32Array.of(0, 0, 0, 0, 2, 7);
    expect(stream(values, { percentile: 50 }).result.scale).toBe(stream(values).result.scale);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('refuses %s by tensor and place', (bad) => {
    const choice = new StreamedChoice({ name: 'features.0', typesFor });
    choice.observe(new Float32Array(5000));
    expect(() => choice.observe(Float32Array.of(1, bad))).toThrow(UserError);
    expect(() => choice.observe(Float32Array.of(1, bad))).toThrow(`features.0: element 5001 is ${bad}`);
  });

  it('refuses empty tensors, passes of other lengths, no types, wrong options, and answers too early', () => {
    const start = (options: Partial<StreamedOptions> = {}): StreamedChoice =>
      new StreamedChoice({ name: 'x', typesFor, ...options });
    expect(() => start().endPass()).toThrow(/no values/);
    expect(() => start({ percentile: 0 })).toThrow(/percentile 0/);
    const choice = start();
    choice.observe(Float32Array.of(1, 2, 2.5));
    choice.endPass();
    expect(choice.done).toBe(false);
    expect(() => choice.result).toThrow(/\bx\b/);
    choice.observe(Float32Array.of(1, 2));
    expect(() => choice.endPass()).toThrow(/\b2\b.*\b3\b/);
    const untyped = start({ typesFor: () => [] });
    untyped.observe(Float32Array.of(1));
    expect(() => untyped.endPass()).toThrow(/no type/);
  });
});

describe('edges', () => {
  it('are the smallest magnitudes that the codec puts beyond a boundary', () => {
    const { below, unit } = generator(12);
    for (const name of ['int4', 'flint4', 'e2m1', 'pot8', 'uint8']) {
      const type = numericType(name);
      const { steps, values } = gridOf(type);
      for (let i = 0; i < 300; i++) {
        const step = steps[below(steps.length)] as (typeof steps)[number];
        // Boundaries that are numbers themselves, too: ties.
        const scale = i % 2 === 0 ? 2 ** (below(8) - 4) : unit() * 10 ** (below(8) - 4);
        const edge = edgeOf(step, scale);
        const decoded = (bits: number): number => {
          const x = step.negative ? -numberOf(bits) : numberOf(bits);
          return Number(type.decode(quantise(type, [x], { scale, saturateInfinity: true })[0] as number));
        };
        expect(Math.abs(decoded(edge)), `${name} ${scale}`).toBeGreaterThanOrEqual(Math.abs(step.value));
        expect(Math.abs(decoded(edge - 1)), `${name} ${scale}`).toBeLessThan(Math.abs(step.value));
        expect(values).toContain(step.value);
      }
    }
  });
});
