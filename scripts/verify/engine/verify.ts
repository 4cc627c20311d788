import type { EngineManifest } from '../../../gen/design/engine/manifest.js';
import type { RandomSource } from '../../../gen/golden/vectors.js';
import { FULL_BUDGET, type TestBudget } from '../budget.js';
import type { CheckOutcome } from '../outcome.js';
import { verifyDriver } from './driver.js';
import { buildEngine, runJobs } from './engine.js';
import { engineJobs } from './jobs.js';

/** Random programs, beside those at the edges of sizes and the faults. */
const JOBS = 200;

type EngineBudget = Pick<TestBudget, 'tuning' | 'builds'>;

/** What was run. */
export interface EngineCounts {
  readonly jobs: number;
  readonly commands: number;
}

/** Verifies an engine: programs from memory to memory, and faults, each job compared with the reference simulator. */
export async function verifyEngine(
  folder: string,
  manifest: EngineManifest,
  random: RandomSource,
  { trace, budget = FULL_BUDGET }: { readonly trace?: string | undefined; readonly budget?: EngineBudget } = {},
): Promise<CheckOutcome & { readonly counts: EngineCounts }> {
  const { tuning, builds } = budget;
  const built = await buildEngine(folder, manifest, { trace: trace !== undefined, tuning, builds });
  const jobs = engineJobs(manifest.machine, random, JOBS);
  const { registers, ...outcome } = await runJobs(built, jobs, trace === undefined ? {} : { trace });
  const counts = {
    jobs: registers.length,
    commands: jobs.slice(0, registers.length).reduce((sum, { program }) => sum + program.commands.length, 0),
  };
  if (outcome.failure !== undefined) return { ...outcome, counts };
  const driver = await verifyDriver(folder, built);
  if (driver.failure !== undefined) return { ...driver, cycles: outcome.cycles + driver.cycles, counts };
  return {
    ...{ ...outcome, counts },
    compared: `all memory, status and error of ${registers.length} jobs, vectors are the bytes they wrote; and the driver's checks`,
  };
}
