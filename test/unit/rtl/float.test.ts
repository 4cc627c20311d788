import { describe, expect, it } from 'vitest';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { renderAll } from '../../../gen/design/generate.js';
import { buildManifest } from '../../../gen/design/manifest.js';
import { accumulate, addRounded, codeNumber, sequentialSums } from '../../../gen/golden/float.js';
import { randomSource, randomTile } from '../../../gen/golden/vectors.js';
import { binary32Bits, binary32Value, CANONICAL_NAN, showBinary32 } from '../../../gen/numerics/binary32.js';
import { NUMERIC_TYPES, numericType } from '../../../gen/numerics/types/table.js';
import { elaborate } from '../../../gen/rtl/design.js';
import { exactLength } from '../../../gen/rtl/float/core.js';
import { normalFields } from '../../../gen/rtl/float/operand.js';
import { floatPeVectors } from '../../../scripts/verify/vectors/float-pe.js';

const design = (raw: RawConfiguration) => elaborate(validateConfiguration({ rows: 2, cols: 2, pe: 'float', ...raw }));

describe('binary32', () => {
  it('turns bits into numbers and back, NaN into the canonical one', () => {
    for (const bits of [0n, 1n, 0x7f800000n, -0x800000n, 0x3f800000n])
      expect(binary32Bits(binary32Value(bits))).toBe(bits);
    expect(binary32Bits(binary32Value(0x7f800001n))).toBe(CANONICAL_NAN);
    expect(binary32Bits(-0)).toBe(-(2n ** 31n));
    expect(showBinary32(-(2n ** 31n))).toBe('-0 (80000000)');
    expect(showBinary32(0x7fc00000n)).toBe('NaN (7fc00000)');
  });
});

/** Numerator and power of two of a finite double, exact. */
function exact(value: number): { mantissa: bigint; exponent: number } {
  const [, sign, exponent, fraction] = /^([01])([01]{11})([01]{52})$/.exec(
    new BigUint64Array(Float64Array.of(value).buffer)[0]?.toString(2).padStart(64, '0') ?? '',
  ) as unknown as [string, string, string, string];
  const field = Number.parseInt(exponent, 2);
  const mantissa = BigInt(`0b${field === 0 ? 0 : 1}${fraction}`);
  return { mantissa: sign === '1' ? -mantissa : mantissa, exponent: Math.max(field, 1) - 1075 };
}

/** The sum of two binary32 numbers, rounded by the definition in integers: to nearest, ties to the even significand. */
function addByDefinition(x: number, y: number): number {
  const [p, q] = [exact(x), exact(y)];
  const exponent = Math.min(p.exponent, q.exponent);
  const sum = (p.mantissa << BigInt(p.exponent - exponent)) + (q.mantissa << BigInt(q.exponent - exponent));
  const magnitude = sum < 0n ? -sum : sum;
  const place = Math.max(exponent + magnitude.toString(2).length - 24, -149);
  const shift = BigInt(Math.max(place - exponent, 0));
  const kept = magnitude >> shift;
  const rest = (magnitude - (kept << shift)) * 2n;
  const half = 1n << shift;
  const up = shift > 0n && (rest > half || (rest === half && kept % 2n === 1n)) ? 1n : 0n;
  const value = Number(kept + up) * 2 ** Math.max(place, exponent);
  const limited = value >= 2 ** 128 ? Number.POSITIVE_INFINITY : value;
  return sum < 0n ? -limited : limited;
}

