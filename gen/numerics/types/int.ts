import type { BiscaledType } from './biscaled.js';
import type { Parts, TypeBase } from './type-base.js';

/** Two's complement (signed, keeping -2^(bits-1)) or plain binary (unsigned) integers. */
export interface IntType extends TypeBase {
  readonly kind: 'int';
  /** All values are multiples of 2^exponent: 0, or 4 in the high half of an 8-bit integer. */
  readonly exponent: number;
  /** The 8-bit integer whose high half this is; none: an integer of its own. */
  readonly highHalfOf?: string;
}

export function intType(bits: number, signed: boolean): IntType {
  return scaledInteger(`${signed ? 'int' : 'uint'}${bits}`, bits, signed, 0);
}

function scaledInteger(name: string, bits: number, signed: boolean, exponent: number): IntType {
  const value = (code: number): number => (signed && code >= 2 ** (bits - 1) ? code - 2 ** bits : code);
  return {
    kind: 'int',
    name,
    bits,
    signed,
    exponent,
    decode: (code) => BigInt(value(code)) << BigInt(exponent),
    parts: (code) => ({ negative: value(code) < 0, significand: Math.abs(value(code)), exponent }),
  };
}

/**
 * The halves of an 8-bit integer as types of their own: its value is that of the low half, which is unsigned, plus that
 * of the high half, which has the sign and counts 16 times.
 */
export function halfTypes({ name, bits, signed }: Pick<TypeBase, 'name' | 'bits' | 'signed'>): {
  low: IntType;
  high: IntType;
} {
  if (bits !== 8) throw new Error(`${name} has no 4-bit halves`);
  return { low: intType(4, false), high: { ...scaledInteger(`${name}_high`, 4, signed, 4), highHalfOf: name } };
}

/**
 * The parts of an integer whose most negative value -2^(bits-1) is written 1 · 2^(bits-1): every significand
 * then fits bits-1 bits, which saves a row of every multiplier where an exponent exists anyway.
 */
export function foldedParts(type: IntType | BiscaledType, code: number): Parts {
  const plain = type.parts(code);
  const bits = type.kind === 'int' ? type.bits : type.integerBits;
  return type.signed && plain.significand === 2 ** (bits - 1)
    ? { negative: true, significand: 1, exponent: bits - 1 + plain.exponent }
    : plain;
}
