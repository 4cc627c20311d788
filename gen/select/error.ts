import { decisionBoundaries, levels } from '../codec.js';
import type { NumericType } from '../types/numeric-type.js';
import type { Channel } from './channel.js';

/** The encoder of a type as the error needs it: its values and the boundaries between them, rising, as doubles. */
export interface Grid {
  readonly values: Float64Array;
  readonly boundaries: Float64Array;
}

export function gridOf(type: NumericType): Grid {
  return {
    values: Float64Array.from(levels(type), (level) => Number(level.value)),
    boundaries: Float64Array.from(decisionBoundaries(type)),
  };
}

/**
 * The sum of squared errors of quantising a channel with a scale, from the prefix sums: over the values q of the grid,
 * Sxx - 2 q Sx + n q^2 of the elements that become q. Off by at most the channel's rounding bound.
 */
export function estimateError(channel: Channel, { values, boundaries }: Grid, scale: number): number {
  const { sorted, sums, squares } = channel;
  let error = squares[sorted.length] as number;
  let start = 0;
  for (let level = 0; level < values.length && start < sorted.length; level++) {
    const end = firstBeyond(sorted, boundaries[level], scale, start);
    const q = (values[level] as number) * scale;
    error += q * ((end - start) * q - 2 * ((sums[end] as number) - (sums[start] as number)));
    start = end;
  }
  return error;
}

/** The same sum from the elements themselves: no cancellation, but a visit to each. */
export function exactError({ sorted }: Channel, { values, boundaries }: Grid, scale: number): number {
  let error = 0;
  let start = 0;
  for (let level = 0; level < values.length && start < sorted.length; level++) {
    const end = firstBeyond(sorted, boundaries[level], scale, start);
    const q = (values[level] as number) * scale;
    for (let i = start; i < end; i++) {
      const difference = (sorted[i] as number) - q;
      error += difference * difference;
    }
    start = end;
  }
  return error;
}

/** The first element from `start` on that the codec puts above a boundary; past the last boundary, none. */
function firstBeyond(sorted: Float64Array, boundary: number | undefined, scale: number, start: number): number {
  if (boundary === undefined) return sorted.length;
  let low = start;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (boundary <= (sorted[middle] as number) / scale) high = middle;
    else low = middle + 1;
  }
  return low;
}
