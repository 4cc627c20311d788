import type { Job } from './plan.js';
import type { JobOutcome, Outcomes, Pool } from './pool.js';
import type { ResultStore } from './store.js';

/** What is going on, for a line of progress. */
export interface RunState {
  readonly outcomes: Outcomes;
  /** The measurement that told something last. */
  readonly job: Job;
  readonly text: string;
}

export interface RunRequest {
  /** In the order in which they are made. */
  readonly jobs: readonly Job[];
  readonly store: ResultStore;
  readonly pool: Pool;
  /** Nothing is begun after this time, by `performance.now()`. */
  readonly deadline?: number | undefined;
  readonly interrupted: AbortSignal;
  readonly onProgress: (state: RunState) => void;
}

/**
 * Makes the measurements that are not kept yet.
 *
 * @throws UnkeptError where results cannot be kept: those before are.
 */
export async function runJobs(request: RunRequest): Promise<Outcomes> {
  const { jobs, store, pool, deadline = Number.POSITIVE_INFINITY, interrupted, onProgress } = request;
  const outcomes = new Map<string, JobOutcome>();
  const wanted: Job[] = [];
  for (const job of jobs) {
    const kept = store.get(job.key);
    if (kept) outcomes.set(job.key, { state: 'kept', ...kept, isNew: false });
    else wanted.push(job);
  }
  if (wanted.length > 0 && !interrupted.aborted && performance.now() < deadline) {
    const progress = (job: Job, text: string): void => onProgress({ outcomes, job, text });
    const settle = (job: Job, outcome: JobOutcome): void => {
      outcomes.set(job.key, outcome);
      progress(job, '');
    };
    await pool.measure({ jobs: wanted, deadline, interrupted, settle, progress });
  }
  for (const { key } of jobs) if (!outcomes.has(key)) outcomes.set(key, { state: 'left' });
  return outcomes;
}
