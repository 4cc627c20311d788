import type { Configuration } from '../config/parameters.js';
import type { AccumulatorProof } from './accumulator.js';
import type { Facts } from './arch/facts.js';
import type { BlockArithmetic } from './blocks/arithmetic.js';
import type { FloatFormat } from './float/format.js';
import type { OperandCandidate } from './operand.js';
import type { OperandPort } from './port.js';
import type { Timing } from './timing.js';

/** What all modules of a design derive from: types, operand format, widths, cycle counts. */
export interface DesignCore {
  readonly config: Configuration;
  /** What there is to know of its architecture. */
  readonly facts: Facts;
  readonly a: OperandPort;
  readonly w: OperandPort;
  readonly format: OperandCandidate;
  /** The solver's candidates, cheapest first; the first is `format`. */
  readonly candidates: readonly OperandCandidate[];
  readonly accumulator: AccumulatorProof;
  readonly largestProduct: bigint;
  /** Width of the largest product's magnitude: the shifter drops what lies above, which is always 0. */
  readonly magnitudeBits: number;
  /**
   * What is added on top of every product, so that none is negative and sums are taken without a sign; 0 where nothing is. It
   * is taken off the results as they leave.
   */
  readonly productBias: bigint;
  /** The bit from which on accumulators are a cycle late; undefined where they are not. */
  readonly lateFrom: number | undefined;
  readonly timing: Timing;
  /** What the floating-point PE has besides; undefined for the integer PE. */
  readonly float?: FloatFormat;
  /** What sums of blocks pass on their way into the accumulators; undefined where numbers do not lie in blocks. */
  readonly blocks?: BlockArithmetic;
}
