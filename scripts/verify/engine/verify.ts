import type { EngineManifest } from '../../../gen/design/engine/manifest.js';
import type { RandomSource } from '../../../gen/golden/vectors.js';
import type { CheckOutcome } from '../outcome.js';
import { verifyDriver } from './driver.js';
import { buildEngine, runJobs } from './engine.js';
import { engineJobs } from './jobs.js';

/** Random programs, beside those at the edges of sizes and the faults. */
const JOBS = 200;

/** Verifies an engine: programs from memory to memory, and faults, each job compared with the reference simulator. */
export async function verifyEngine(
  folder: string,
  manifest: EngineManifest,
  random: RandomSource,
  { trace }: { readonly trace?: string | undefined } = {},
): Promise<CheckOutcome> {
  const built = await buildEngine(folder, manifest, { trace: trace !== undefined });
  const jobs = engineJobs(manifest.machine, random, JOBS);
  const { registers, ...outcome } = await runJobs(built, jobs, trace === undefined ? {} : { trace });
  if (outcome.failure !== undefined) return outcome;
  const driver = await verifyDriver(folder, built);
  if (driver.failure !== undefined) return { ...driver, cycles: outcome.cycles + driver.cycles };
  return {
    ...outcome,
    compared: `all memory, status and error of ${registers.length} jobs, vectors are the bytes they wrote; and the driver's checks`,
  };
}
