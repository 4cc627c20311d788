import { UserError } from '../../../gen/base/errors.js';
import { largestMagnitude } from '../../../gen/numerics/codec.js';
import type { NumericType } from '../../../gen/numerics/types/numeric-type.js';
import type { Candidate } from './candidate.js';
import type { Channel } from './channel.js';
import { additionBound, exactError, gridOf } from './error.js';
import { fillSavings, planSearch, type SearchPlan } from './plan.js';

export interface CandidateOptions {
  /** Clips to try, in hundredths of the channel's reference, in any order. */
  readonly clips?: readonly number[];
}

/** A scale and the sum of squared errors it leaves. */
export interface ScaleChoice {
  readonly scale: number;
  /** Within a millionth of the sum over elements, and usually much closer. */
  readonly squaredError: number;
}

/** A choice of the search. */
export interface FoundScale extends ScaleChoice {
  /** How far the squared error may be from the sum over elements in their order; 0 if it is that sum. */
  readonly uncertainty: number;
}

const LAST_CLIP = 149;

/** Errors whose bound is a larger share than this are added up over the elements. */
export const LEAST_ACCURACY = 1e-6;

/**
 * A type and the clips to try: without options those of the ANT artifact, 0.75, 0.76 ... 1.49 of the reference; above
 * 6 bits from 0.95.
 *
 * @throws UserError when there is no clip, or one that is not positive and finite.
 */
export function candidate(type: NumericType, { clips = defaultClips(type) }: CandidateOptions = {}): Candidate {
  const wrong = clips.find((clip) => !(clip > 0 && Number.isFinite(clip)));
  if (wrong !== undefined) throw new UserError(`clip ${wrong} is not positive and finite`);
  if (clips.length === 0) throw new UserError('there are no clips to try');
  const rising = [...new Set(clips)].sort((a, b) => a - b);
  return { type, grid: gridOf(type), top: Number(topValue(type)), clips: rising };
}

function defaultClips(type: NumericType): number[] {
  const first = type.bits > 6 ? 95 : 75;
  return Array.from({ length: LAST_CLIP - first + 1 }, (_, i) => first + i);
}

/** The largest magnitude; of signed integers the one that both signs have. */
function topValue(type: NumericType): bigint {
  return type.kind === 'int' && type.signed ? 2n ** BigInt(type.bits - 1) - 1n : largestMagnitude(type);
}

/** The scale of a clip given in hundredths of the reference. */
export function scaleOfClip(clip: number, reference: number, top: number): number {
  return ((clip / 100) * reference) / top;
}

const plans = new WeakMap<Candidate, SearchPlan>();

/** `bestScales` of one candidate. */
export function bestScale(channel: Channel, one: Candidate): FoundScale {
  const plan = plans.get(one) ?? planSearch([one]);
  plans.set(one, plan);
  return bestScales(channel, plan)[0] as FoundScale;
}

/**
 * For each candidate of a plan, the scale with the least squared error; of equals the one with the smallest clip:
 * always the scale that a search over elements finds. Bins rule out all but the clips that could be the best within
 * rounding; if these are several, sums over the elements decide. A channel of zeros gets scale 1.
 */
export function bestScales(channel: Channel, plan: SearchPlan): FoundScale[] {
  if (channel.reference === 0) return plan.candidates.map(() => ({ scale: 1, squaredError: 0, uncertainty: 0 }));
  const bounds = fillSavings(plan, channel);
  return plan.candidates.map((one, c) =>
    decide(channel, one, (plan.layouts[c] as { savings: Float64Array }).savings, bounds[c] as number),
  );
}

function decide(channel: Channel, one: Candidate, savings: Float64Array, bound: number): FoundScale {
  const { values, reference, squares } = channel;
  const square = reference * reference;
  let most = Number.NEGATIVE_INFINITY;
  let at = 0;
  for (let i = 0; i < savings.length; i++) {
    if ((savings[i] as number) > most) {
      most = savings[i] as number;
      at = i;
    }
  }
  const least = squares - most * square;
  const off = bound * square + additionBound(values.length, Math.max(least, 0) + bound * square);
  // Negated, so that where numbers overflow all clips remain.
  const remains = (saved: number): boolean => !((most - saved) * square > 2 * off);
  let contenders = 0;
  for (let i = 0; i < savings.length; i++) if (remains(savings[i] as number)) contenders++;
  const uncertainty = off + additionBound(values.length, squares);
  if (contenders === 1 && uncertainty <= LEAST_ACCURACY * least) {
    return { scale: scaleOfClip(one.clips[at] as number, reference, one.top), squaredError: least, uncertainty };
  }
  return bestByElements(channel, one, (i) => remains(savings[i] as number));
}

function bestByElements(
  { values, reference }: Channel,
  one: Candidate,
  isContender: (i: number) => boolean,
): FoundScale {
  let best: FoundScale = { scale: 1, squaredError: Number.POSITIVE_INFINITY, uncertainty: 0 };
  one.clips.forEach((clip, i) => {
    if (!isContender(i)) return;
    const scale = scaleOfClip(clip, reference, one.top);
    const squaredError = exactError(values, one.grid, scale);
    if (squaredError < best.squaredError) best = { scale, squaredError, uncertainty: 0 };
  });
  return best;
}
