import { describe, expect, it } from 'vitest';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { buildManifest } from '../../../gen/design/manifest.js';
import { randomSource } from '../../../gen/golden/vectors.js';
import { numericType } from '../../../gen/numerics/types/table.js';
import { elaborate } from '../../../gen/rtl/design.js';
import { type PeVectors, peVectors } from '../../../scripts/verify/vectors/pe-vectors.js';

function vectorsOf(raw: RawConfiguration) {
  const manifest = buildManifest(elaborate(validateConfiguration({ rows: 2, cols: 2, ...raw })), []);
  return { manifest, vectors: peVectors(manifest, randomSource(1)) };
}

/** What a PE of one lane is offered in a step: a_type, a_code, w_type, w_code. */
const pairAt = ({ controls, codes }: PeVectors, i: number): number[] =>
  [controls[i * 8], codes[i * 2], controls[i * 8 + 1], codes[i * 2 + 1]] as number[];

/** The pairs of codes offered, counted. */
function offered(vectors: PeVectors): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i < vectors.steps; i++) {
    const key = pairAt(vectors, i).join(' ');
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

describe('PE vectors, output stationary', () => {
  it.each([1, 2, 3])('offer every pair of codes at every level, %d stages', (pipeline) => {
    const { vectors } = vectorsOf({ pipeline });
    const counts = offered(vectors);
    expect(vectors.exhaustive).toBe(true);
    expect(vectors.pairs).toBe(5 * 16 * 3 * 16);
    expect(counts.size).toBe(vectors.pairs);
    expect(Math.min(...counts.values())).toBeGreaterThanOrEqual(vectors.levels.length);
  });

  it('expect accumulators from end to end of their range', () => {
    const { vectors, manifest } = vectorsOf({});
    const half = 2n ** BigInt(manifest.accumulator.bits - 1);
    const sums = Array.from({ length: vectors.steps }, (_, i) => vectors.values[i * 3 + 1] as bigint);
    const greatest = sums.reduce((x, y) => (y > x ? y : x));
    const least = sums.reduce((x, y) => (y < x ? y : x));
    expect(greatest).toBeGreaterThan(half / 3n);
    expect(least).toBeLessThan(-half / 3n);
  });
});

describe('PE vectors, weight stationary', () => {
  it.each([1, 2, 3])('multiply every pair of codes at every level, %d stages', (pipeline) => {
    const { vectors } = vectorsOf({ dataflow: 'ws', pipeline });
    expect(vectors.pairs).toBe(5 * 16 * 3 * 16);
    let [waiting, weight] = ['none', 'none'];
    const counts = new Map<string, number>();
    for (let i = 0; i < vectors.steps; i++) {
      const [aType, aCode, wType, wCode] = pairAt(vectors, i);
      const [load, swap, check] = vectors.controls.subarray(i * 8 + 2, i * 8 + 5);
      if (swap) weight = waiting;
      if (load) waiting = `${wType} ${wCode}`;
      if (i + pipeline < vectors.steps && i > 0) {
        const key = `${aType} ${aCode} ${weight}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      if (i > 2 * pipeline) expect(check).toBe(1);
    }
    // The last products of the stream may still be on their way when it ends.
    expect(counts.size).toBe(vectors.pairs);
    expect(Math.min(...counts.values())).toBeGreaterThanOrEqual(vectors.levels.length - 1);
  });
});

it('a sample of too many pairs holds the corners', () => {
  const { manifest } = vectorsOf({ maxK: 4 });
  const vectors = peVectors(manifest, randomSource(1), 1000);
  expect(vectors.exhaustive).toBe(false);
  expect(vectors.pairs).toBe(1009);
  const sums = vectors.values.filter((_, i) => i % 3 === 1);
  expect(sums).toContain(BigInt(manifest.accumulator.product.greatest));
});

it('a sum grows by exactly the product that arrives, and is seen a cycle later where a part of it is late', () => {
  const { vectors, manifest } = vectorsOf({ pipeline: 2 });
  const value = (letter: 'a' | 'w', type = 0, code = 0): bigint =>
    numericType(manifest.ports[letter].types[type] as string).decode(code) as bigint;
  let checked = 0;
  for (let i = 10; i < 20_000; i++) {
    const swaps = vectors.controls[(i - 1) * 8 + 3] === 1;
    const [aType, aCode, wType, wCode] = pairAt(vectors, i - 3);
    const product = value('a', aType, aCode) * value('w', wType, wCode);
    const before = swaps ? 0n : (vectors.values[(i - 1) * 3 + 1] as bigint);
    expect(vectors.values[i * 3 + 1]).toBe(
      BigInt.asIntN(manifest.accumulator.bits, before + product + BigInt(manifest.accumulator.productBias)),
    );
    checked++;
  }
  expect(checked).toBeGreaterThan(1000);
});

it('a bus has what comes from below, and the sum of a swap, and is seen a step later', () => {
  const { vectors, manifest } = vectorsOf({});
  const step = (i: number): readonly bigint[] => [...vectors.values.subarray(i * 3, i * 3 + 3)];
  let swaps = 0;
  for (let i = 10; i < 20_000; i++) {
    const swap = vectors.controls[i * 8 + 3] === 1;
    const [below = 0n, sum = 0n] = step(i);
    expect(step(i + 1)[2]).toBe(swap ? below | sum : below);
    swaps += Number(swap);
  }
  expect(swaps).toBeGreaterThan(100);
  const highest = 1n << BigInt(manifest.accumulator.bits - 2);
  expect(vectors.values.filter((value, i) => i % 3 === 0 && (value & highest) !== 0n).length).toBeGreaterThan(100);
});

describe('PE vectors, several lanes', () => {
  it('try every pair of codes in every lane, alone and beside others, and sum up all lanes', () => {
    const { manifest, vectors } = vectorsOf({
      dataflow: 'ws',
      lanes: 3,
      activations: ['int4', 'uint4'],
      weights: ['int4'],
    });
    expect([vectors.lanes, vectors.pairs, vectors.exhaustive]).toEqual([3, 2 * 256, true]);
    const bias = 3n * BigInt(manifest.accumulator.productBias);
    const valueOfCode = (letter: 'a' | 'w', type: number, code: number): bigint =>
      numericType(manifest.ports[letter].types[type] as string).decode(code) as bigint;
    let [waiting, waitingType]: [number[], number] = [[], 0];
    let [weights, weightType]: [number[], number] = [[], 0];
    let arriving = 0n;
    const alone = new Set<string>();
    for (let i = 0; i < vectors.steps; i++) {
      const [aType = 0, wType = 0, load, swap, check] = vectors.controls.subarray(i * 8, i * 8 + 5);
      const [a, w] = [0, 1].map((part) => [...vectors.codes.subarray((2 * i + part) * 3, (2 * i + part + 1) * 3)]);
      if (swap) [weights, weightType] = [waiting, waitingType];
      if (load) [waiting, waitingType] = [w as number[], wType];
      const products = (a as number[]).map(
        (code, lane) => valueOfCode('a', aType, code) * valueOfCode('w', weightType, weights[lane] ?? 0),
      );
      const sum = products.reduce((x, y) => x + y, 0n);
      if (check) {
        const expected = BigInt.asIntN(manifest.accumulator.bits, (vectors.values[i * 3] as bigint) + arriving + bias);
        expect(vectors.values[i * 3 + 1]).toBe(expected);
      }
      arriving = sum;
      const lanes = products.flatMap((product, lane) => (product === 0n ? [] : [lane]));
      if (lanes.length === 1)
        alone.add(`${aType} ${lanes[0]} ${a?.[lanes[0] as number]} ${weights[lanes[0] as number]}`);
    }
    // All but those with a zero: of int4 15 x 15, of uint4 15 x 15 codes.
    expect(alone.size).toBe(2 * 3 * 15 * 15);
  });
});
