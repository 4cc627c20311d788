import type { TypeBase } from './type-base.js';

/**
 * Two's complement integers with one of two scales per element, after BiScaled-DNN (S. Jain et al., DAC 2019): most
 * elements are small and take the fine scale, the few large ones the coarse scale, which is 2^shift times as large. `bi6s2`
 * has integers of 6 bits and a shift of 2. A code is {scale, integer}, one bit wider than the integer. The paper keeps the
 * scale bits apart, as a sparse list of the coarse elements; a decoder sees both together.
 */
export interface BiscaledType extends TypeBase {
  readonly kind: 'biscaled';
  /** Width of the integer, sign included. */
  readonly integerBits: number;
  /** Binary logarithm of the coarse scale over the fine one. */
  readonly shift: number;
}

export function biscaledType(integerBits: number, shift: number): BiscaledType {
  const codes = 2 ** integerBits;
  const fields = (code: number) => {
    const integer = code % codes;
    return { coarse: code >= codes, value: integer >= codes / 2 ? integer - codes : integer };
  };
  return {
    kind: 'biscaled',
    name: `bi${integerBits}s${shift}`,
    bits: integerBits + 1,
    signed: true,
    integerBits,
    shift,
    decode: (code) => {
      const { coarse, value } = fields(code);
      return BigInt(value) * (coarse ? 2n ** BigInt(shift) : 1n);
    },
    parts: (code) => {
      const { coarse, value } = fields(code);
      return { negative: value < 0, significand: Math.abs(value), exponent: coarse ? shift : 0 };
    },
  };
}
