import { describe, expect, it } from 'vitest';
import { UserError } from '../../../../gen/base/errors.js';
import { realProduct } from '../../../../gen/golden/product.js';
import { randomSource } from '../../../../gen/golden/vectors.js';
import { quantise } from '../../../../gen/numerics/codec.js';
import { numericType } from '../../../../gen/numerics/types/table.js';
import { prepareChannel } from '../../../../scripts/network/search/channel.js';
import { typeChooser } from '../../../../scripts/network/search/choose.js';
import { exactError, gridOf, type Reals } from '../../../../scripts/network/search/error.js';
import { bestScale, candidate, scaleOfClip } from '../../../../scripts/network/search/scale.js';
import { quantiseActivations, quantiseWeights } from '../../../../scripts/network/search/tensor.js';

const TYPES = ['int4', 'flint4', 'pot4', 'e2m1'].map(numericType);

function normals(count: number, seed: number): Float64Array {
  const random = randomSource(seed);
  const unit = (): number => (random.bits32() + 0.5) / 2 ** 32;
  return Float64Array.from({ length: count }, () => Math.sqrt(-2 * Math.log(unit())) * Math.cos(2 * Math.PI * unit()));
}

/** The best clip of a type by sums over elements. */
function search(name: string, values: Reals, reference: number, clips: readonly number[]) {
  const { grid, top } = candidate(numericType(name));
  let best = { scale: 1, squaredError: Number.POSITIVE_INFINITY };
  for (const clip of clips) {
    const scale = scaleOfClip(clip, reference, top);
    const squaredError = exactError(values, grid, scale);
    if (squaredError < best.squaredError) best = { scale, squaredError };
  }
  return best;
}

describe('clips', () => {
  it('are tried in rising order, each once', () => {
    expect(candidate(numericType('int4'), { clips: [120, 5, 100, 5] }).clips).toEqual([5, 100, 120]);
  });

  it.each([[[]], [[100, 0]], [[-1]], [[Number.NaN]], [[Number.POSITIVE_INFINITY]]])('refuses %j', (clips) => {
    expect(() => candidate(numericType('int4'), { clips })).toThrow(UserError);
  });

  it('of matrices', () => {
    const data = normals(300, 1);
    const clips = [20, 35, 50, 65];
    const matrix = { rows: 30, cols: 10, data };
    const largest = data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    const got = quantiseActivations(matrix, [numericType('int4')], 'A', { clips });
    expect(got.scales[0]).toBe(search('int4', data, largest, clips).scale);
    const column = data.filter((_, i) => i % 10 === 3);
    const columnLargest = column.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    const weights = quantiseWeights(matrix, [numericType('int4')], 'W', { clips });
    expect(weights.scales[3]).toBe(search('int4', column, columnLargest, clips).scale);
  });
});

describe('a percentile', () => {
  it('is the nearest rank of the magnitudes', () => {
    const values = Float64Array.from({ length: 1000 }, (_, i) => (i % 2 ? -1 : 1) * (1000 - i));
    for (const [percentile, wanted] of [
      [100, 1000],
      [99.9, 999],
      [99.91, 1000],
      [50, 500],
      [0.01, 1],
    ] as const) {
      expect(prepareChannel(values, 'x', percentile).reference, `${percentile}`).toBe(wanted);
    }
    expect(prepareChannel(Float32Array.of(-3, 1, 2), 'x', 60).reference).toBe(2);
  });

  it('leaves the order of the values', () => {
    const values = Float64Array.of(3, -1, 2);
    prepareChannel(values, 'x', 50);
    expect([...values]).toEqual([3, -1, 2]);
  });

  it('among zeros is the largest magnitude', () => {
    expect(prepareChannel(Float64Array.of(0, 0, 0, -5), 'x', 50).reference).toBe(5);
  });

  it.each([0, -1, 100.1, Number.NaN])('refuses %s', (percentile) => {
    expect(() => prepareChannel(Float64Array.of(1), 'x', percentile)).toThrow(UserError);
  });

  it('is what clips refer to, however far the rest is', () => {
    for (const [seed, factor] of [
      [2, 1],
      [3, 1000],
      [4, 1e120],
    ] as const) {
      const values = normals(500, seed).map((x, i) => (i % 100 === 0 ? x * factor : x));
      for (const percentile of [50, 90, 99]) {
        const channel = prepareChannel(values, 'x', percentile);
        for (const type of TYPES) {
          const one = candidate(type);
          const wanted = search(type.name, values, channel.reference, one.clips);
          expect(bestScale(channel, one).scale, `${type.name} ${percentile} ${factor}`).toBe(wanted.scale);
        }
      }
    }
  });
});

