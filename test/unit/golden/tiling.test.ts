import { describe, expect, it } from 'vitest';
import { UserError } from '../../../gen/base/errors.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { arrayInfoOf, tiledArrayOf } from '../../../gen/design/array-info.js';
import type { Manifest } from '../../../gen/design/manifest.js';
import { buildManifest } from '../../../gen/design/manifest.js';
import { findMismatch, realProduct, referenceSums, requireSumsFit } from '../../../gen/golden/product.js';
import { expectedResults } from '../../../gen/golden/reference.js';
import { addResults, nextBatch, paddedSteps, peProducts, planTiling, tileAt } from '../../../gen/golden/tiling.js';
import { randomSource } from '../../../gen/golden/vectors.js';
import { numericType } from '../../../gen/numerics/types/table.js';
import { elaborate } from '../../../gen/rtl/design.js';
import type { QuantisedMatrix } from '../../../scripts/network/search/tensor.js';
import { multiplyOnArray } from '../../../scripts/verify/multiply.js';
import type { ArraySimulator } from '../../../scripts/verify/simulator.js';

const manifestOf = (parameters: Record<string, unknown>): Manifest =>
  buildManifest(elaborate(validateConfiguration(parameters)), []);

/** Codes of a type at random: all of them, negative zero and the most negative integer included. */
function randomMatrix(rows: number, cols: number, name: string, typeIndex: number, seed: number): QuantisedMatrix {
  const random = randomSource(seed);
  const type = numericType(name);
  return {
    rows,
    cols,
    type,
    typeIndex,
    groups: 1,
    groupRows: rows,
    scales: new Float64Array(cols).fill(1),
    codes: Uint8Array.from({ length: rows * cols }, () => random.below(2 ** type.bits)),
    squaredError: 0,
    considered: [],
  };
}

/** An array that computes each tile as the reference model says, and keeps what it was given. */
function referenceArray(manifest: Manifest): ArraySimulator & { batches: number[] } {
  const info = arrayInfoOf(manifest);
  const batches: number[] = [];
  return {
    batches,
    run: async (tiles) => {
      batches.push(tiles.length);
      const results = BigInt64Array.from(tiles.flatMap((tile) => [...expectedResults(info, tile)]));
      return { results, cycles: 10, seconds: 1 };
    },
  };
}

/** Sum over k of value times value, from the decoder of the codec, one result at a time. */
function productByDecode(a: QuantisedMatrix, w: QuantisedMatrix): bigint[] {
  const value = (matrix: QuantisedMatrix, i: number, j: number): bigint =>
    matrix.type.decode(matrix.codes[i * matrix.cols + j] as number) as bigint;
  return Array.from({ length: a.rows * w.cols }, (_, i) => {
    const [m, n] = [Math.floor(i / w.cols), i % w.cols];
    return Array.from({ length: a.cols }, (_, k) => value(a, m, k) * value(w, k, n)).reduce((x, y) => x + y);
  });
}