describe('the reference', () => {
  it('rounds sums as the definition of binary32 says', () => {
    const random = randomSource(3);
    const { values, steps } = floatPeVectors(buildManifest(design({}), []), random);
    let checked = 0;
    for (let i = 1; i < steps; i += 2) {
      const [sum, product] = [binary32Value(values[i * 3 - 2] as bigint), Math.fround((random.below(8191) - 4095) * 2)];
      if (!Number.isFinite(sum) || sum + product === 0) continue;
      expect(addRounded(sum, product)).toBe(addByDefinition(sum, product));
      checked++;
    }
    expect(checked).toBeGreaterThan(10_000);
  });

  it('knows the values of every code, specials included', () => {
    expect(codeNumber(numericType('e4m3'), 0x7f)).toBeNaN();
    expect(codeNumber(numericType('e5m2'), 0x7c)).toBe(Number.POSITIVE_INFINITY);
    expect(codeNumber(numericType('e5m2'), 0xfc)).toBe(Number.NEGATIVE_INFINITY);
    expect(codeNumber(numericType('e4m3'), 0x7e)).toBe(448 * 512);
  });

  it('adds in order, from +0, with NaN and infinities', () => {
    const [aType, wType] = [numericType('e5m2'), numericType('int4')];
    const sum = (a: number[], w: number[]): bigint =>
      sequentialSums({
        rows: 1,
        cols: 1,
        k: a.length,
        aType,
        wType,
        a: Uint8Array.from(a),
        w: Uint8Array.from(w),
      })[0] as bigint;
    const INFINITE = 0x7c;
    expect(sum([INFINITE, 1], [1, 1])).toBe(0x7f800000n);
    expect(sum([INFINITE, INFINITE], [1, 0xf])).toBe(CANONICAL_NAN);
    expect(sum([INFINITE], [0])).toBe(CANONICAL_NAN);
    expect(sum([1, 0x81], [1, 1])).toBe(0n);
    expect(sum([0x80], [1])).toBe(0n);
    // 1 is lost beside the largest value, and comes first here: the order counts.
    const large = 0x7b;
    expect(sum([1, large, large], [1, 1, 0xf])).toBe(0n);
    expect(sum([large, large, 1], [1, 0xf, 1])).toBe(0x3f800000n);
  });

  it('leaves every accumulator as it is where the product is zero', () => {
    for (const bits of [0n, -(2n ** 31n), 1n, 0x7f800000n, CANONICAL_NAN]) expect(accumulate(bits, 0)).toBe(bits);
  });
});

describe('the normalised operand', () => {
  it('has room for every value of every type', () => {
    for (const type of NUMERIC_TYPES.values()) {
      const { maxExponent, fractionBits } = normalFields([type]);
      for (let code = 0; code < 2 ** type.bits; code++) {
        const value = type.decode(code);
        if (typeof value !== 'bigint' || value === 0n) continue;
        const scaled = ((value < 0n ? -value : value) << BigInt(fractionBits)).toString(2);
        expect(scaled.length - 1 - fractionBits).toBeLessThanOrEqual(maxExponent);
        expect(scaled.slice(fractionBits + 1)).not.toContain('1');
      }
    }
  });

  it('takes 4 and 3 bits of significand for the default types', () => {
    const { float } = design({});
    expect([float?.a.significandBits, float?.a.exponentBits, float?.w.significandBits, float?.w.exponentBits]).toEqual([
      4, 3, 3, 3,
    ]);
    expect(float).toMatchObject({ productBits: 7, normalises: true, mayOverflow: false, hasNan: false, signed: true });
  });
});

describe('what a design promises', () => {
  it('has the exact length, specials and overflow of its types', () => {
    const sheet = (raw: RawConfiguration): string =>
      renderAll(design(raw)).find(({ path }) => path === 'datasheet.md')?.text ?? '';
    expect(exactLength(4096n)).toBe(4096n);
    expect(sheet({})).toMatch(/\bK = 4096\b/);
    const [plain, special, wide] = [{}, { activations: ['e5m2'] }, { activations: ['pot7'], weights: ['pot7'] }];
    expect(sheet(plain)).not.toMatch(/\bNaN\b/);
    expect(sheet(special)).toMatch(/\bNaN\b/);
    expect([plain, special, wide].map((raw) => design(raw).float)).toMatchObject([
      { mayOverflow: false, hasNan: false },
      { hasNan: true },
      { mayOverflow: true, hasNan: false },
    ]);
    const about = (raw: RawConfiguration) => sheet(raw).match(/[^.]*\binfinity\b[^.]*\./g);
    expect(about(wide)).not.toEqual(about(plain));
    expect(sheet({ activations: ['e4m3'] })).toMatch(/\| e4m3 \| 2\^-9 = .* NaN/);
  });
});

