import { UserError } from '../../../gen/base/errors.js';
import type { Reals } from './error.js';

/** The elements that share a scale, measured once for the search. */
export interface Channel {
  /** n elements, in their order. */
  readonly values: Reals;
  readonly largestMagnitude: number;
  /** What clips are hundredths of: the percentile asked for of the magnitudes. 0 only if all elements are. */
  readonly reference: number;
  /** The sum of the magnitudes. */
  readonly magnitudes: number;
  /** The sum of the squares. */
  readonly squares: number;
  readonly hasNegative: boolean;
}

/** Outside of these the squares of elements or the scales are not normal doubles. */
const SMALLEST = 1e-140;
const LARGEST = 1e140;

/**
 * @param values n finite reals; kept, not copied, and read again by the search.
 * @param name What messages call them.
 * @param percentile Above 0, at most 100: clips refer to the smallest magnitude that at least this share of the
 *   elements do not exceed (nearest rank). Where that is 0 though not all elements are, to the largest magnitude.
 * @throws UserError when an element is not finite, or when the largest magnitude or the percentile is neither 0 nor
 *   from 1e-140 to 1e140.
 */
export function prepareChannel(values: Reals, name: string, percentile = 100): Channel {
  requirePercentile(percentile);
  let largestMagnitude = 0;
  let least = 0;
  let magnitudes = 0;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    const magnitude = Math.abs(value);
    if (magnitude > largestMagnitude) largestMagnitude = magnitude;
    if (value < least) least = value;
    magnitudes += magnitude;
    squares += value * value;
  }
  if (!Number.isFinite(magnitudes)) requireFinite(values, name);
  requireRange(largestMagnitude, `${name}: the largest magnitude`);
  const reference = percentile === 100 ? largestMagnitude : percentileOf(values, percentile) || largestMagnitude;
  requireRange(reference, `${name}: percentile ${percentile} of the magnitudes`);
  return { values, largestMagnitude, reference, magnitudes, squares, hasNegative: least < 0 };
}

/** @throws UserError when a percentile is not above 0 and at most 100. */
export function requirePercentile(percentile: number): void {
  if (percentile > 0 && percentile <= 100) return;
  throw new UserError(`percentile ${percentile} is not above 0 and at most 100`);
}

/** The place, from 1, of a percentile among n numbers in rising order (nearest rank). */
export function rankOf(percentile: number, n: number): number {
  // The product first: 99.9 % of 1000 is 999, where 99.9 / 100 is already rounded.
  return Math.min(n, Math.max(1, Math.ceil((percentile * n) / 100)));
}

function percentileOf(values: Reals, percentile: number): number {
  if (values.length === 0) return 0;
  return values.map(Math.abs).sort()[rankOf(percentile, values.length) - 1] as number;
}

function requireFinite(values: Reals, name: string): void {
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw new UserError(`${name}: element ${at} is ${values[at]}`);
}

function requireRange(magnitude: number, what: string): void {
  if (magnitude === 0 || (magnitude >= SMALLEST && magnitude <= LARGEST)) return;
  throw new UserError(`${what}, ${magnitude}, is not within ${SMALLEST} to ${LARGEST}; rescale the data`);
}
