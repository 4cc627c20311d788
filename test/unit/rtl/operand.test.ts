import { describe, expect, it } from 'vitest';
import { halfTypes } from '../../../gen/numerics/types/int.js';
import type { NumericType } from '../../../gen/numerics/types/numeric-type.js';
import { HARDWARE_TYPES, numericType } from '../../../gen/numerics/types/table.js';
import {
  doubledFields,
  loweredFields,
  type Operand,
  type OperandEncoding,
  type OperandFields,
  operandFields,
  operandValue,
  solveOperandFormat,
  toOperand,
  wideSignificand,
} from '../../../gen/rtl/operand.js';

const types = (names: string) => names.split(' ').map(numericType);
const best = (a: string, w: string) => {
  const [first] = solveOperandFormat(types(a), types(w));
  if (!first) throw new Error('no candidate');
  return first;
};

describe('operand encodings', () => {
  it.each(HARDWARE_TYPES)('$name: every form of every candidate multiplies out to the value', (type) => {
    for (const { encoding } of solveOperandFormat([type], [type])) {
      const fields = operandFields([type], encoding);
      for (let code = 0; code < 2 ** type.bits; code++) {
        const { negative, significand, exponent } = toOperand(type, code, encoding);
        expect(significand).toBeLessThan(2 ** fields.significandBits);
        expect(exponent).toBeLessThanOrEqual(fields.maxExponent);
        const magnitude =
          BigInt(significand) << BigInt((encoding.radixLog2 === 'none' ? 0 : encoding.radixLog2) * exponent);
        expect(negative ? -magnitude : magnitude).toBe(type.decode(code));
      }
    }
  });
});

/** The bits of an operand, written out by the rules that `doubledFields` states. */
function packed(
  operand: Operand,
  { exponentBits, significandBits, maxExponent }: OperandFields,
  radixLog2: OperandEncoding['radixLog2'],
): bigint {
  const { negative, significand, exponent } = operand;
  const word = (sign: boolean, exp: number, bits: number): bigint =>
    (BigInt(sign) << BigInt(exponentBits + significandBits)) | (BigInt(exp) << BigInt(significandBits)) | BigInt(bits);
  if (significand < 2 ** significandBits) return word(negative, exponent, significand);
  return wideSignificand(operand, significandBits, radixLog2, maxExponent) === 'carry'
    ? word(negative, exponent + 1, 1)
    : word(true, exponent, significand / 2);
}

describe('operands that count twice', () => {
  const HALVES = ['int8', 'uint8'].flatMap((name): NumericType[] => Object.values(halfTypes(numericType(name))));
  const ACTIVATIONS = [...types('int4 flint4 pot4 uint4 uflint4'), ...HALVES];
  const ENCODING: OperandEncoding = { radixLog2: 4, foldMinimum: false };

  it('save the fifth bit of significand that uflint4 alone needs beside 8-bit integers', () => {
    expect(operandFields(ACTIVATIONS, ENCODING)).toMatchObject({ significandBits: 5, bits: 7 });
    expect(doubledFields(ACTIVATIONS, ENCODING)).toMatchObject({ significandBits: 4, bits: 6, doubledFrom: 12 });
  });

  it.each([
    ['int4 flint4 pot4 uint4 uflint4', ENCODING],
    ['int4 uflint4', ENCODING],
    ['int4 uint4 uflint4', ENCODING],
    ['flint6 uflint6 int4', { radixLog2: 8, foldMinimum: false }],
  ] as const)('%s: every code has its value', (names, encoding) => {
    const all = names.includes('pot4') ? ACTIVATIONS : types(names);
    const fields = doubledFields(all, encoding) as OperandFields;
    let doubles = 0;
    for (const type of all) {
      for (let code = 0; code < 2 ** type.bits; code++) {
        const word = packed(toOperand(type, code, encoding), fields, encoding.radixLog2);
        expect(operandValue(word, fields, encoding.radixLog2)).toBe(type.decode(code));
        if (word >> BigInt(fields.bits - 1) === 1n && (type.decode(code) as bigint) > 0n) doubles++;
      }
    }
    expect(doubles).toBeGreaterThan(0);
  });

  it.each([
    ['a negative operand has such a significand', 'int5 uflint4'],
    ['a significand that is too wide is negative', 'int6'],
    ['there is no sign', 'uint4 uflint4'],
    ['a significand that is too wide is odd', 'int4 uint5'],
  ])('are not there where %s', (_, names) => {
    expect(doubledFields(types(names), ENCODING)).toBeUndefined();
  });
});

