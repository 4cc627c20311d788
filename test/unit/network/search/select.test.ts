import { describe, expect, it } from 'vitest';
import { UserError } from '../../../../gen/base/errors.js';
import type { Matrix } from '../../../../gen/base/matrix.js';
import { randomSource } from '../../../../gen/golden/vectors.js';
import { largestMagnitude, quantise } from '../../../../gen/numerics/codec.js';
import type { NumericType } from '../../../../gen/numerics/types/numeric-type.js';
import { numericType } from '../../../../gen/numerics/types/table.js';
import { prepareChannel } from '../../../../scripts/network/search/channel.js';
import { exactError, gridOf } from '../../../../scripts/network/search/error.js';
import { fillSavings, planSearch } from '../../../../scripts/network/search/plan.js';
import { bestScale, candidate, scaleOfClip } from '../../../../scripts/network/search/scale.js';
import { quantiseActivations, quantiseWeights } from '../../../../scripts/network/search/tensor.js';

const WEIGHT_TYPES = ['int4', 'flint4', 'pot4'].map(numericType);
const ACTIVATION_TYPES = ['int4', 'flint4', 'pot4', 'uint4', 'uflint4'].map(numericType);

type Shape = 'normal' | 'uniform' | 'laplace' | 'positive' | 'outliers';

/** Seeded reals of the distributions that tensors have. */
function reals(shape: Shape, count: number, seed: number): Float64Array {
  const random = randomSource(seed);
  const unit = (): number => (random.below(2 ** 30) + 0.5) / 2 ** 30;
  const normal = (): number => Math.sqrt(-2 * Math.log(unit())) * Math.cos(2 * Math.PI * unit());
  const draw: Record<Shape, () => number> = {
    normal,
    uniform: () => 2 * unit() - 1,
    laplace: () => Math.log(unit()) * (unit() < 0.5 ? -1 : 1),
    positive: () => Math.abs(normal()),
    outliers: () => (unit() < 0.01 ? 30 : 1) * normal(),
  };
  return Float64Array.from({ length: count }, draw[shape]);
}

/** The error of a scale by the codec: every element to its code and back. */
function errorByCodec(type: NumericType, values: Float64Array, scale: number): number {
  const codes = quantise(type, values, { scale });
  return values.reduce((sum, x, i) => sum + (x - Number(type.decode(codes[i] as number)) * scale) ** 2, 0);
}

/** The rule of the search, element by element. */
function searchByCodec(type: NumericType, values: Float64Array): { scale: number; squaredError: number } {
  const top = type.kind === 'int' && type.signed ? 2 ** (type.bits - 1) - 1 : Number(largestMagnitude(type));
  const magnitude = values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  let best = { scale: 1, squaredError: Number.POSITIVE_INFINITY };
  for (let percent = type.bits > 6 ? 95 : 75; percent <= 149; percent++) {
    const scale = ((percent / 100) * magnitude) / top;
    const squaredError = errorByCodec(type, values, scale);
    if (squaredError < best.squaredError) best = { scale, squaredError };
  }
  return best;
}

const matrix = (rows: number, cols: number, data: Float64Array): Matrix => ({ rows, cols, data });

const expectClose = (got: number, wanted: number): void => {
  expect(Math.abs(got - wanted)).toBeLessThanOrEqual(1e-9 * wanted);
};

