import type { RequantiserManifest } from '../../../gen/design/requantiser/manifest.js';
import type { RandomSource } from '../../../gen/golden/vectors.js';
import type { TestBudget } from '../budget.js';
import type { CheckOutcome } from '../outcome.js';
import { verifyEncoder } from './encoder.js';
import { verifyStreams } from './streams.js';

/** Verifies a requantiser: first its encoder alone, whose fault explains any other. */
export async function verifyRequantiser(
  folder: string,
  manifest: RequantiserManifest,
  random: RandomSource,
  options: { readonly budget: TestBudget; readonly trace?: string | undefined },
): Promise<CheckOutcome> {
  const encoder = await verifyEncoder(folder, manifest, random, options.budget);
  if (encoder.failure !== undefined) return encoder;
  const streams = await verifyStreams(folder, manifest, random, options);
  return { ...streams, vectors: encoder.vectors + streams.vectors };
}
