import { signAndMagnitude, type TypeBase } from './type-base.js';

/**
 * flint, the float-integer hybrid of ANT (MICRO 2022): the magnitude's top bit chooses between a plain integer
 * and a value whose exponent is the number of leading zeros of what follows (first-one coding). Signed: sign and
 * magnitude.
 */
export interface FlintType extends TypeBase {
  readonly kind: 'flint';
  /** w, the width of the magnitude: bits (unsigned) or bits - 1 (signed). */
  readonly magnitudeBits: number;
}

export function flintType(bits: number, signed: boolean): FlintType {
  const w = signed ? bits - 1 : bits;
  const magnitudes = flintMagnitudes(w);
  return {
    kind: 'flint',
    name: `${signed ? 'flint' : 'uflint'}${bits}`,
    bits,
    signed,
    magnitudeBits: w,
    decode: (code) => {
      const { negative, magnitude } = signAndMagnitude(code, bits, signed);
      const value = magnitudes[magnitude] as bigint;
      return negative ? -value : value;
    },
    parts: (code) => {
      const { negative, magnitude } = signAndMagnitude(code, bits, signed);
      return { negative, ...flintParts(magnitude, w) };
    },
  };
}

/**
 * The values of all 2^w magnitude codes by the float view of the paper: the position of the leading one gives the
 * exponent, the bits below it the fraction, with a hidden one; code 0 is zero. Units of the least step.
 */
function flintMagnitudes(w: number): bigint[] {
  return Array.from({ length: 2 ** w }, (_, code) => {
    if (code === 0) return 0n;
    const text = code.toString(2).padStart(w, '0');
    const low = text.slice(1);
    const zeros = low.includes('1') ? low.indexOf('1') : w - 1;
    const exponent = text[0] === '1' ? w - 1 + zeros : w - 2 - zeros;
    const fraction = low.slice(zeros + 1).padEnd(w - 1, '0');
    return (BigInt(`0b1${fraction}`) << BigInt(exponent)) >> BigInt(w - 1);
  });
}

/**
 * The integer view, as a decoder has it. With `low` the w-1 bits below the top bit and L its leading zeros:
 * top 0: low · 2^0; top 1 and low > 0: (2·low) · 2^(2L); top 1 and low = 0: 1 · 2^(2(w-1)).
 */
function flintParts(magnitude: number, w: number): { significand: number; exponent: number } {
  const half = 2 ** (w - 1);
  if (magnitude < half) return { significand: magnitude, exponent: 0 };
  const low = magnitude - half;
  if (low === 0) return { significand: 1, exponent: 2 * (w - 1) };
  const zeros = w - 1 - low.toString(2).length;
  return { significand: 2 * low, exponent: 2 * zeros };
}
