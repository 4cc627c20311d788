import { describe, expect, it } from 'vitest';
import { codeValues, largestMagnitude, levels } from '../../../gen/numerics/codec.js';
import { foldedParts } from '../../../gen/numerics/types/int.js';
import { HARDWARE_TYPES, NUMERIC_TYPES, numericType } from '../../../gen/numerics/types/table.js';

const values = (name: string): (number | string)[] =>
  Array.from({ length: 2 ** numericType(name).bits }, (_, code) => {
    const value = numericType(name).decode(code);
    return typeof value === 'bigint' ? Number(value) : value;
  });

describe('golden values', () => {
  it('uflint4', () => {
    expect(values('uflint4')).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 64, 32, 16, 24, 8, 10, 12, 14]);
  });

  it('flint4 magnitudes, then their negatives', () => {
    expect(values('flint4')).toEqual([0, 1, 2, 3, 16, 8, 4, 6, 0, -1, -2, -3, -16, -8, -4, -6]);
  });

  it('int4 keeps -8', () => {
    expect(values('int4')).toEqual([0, 1, 2, 3, 4, 5, 6, 7, -8, -7, -6, -5, -4, -3, -2, -1]);
  });

  it('uint2, pot4 and upot3', () => {
    expect(values('uint2')).toEqual([0, 1, 2, 3]);
    expect(values('pot4').slice(0, 8)).toEqual([0, 1, 2, 4, 8, 16, 32, 64]);
    expect(values('pot4').slice(8)).toEqual([0, -1, -2, -4, -8, -16, -32, -64]);
    expect(values('upot3')).toEqual([0, 1, 2, 4, 8, 16, 32, 64]);
  });

  it('upot4 reaches 2^14', () => {
    expect(largestMagnitude(numericType('upot4'))).toBe(2n ** 14n);
  });

  it('OCP FP4 E2M1: 0 0.5 1 1.5 2 3 4 6 in steps of 0.5', () => {
    expect(values('e2m1').slice(0, 8)).toEqual([0, 1, 2, 3, 4, 6, 8, 12]);
  });

  it('OCP FP6: E2M3 reaches 7.5 in steps of 1/8, E3M2 28 in steps of 1/16', () => {
    expect(largestMagnitude(numericType('e2m3'))).toBe(60n);
    expect(largestMagnitude(numericType('e3m2'))).toBe(28n * 16n);
  });

  it('OCP FP8: E4M3 has NaN at S.1111.111 alone and reaches 448 in steps of 2^-9', () => {
    const table = values('e4m3');
    expect(table.flatMap((value, code) => (typeof value === 'string' ? [[code, value]] : []))).toEqual([
      [0x7f, 'NaN'],
      [0xff, 'NaN'],
    ]);
    expect(largestMagnitude(numericType('e4m3'))).toBe(448n * 512n);
  });

  it('OCP FP8: E5M2 has infinities and NaNs and reaches 57344 in steps of 2^-16', () => {
    const table = values('e5m2');
    expect(table.slice(0x7c, 0x80)).toEqual(['+Infinity', 'NaN', 'NaN', 'NaN']);
    expect(table.slice(0xfc)).toEqual(['-Infinity', 'NaN', 'NaN', 'NaN']);
    expect(largestMagnitude(numericType('e5m2'))).toBe(57344n * 2n ** 16n);
  });
});

/** The integer view of flint, straight from its definition: an independent way to the same values. */
function flintByIntegerView(code: number, w: number): bigint {
  const top = (code >> (w - 1)) & 1;
  const low = code & (2 ** (w - 1) - 1);
  if (top === 0) return BigInt(low);
  if (low === 0) return 1n << BigInt(2 * (w - 1));
  let zeros = 0;
  while (((low >> (w - 2 - zeros)) & 1) === 0) zeros++;
  return BigInt(2 * low) << BigInt(2 * zeros);
}

/** The exponent and fraction view of flint, in floating point: value = 1.fraction · 2^exponent. */
function flintByFloatView(code: number, w: number): number {
  if (code === 0) return 0;
  const top = (code >> (w - 1)) & 1;
  const low = code & (2 ** (w - 1) - 1);
  const zeros = low === 0 ? w - 1 : w - 2 - Math.floor(Math.log2(low));
  const exponent = top ? w - 1 + zeros : w - 2 - zeros;
  const fraction = (low * 2 ** (zeros + 1)) % 2 ** (w - 1);
  return (1 + fraction / 2 ** (w - 1)) * 2 ** exponent;
}

describe('flint', () => {
  it.each([2, 3, 4, 5, 6, 7, 8])('with %d magnitude bits: both views agree on every code', (w) => {
    for (let code = 0; code < 2 ** w; code++) {
      const value = numericType(`uflint${w}`).decode(code);
      expect(value).toBe(flintByIntegerView(code, w));
      expect(Number(value)).toBe(flintByFloatView(code, w));
      if (w < 8) {
        const signed = numericType(`flint${w + 1}`);
        expect(signed.decode(code)).toBe(value);
        expect(signed.decode(code + 2 ** w)).toBe(-(value as bigint));
      }
    }
  });
});

describe('all types', () => {
  it.each([...NUMERIC_TYPES.values()])('$name: parts multiply out to the value', (type) => {
    for (let code = 0; code < 2 ** type.bits; code++) {
      const value = type.decode(code);
      if (typeof value !== 'bigint') continue;
      for (const parts of [
        type.parts(code),
        ...(type.kind === 'int' || type.kind === 'biscaled' ? [foldedParts(type, code)] : []),
      ]) {
        const magnitude = BigInt(parts.significand) << BigInt(parts.exponent);
        expect(parts.negative ? -magnitude : magnitude).toBe(value);
      }
    }
  });

  it.each([...NUMERIC_TYPES.values()])(
    '$name: levels rise, are distinct, and no code of theirs is a negative zero',
    (type) => {
      const table = levels(type);
      for (let i = 1; i < table.length; i++) expect(table[i]?.value).toBeGreaterThan(table[i - 1]?.value as bigint);
      expect(table.find(({ value }) => value === 0n)?.code).toBe(0);
      expect(new Set(codeValues(type).filter((value) => value !== undefined)).size).toBe(table.length);
    },
  );

  it('are named as the design says, 2 to 8 bits', () => {
    for (const name of ['int2', 'uint8', 'flint3', 'uflint2', 'pot2', 'upot8', 'e2m1', 'e4m3', 'ue3m1', 'e1m0']) {
      expect(NUMERIC_TYPES.has(name)).toBe(true);
    }
    expect(NUMERIC_TYPES.has('flint2')).toBe(false);
    expect(HARDWARE_TYPES.map(({ name }) => name)).not.toContain('e4m3');
  });
});
