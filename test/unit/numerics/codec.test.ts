import { describe, expect, it } from 'vitest';
import { randomSource } from '../../../gen/golden/vectors.js';
import { codeValues, levels, QuantiseError, quantise } from '../../../gen/numerics/codec.js';
import { NUMERIC_TYPES, numericType } from '../../../gen/numerics/types/table.js';

/** Nearest value by search over all of them; a tie goes to the larger one. */
function nearest(name: string, x: number): bigint {
  return levels(numericType(name)).reduce(
    (best, { value }) => {
      const [d, least] = [Math.abs(Number(value) - x), Math.abs(Number(best) - x)];
      return d < least || (d === least && value > best) ? value : best;
    },
    levels(numericType(name))[0]?.value as bigint,
  );
}

const decode = (name: string, code: number | undefined) => numericType(name).decode(code as number);

describe('quantise', () => {
  it.each(['int4', 'uint4', 'flint4', 'uflint4', 'pot4', 'e2m1', 'flint8', 'int8', 'ue3m1', 'e4m3'])(
    '%s: the nearest value, for many reals and all midpoints',
    (name) => {
      const random = randomSource(3);
      const table = levels(numericType(name)).map(({ value }) => Number(value));
      const top = Math.max(...table);
      const reals = Array.from({ length: 400 }, () => (random.below(2 ** 20) / 2 ** 19 - 1) * top * 1.2);
      reals.push(...table, ...table.slice(1).map((value, i) => (value + (table[i] as number)) / 2));
      const codes = quantise(numericType(name), reals, { scale: 1 });
      reals.forEach((x, i) => {
        expect(decode(name, codes[i]), `${x}`).toBe(nearest(name, x));
      });
    },
  );

  it.each([...NUMERIC_TYPES.keys()])('%s: gives every value back', (name) => {
    for (const { value, code } of levels(numericType(name))) {
      expect([...quantise(numericType(name), [Number(value) * 0.25], { scale: 0.25 })]).toEqual([code]);
    }
  });

  it('ties go up, or to the even code where asked for', () => {
    const reals = [0.5, 1.5, 2.5, -0.5, -1.5, 5];
    const up = quantise(numericType('e2m1'), reals, { scale: 1 });
    expect([...up].map((code) => Number(decode('e2m1', code)))).toEqual([1, 2, 3, 0, -1, 6]);
    const even = quantise(numericType('e2m1'), reals, { scale: 1, ties: 'even' });
    expect([...even].map((code) => Number(decode('e2m1', code)))).toEqual([0, 2, 2, 0, -2, 4]);
  });

  it('saturates', () => {
    expect([...quantise(numericType('int4'), [100, -100], { scale: 1 })]).toEqual([7, 8]);
    expect([...quantise(numericType('uflint4'), [100, -100], { scale: 1 })]).toEqual([8, 0]);
  });

  it('never produces negative zero', () => {
    for (const name of ['flint4', 'pot4', 'e2m1']) {
      expect([...quantise(numericType(name), [-0, -0.4, -0.01], { scale: 1 })]).toEqual([0, 0, 0]);
    }
  });

  it('refuses NaN with tensor and index, infinity unless asked to, and bad scales', () => {
    const type = numericType('int4');
    expect(() => quantise(type, [1, Number.NaN], { scale: 1, tensor: 'conv1' })).toThrow('conv1[1] is NaN');
    expect(() => quantise(type, [Number.POSITIVE_INFINITY], { scale: 1 })).toThrow(QuantiseError);
    const saturated = quantise(type, [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY], {
      scale: 1,
      saturateInfinity: true,
    });
    expect([...saturated]).toEqual([7, 8]);
    for (const scale of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => quantise(type, [1], { scale })).toThrow(/scale/);
    }
  });
});

it('codeValues leaves specials undefined', () => {
  expect(codeValues(numericType('e4m3'))[0x7f]).toBeUndefined();
  expect(codeValues(numericType('e4m3'))[0x7e]).toBe(448n * 512n);
});