describe('bestScale', () => {
  const names = ['int4', 'flint4', 'pot4', 'uint4', 'uflint4', 'int2', 'int8', 'flint8', 'e2m1', 'e4m3', 'flint6'];
  const cases = names.flatMap((name) =>
    (['normal', 'laplace', 'outliers', 'positive'] as const)
      .filter((shape) => shape === 'positive' || numericType(name).signed)
      .map((shape) => [name, shape] as const),
  );

  it.each(cases)('%s, %s data: the scale and error of a search over elements', (name, shape) => {
    for (const count of [1, 2, 27, 300]) {
      const values = reals(shape, count, count);
      const got = bestScale(prepareChannel(values.slice(), 'x'), candidate(numericType(name)));
      const wanted = searchByCodec(numericType(name), values);
      expect(errorByCodec(numericType(name), values, got.scale), `${count} elements`).toBe(wanted.squaredError);
      expect(got.scale, `${count} elements`).toBe(wanted.scale);
      expectClose(got.squaredError, wanted.squaredError);
    }
  });

  it('agrees on many elements, where sums round', () => {
    const values = reals('outliers', 20_000, 5);
    for (const type of ['int8', 'flint4'].map(numericType)) {
      const got = bestScale(prepareChannel(values.slice(), 'x'), candidate(type));
      const wanted = searchByCodec(type, values);
      expect(got.scale).toBe(wanted.scale);
      expectClose(got.squaredError, wanted.squaredError);
    }
  });

  it('tells scales apart that differ by less than sums round', () => {
    const type = numericType('int4');
    for (let i = 1; i <= 100; i++) {
      const values = new Float64Array(3).fill(i / 10 + 1 / 3);
      const got = bestScale(prepareChannel(values.slice(), 'x'), candidate(type));
      expect(got, `${values[0]}`).toEqual({ ...searchByCodec(type, values), uncertainty: 0 });
    }
  });

  it('searches 0.75 to 1.49 of the largest magnitude, above 6 bits from 0.95', () => {
    expect(candidate(numericType('flint6')).clips).toEqual(Array.from({ length: 75 }, (_, i) => 75 + i));
    expect(candidate(numericType('int7')).clips).toEqual(Array.from({ length: 55 }, (_, i) => 95 + i));
  });

  it('gives a channel of zeros scale 1', () => {
    expect(bestScale(prepareChannel(Float64Array.of(0, -0, 0), 'x'), candidate(numericType('int4')))).toEqual({
      scale: 1,
      squaredError: 0,
      uncertainty: 0,
    });
  });

  it('finds data that the type holds without error', () => {
    const values = Float64Array.from([-7, 3, 0, 5, 1]);
    expect(bestScale(prepareChannel(values, 'x'), candidate(numericType('int4')))).toEqual({
      scale: 1,
      squaredError: 0,
      uncertainty: 0,
    });
  });
});

describe('the error of a scale', () => {
  it.each(['int4', 'int2', 'flint8', 'uflint4', 'e2m1', 'pot8'])(
    '%s: from bins within the rounding bound, from elements as the codec',
    (name) => {
      const type = numericType(name);
      for (const [shape, percentile] of [
        ['positive', 100],
        ['outliers', 100],
        ['outliers', 60],
        ['uniform', 100],
      ] as const) {
        const values = reals(shape, 5000, 11);
        const channel = prepareChannel(values, 'x', percentile);
        const one = candidate(type, { clips: [1, 40, 80, 100, 149] });
        const plan = planSearch([candidate(numericType('int3')), one]);
        const bound = fillSavings(plan, channel)[1] as number;
        one.clips.forEach((clip, i) => {
          const scale = scaleOfClip(clip, channel.reference, one.top);
          const wanted = errorByCodec(type, values, scale);
          expectClose(exactError(values, gridOf(type), scale), wanted);
          const square = channel.reference ** 2;
          const estimate = channel.squares - (plan.layouts[1]?.savings[i] as number) * square;
          expect(Math.abs(estimate - wanted)).toBeLessThanOrEqual(bound * square + 5000 * 2 ** -53 * channel.squares);
          expect(bound * square).toBeLessThan(1e-8 * channel.squares);
        });
      }
    },
  );
});

