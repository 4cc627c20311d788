import { EXIT } from '../../../../gen/base/errors.js';
import { runProgram } from '../../../../gen/base/program.js';
import { ONE_TOOL } from '../../../tools/pool.js';
import { LocalPool } from '../local-pool.js';
import { runJobs } from '../run.js';
import { resultStore } from '../store.js';
import { readSubmission, writeFailure } from './submission.js';

/**
 * A task of an array: makes the measurement of its number, unless it is kept; where another process makes it, such as the
 * same task on a node that Slurm counts as lost, it waits for that.
 */
async function task(): Promise<number> {
  const [folder = '', name = ''] = process.argv.slice(2);
  const index = Number(process.env.SLURM_ARRAY_TASK_ID);
  const job = readSubmission(folder, name)?.jobs[index];
  if (job === undefined) {
    process.stderr.write(`there is no measurement ${index} of ${name} in ${folder}\n`);
    return EXIT.toolBroken;
  }
  const controller = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => controller.abort());
  // It has one processor.
  process.env[ONE_TOOL] = '1';
  const store = resultStore(folder);
  const pool = new LocalPool(store, 1);
  const outcomes = await runJobs({
    ...{ jobs: [job], store, pool, interrupted: controller.signal },
    onProgress: () => {},
  }).finally(() => pool.end());
  const outcome = outcomes.get(job.key);
  if (outcome?.state === 'kept') return EXIT.done;
  if (outcome?.state === 'failed') writeFailure(folder, name, index, outcome);
  return EXIT.checkFailed;
}

await runProgram(task);