describe('a product cut into tiles', () => {
  const shapes: [number, number, number][] = [
    [1, 1, 1],
    [4, 3, 3],
    [5, 4, 4],
    [3, 100, 2],
    [9, 17, 10],
    [130, 5, 7],
    [8, 33, 6],
  ];

  const arrays = [
    { rows: 4, cols: 3, maxK: 16 },
    { rows: 4, cols: 3, dataflow: 'ws' },
  ] as const;
  const cases = arrays.flatMap((array) => shapes.map(([m, k, n]) => ({ array, m, k, n })));

  it.each(cases)('M $m, K $k, N $n on $array: parts and padding add up to the whole product', async (given) => {
    const { array: parameters, m, k, n } = given;
    const manifest = manifestOf({ ...parameters });
    const stays = manifest.configuration.dataflow === 'ws';
    for (const [aName, aType, wName, wType] of [
      ['int4', 0, 'flint4', 1],
      ['uflint4', 4, 'pot4', 2],
    ] as const) {
      const a = randomMatrix(m, k, aName, aType, m + 10 * k);
      const w = randomMatrix(k, n, wName, wType, n);
      const tiling = planTiling({ a, w }, tiledArrayOf(manifest));
      expect(tiling.partK).toBe(stays ? 4 : Math.min(k, manifest.accumulator.provenK));
      const wanted = productByDecode(a, w);
      for (const batch of [1, 3000, 2 ** 25]) {
        const array = referenceArray(manifest);
        const run = await multiplyOnArray(array, [{ tiling, codes: { a, w } }], () => {}, batch);
        const { cycles, seconds } = run;
        const sums = run.sums[0] as BigInt64Array;
        expect([...sums]).toEqual(wanted);
        expect(array.batches.reduce((x, y) => x + y)).toBe(tiling.tiles);
        expect([cycles, seconds]).toEqual([10 * array.batches.length, array.batches.length]);
      }
      expect([...referenceSums({ a, w })]).toEqual(wanted);
    }
  });

  it.each([
    [{ arch: 'dot', lanes: 16, maxK: 256 }, 17, 32],
    [{ arch: 'dot', lanes: 5, maxK: 12 }, 23, 25],
    [{ rows: 4, cols: 4 }, 17, 17],
    [{ rows: 4, cols: 4, dataflow: 'ws' }, 17, 20],
  ])('%j pads a reduction of %d steps to %d', (parameters, k, steps) => {
    const tiling = planTiling(
      { a: { rows: 1, cols: k }, w: { rows: k, cols: 1 } },
      tiledArrayOf(manifestOf(parameters)),
    );
    expect(paddedSteps(tiling)).toBe(steps);
    expect(peProducts(tiling)).toBe(k);
  });

  it('counts the PEs that 8-bit operands take', () => {
    const manifest = manifestOf({ rows: 4, cols: 4, wideActivations: ['int8'], wideWeights: ['int8'] });
    const tiling = (a: boolean, w: boolean) =>
      planTiling({ a: { rows: 3, cols: 5, wide: a }, w: { rows: 5, cols: 2, wide: w } }, tiledArrayOf(manifest));
    expect([tiling(false, false), tiling(true, false), tiling(true, true)].map(peProducts)).toEqual([30, 60, 120]);
  });

  it('streams long activations past a tile of weights in equal parts', () => {
    const manifest = manifestOf({ rows: 4, cols: 3, dataflow: 'ws' });
    const a = randomMatrix(2500, 6, 'int4', 0, 1);
    const w = randomMatrix(6, 4, 'int4', 0, 2);
    const tiling = planTiling({ a, w }, tiledArrayOf(manifest));
    expect(tiling).toMatchObject({ rows: 834, blocksM: 3, parts: 2, blocksN: 2, tiles: 12 });
    const tile = tileAt(tiling, { a, w }, 11);
    expect([tile.k, tile.a.length, tile.w.length]).toEqual([834, 834 * 4, 12]);
    // The last part of the reduction has 2 steps, the last block of columns 1 column, the last block of rows 832 rows.
    expect(tile.w.filter((_, i) => i >= 6 || i % 3 > 0).every((code) => code === 0)).toBe(true);
    expect(tile.a.filter((_, i) => i >= 832 * 4 || i % 4 > 1).every((code) => code === 0)).toBe(true);
    expect(tile.a[0]).toBe(a.codes[2 * 834 * 6 + 4]);
    expect(tile.w[3]).toBe(w.codes[5 * 4 + 3]);
  });

  it('refuses partial sums that are not certain to hold a column of products', () => {
    const manifest = manifestOf({ rows: 8, cols: 3, dataflow: 'ws', accumulatorBits: 14, overflow: 'wrap' });
    const bad = () => planTiling({ a: { rows: 2, cols: 3 }, w: { rows: 3, cols: 5 } }, tiledArrayOf(manifest));
    expect(bad).toThrow(/\b8 products/);
  });

  it('never makes a tile longer than the accumulators hold for certain', () => {
    const manifest = manifestOf({ rows: 2, cols: 2, maxK: 1000, accumulatorBits: 16, overflow: 'wrap' });
    const { provenK } = manifest.accumulator;
    expect(provenK).toBeGreaterThan(0);
    expect(provenK).toBeLessThan(10);
    const a = randomMatrix(3, 50, 'int4', 0, 1);
    const w = randomMatrix(50, 3, 'int4', 0, 2);
    const tiling = planTiling({ a, w }, tiledArrayOf(manifest));
    const lengths = Array.from({ length: tiling.tiles }, (_, i) => tileAt(tiling, { a, w }, i).k);
    expect(Math.max(...lengths)).toBe(provenK);
    expect(Math.min(...lengths)).toBe(50 % provenK === 0 ? provenK : 50 % provenK);
    expect(lengths.reduce((x, y) => x + y)).toBe(50 * 4);
  });

  it('pads with code 0 and carries the selectors of the types', () => {
    const manifest = manifestOf({ rows: 4, cols: 4, maxK: 8 });
    const a = { ...randomMatrix(5, 3, 'int4', 3, 1), codes: new Uint8Array(15).fill(7) };
    const w = { ...randomMatrix(3, 5, 'int4', 2, 1), codes: new Uint8Array(15).fill(5) };
    const tiling = planTiling({ a, w }, tiledArrayOf(manifest));
    const last = tileAt(tiling, { a, w }, tiling.tiles - 1);
    expect(last).toEqual({
      k: 3,
      aType: 3,
      wType: 2,
      a: Uint8Array.of(7, 0, 0, 0, 7, 0, 0, 0, 7, 0, 0, 0),
      w: Uint8Array.of(5, 0, 0, 0, 5, 0, 0, 0, 5, 0, 0, 0),
    });
  });

  it('fills batches up to the size asked for, but holds at least a tile', () => {
    const tiling = planTiling(
      { a: { rows: 40, cols: 8 }, w: { rows: 8, cols: 40 } },
      tiledArrayOf(manifestOf({ rows: 4, cols: 4, maxK: 8 })),
    );
    const each = 8 * 8 + 16 * 8;
    expect(nextBatch(tiling, 0, 1)).toBe(1);
    expect(nextBatch(tiling, 0, 7 * each + 1)).toBe(7);
    expect(nextBatch(tiling, 97, 7 * each)).toBe(3);
  });

  it('refuses matrices whose inner dimensions differ, with both shapes', () => {
    const bad = () =>
      planTiling({ a: { rows: 2, cols: 3 }, w: { rows: 4, cols: 5 } }, tiledArrayOf(manifestOf({ rows: 4, cols: 4 })));
    expect(bad).toThrow(UserError);
    expect(bad).toThrow(/activations are 2 x 3, weights are 4 x 5/);
  });

  it('refuses accumulators that are not certain to hold one product', () => {
    const manifest = manifestOf({ rows: 4, cols: 4 });
    const narrow = { ...manifest, accumulator: { ...manifest.accumulator, bits: 4, provenK: 0 } };
    expect(() => planTiling({ a: { rows: 2, cols: 3 }, w: { rows: 3, cols: 5 } }, tiledArrayOf(narrow))).toThrow(
      /4 bits/,
    );
  });

  it('refuses sums that 64 bits may not hold', () => {
    const a = randomMatrix(1, 8, 'upot6', 0, 1);
    expect(() => requireSumsFit({ a, w: randomMatrix(8, 1, 'int4', 0, 1) })).toThrow(/\b64 bits\b/);
    expect(() => requireSumsFit({ a: randomMatrix(1, 8, 'int8', 0, 1), w: a })).toThrow(UserError);
    expect(() =>
      requireSumsFit({ a: randomMatrix(1, 8, 'int8', 0, 1), w: randomMatrix(8, 1, 'int8', 0, 1) }),
    ).not.toThrow();
  });

  it('refuses a wrong number of results', async () => {
    const a = randomMatrix(1, 2, 'int4', 0, 1);
    const w = randomMatrix(2, 1, 'int4', 0, 1);
    const tiling = planTiling({ a, w }, tiledArrayOf(manifestOf({ rows: 2, cols: 2 })));
    const short: ArraySimulator = { run: async () => ({ results: new BigInt64Array(3), cycles: 1, seconds: 1 }) };
    await expect(multiplyOnArray(short, [{ tiling, codes: { a, w } }])).rejects.toThrow(/\b3\b.*\b4\b/);
  });
});

