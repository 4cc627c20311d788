/** What a code that stands for no number decodes to (OCP FP8 has such codes). */
export type Special = 'NaN' | '+Infinity' | '-Infinity';

/** The meaning of one code: an integer in units of the type's least step, or a special. */
export type CodeValue = bigint | Special;

/**
 * A code taken apart: `(-1)^negative · significand · 2^exponent`. This is the structure a decoder has; the
 * codec never uses it, so that the two can be checked against each other.
 */
export interface Parts {
  readonly negative: boolean;
  readonly significand: number;
  readonly exponent: number;
}

/** What every numeric type has. `bits` is the width of a code, sign included. */
export interface TypeBase {
  readonly name: string;
  readonly bits: number;
  readonly signed: boolean;
  /** The value of a code, from the definition of the type (DESIGN: a table of values, never decoder steps). */
  decode(code: number): CodeValue;
  /** The same code as the hardware decoder takes it apart. Undefined for specials. */
  parts(code: number): Parts;
}

/** The fields of a sign-and-magnitude code of `bits` bits; an unsigned code is all magnitude. */
export function signAndMagnitude(
  code: number,
  bits: number,
  signed: boolean,
): { negative: boolean; magnitude: number } {
  if (!signed) return { negative: false, magnitude: code };
  const signBit = 2 ** (bits - 1);
  return { negative: code >= signBit, magnitude: code % signBit };
}
