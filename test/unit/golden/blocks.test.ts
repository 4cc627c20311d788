import { describe, expect, it } from 'vitest';
import { type BlockProduct, blockSums } from '../../../gen/golden/blocks.js';
import { randomSource } from '../../../gen/golden/vectors.js';
import { binary32Bits, binary32Value, exactly, exactSum, roundedToBinary32 } from '../../../gen/numerics/binary32.js';
import { blockCodec } from '../../../gen/numerics/blocks/block-codec.js';
import { scaleFormat } from '../../../gen/numerics/blocks/scale-format.js';
import { numericType } from '../../../gen/numerics/types/table.js';

const E8M0 = scaleFormat('e8m0');
const E4M3 = scaleFormat('e4m3');
const ONE = 127;

/** A product of one row and one column. */
function dot(
  types: readonly [string, string],
  codes: { readonly a: readonly number[]; readonly w: readonly number[] },
  scales: { readonly a: readonly number[]; readonly w: readonly number[] },
  { elements = 2, format = E8M0 } = {},
): number {
  const product: BlockProduct = {
    ...{ rows: 1, cols: 1, k: codes.a.length, a: Uint8Array.from(codes.a), w: Uint8Array.from(codes.w) },
    ...{ aType: numericType(types[0]), wType: numericType(types[1]), blocks: { elements, scales: format } },
    ...{ aScales: Uint8Array.from(scales.a), wScales: Uint8Array.from(scales.w) },
  };
  return binary32Value(blockSums(product)[0] as bigint);
}

describe('a number rounded to binary32', () => {
  it('is what Math.fround makes of a double, at all magnitudes', () => {
    const random = randomSource(1);
    const values = Array.from({ length: 5000 }, () => {
      const digits = random.bits32() * 2 ** 21 + (random.bits32() >>> 11);
      return (random.below(2) ? 1 : -1) * digits * 2 ** (random.below(320) - 210);
    });
    const rounded = values.map((value) => binary32Bits(roundedToBinary32(exactly(value))));
    expect(rounded).toEqual(values.map((value) => binary32Bits(Math.fround(value))));
  });

  it('goes to even from halves, and to infinity beyond the largest', () => {
    for (const value of [
      2 ** 24 + 1,
      2 ** 24 + 3,
      1.5 * 2 ** -149,
      0.5 * 2 ** -149,
      -0.5 * 2 ** -149,
      2 ** 128 - 2 ** 103,
    ]) {
      expect(roundedToBinary32(exactly(value))).toBe(Math.fround(value));
    }
    expect(Object.is(roundedToBinary32(exactly(-(2 ** -160))), -0)).toBe(true);
    expect(roundedToBinary32({ significand: -3n, exponent: 200 })).toBe(Number.NEGATIVE_INFINITY);
  });

  it('is exact where doubles are not', () => {
    const sum = exactSum({ significand: 1n, exponent: 100 }, { significand: 1n, exponent: -100 });
    // A hair above a half: up, where a double would see the half alone.
    const above = exactSum(exactly(2 ** 24 + 1), { significand: 1n, exponent: -100 });
    expect(roundedToBinary32(sum)).toBe(2 ** 100);
    expect(roundedToBinary32(above)).toBe(2 ** 24 + 2);
  });
});