describe('quantiseActivations', () => {
  it.each([
    ['uniform', 1],
    ['normal', 2],
    ['outliers', 3],
    ['positive', 4],
  ] as const)('%s data: the type and scale with the least error', (shape, seed) => {
    const values = reals(shape, 600, seed);
    const got = quantiseActivations(matrix(20, 30, values), ACTIVATION_TYPES);
    const trials = ACTIVATION_TYPES.filter((type) => type.signed || shape === 'positive').map((type) => ({
      type,
      ...searchByCodec(type, values),
    }));
    const wanted = trials.reduce((best, trial) => (trial.squaredError < best.squaredError ? trial : best));
    expect(got.type.name).toBe(wanted.type.name);
    expect(got.typeIndex).toBe(ACTIVATION_TYPES.indexOf(wanted.type));
    expect([...got.scales]).toEqual([wanted.scale]);
    expect(got.codes).toEqual(quantise(wanted.type, values, { scale: wanted.scale }));
    expect(got.considered.map(({ type }) => type.name)).toEqual(trials.map(({ type }) => type.name));
    got.considered.forEach(({ squaredError }, i) => {
      expectClose(squaredError, trials[i]?.squaredError as number);
    });
  });

  it('does not read a negative zero as negative', () => {
    const got = quantiseActivations(matrix(1, 3, Float64Array.of(-0, 1, 15)), ACTIVATION_TYPES);
    expect(got.considered).toHaveLength(5);
    expect(got.type.name).toBe('uint4');
  });

  it('of types without error takes the first', () => {
    const values = Float64Array.of(-1, 0, 1);
    const order = (names: string[]) => quantiseActivations(matrix(1, 3, values), names.map(numericType)).type.name;
    expect(order(['int4', 'flint4', 'pot4'])).toBe('int4');
    expect(order(['pot4', 'int4', 'flint4'])).toBe('pot4');
  });

  it('zeros: the first type, scale 1, code 0', () => {
    const got = quantiseActivations(matrix(2, 2, new Float64Array(4)), ACTIVATION_TYPES);
    expect(got).toMatchObject({ typeIndex: 0, squaredError: 0, scales: Float64Array.of(1), codes: new Uint8Array(4) });
  });

  it('refuses negative values where the port has only unsigned types', () => {
    const values = matrix(1, 2, Float64Array.of(1, -1));
    expect(() => quantiseActivations(values, ['uint4', 'uflint4'].map(numericType), 'A.npy')).toThrow(UserError);
    expect(() => quantiseActivations(values, ['uint4', 'uflint4'].map(numericType), 'A.npy')).toThrow(
      /A\.npy.*negative.*\(uint4, uflint4\)/,
    );
  });

  it.each([1e-200, 1e200])('refuses magnitudes whose squares are no doubles: %s', (value) => {
    expect(() => quantiseActivations(matrix(1, 1, Float64Array.of(value)), ACTIVATION_TYPES)).toThrow(/rescale/);
  });
});

describe('quantiseWeights', () => {
  it('takes one type by the sum over columns, one scale per column', () => {
    const [rows, cols] = [50, 7];
    const data = reals('laplace', rows * cols, 9).map((x, i) => x * 10 ** ((i % cols) - 3));
    for (let r = 0; r < rows; r++) data[r * cols + 4] = 0;
    const columns = Array.from({ length: cols }, (_, c) => data.filter((_, i) => i % cols === c));
    const trials = WEIGHT_TYPES.map((type) => {
      const choices = columns.map((values, c) =>
        c === 4 ? { scale: 1, squaredError: 0 } : searchByCodec(type, values),
      );
      return { type, choices, squaredError: choices.reduce((sum, choice) => sum + choice.squaredError, 0) };
    });
    const wanted = trials.reduce((best, trial) => (trial.squaredError < best.squaredError ? trial : best));
    const got = quantiseWeights(matrix(rows, cols, data), WEIGHT_TYPES);
    expect(got.type.name).toBe(wanted.type.name);
    expect([...got.scales]).toEqual(wanted.choices.map(({ scale }) => scale));
    expectClose(got.squaredError, wanted.squaredError);
    columns.forEach((values, c) => {
      const codes = got.codes.filter((_, i) => i % cols === c);
      expect(codes).toEqual(quantise(wanted.type, values, { scale: got.scales[c] as number }));
    });
  });

  it('names the column that cannot be quantised', () => {
    expect(() => quantiseWeights(matrix(1, 2, Float64Array.of(1, 1e-180)), WEIGHT_TYPES, 'W.npy')).toThrow(
      /W\.npy, column 1/,
    );
  });
});
