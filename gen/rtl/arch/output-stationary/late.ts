import type { Configuration } from '../../../config/parameters.js';
import { numericType } from '../../../numerics/types/table.js';
import { productRange, signedBits, sumRange } from '../../accumulator.js';
import { largestProductOf } from '../../largest-product.js';
import { bitsFor } from '../../operand.js';
import { arrayComputing } from '../array.js';

/** Bits above the product of one lane from which on a late part is worth its flip-flop: fewer shorten the path by little. */
const LEAST_OF_ONE_LANE = 4;

/**
 * The bit from which on accumulators are late; undefined where none is. Those bits take the carry of the ones below, and the swap,
 * from registers a cycle later, and come later over the bus, too. That shortens the path by a quarter for a flip-flop or a few
 * (docs/microarchitecture.md). The lower part holds a product of one lane with what is on top of it; of the sum of several lanes the
 * bits above a product wait in registers.
 */
export function lateFromOf(config: Configuration): number | undefined {
  if (config.pe === 'float') return undefined;
  const magnitudeBits = bitsFor(largestProductOf(config));
  const several = arrayComputing(config).lanes > 1;
  const from = several ? magnitudeBits : magnitudeBits + 1;
  return accumulatorBitsOf(config) - from >= (several ? 1 : LEAST_OF_ONE_LANE) ? from : undefined;
}

/** The cycles by which the late part, and so every result, is late. */
export const lateCycles = (config: Configuration): number => (lateFromOf(config) === undefined ? 0 : 1);

/** As `proveAccumulator` has them. */
function accumulatorBitsOf({
  accumulatorBits,
  maxK,
  activations,
  wideActivations,
  weights,
  wideWeights,
}: Configuration): number {
  if (accumulatorBits !== 'auto') return accumulatorBits;
  const a = [...activations, ...wideActivations].map(numericType);
  const w = [...weights, ...wideWeights].map(numericType);
  return signedBits(sumRange(productRange(a, w), maxK));
}
