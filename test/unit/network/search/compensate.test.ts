import { describe, expect, it } from 'vitest';
import { quantise } from '../../../../gen/numerics/codec.js';
import type { NumericType } from '../../../../gen/numerics/types/numeric-type.js';
import { numericType } from '../../../../gen/numerics/types/table.js';
import { crossProduct, gramOf, rowsTimes, solve } from '../../../../scripts/network/quantise/linear.js';
import { compensatedCodes, inverseFactor } from '../../../../scripts/network/search/compensate.js';
import { activationOutputCost, weightOutputCost } from '../../../../scripts/network/search/output.js';
import { candidate } from '../../../../scripts/network/search/scale.js';
import { quantiseWeights } from '../../../../scripts/network/search/tensor.js';
import { randomTensor } from '../../../support/onnx.js';

const reals = (count: number, seed: number): Float64Array => Float64Array.from(randomTensor([count], seed).data);

/** Rows x K with correlated columns of different sizes: random rows through a random mixing. */
function correlated(rows: number, k: number, seed: number): Float64Array {
  const [x, mixing] = [reals(rows * k, seed), reals(k * k, seed + 1)];
  for (let i = 0; i < k; i++) mixing[i * k + i] = 2 + i / 4;
  return multiply(x, mixing, rows, k, k);
}

function multiply(a: Float64Array, b: Float64Array, m: number, k: number, n: number): Float64Array {
  return Float64Array.from({ length: m * n }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < k; j++) sum += (a[Math.floor(i / n) * k + j] as number) * (b[j * n + (i % n)] as number);
    return sum;
  });
}

const transpose = (a: Float64Array, rows: number, cols: number): Float64Array =>
  Float64Array.from({ length: a.length }, (_, i) => a[(i % rows) * cols + Math.floor(i / rows)] as number);

const squares = (values: Float64Array): number => values.reduce((sum, value) => sum + value * value, 0);

const decoded = (type: NumericType, code: number): number => Number(type.decode(code));

/** What rounding takes from a matrix, column by column with its scale. */
function lost(
  weights: Float64Array,
  cols: number,
  type: NumericType,
  scales: Float64Array,
  codes?: Uint8Array,
): Float64Array {
  return weights.map((value, i) => {
    const scale = scales[i % cols] as number;
    const code = codes ? (codes[i] as number) : (quantise(type, [value], { scale })[0] as number);
    return value - decoded(type, code) * scale;
  });
}

describe('inverseFactor', () => {
  it.each([1, 2, 5, 16])('%i x %i: upper triangular, its square inverts the matrix', (n) => {
    const matrix = gramOf(correlated(3 * n + 2, n, n), n);
    const upper = inverseFactor(matrix, n);
    for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) expect(upper[i * n + j]).toBe(0);
    const identity = multiply(matrix, multiply(transpose(upper, n, n), upper, n, n, n), n, n, n);
    for (let i = 0; i < n * n; i++) expect(identity[i]).toBeCloseTo(i % (n + 1) === 0 ? 1 : 0, 8);
  });
});

describe('linear algebra', () => {
  const [rows, k, n] = [7, 4, 3];
  const [x, y, w] = [reals(rows * k, 1), reals(rows * n, 2), reals(k * n, 3)];

  it.each([
    ['crossProduct', crossProduct(x, k, y, n), multiply(transpose(x, rows, k), y, k, rows, n)],
    ['rowsTimes', rowsTimes(x, k, w, n), multiply(x, w, rows, k, n)],
    ['gramOf', gramOf(x, k), multiply(transpose(x, rows, k), x, k, rows, k)],
    ['rowsTimes of a square matrix', rowsTimes(gramOf(x, k), k, w, n), multiply(gramOf(x, k), w, k, k, n)],
    ['solve', rowsTimes(gramOf(x, k), k, solve(gramOf(x, k), k, w, n), n), w],
  ])('%s', (_, got, wanted) => {
    expect(got.length).toBe(wanted.length);
    for (const [i, value] of wanted.entries()) expect(got[i]).toBeCloseTo(value, 9);
  });
});

