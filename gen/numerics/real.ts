import type { NumericType } from './types/numeric-type.js';
import { signAndMagnitude } from './types/type-base.js';

/**
 * Binary logarithm of a type's least step as a real number. The codec and the hardware count in steps: of a float its
 * smallest subnormal number, of all other types 1.
 */
export function stepExponent(type: NumericType): number {
  return type.kind === 'float' ? 1 - type.bias - type.fractionBits : 0;
}

/** A type's least step as a real number. */
export const leastStep = (type: NumericType): number => 2 ** stepExponent(type);

/**
 * The real value of every code, in code order, as decimal text that reads back as exactly that binary64 number: `-0` of
 * the code that is zero with a sign, and `NaN`, `+Infinity`, `-Infinity`.
 */
export function realValues(type: NumericType): string[] {
  const step = leastStep(type);
  return Array.from({ length: 2 ** type.bits }, (_, code) => {
    const value = type.decode(code);
    if (typeof value !== 'bigint') return value;
    return isNegativeZero(type, code) ? '-0' : String(Number(value) * step);
  });
}

/** Two's complement has one zero; sign and magnitude have two. */
function isNegativeZero(type: NumericType, code: number): boolean {
  if (type.kind === 'int' || type.kind === 'biscaled') return false;
  const { negative, magnitude } = signAndMagnitude(code, type.bits, type.signed);
  return negative && magnitude === 0;
}
