import type { NumericType } from '../../../gen/numerics/types/numeric-type.js';
import type { Channel } from './channel.js';
import { additionBound, exactError, gridOf } from './error.js';
import { planSearch } from './plan.js';
import { bestScales, type CandidateOptions, candidate } from './scale.js';

/** What a type would cost a tensor. */
export interface TypeCost {
  readonly type: NumericType;
  /** Over all elements, each channel at its best scale; within a millionth of the sum over elements. */
  readonly squaredError: number;
}

/** The type of a tensor and the scales of its channels. */
export interface TypeChoice extends TypeCost {
  /** The type's index in the list it was chosen from. */
  readonly index: number;
  /** One per channel, in their order. */
  readonly scales: Float64Array;
  /** All types, in the order of the list. */
  readonly considered: readonly TypeCost[];
}

/** The channels of a tensor, from the first on at every call; each is done with when the next is asked for. */
export type Channels = () => Iterable<Channel>;

/** A type with its best scale for every channel. */
interface Trial {
  readonly type: NumericType;
  readonly scales: number[];
  squaredError: number;
  /** How far that may be from the sum over elements. */
  uncertainty: number;
}

/**
 * A function that finds the type with the least sum of squared errors over the channels of a tensor, each at its best
 * scale; of equals the first in the list. It always chooses as a search over elements does. Made once for a list of
 * types (at least one), it can be used for tensor after tensor.
 *
 * @throws UserError on invalid clips.
 */
export function typeChooser(
  types: readonly NumericType[],
  options: CandidateOptions = {},
): (channels: Channels) => TypeChoice {
  const plan = planSearch(types.map((type) => candidate(type, options)));
  return (channels) => {
    const trials = types.map((type): Trial => ({ type, scales: [], squaredError: 0, uncertainty: 0 }));
    for (const channel of channels()) {
      const choices = bestScales(channel, plan);
      for (let i = 0; i < choices.length; i++) {
        const [trial, choice] = [trials[i] as Trial, choices[i] as (typeof choices)[number]];
        trial.scales.push(choice.scale);
        trial.squaredError += choice.squaredError;
        trial.uncertainty += choice.uncertainty;
      }
    }
    settleDoubts(trials, channels);
    const best = trials.reduce((least, trial) => (trial.squaredError < least.squaredError ? trial : least));
    return {
      type: best.type,
      index: trials.indexOf(best),
      scales: Float64Array.from(best.scales),
      squaredError: best.squaredError,
      considered: trials.map(({ type, squaredError }) => ({ type, squaredError })),
    };
  };
}

/** Where several types may have the least error, replaces the errors of these by the sums over elements. */
function settleDoubts(trials: readonly Trial[], channels: Channels): void {
  // The errors of the channels were themselves added up with rounding.
  const off = ({ squaredError, uncertainty, scales }: Trial): number =>
    uncertainty === 0 ? 0 : uncertainty + 2 * additionBound(scales.length, squaredError);
  const ceiling = trials.reduce(
    (least, trial) => Math.min(least, trial.squaredError + off(trial)),
    Number.POSITIVE_INFINITY,
  );
  const contenders = trials.filter((trial) => trial.squaredError - off(trial) <= ceiling);
  if (contenders.length === 1) return;
  const doubtful = contenders.filter((trial) => trial.uncertainty > 0);
  if (doubtful.length === 0) return;
  for (const trial of doubtful) Object.assign(trial, { squaredError: 0, uncertainty: 0 });
  let c = 0;
  for (const { values } of channels()) {
    for (const trial of doubtful) {
      trial.squaredError += exactError(values, gridOf(trial.type), trial.scales[c] as number);
    }
    c++;
  }
}
