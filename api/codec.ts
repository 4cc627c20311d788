/**
 * Numeric types and their codec: from real numbers to codes and back.
 *
 * @module
 */
export {
  codeValues,
  encoder,
  type Level,
  largestMagnitude,
  levels,
  QuantiseError,
  type QuantiseOptions,
  quantise,
  type TieRule,
} from '../gen/numerics/codec.js';
export { leastStep, realValues } from '../gen/numerics/real.js';
export type { NumericType } from '../gen/numerics/types/numeric-type.js';
export { HARDWARE_TYPES, NUMERIC_TYPES, numericType } from '../gen/numerics/types/table.js';
