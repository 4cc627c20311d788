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

/** The sums that the checked steps hold, and the pairs of codes offered, counted. */
function offered({ controls, steps }: PeVectors): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i < steps; i++) {
    const key = controls.subarray(i * 8, i * 8 + 4).join(' ');
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
      const [aType, aCode, wType, wCode, load, swap, check] = vectors.controls.subarray(i * 8, i * 8 + 7);
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

it('a sum grows by exactly the product that arrives', () => {
  const { vectors, manifest } = vectorsOf({ pipeline: 2 });
  const value = (letter: 'a' | 'w', type = 0, code = 0): bigint =>
    numericType(manifest.ports[letter].types[type] as string).decode(code) as bigint;
  let checked = 0;
  for (let i = 10; i < 20_000; i++) {
    const swaps = vectors.controls[(i - 1) * 8 + 5] === 1;
    const [aType, aCode, wType, wCode] = vectors.controls.subarray((i - 2) * 8, (i - 2) * 8 + 4);
    const product = value('a', aType, aCode) * value('w', wType, wCode);
    const before = swaps ? 0n : (vectors.values[(i - 1) * 3 + 1] as bigint);
    expect(vectors.values[i * 3 + 1]).toBe(before + product);
    checked++;
  }
  expect(checked).toBeGreaterThan(1000);
});
