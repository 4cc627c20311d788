import { describe, expect, it } from 'vitest';
import { doubledEncoder, requantiser } from '../../../gen/golden/requantise.js';
import { fixedPointScales, ScaleError } from '../../../gen/golden/requantise-scale.js';
import { type RequantiserShape, randomBeats } from '../../../gen/golden/requantise-vectors.js';
import { randomSource } from '../../../gen/golden/vectors.js';
import { encoder } from '../../../gen/numerics/codec.js';
import { numericType } from '../../../gen/numerics/types/table.js';

const value = (type: string, code: number): number => Number(numericType(type).decode(code));

/** Code of sum · multiplier / 2^shift. */
const codeOf = (type: string, sum: number, multiplier: number, shift: number, rounding: 'up' | 'even' = 'up'): number =>
  value(
    type,
    requantiser(numericType(type), rounding)({ sum: BigInt(sum), bias: 0n, multiplier: BigInt(multiplier), shift }),
  );

describe('the reference of requantisation', () => {
  it.each(['int4', 'uint4', 'flint4', 'uflint4', 'pot4', 'int8', 'uflint8', 'e2m1'])(
    'is the encoder of the codec where a value is exact in floating point: %s',
    (name) => {
      const type = numericType(name);
      const [ours, codec] = [requantiser(type, 'up'), encoder(type)];
      for (let sum = -2000; sum <= 2000; sum++) {
        const code = ours({ sum: BigInt(sum), bias: 3n, multiplier: 5n, shift: 5 });
        expect(code, `sum ${sum}`).toBe(codec(((sum + 3) * 5) / 32));
      }
    },
  );

  it('rounds halves up, or of integers to even', () => {
    const halves = [-5, -3, -1, 1, 3, 5];
    expect(halves.map((half) => codeOf('int4', half, 1, 1))).toEqual([-2, -1, 0, 1, 2, 3]);
    expect(halves.map((half) => codeOf('int4', half, 1, 1, 'even'))).toEqual([-2, -2, 0, 0, 2, 2]);
    // flint4 has 4, 6, 8, 16.
    expect([10, 14, 24].map((doubled) => codeOf('flint4', doubled, 1, 1, 'even'))).toEqual([6, 8, 16]);
    expect([-10, -14, -24].map((doubled) => codeOf('flint4', doubled, 1, 1))).toEqual([-4, -6, -8]);
  });

  it('saturates, bounds, and adds the second operand before rounding', () => {
    const encode = requantiser(numericType('int4'), 'up');
    const input = { sum: 100n, bias: 0n, multiplier: 1n, shift: 0 };
    expect(encode(input)).toBe(7);
    expect(encode({ ...input, high: 5n })).toBe(5);
    expect(encode({ ...input, sum: -100n, low: 0n })).toBe(0);
    expect(encode({ ...input, sum: -100n })).toBe(8);
    // 1/4 + 1/4 is half a step; each alone would round to 0.
    expect(encode({ sum: 1n, bias: 0n, multiplier: 1n, addend: 1n, addendMultiplier: 1n, shift: 2 })).toBe(1);
  });

  it('tells a value from one that lies just above its double', () => {
    const encode = doubledEncoder(numericType('int8'), 'even');
    expect([1n, 3n, -1n].map((doubled) => encode({ doubled, exact: true }))).toEqual([0, 2, 0]);
    expect([1n, 3n, -3n].map((doubled) => encode({ doubled, exact: false }))).toEqual([1, 2, 255]);
  });
});

describe('random beats of a requantiser', () => {
  const shape: RequantiserShape = {
    types: ['int4', 'flint4', 'pot4'].map(numericType),
    ...{ lanes: 3, rounding: 'up', clip: 'relu', sumBits: 20, biasBits: 16, multiplierBits: 8, addendBits: 5 },
    ...{ shiftBits: 5, boundBits: 7, codeBits: 4 },
  };

  it('fit their fields, meet every type, and reach most codes', () => {
    const beats = randomBeats(randomSource(1), shape, 400);
    const codes = new Set(beats.flatMap((beat) => beat.codes.map((code) => `${beat.fields.type?.[0]} ${code}`)));
    expect(codes.size).toBeGreaterThan(40);
    for (const { fields } of beats) {
      for (const sum of fields.sum ?? []) expect(BigInt.asIntN(20, sum)).toBe(sum);
      for (const multiplier of fields.multiplier ?? []) expect(BigInt.asUintN(8, multiplier)).toBe(multiplier);
      for (const addend of fields.addend ?? []) expect(BigInt.asIntN(5, addend)).toBe(addend);
    }
    expect(beats.at(-1)?.last).toBe(true);
  });
});

describe('multipliers and shifts of real scales', () => {
  const room = { multiplierBits: 16, largestShift: 63 };

  it('are exact, and small, where they can be', () => {
    expect(fixedPointScales([0.25], room)).toEqual({ multipliers: [1], shift: 2, exact: true, relativeError: 0 });
    expect(fixedPointScales([3 / 128, 1 / 64], room)).toMatchObject({ multipliers: [3, 2], shift: 7, exact: true });
    expect(fixedPointScales([5, 0], room)).toMatchObject({ multipliers: [5, 0], shift: 0, exact: true });
  });

  it('use all bits of the largest multiplier otherwise', () => {
    const { multipliers, shift, exact, relativeError } = fixedPointScales([0.001, 0.0007], room);
    expect(exact).toBe(false);
    expect(Math.max(...multipliers)).toBeGreaterThanOrEqual(2 ** 15);
    expect(relativeError).toBeLessThan(2 ** -15);
    multipliers.forEach((multiplier, c) => {
      expect(multiplier).toBe(Math.floor(([0.001, 0.0007][c] as number) * 2 ** shift + 0.5));
    });
  });

  it('stay below their limit where rounding would reach it', () => {
    const { multipliers, shift } = fixedPointScales([65535.9 / 2 ** 20], room);
    expect(multipliers).toEqual([32768]);
    expect(shift).toBe(19);
  });

  it('take no more than the largest shift, and lose small scales to 0', () => {
    expect(fixedPointScales([2 ** -20], { multiplierBits: 16, largestShift: 15 })).toMatchObject({
      ...{ multipliers: [0], relativeError: 1 },
    });
  });

  it.each([[-1], [Number.NaN], [Number.POSITIVE_INFINITY], [65536]])('refuse %d', (scale) => {
    expect(() => fixedPointScales([scale], room)).toThrow(ScaleError);
  });
});