describe('PE vectors', () => {
  const vectorsOf = (raw: RawConfiguration) => floatPeVectors(buildManifest(design(raw), []), randomSource(1));

  it('offer every pair of codes', () => {
    const { controls, codes, steps, pairs, exhaustive } = vectorsOf({
      activations: ['e4m3', 'int4'],
      weights: ['e2m1'],
    });
    const seen = new Set(
      Array.from(
        { length: steps },
        (_, i) => `${controls.subarray(i * 8, i * 8 + 2)} ${codes.subarray(i * 2, i * 2 + 2)}`,
      ),
    );
    expect(exhaustive).toBe(true);
    expect(pairs).toBe((256 + 16) * 16);
    expect(seen.size).toBe(pairs);
  });

  it('hold ties to even in both directions, carries, cancellations to zero, NaN and infinities, added up', () => {
    const { values, controls, steps } = vectorsOf({ activations: ['e5m2'], weights: ['int4'] });
    const found: Record<string, number> = {};
    const count = (what: string): unknown => (found[what] = (found[what] ?? 0) + 1);
    for (let i = 1; i < steps; i++) {
      if (controls[(i - 1) * 8 + 3] === 1) continue;
      const before = BigInt.asUintN(32, values[(i - 1) * 3 + 1] as bigint);
      const after = BigInt.asUintN(32, values[i * 3 + 1] as bigint);
      const [x, y] = [binary32Value(before), binary32Value(after)];
      if (x !== 0 && after === 0n) count('zero');
      if (Number.isNaN(x)) count('NaN');
      if (Math.abs(x) === Number.POSITIVE_INFINITY) count('infinity');
      if ((before & 0x7fffffn) === 0x7fffffn && (after & 0x7fffffn) === 0n && Number.isFinite(y)) count('carry');
      if (before === after && (before & 1n) === 0n && Number.isFinite(x)) count('kept even');
      if (after - before === 1n && (after & 1n) === 0n) count('up to even');
    }
    for (const what of ['zero', 'NaN', 'infinity', 'kept even', 'up to even'])
      expect(found[what], what).toBeGreaterThan(100);
    expect(found.carry).toBeGreaterThan(10);
  });

  it('hold no negative accumulator where no product is negative', () => {
    const { values } = vectorsOf({ activations: ['ue5m2'], weights: ['uint4'] });
    const sums = values.filter((_, i) => i % 3 === 1);
    expect(sums.every((sum) => sum >= 0n)).toBe(true);
  });
});

it('tiles of types with NaN have none in most cases, and infinities and zeros in half of them', () => {
  const { a, w, config, facts } = design({ activations: ['e5m2'], weights: ['e4m3'] });
  const info = {
    tile: facts.tile,
    rows: config.rows,
    cols: config.cols,
    a,
    w,
    accBits: 32,
    pe: 'float',
  } as const;
  const random = randomSource(5);
  const tiles = Array.from({ length: 200 }, () => randomTile(random, info, { k: 200 }));
  const values = tiles.map(({ a: codes }) => new Set([...codes].map((code) => numericType('e5m2').decode(code))));
  const without = values.filter((each) => !each.has('NaN'));
  expect(without.length).toBeGreaterThan(120);
  const infinite = without.filter((each) => each.has('+Infinity') && each.has('-Infinity') && each.has(0n));
  expect(infinite.length).toBeGreaterThan(70);
  expect(without.length - infinite.length).toBeGreaterThan(30);
});

it('more stages than a floating-point PE has are refused: the deepest pipeline of dot-product units is no answer', () => {
  for (const pipeline of [4, 5]) {
    expect(() => design({ pipeline })).toThrow(/pipeline: given \d; .*\b3 stages.*: 3/);
  }
  expect(() => design({ pipeline: 3 })).not.toThrow();
});
