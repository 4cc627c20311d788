import { describe, expect, it } from 'vitest';
import { operandFields, solveOperandFormat, toOperand } from '../../gen/operand.js';
import { HARDWARE_TYPES, numericType } from '../../gen/types/table.js';

const types = (names: string) => names.split(' ').map(numericType);
const best = (a: string, w: string) => {
  const [first] = solveOperandFormat(types(a), types(w));
  if (!first) throw new Error('no candidate');
  return first;
};

describe('operand forms', () => {
  it.each(HARDWARE_TYPES)('$name: every form of every candidate multiplies out to the value', (type) => {
    for (const { form } of solveOperandFormat([type], [type])) {
      const fields = operandFields([type], form);
      for (let code = 0; code < 2 ** type.bits; code++) {
        const { negative, base, exponent } = toOperand(type, code, form);
        expect(base).toBeLessThan(2 ** fields.baseBits);
        expect(exponent).toBeLessThanOrEqual(fields.maxExponent);
        const magnitude = BigInt(base) << BigInt((form.unit === 'none' ? 0 : form.unit) * exponent);
        expect(negative ? -magnitude : magnitude).toBe(type.decode(code));
      }
    }
  });
});

describe('the solver', () => {
  it('finds unit 2, a 4 x 3 multiplier and two exponent bits for the default types', () => {
    const { form, a, w, productBits, shiftBits } = best('int4 flint4 pot4 uint4 uflint4', 'int4 flint4 pot4');
    expect(form).toEqual({ unit: 2, foldMinimum: true });
    expect([a.signBits, a.exponentBits, a.baseBits]).toEqual([1, 2, 4]);
    expect([w.signBits, w.exponentBits, w.baseBits]).toEqual([1, 2, 3]);
    expect([productBits, shiftBits]).toEqual([7, 3]);
  });

  it('leaves out the exponent where integers are alone', () => {
    const { form, a, shiftBits } = best('int4', 'int4');
    expect(form).toEqual({ unit: 'none', foldMinimum: false });
    expect([a.exponentBits, shiftBits]).toEqual([0, 0]);
  });

  it('leaves out the sign where no type has one', () => {
    expect(best('uint4 uflint4', 'uint4').a.signBits).toBe(0);
  });

  it('gives powers of two alone a one-bit base', () => {
    const { form, a } = best('pot4', 'pot4');
    expect(form.unit).toBe(1);
    expect(a.baseBits).toBe(1);
  });

  it('lists candidates by rising cost, each once', () => {
    const candidates = solveOperandFormat(types('int4 flint4'), types('pot4'));
    const costs = candidates.map(({ estimate }) => estimate);
    expect(costs).toEqual([...costs].sort((x, y) => x - y));
    expect(new Set(candidates.map((candidate) => JSON.stringify(candidate))).size).toBe(candidates.length);
  });
});
