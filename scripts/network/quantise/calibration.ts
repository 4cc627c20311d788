import { existsSync } from 'node:fs';
import { distance } from 'fastest-levenshtein';
import { UserError } from '../../../gen/base/errors.js';
import { FASHION, fashionMnist } from '../onnx/fashion.js';
import type { Feed } from '../onnx/feed.js';
import { openSamples, type Samples } from '../onnx/samples.js';
import type { QuantiseOptions } from './options.js';

/** Samples of Fashion-MNIST used unless said otherwise. */
export const FASHION_SAMPLES = 256;

/** The samples that a command line names. @throws UserError when there are none. */
export function calibrationSamples(sources: readonly string[], count: number | undefined): Samples {
  const [source] = sources;
  if (sources.length === 1 && source === FASHION) return fashionMnist('train', count ?? FASHION_SAMPLES).images;
  const near = sources.find((each) => !existsSync(each) && distance(each, FASHION) <= 3);
  if (near !== undefined) {
    throw new UserError(`--calib: there is no file ${near}; for the data set write ${FASHION}`);
  }
  return openSamples(sources);
}

/** Whether something is fitted to the results that the calibration samples give, so that these flatter it. */
export function fitsResults({ objective, rounding, biasCorrection, budget, ranking }: QuantiseOptions): boolean {
  const budgeted = budget !== undefined && (budget.kind === 'error' || ranking === 'output');
  return objective === 'output' || rounding === 'compensated' || biasCorrection || budgeted;
}

/** Calibration samples to fit to, and samples to measure on that nothing is fitted to. */
export interface Split {
  readonly fit: Feed;
  readonly heldOut?: Feed;
}

/** One sample in so many is held out unless said otherwise. */
const HELD_OUT_SHARE = 4;

/**
 * Holds out samples, the last ones, in whole runs: as many as asked for, else a quarter where results are fitted.
 *
 * @throws UserError when none is left to fit to.
 */
export function splitSamples(feed: Feed, fits: boolean, heldOut: number | undefined): Split {
  const { count, fixed: each = 1 } = feed;
  const wanted = heldOut ?? (fits && count > each ? Math.max(Math.floor(count / HELD_OUT_SHARE), 1) : 0);
  const held = Math.ceil(wanted / each) * each;
  if (held === 0) return { fit: feed };
  if (held >= count) {
    throw new UserError(`--held-out ${wanted}: of ${count} samples of ${feed.name} none is left to calibrate on`);
  }
  return { fit: feed.part(0, count - held), heldOut: feed.part(count - held, held) };
}
