import { describe, expect, it } from 'vitest';
import { floorLog2, SCALE_FORMATS, scaleFormat } from '../../../../gen/numerics/blocks/scale-format.js';
import { numericType } from '../../../../gen/numerics/types/table.js';

const word = new DataView(new ArrayBuffer(8));

/** The exponent from the bits of a normal double. */
function exponentOf(value: number): number {
  word.setFloat64(0, value);
  return ((word.getUint32(0) >> 20) & 0x7ff) - 1023;
}

/** The neighbours of a positive double. */
function around(value: number): number[] {
  word.setFloat64(0, value);
  const bits = word.getBigUint64(0);
  return [-1n, 0n, 1n].map((offset) => {
    word.setBigUint64(0, bits + offset);
    return word.getFloat64(0);
  });
}

describe('the exponent of a number', () => {
  it('is that of its bits next to every power of two that binary32 has', () => {
    const values = Array.from({ length: 279 }, (_, i) => around(2 ** (i - 150))).flat();
    for (const value of values) expect(floorLog2(value), String(value)).toBe(exponentOf(value));
  });
});

describe('E8M0 as OCP Microscaling 1.0 defines it', () => {
  const e8m0 = scaleFormat('e8m0');

  it('is 2^(code - 127) from 2^-127 to 2^127, and NaN', () => {
    const codes = Array.from({ length: 256 }, (_, code) => e8m0.decode(code));
    expect(codes.slice(0, 255)).toEqual(Array.from({ length: 255 }, (_, code) => 2 ** (code - 127)));
    expect(codes[255]).toBeNaN();
    expect([e8m0.nan, e8m0.least, e8m0.largest, e8m0.bits]).toEqual([255, 0, 2 ** 127, 8]);
  });

  it.each([
    // Largest magnitude, largest element, exponent: floor(log2 of the one) - floor(log2 of the other).
    [6, 6, 0],
    [7.99, 6, 0],
    [8, 6, 1],
    [1, 6, -2],
    [448, 448, 0],
    [512, 448, 1],
    [57344, 57344, 0],
    [1, 127 / 64, 0],
    [1.999, 127 / 64, 0],
    [2, 127 / 64, 1],
    [2 ** -126, 6, -127],
    [2 ** -149, 6, -127],
    [0, 6, -127],
    [3.4e38, 6, 125],
    [3.4e38, 127 / 64, 127],
  ])('of %d and elements up to %d is 2^%i', (magnitude, largest, exponent) => {
    expect(e8m0.scaleOf(magnitude, largest)).toBe(exponent + 127);
  });
});

describe.each(['e4m3', 'fp16', 'free'].map(scaleFormat))('floating-point scales $name', (format) => {
  const { nan, least, largest, decode, scaleOf } = format;

  it('have the range of their standard', () => {
    const [least1, most] = {
      e4m3: [2 ** -9, 448],
      fp16: [2 ** -24, 65504],
      free: [2 ** -149, (2 - 2 ** -23) * 2 ** 127],
    }[format.name] as [number, number];
    expect([decode(0), decode(least), largest]).toEqual([0, least1, most]);
    expect(decode(nan)).toBeNaN();
  });

  it('are rounded to the nearest, ties to even, of no block to zero, and saturate', () => {
    const greatest = scaleOf(largest, 1);
    const some =
      format.bits > 8 ? [1, 2, 3, 1022, 1023, 1024, 1025, 2048, 31743] : Array.from({ length: 126 }, (_, i) => i + 1);
    for (const code of some.filter((each) => each < greatest)) {
      const [value, next] = [decode(code), decode(code + 1)];
      const half = (value + next) / 2;
      const [below, , above] = around(half) as [number, number, number];
      expect(next).toBeGreaterThan(value);
      expect([value, below, half, above].map((each) => scaleOf(each, 1))).toEqual([
        code,
        code,
        code % 2 === 0 ? code : code + 1,
        code + 1,
      ]);
    }
    expect([0, 1e-60, decode(least) / 4].map((each) => scaleOf(each, 1))).toEqual([1, 1, 1]);
    expect([largest, 1e300].map((each) => scaleOf(each, 1))).toEqual([greatest, greatest]);
    expect(scaleOf(6, 6)).toBe(scaleOf(1, 1));
  });
});

describe('formats that exist elsewhere', () => {
  it('E4M3 has the positive codes of the element type', () => {
    const { decode } = scaleFormat('e4m3');
    const type = numericType('e4m3');
    const wanted = Array.from({ length: 127 }, (_, code) => Number(type.decode(code)) * 2 ** -9);
    expect(Array.from({ length: 127 }, (_, code) => decode(code))).toEqual(wanted);
  });

  it('binary32 has the codes of the machine', () => {
    const { decode, scaleOf } = scaleFormat('free');
    for (const value of [1, 1 / 3, 0.1, 3e38, 1.2e-38, 1e-40, 5e-45]) {
      word.setFloat32(0, value);
      expect(scaleOf(value, 1)).toBe(word.getUint32(0));
      expect(decode(word.getUint32(0))).toBe(Math.fround(value));
    }
  });

  it('only E4M3 counts in a scale of the tensor', () => {
    expect([...SCALE_FORMATS.values()].filter(({ hasTensorScale }) => hasTensorScale).map(({ name }) => name)).toEqual([
      'e4m3',
    ]);
  });
});
