import type { Manifest } from '../../gen/design/manifest.js';
import type { RandomSource } from '../../gen/golden/vectors.js';
import type { ComputingFacts } from '../../gen/rtl/arch/facts.js';
import { factsOf } from '../../gen/rtl/arch/table.js';
import { verifyBlockUnit } from './blocks.js';
import type { TestBudget } from './budget.js';
import { verifyDotUnit } from './dot.js';
import { verifyModules } from './modules.js';
import type { CheckOutcome } from './outcome.js';

type Check = (
  folder: string,
  manifest: Manifest,
  random: RandomSource,
  options: { readonly budget: TestBudget; readonly trace?: string | undefined },
) => Promise<CheckOutcome>;

const CHECKS: Readonly<Record<ComputingFacts['bench'], Check>> = {
  pe: verifyModules,
  unit: verifyDotUnit,
  blocks: verifyBlockUnit,
};

/** Verifies the decoders of a design, and alone what multiplies and adds in it. */
export const verifyComputing: Check = (folder, manifest, random, options) =>
  CHECKS[factsOf(manifest.configuration).computing.bench](folder, manifest, random, options);
