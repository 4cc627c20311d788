import { codeValues } from '../../numerics/codec.js';
import type { NumericType } from '../../numerics/types/numeric-type.js';
import { bitsFor, type OperandEncoding, type OperandFields } from '../operand.js';

/**
 * The operand encoding of the floating-point PE: sign, exponent of the leading one, and a significand whose top bit is that
 * leading one. A number is (-1)^sign · sig / 2^(sig bits - 1) · 2^exp, in units of the type's least step, so the exponent is
 * never negative. Without the leading one the rest of the significand tells what the code is: 0 zero, 10... NaN, 01...
 * infinity; the exponent then means nothing.
 */
export const NORMALISED: OperandEncoding = { radixLog2: 1, foldMinimum: false, normalised: true };

/** What the codes of some types take in the normalised encoding. */
export interface NormalFields extends OperandFields {
  /** Bits of the significand below the leading one. */
  readonly fractionBits: number;
  readonly hasNan: boolean;
  readonly hasInfinity: boolean;
}

/** The fields that hold every code of the given types. */
export function normalFields(types: readonly NumericType[]): NormalFields {
  let maxExponent = 0;
  let fractionBits = 0;
  for (const value of types.flatMap(codeValues)) {
    if (value === undefined || value === 0n) continue;
    const { exponent, fraction } = leadingOne(value);
    maxExponent = Math.max(maxExponent, exponent);
    fractionBits = Math.max(fractionBits, fraction);
  }
  const signBits = types.some((type) => type.signed) ? 1 : 0;
  const exponentBits = bitsFor(maxExponent);
  const significandBits = 1 + fractionBits;
  return {
    signBits,
    exponentBits,
    significandBits,
    bits: signBits + exponentBits + significandBits,
    maxExponent,
    normalised: true,
    fractionBits,
    hasNan: types.some((type) => hasCode(type, 'NaN')),
    hasInfinity: types.some((type) => hasCode(type, '+Infinity')),
  };
}

/** Where the leading one of an integer lies, and how many bits below it are needed. */
export function leadingOne(value: bigint): { exponent: number; fraction: number } {
  const bits = (value < 0n ? -value : value).toString(2);
  return { exponent: bits.length - 1, fraction: bits.lastIndexOf('1') };
}

function hasCode(type: NumericType, special: string): boolean {
  return Array.from({ length: 2 ** type.bits }, (_, code) => type.decode(code)).includes(special as never);
}

/** The value of an operand as readers see it: `(-1)^sign * sig / 2^3 * 2^exp`. */
export function normalFormula({ signBits, exponentBits, fractionBits }: NormalFields): string {
  const sign = signBits ? '(-1)^sign * ' : '';
  const scale = fractionBits > 0 ? ` / 2^${fractionBits}` : '';
  return `${sign}sig${scale}${exponentBits > 0 ? ' * 2^exp' : ''}`;
}
