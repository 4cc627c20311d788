import { UserError } from '../errors.js';

/**
 * The elements that share a scale, prepared for the search: sorted once, with prefix sums, so that the quantisation
 * error of a candidate costs a binary search per decision boundary, however many elements there are.
 */
export interface Channel {
  /** n elements, rising. */
  readonly sorted: Float64Array;
  /** n + 1 prefix sums of the elements. */
  readonly sums: Float64Array;
  /** n + 1 prefix sums of their squares. */
  readonly squares: Float64Array;
  readonly largestMagnitude: number;
  /** Bound on the rounding error of an error computed from the prefix sums. */
  readonly roundingBound: number;
}

/** Outside of these the squares of elements or the scales are no normal doubles. */
const SMALLEST = 1e-140;
const LARGEST = 1e140;
const UNIT_ROUNDOFF = 2 ** -53;

/**
 * @param values n finite reals; sorted in place.
 * @param name What messages call them.
 * @throws UserError when the largest magnitude is neither 0 nor from 1e-140 to 1e140.
 */
export function prepareChannel(values: Float64Array, name: string): Channel {
  const sorted = values.sort();
  const n = sorted.length;
  const largestMagnitude = Math.max(-(sorted[0] as number), sorted[n - 1] as number);
  if (largestMagnitude !== 0 && (largestMagnitude < SMALLEST || largestMagnitude > LARGEST)) {
    throw new UserError(
      `${name}: the largest magnitude, ${largestMagnitude}, is not within ${SMALLEST} to ${LARGEST}; rescale the data`,
    );
  }
  const sums = new Float64Array(n + 1);
  const squares = new Float64Array(n + 1);
  let magnitudes = 0;
  for (let i = 0; i < n; i++) {
    const value = sorted[i] as number;
    sums[i + 1] = (sums[i] as number) + value;
    squares[i + 1] = (squares[i] as number) + value * value;
    magnitudes += Math.abs(value);
  }
  return {
    sorted,
    sums,
    squares,
    largestMagnitude,
    roundingBound: 16 * (n + 1) * UNIT_ROUNDOFF * largestMagnitude * magnitudes,
  };
}