describe('compensatedCodes', () => {
  const [rows, cols] = [24, 10];
  const weights = reals(rows * cols, 7);
  const types = ['int4', 'flint4', 'pot4', 'e2m1', 'int8'].map(numericType);

  const gramOfDiagonal = (diagonal: (i: number) => number): Float64Array => {
    const gram = new Float64Array(rows * rows);
    for (let i = 0; i < rows; i++) gram[i * rows + i] = diagonal(i);
    return gram;
  };

  it.each([1, 2, 6])('rounds to the nearest where inputs are not correlated, in %i groups', (groups) => {
    for (const type of types) {
      const options = { groupSize: rows / groups };
      const { scales, codes } = quantiseWeights({ rows, cols, data: weights }, [type], 'w', options);
      for (const gram of [gramOfDiagonal(() => 1), gramOfDiagonal((i) => (i * 7) % 5), gramOfDiagonal(() => 0)]) {
        expect(compensatedCodes({ weights, rows, cols, type, scales, groupRows: rows / groups, gram })).toEqual(codes);
      }
    }
  });

  it.each(types.map((type) => [type.name, type] as const))(
    '%s: less error of the product than the nearest',
    (_, type) => {
      let [nearest, compensated] = [0, 0];
      for (let seed = 1; seed <= 8; seed++) {
        const x = correlated(64, rows, 10 * seed);
        const data = reals(rows * cols, seed);
        const { scales } = quantiseWeights({ rows, cols, data }, [type]);
        const codes = compensatedCodes({
          weights: data,
          rows,
          cols,
          type,
          scales,
          groupRows: rows,
          gram: gramOf(x, rows),
        });
        nearest += squares(multiply(x, lost(data, cols, type, scales), 64, rows, cols));
        compensated += squares(multiply(x, lost(data, cols, type, scales, codes), 64, rows, cols));
      }
      expect(compensated).toBeLessThan(0.8 * nearest);
    },
  );

  it('leaves the weights as they were', () => {
    const before = weights.slice();
    const type = numericType('int4');
    const scales = new Float64Array(cols).fill(0.3);
    compensatedCodes({
      weights,
      rows,
      cols,
      type,
      scales,
      groupRows: rows,
      gram: gramOf(correlated(40, rows, 3), rows),
    });
    expect(weights).toEqual(before);
  });

  it('rounds halves up, or to the even code where asked to, as blocks of OCP are rounded', () => {
    const halves = {
      weights: Float64Array.of(0.5, 1.5, -0.5, -1.5),
      rows: 1,
      cols: 4,
      type: numericType('int4'),
      scales: Float64Array.of(1, 1, 1, 1),
      groupRows: 1,
      gram: Float64Array.of(1),
    };
    expect([...compensatedCodes(halves)]).toEqual([1, 2, 0, 15]);
    expect([...compensatedCodes({ ...halves, ties: 'even' })]).toEqual([0, 2, 0, 14]);
  });
});

describe('costs in the product', () => {
  const [m, k, n] = [20, 9, 6];
  const x = correlated(m, k, 5);
  const w = reals(k * n, 6);
  const CLIPS = [60, 80, 100, 120];

  /** The scales that a search tries, by the rule: clip / 100 of the largest magnitude onto the largest value. */
  const scalesOf = (type: NumericType, magnitude: number, clips?: readonly number[]): number[] => {
    const { top, clips: tried } = candidate(type, clips ? { clips } : {});
    return tried.map((clip) => ((clip / 100) * magnitude) / top);
  };
  const largest = (values: Float64Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const cases = ['int4', 'flint4', 'pot4', 'e2m1', 'int8'].flatMap((name) => [
    [name, undefined] as const,
    [name, CLIPS] as const,
  ]);

  it.each(cases)('%s weights, clips %j: the least |X (W - Q(W))|² of each column', (name, clips) => {
    const type = numericType(name);
    const got = weightOutputCost({ rows: k, cols: n, data: w }, gramOf(x, k), type, clips);
    let total = 0;
    for (let c = 0; c < n; c++) {
      const column = Float64Array.from({ length: k }, (_, r) => w[r * n + c] as number);
      const costs = scalesOf(type, largest(column), clips).map((scale) => ({
        scale,
        cost: squares(multiply(x, lost(column, 1, type, Float64Array.of(scale)), m, k, 1)),
      }));
      const best = costs.reduce((least, trial) => (trial.cost < least.cost ? trial : least));
      expect(got.scales[c]).toBe(best.scale);
      total += best.cost;
    }
    expect(got.squaredError / total).toBeCloseTo(1, 9);
  });

  it.each(cases)('%s activations, clips %j: the least |(X - Q(X)) W|²', (name, clips) => {
    const type = numericType(name);
    const rows = Float32Array.from(x);
    const data = Float64Array.from(rows);
    // Two groups of a convolution: each has rows and weights of its own.
    const parts = [
      { data: rows.subarray(0, 8 * k), k, weights: w.subarray(0, k * 2), cols: 2 },
      { data: rows.subarray(8 * k), k, weights: w.subarray(k * 2), cols: 4 },
    ];
    const request = parts.map((part) => ({
      data: part.data,
      weights: { rows: k, cols: part.cols, data: part.weights },
    }));
    const got = activationOutputCost(request, largest(data), type, clips);
    const costs = scalesOf(type, largest(data), clips).map((scale) => {
      const cost = parts.map((part) => {
        const error = lost(Float64Array.from(part.data), 1, type, Float64Array.of(scale));
        return squares(multiply(error, part.weights, error.length / k, k, part.cols));
      });
      return { scale, cost: cost.reduce((sum, each) => sum + each, 0) };
    });
    const best = costs.reduce((least, trial) => (trial.cost < least.cost ? trial : least));
    expect(got.scales[0]).toBe(best.scale);
    expect(got.squaredError / best.cost).toBeCloseTo(1, 9);
  });

  it('zeros cost nothing at scale 1', () => {
    const type = numericType('int4');
    const weights = weightOutputCost({ rows: k, cols: 2, data: new Float64Array(2 * k) }, gramOf(x, k), type);
    expect(weights).toEqual({ type, squaredError: 0, scales: Float64Array.of(1, 1) });
    const rows = [{ data: new Float32Array(k), weights: { rows: k, cols: n, data: w } }];
    expect(activationOutputCost(rows, 0, type)).toEqual({ type, squaredError: 0, scales: Float64Array.of(1) });
  });
});