describe('sums of blocks', () => {
  it('are those of real numbers: steps and scales counted', () => {
    // e2m1 code 7 is 6; int8 code 64 is 1.
    expect(dot(['e2m1', 'int8'], { a: [7, 7], w: [64, 32] }, { a: [ONE + 1], w: [ONE - 2] })).toBe(
      (6 * 1 + 6 * 0.5) / 2,
    );
    // E4M3: 0x38 is 1, 0x41 is 2.25.
    const scales = { a: [0x38, 0x41], w: [0x41, 0x38] };
    expect(dot(['e2m1', 'e2m1'], { a: [2, 2, 1], w: [7, 7, 7] }, scales, { format: E4M3 })).toBe(2.25 * 12 + 2.25 * 3);
  });

  it('are rounded once a block', () => {
    // 2^24, then twice 1 together: exact; one by one each would be lost.
    const together = dot(['int4', 'int4'], { a: [4, 0, 4, 4], w: [4, 0, 4, 4] }, { a: [ONE + 24, ONE], w: [ONE, ONE] });
    expect(together).toBe(2 ** 24 + 2);
    const apart = dot(
      ['int4', 'int4'],
      { a: [4, 4, 4], w: [4, 4, 4] },
      { a: [ONE + 24, ONE, ONE], w: [ONE, ONE, ONE] },
      { elements: 1 },
    );
    expect(apart).toBe(2 ** 24);
  });

  it('agree with doubles rounded block by block, where terms are binary32 numbers', () => {
    const random = randomSource(2);
    for (const [aName, wName] of [
      ['e2m1', 'e2m1'],
      ['int8', 'e3m2'],
      ['flint4', 'pot4'],
    ] as const) {
      const [aType, wType] = [numericType(aName), numericType(wName)];
      const [aCodec, wCodec] = [blockCodec({ type: aType, scales: E8M0 }), blockCodec({ type: wType, scales: E8M0 })];
      const got: number[] = [];
      const wanted: number[] = [];
      for (let trial = 0; trial < 100; trial++) {
        const k = 1 + random.below(20);
        const draw = (bits: number, count: number): number[] =>
          Array.from({ length: count }, () => random.below(2 ** bits));
        const codes = { a: draw(aType.bits, k), w: draw(wType.bits, k) };
        const blocks = Math.ceil(k / 4);
        const near = (): number[] => Array.from({ length: blocks }, () => ONE + random.below(30) - 15);
        const scales = { a: near(), w: near() };
        let sum = 0;
        for (let b = 0; b < blocks; b++) {
          const own = aCodec.step(scales.a[b] as number) * wCodec.step(scales.w[b] as number);
          let block = 0;
          for (let i = 4 * b; i < Math.min(4 * b + 4, k); i++) {
            block += Number(aType.decode(codes.a[i] as number)) * Number(wType.decode(codes.w[i] as number));
          }
          sum = Math.fround(sum + block * own);
        }
        wanted.push(sum);
        got.push(dot([aName, wName], codes, scales, { elements: 4 }));
      }
      expect(got).toEqual(wanted);
    }
  });

  it('underflow to subnormal numbers and to zeros with a sign, and overflow to infinity', () => {
    expect(dot(['int4', 'int4'], { a: [4], w: [4] }, { a: [0], w: [ONE - 22] })).toBe(2 ** -149);
    expect(Object.is(dot(['int4', 'int4'], { a: [12], w: [4] }, { a: [0], w: [0] }), -0)).toBe(true);
    expect(dot(['int4', 'int4'], { a: [4], w: [4] }, { a: [254], w: [ONE + 1] })).toBe(Number.POSITIVE_INFINITY);
    // A term is finite beyond binary32, too: infinity stays.
    const back = dot(['int4', 'int4'], { a: [4, 0, 12], w: [4, 0, 4] }, { a: [254, 254], w: [ONE + 1, ONE + 1] });
    expect(back).toBe(Number.POSITIVE_INFINITY);
  });

  it('of zeros leave a sum as it is', () => {
    expect(dot(['int4', 'int4'], { a: [4, 4, 0, 0], w: [4, 0, 7, 7] }, { a: [ONE, 254], w: [ONE, 254] })).toBe(1);
  });

  it('are NaN with a NaN scale, a NaN element, zero times infinity or infinity less infinity', () => {
    expect(dot(['int4', 'int4'], { a: [0, 0], w: [0, 0] }, { a: [255], w: [ONE] })).toBeNaN();
    expect(dot(['int4', 'int4'], { a: [0, 0], w: [0, 0] }, { a: [0x38], w: [0xff] }, { format: E4M3 })).toBeNaN();
    expect(dot(['e4m3', 'int4'], { a: [0x7f, 0], w: [0, 0] }, { a: [ONE], w: [ONE] })).toBeNaN();
    expect(dot(['e5m2', 'int4'], { a: [0x7c, 0], w: [0, 0] }, { a: [ONE], w: [ONE] })).toBeNaN();
    expect(dot(['e5m2', 'int4'], { a: [0x7c, 0xfc], w: [1, 1] }, { a: [ONE], w: [ONE] })).toBeNaN();
    expect(dot(['e5m2', 'int4'], { a: [0x7c, 0], w: [15, 0] }, { a: [ONE], w: [ONE] })).toBe(Number.NEGATIVE_INFINITY);
    expect(dot(['e5m2', 'int4'], { a: [0x7c, 0], w: [1, 0] }, { a: [0x38], w: [0] }, { format: E4M3 })).toBeNaN();
  });
});
