import { signAndMagnitude, type TypeBase } from './type-base.js';

/** Powers of two: magnitude code 0 is zero, m >= 1 is 2^(m-1). Signed: sign and magnitude. */
export interface PotType extends TypeBase {
  readonly kind: 'pot';
}

export function potType(bits: number, signed: boolean): PotType {
  return {
    kind: 'pot',
    name: `${signed ? 'pot' : 'upot'}${bits}`,
    bits,
    signed,
    decode: (code) => {
      const { negative, magnitude } = signAndMagnitude(code, bits, signed);
      if (magnitude === 0) return 0n;
      const value = 2n ** BigInt(magnitude - 1);
      return negative ? -value : value;
    },
    parts: (code) => {
      const { negative, magnitude } = signAndMagnitude(code, bits, signed);
      return magnitude === 0
        ? { negative, significand: 0, exponent: 0 }
        : { negative, significand: 1, exponent: magnitude - 1 };
    },
  };
}
