import type { Configuration } from '../config/parameters.js';
import { numericType, withoutSpecials } from '../numerics/types/table.js';
import { bitsFor, largest } from './operand.js';
import { operandTypes } from './port.js';

/** The largest magnitude of a product of two operands. */
export function largestProductOf(config: Configuration): bigint {
  const of = (types: readonly string[], wideTypes: readonly string[]): bigint =>
    largest(operandTypes(types.map(numericType).map(withoutSpecials), wideTypes.map(numericType)));
  return of(config.activations, config.wideActivations) * of(config.weights, config.wideWeights);
}

/**
 * Whether accumulators are no wider than the magnitude of a product: where products reach down to -2^n, but not up to 2^n.
 *
 * @param bits Their width. `auto` is wider wherever several products are added.
 */
export const asNarrowAsProducts = (config: Configuration, bits: Configuration['accumulatorBits']): boolean =>
  bits !== 'auto' && bits <= bitsFor(largestProductOf(config));
