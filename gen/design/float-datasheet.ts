import { exactLength } from '../rtl/float/core.js';
import type { FloatFormat } from '../rtl/float/format.js';
import { normalFormula } from '../rtl/float/operand.js';

/** What the datasheet says of the floating-point PE. */
export function floatFacts(
  { a, w, productBits, hasNan, hasInfinity, mayOverflow }: FloatFormat,
  largestProduct: bigint,
) {
  const exactK = exactLength(largestProduct);
  return {
    activation: normalFormula(a),
    weight: normalFormula(w),
    productBits,
    hasNan,
    hasInfinity,
    mayOverflow,
    /** Empty where not even one product is below 2^24. */
    exactK: exactK > 0n ? String(exactK) : '',
  };
}
