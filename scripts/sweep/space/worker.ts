import { EXIT, UserError } from '../../../gen/base/errors.js';
import { measureJob } from './measure-job.js';
import type { Job } from './plan.js';
import { resultStore, UnkeptError } from './store.js';

/** What a worker tells of a measurement. */
export type WorkerMessage =
  | { readonly kind: 'progress'; readonly text: string }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly reason: string; readonly exitCode: number }
  | { readonly kind: 'unkept'; readonly reason: string };

/** The environment variable with the folder of results. */
export const RESULTS_VARIABLE = 'ANT_RTL_SWEEP_RESULTS';

const tell = (message: WorkerMessage): void => void process.send?.(message);

/** A process that makes the measurements it is sent, one after the other, until its parent is gone. */
function work(folder: string): void {
  const store = resultStore(folder);
  process.on('disconnect', () => process.exit());
  process.on('message', async (job: Job) => {
    try {
      await measureJob(job, store, (text) => tell({ kind: 'progress', text }));
      tell({ kind: 'done' });
    } catch (error) {
      tell(failureOf(error));
    }
  });
}

/** A full disk lets no measurement through, whichever file it was that could not be written. */
const DISK_FULL = /\b(ENOSPC|EDQUOT)\b/;

function failureOf(error: unknown): WorkerMessage {
  const reason = error instanceof Error ? error.message : String(error);
  if (error instanceof UnkeptError || DISK_FULL.test(reason)) return { kind: 'unkept', reason };
  if (error instanceof UserError) return { kind: 'failed', reason, exitCode: error.exitCode };
  const stack = error instanceof Error ? (error.stack ?? reason) : reason;
  return { kind: 'failed', reason: `internal error: ${stack}`, exitCode: EXIT.toolBroken };
}

const folder = process.env[RESULTS_VARIABLE];
if (folder !== undefined && process.send !== undefined) work(folder);
