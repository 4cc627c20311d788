import type { Parts, TypeBase } from './numeric-type.js';

/** Two's complement (signed, keeping -2^(bits-1)) or plain binary (unsigned) integers. */
export interface IntType extends TypeBase {
  readonly kind: 'int';
}

export function intType(bits: number, signed: boolean): IntType {
  const value = (code: number): number => (signed && code >= 2 ** (bits - 1) ? code - 2 ** bits : code);
  return {
    kind: 'int',
    name: `${signed ? 'int' : 'uint'}${bits}`,
    bits,
    signed,
    decode: (code) => BigInt(value(code)),
    parts: (code) => ({ negative: value(code) < 0, significand: Math.abs(value(code)), exponent: 0 }),
  };
}

/**
 * The parts of an integer whose most negative value -2^(bits-1) is written 1 · 2^(bits-1): every significand
 * then fits bits-1 bits, which saves a row of every multiplier where an exponent exists anyway.
 */
export function foldedParts(type: IntType, code: number): Parts {
  const plain = type.parts(code);
  return type.signed && plain.significand === 2 ** (type.bits - 1)
    ? { negative: true, significand: 1, exponent: type.bits - 1 }
    : plain;
}