describe('the product of sums', () => {
  it('scales each column by its own scale', () => {
    const a = { ...randomMatrix(2, 1, 'int4', 0, 1), scales: Float64Array.of(0.5) };
    const w = { ...randomMatrix(1, 2, 'int4', 0, 1), scales: Float64Array.of(2, 10) };
    expect(realProduct(BigInt64Array.of(1n, 2n, -3n, 4n), a, w)).toEqual({
      rows: 2,
      cols: 2,
      data: Float64Array.of(1, 10, -3, 20),
    });
  });

  it('is compared result by result', () => {
    const expected = BigInt64Array.of(1n, 2n, 3n, 4n, 5n, 6n);
    expect(findMismatch(expected.slice(), expected, 3)).toBeUndefined();
    const got = BigInt64Array.of(1n, 2n, 3n, 4n, -5n, 0n);
    expect(findMismatch(got, expected, 3)).toEqual({ row: 1, col: 1, expected: 5n, got: -5n, count: 2 });
  });

  it('adds results of consecutive parts', () => {
    const tiling = planTiling(
      { a: { rows: 1, cols: 4 }, w: { rows: 4, cols: 1 } },
      {
        ...tiledArrayOf(manifestOf({ rows: 1, cols: 1, maxK: 2 })),
        accumulator: { ...manifestOf({}).accumulator, provenK: 2 },
      },
    );
    const sums = new BigInt64Array(1);
    addResults(sums, tiling, 0, BigInt64Array.of(2n ** 40n, -3n));
    expect(sums[0]).toBe(2n ** 40n - 3n);
  });
});