describe('values that are not finite', () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY])('%s is refused by name and place', (bad) => {
    expect(() => prepareChannel(Float64Array.of(1, bad), 'W, column 7')).toThrow(`W, column 7: element 1 is ${bad}`);
  });
});

describe('groups of rows', () => {
  it('have scales of their own, groups x columns', () => {
    const [rows, cols, groupSize] = [24, 5, 8];
    const data = normals(rows * cols, 5).map((x, i) => x * 10 ** Math.floor(i / (cols * groupSize)));
    const got = quantiseWeights({ rows, cols, data }, TYPES, 'W', { groupSize });
    expect(got.groups).toBe(3);
    expect(got.scales).toHaveLength(15);
    const { clips } = candidate(got.type);
    for (let group = 0; group < 3; group++) {
      for (let col = 0; col < cols; col++) {
        const values = data.filter((_, i) => i % cols === col && Math.floor(i / cols / groupSize) === group);
        const largest = values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
        const { scale } = search(got.type.name, values, largest, clips);
        expect(got.scales[group * cols + col]).toBe(scale);
        const codes = got.codes.filter((_, i) => i % cols === col && Math.floor(i / cols / groupSize) === group);
        expect(codes).toEqual(quantise(got.type, values, { scale }));
      }
    }
  });

  it('are one without a size, or with that of the column', () => {
    const matrix = { rows: 12, cols: 2, data: normals(24, 6) };
    expect(quantiseWeights(matrix, TYPES).groups).toBe(1);
    expect(quantiseWeights(matrix, TYPES, 'W', { groupSize: 12 })).toEqual(quantiseWeights(matrix, TYPES));
  });

  it.each([
    [0, '1'],
    [2.5, '2 and 3'],
  ])('of %s rows are refused with sizes nearby', (groupSize, nearby) => {
    const matrix = { rows: 60, cols: 1, data: normals(60, 7) };
    expect(() => quantiseWeights(matrix, TYPES, 'W', { groupSize })).toThrow(UserError);
    expect(() => quantiseWeights(matrix, TYPES, 'W', { groupSize })).toThrow(
      new RegExp(`^W: .*\\b${groupSize}\\b.*\\b60 rows\\b.*: ${nearby}$`),
    );
  });

  it.each([
    [7, 9],
    [100, 1],
  ])('of %s rows, which do not divide 60, have the rest in the last one', (groupSize, groups) => {
    const matrix = { rows: 60, cols: 1, data: normals(60, 7) };
    const whole = quantiseWeights(matrix, TYPES, 'W', { groupSize });
    expect(whole.groups).toBe(groups);
    const rest = matrix.data.subarray((groups - 1) * groupSize);
    const last = quantiseWeights({ rows: rest.length, cols: 1, data: rest }, [whole.type]);
    expect(whole.scales[groups - 1]).toBe(last.scales[0]);
    expect(whole.codes.subarray(-rest.length)).toEqual(last.codes);
  });

  it('name the rows that cannot be quantised', () => {
    const matrix = { rows: 4, cols: 1, data: Float64Array.of(1, 1, 1e-200, 0) };
    expect(() => quantiseWeights(matrix, TYPES, 'W', { groupSize: 2 })).toThrow(/W, column 0, rows 2 to 3/);
  });

  it('cannot be multiplied with sums over the whole reduction', () => {
    const w = quantiseWeights({ rows: 4, cols: 1, data: normals(4, 8) }, TYPES, 'W', { groupSize: 2 });
    const a = quantiseActivations({ rows: 1, cols: 4, data: normals(4, 9) }, TYPES);
    expect(() => realProduct(BigInt64Array.of(1n), a, w)).toThrow(/2 groups/);
  });
});