describe('operands with a lowered exponent', () => {
  const STEPS_OF_8: OperandEncoding = { radixLog2: 3, foldMinimum: true };
  const lowered = (names: string) => loweredFields(types(names), STEPS_OF_8);

  it('save a bit of exponent that 64 alone needs', () => {
    const names = 'int4 flint4 pot4 uint4 uflint4';
    expect(operandFields(types(names), STEPS_OF_8)).toMatchObject({
      exponentBits: 2,
      significandBits: 4,
      maxExponent: 2,
    });
    expect(lowered(names)).toMatchObject({ exponentBits: 1, significandBits: 4, maxExponent: 1 });
  });

  it.each([
    ['the significand has no room', 'int4 pot4'],
    ['there is one bit of exponent', 'int4'],
    ['the largest exponent is no power of two', 'uflint6 uint8'],
  ])('are not there where %s', (_, names) => {
    expect(lowered(names)).toBeUndefined();
  });
});

describe('the solver', () => {
  it('takes doubles on one port at most', () => {
    const uflint = types('int4 uflint4');
    const candidates = solveOperandFormat(uflint, uflint);
    const counts = candidates.map(({ a, w }) => [a, w].filter(({ doubledFrom }) => doubledFrom !== undefined).length);
    expect(Math.max(...counts)).toBe(1);
  });

  it('finds radix 8, a 4 x 3 multiplier and three steps of shift for the default types', () => {
    const { encoding, a, w, ...product } = best('int4 flint4 pot4 uint4 uflint4', 'int4 flint4 pot4');
    expect(encoding).toEqual({ radixLog2: 3, foldMinimum: true });
    expect([a.signBits, a.exponentBits, a.significandBits]).toEqual([1, 1, 4]);
    expect([w.signBits, w.exponentBits, w.significandBits]).toEqual([1, 2, 3]);
    expect(product).toMatchObject({ productBits: 7, shiftBits: 2, productBitsBySum: [7, 6, 6, 4] });
  });

  it('offers radix 8 only where tables of magnitudes are short', () => {
    const radices = (a: string, w: string) =>
      solveOperandFormat(types(a), types(w)).map((each) => each.encoding.radixLog2);
    expect(radices('flint6', 'int8')).toContain(3);
    expect(radices('flint8', 'int8')).not.toContain(3);
  });

  it('leaves out the exponent where integers are alone', () => {
    const { encoding, a, shiftBits } = best('int4', 'int4');
    expect(encoding).toEqual({ radixLog2: 'none', foldMinimum: false });
    expect([a.exponentBits, shiftBits]).toEqual([0, 0]);
  });

  it('leaves out the sign where no type has one', () => {
    expect(best('uint4 uflint4', 'uint4').a.signBits).toBe(0);
  });

  it('gives powers of two alone a one-bit significand', () => {
    const { encoding, a } = best('pot4', 'pot4');
    expect(encoding.radixLog2).toBe(1);
    expect(a.significandBits).toBe(1);
  });

  it('lists candidates by rising cost, each once', () => {
    const candidates = solveOperandFormat(types('int4 flint4'), types('pot4'));
    const costs = candidates.map(({ estimate }) => estimate);
    expect(costs).toEqual([...costs].sort((x, y) => x - y));
    expect(new Set(candidates.map((candidate) => JSON.stringify(candidate))).size).toBe(candidates.length);
  });
});
