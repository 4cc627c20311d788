import { existsSync } from 'node:fs';
import { distance } from 'fastest-levenshtein';
import { UserError } from '../../../gen/base/errors.js';
import { FASHION, fashionMnist } from '../onnx/fashion.js';
import { firstSamples, openSamples, type Samples } from '../onnx/samples.js';

/** Samples of Fashion-MNIST used unless said otherwise. */
export const FASHION_SAMPLES = 256;

/** The samples that a command line names, at most `limit`. @throws UserError when there are none. */
export function calibrationSamples(source: string, count: number | undefined): Samples {
  if (source === FASHION) return fashionMnist('train', count ?? FASHION_SAMPLES).images;
  if (!existsSync(source) && distance(source, FASHION) <= 3) {
    throw new UserError(`--calib: there is no file ${source}; for the data set write ${FASHION}`);
  }
  const samples = openSamples(source);
  return count === undefined ? samples : firstSamples(samples, count);
}
