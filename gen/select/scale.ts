import { largestMagnitude } from '../codec.js';
import type { NumericType } from '../types/numeric-type.js';
import type { Channel } from './channel.js';
import { estimateError, exactError, type Grid, gridOf } from './error.js';

/** A type, ready for the search of scales. */
export interface Candidate {
  readonly type: NumericType;
  readonly grid: Grid;
  /** The value that the clip maps to, in units of the least step. */
  readonly top: number;
  /** Clips to try, in hundredths of the largest magnitude. */
  readonly clips: readonly number[];
}

/** A scale and the sum of squared errors it leaves. */
export interface ScaleChoice {
  readonly scale: number;
  readonly squaredError: number;
}

const LAST_CLIP = 149;

/** The search of the ANT artifact: clips of 0.75, 0.76 ... 1.49 of the largest magnitude; above 6 bits from 0.95. */
export function candidate(type: NumericType): Candidate {
  const first = type.bits > 6 ? 95 : 75;
  return {
    type,
    grid: gridOf(type),
    top: Number(topValue(type)),
    clips: Array.from({ length: LAST_CLIP - first + 1 }, (_, i) => first + i),
  };
}

/** The largest magnitude; of signed integers the one that both signs have. */
function topValue(type: NumericType): bigint {
  return type.kind === 'int' && type.signed ? 2n ** BigInt(type.bits - 1) - 1n : largestMagnitude(type);
}

/** The scale of a clip given in hundredths of the largest magnitude. */
export function scaleOfClip(clip: number, channelMagnitude: number, top: number): number {
  return ((clip / 100) * channelMagnitude) / top;
}

/**
 * The scale with the least squared error; of equals the one with the smallest clip. The prefix sums rule out all but
 * the scales that could be the best within their rounding error; those are compared by the exact error.
 * A channel of zeros gets scale 1.
 */
export function bestScale(channel: Channel, { grid, top, clips }: Candidate): ScaleChoice {
  if (channel.largestMagnitude === 0) return { scale: 1, squaredError: 0 };
  const estimates = clips.map((clip) => {
    const scale = scaleOfClip(clip, channel.largestMagnitude, top);
    return { scale, estimate: estimateError(channel, grid, scale) };
  });
  const least = estimates.reduce((most, { estimate }) => Math.min(most, estimate), Number.POSITIVE_INFINITY);
  let best: ScaleChoice = { scale: 1, squaredError: Number.POSITIVE_INFINITY };
  for (const { scale, estimate } of estimates) {
    if (estimate > least + 2 * channel.roundingBound) continue;
    const squaredError = exactError(channel, grid, scale);
    if (squaredError < best.squaredError) best = { scale, squaredError };
  }
  return best;
}
