import { type Parts, type Special, signAndMagnitude, type TypeBase } from './type-base.js';

/**
 * Small floats ExMy with subnormals, by the OCP rules where OCP defines the format: E4M3 has NaN and no infinity,
 * E5M2 has both (OCP FP8); E2M1, E3M2, E2M3 have neither (OCP Microscaling), nor has any other split here.
 */
export interface FloatType extends TypeBase {
  readonly kind: 'float';
  readonly exponentBits: number;
  readonly fractionBits: number;
  /** What is subtracted from the exponent field: 2^(exponentBits-1) - 1, as in every format that OCP defines. */
  readonly bias: number;
  /** Whether some codes are NaN or infinite. */
  readonly hasSpecials: boolean;
}

/** @param specials False: every code stands for a number, as its fields say. */
export function floatType(exponentBits: number, fractionBits: number, signed: boolean, specials = true): FloatType {
  const bits = exponentBits + fractionBits + (signed ? 1 : 0);
  const split = `e${exponentBits}m${fractionBits}`;
  const steps = 2 ** fractionBits;
  const fields = (code: number) => {
    const { negative, magnitude } = signAndMagnitude(code, bits, signed);
    return { negative, exponent: Math.floor(magnitude / steps), fraction: magnitude % steps };
  };
  const parts = (code: number): Parts => {
    const { negative, exponent, fraction } = fields(code);
    return exponent === 0
      ? { negative, significand: fraction, exponent: 0 }
      : { negative, significand: steps + fraction, exponent: exponent - 1 };
  };
  return {
    kind: 'float',
    name: `${signed ? '' : 'u'}${split}`,
    bits,
    signed,
    exponentBits,
    fractionBits,
    bias: 2 ** (exponentBits - 1) - 1,
    hasSpecials: specials && (split === 'e4m3' || split === 'e5m2'),
    decode: (code) => {
      const { negative, exponent, fraction } = fields(code);
      const special = specials ? specialOf(split, exponent, fraction, negative) : undefined;
      if (special) return special;
      const hidden = exponent === 0 ? 0n : BigInt(steps);
      const value = (hidden + BigInt(fraction)) << BigInt(Math.max(exponent - 1, 0));
      return negative ? -value : value;
    },
    parts,
  };
}

function specialOf(split: string, exponent: number, fraction: number, negative: boolean): Special | undefined {
  if (split === 'e4m3' && exponent === 15 && fraction === 7) return 'NaN';
  if (split !== 'e5m2' || exponent !== 31) return undefined;
  if (fraction !== 0) return 'NaN';
  return negative ? '-Infinity' : '+Infinity';
}
