import type { NormalFields } from './operand.js';

/** What a floating-point PE depends on. */
export interface FloatFormat {
  readonly a: NormalFields;
  readonly w: NormalFields;
  /** Bits of the product's significand, leading one included: nothing of the product is ever lost. */
  readonly productBits: number;
  /** Whether the product of two significands may reach 2, and then has its leading one a place higher. */
  readonly normalises: boolean;
  /** Whether a product may be negative: without it no sum is, and the PE has no subtraction. */
  readonly signed: boolean;
  readonly hasNan: boolean;
  readonly hasInfinity: boolean;
  /** Whether adding a product to a finite number may overflow to infinity. */
  readonly mayOverflow: boolean;
}