describe('small and constant tensors', () => {
  it('of one element or one value choose as a search over elements does', () => {
    for (const value of [1, -1, 1 / 3, 7e-30, -123.456]) {
      for (const count of [1, 2, 5, 100]) {
        const data = new Float64Array(count).fill(value);
        const got = quantiseActivations({ rows: 1, cols: count, data }, TYPES);
        const trials = TYPES.map((type) => search(type.name, data, Math.abs(value), candidate(type).clips));
        const least = trials.reduce((most, { squaredError }) => Math.min(most, squaredError), Number.POSITIVE_INFINITY);
        const index = trials.findIndex(({ squaredError }) => squaredError === least);
        expect(got.typeIndex, `${count} x ${value}`).toBe(index);
        expect(got.scales[0]).toBe(trials[index]?.scale);
        expect(got.squaredError).toBe(least);
      }
    }
  });

  it('of zeros have scale 1, with any options', () => {
    const matrix = { rows: 4, cols: 2, data: new Float64Array(8) };
    const got = quantiseWeights(matrix, TYPES, 'W', { groupSize: 2, percentile: 50, clips: [90] });
    expect(got).toMatchObject({ typeIndex: 0, groups: 2, squaredError: 0, codes: new Uint8Array(8) });
    expect([...got.scales]).toEqual([1, 1, 1, 1]);
  });
});

describe('many small tensors', () => {
  it('on coarse grids, full of ties, choose as a search over elements does', () => {
    const random = randomSource(10);
    const choose = typeChooser(TYPES);
    for (let i = 0; i < 300; i++) {
      const step = [1, 0.1, 1 / 3][i % 3] as number;
      const values = Float64Array.from({ length: 1 + random.below(12) }, () => step * (random.below(9) - 4));
      const channel = prepareChannel(values, 'x');
      const trials = TYPES.map((type) => search(type.name, values, channel.reference, candidate(type).clips));
      if (channel.reference === 0) continue;
      const least = trials.reduce((most, { squaredError }) => Math.min(most, squaredError), Number.POSITIVE_INFINITY);
      const index = trials.findIndex(({ squaredError }) => squaredError === least);
      const got = choose(() => [channel]);
      expect({ index: got.index, scale: got.scales[0] }).toEqual({ index, scale: trials[index]?.scale });
    }
  });

  it('of different types whose errors are equal take the first', () => {
    for (let seed = 0; seed < 40; seed++) {
      const random = randomSource(seed);
      const largest = 1 + seed / 37;
      const scale = scaleOfClip(87.5, largest, 7);
      if (scale !== scaleOfClip(200, largest, 16)) continue;
      // Both types have these values at these clips, but not the same steps, whose sums round differently.
      const draw = (): number =>
        ([0, 1, 2, 3, 4, 6, -2, -6][random.below(8)] as number) + random.below(1000) / 2500 - 0.2;
      const data = Float64Array.from({ length: 600 }, () => draw() * scale);
      data.fill(-largest, 0, 3);
      for (const names of [
        ['int4', 'flint4'],
        ['flint4', 'int4'],
      ]) {
        const matrix = { rows: 200, cols: 3, data };
        const got = quantiseWeights(matrix, names.map(numericType), 'W', { clips: [87.5, 200] });
        expect(got).toMatchObject({ typeIndex: 0, scales: Float64Array.of(scale, scale, scale) });
        expect(got.considered[0]?.squaredError).toBe(got.considered[1]?.squaredError);
      }
    }
  });

  it('types are compared by sums over channels', () => {
    const channels = [Float64Array.of(-1, 0, 1), Float64Array.of(2, 4, 0)].map((values) => prepareChannel(values, 'x'));
    expect(typeChooser(['pot4', 'int4'].map(numericType))(() => channels)).toMatchObject({ index: 0, squaredError: 0 });
    expect(gridOf(numericType('pot4'))).toBe(gridOf(numericType('pot4')));
  });
});
