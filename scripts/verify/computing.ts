import type { Manifest } from '../../gen/design/manifest.js';
import type { RandomSource } from '../../gen/golden/vectors.js';
import type { ComputingFacts } from '../../gen/rtl/arch/facts.js';
import { factsOf } from '../../gen/rtl/arch/table.js';
import { prepareScaler } from './blocks.js';
import type { CheckOptions } from './budget.js';
import { prepareDotUnit } from './dot.js';
import { prepareModules } from './modules.js';
import type { CheckOutcome, PreparedCheck } from './outcome.js';
import { runOnce } from './prepared.js';

type Prepare = (
  folder: string,
  manifest: Manifest,
  random: RandomSource,
  options: CheckOptions,
) => Promise<PreparedCheck>;

/** The checks of what multiplies and adds, in an order in which a fault of the former explains one of the latter. */
const CHECKS: Readonly<Record<ComputingFacts['bench'], readonly Prepare[]>> = {
  pe: [prepareModules],
  unit: [prepareDotUnit],
  blocks: [prepareDotUnit, prepareScaler],
};

/** The checks of a design's decoders, and alone of what multiplies and adds in it. */
export const computingChecks = ({ configuration }: Manifest): readonly Prepare[] =>
  CHECKS[factsOf(configuration).computing.bench];

/** Verifies the decoders of a design, and alone what multiplies and adds in it, up to the first failure. */
export async function verifyComputing(
  folder: string,
  manifest: Manifest,
  random: RandomSource,
  options: CheckOptions,
): Promise<CheckOutcome> {
  let [vectors, cycles] = [0, 0];
  for (const prepare of computingChecks(manifest)) {
    const outcome = await runOnce(prepare(folder, manifest, random, options));
    vectors += outcome.vectors;
    cycles += outcome.cycles;
    if (outcome.failure !== undefined) return { ...outcome, vectors, cycles };
  }
  return { vectors, cycles };
}
