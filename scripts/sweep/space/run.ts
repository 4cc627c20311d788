import { EXIT } from '../../../gen/base/errors.js';
import { type Claims, claimsOf } from './claims.js';
import type { Measured } from './metric.js';
import type { Job } from './plan.js';
import { claimsIn, type ResultStore, UnkeptError } from './store.js';
import { startWorker, type Worker } from './workers.js';

/** What became of a measurement. */
export type JobOutcome =
  | { readonly state: 'kept'; readonly values: Measured; readonly seconds: number; readonly isNew: boolean }
  | { readonly state: 'failed'; readonly reason: string; readonly exitCode: number }
  /** Not begun, or not ended: the budget was used up, or the program was interrupted. */
  | { readonly state: 'left' };

export type Outcomes = ReadonlyMap<string, JobOutcome>;

/** What is going on, for a line of progress. */
export interface RunState {
  readonly outcomes: Outcomes;
  /** What a worker does, of the measurement that told something last. */
  readonly job: Job;
  readonly text: string;
}

export interface RunRequest {
  /** In the order in which they are made. */
  readonly jobs: readonly Job[];
  readonly store: ResultStore;
  readonly workers: number;
  /** Nothing is begun after this time, by `performance.now()`. */
  readonly deadline?: number | undefined;
  readonly interrupted: AbortSignal;
  readonly onProgress: (state: RunState) => void;
}

/** Between two looks at what another program measures, in milliseconds. */
const LOOK = 300;

const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

/**
 * Makes the measurements that are not kept yet, each once, also where another program works on the same folder.
 *
 * @throws UnkeptError where results cannot be kept: those before are.
 */
export async function runJobs(request: RunRequest): Promise<Outcomes> {
  const { jobs, store, workers } = request;
  const outcomes = new Map<string, JobOutcome>();
  const queue: Job[] = [];
  for (const job of jobs) {
    const kept = store.get(job.key);
    if (kept) outcomes.set(job.key, { state: 'kept', ...kept, isNew: false });
    else queue.push(job);
  }
  if (queue.length === 0) return outcomes;
  const lanes = Math.min(workers, queue.length);
  const run = new Run(request, queue, outcomes, claimed(store.folder));
  try {
    await Promise.all(Array.from({ length: lanes }, () => run.lane(lanes > 1)));
  } finally {
    run.end();
  }
  for (const { key } of jobs) if (!outcomes.has(key)) outcomes.set(key, { state: 'left' });
  return outcomes;
}

/** @throws UnkeptError where claims cannot be written. */
function claimed(folder: string): Claims {
  const claims = claimsOf(claimsIn(folder));
  return {
    ...claims,
    take(key) {
      try {
        return claims.take(key);
      } catch (error) {
        throw new UnkeptError(folder, (error as Error).message);
      }
    },
  };
}

class Run {
  readonly #workers = new Set<Worker>();
  #stopped = false;

  constructor(
    private readonly request: RunRequest,
    private readonly queue: Job[],
    private readonly outcomes: Map<string, JobOutcome>,
    private readonly claims: Claims,
  ) {
    request.interrupted.addEventListener('abort', () => this.end());
  }

  /** Measures one after the other until nothing is left. */
  async lane(one: boolean): Promise<void> {
    const { store, onProgress } = this.request;
    let worker: Worker | undefined;
    for (let job = await this.#next(); job !== undefined; job = await this.#next()) {
      const current = job;
      worker = worker?.lives() ? worker : this.#start(one);
      const tell = (text: string): void => onProgress({ outcomes: this.outcomes, job: current, text });
      tell('');
      const outcome = await worker.measure(job, tell);
      this.claims.release(job.key);
      if (this.#stopped) return;
      if (outcome.kind === 'unkept') {
        this.end();
        throw new UnkeptError(store.folder, outcome.reason);
      }
      this.outcomes.set(job.key, outcome.kind === 'done' ? this.#kept(job) : { ...outcome, state: 'failed' });
      tell('');
    }
  }

  end(): void {
    this.#stopped = true;
    for (const worker of this.#workers) worker.end();
    this.claims.end();
  }

  #start(one: boolean): Worker {
    const worker = startWorker(this.request.store.folder, one);
    this.#workers.add(worker);
    return worker;
  }

  /** What a worker says is done counts where it is there. */
  #kept({ key }: Job): JobOutcome {
    const kept = this.request.store.get(key);
    return kept === undefined
      ? { state: 'failed', reason: 'its result is not in the folder of results', exitCode: EXIT.toolBroken }
      : { state: 'kept', ...kept, isNew: true };
  }

  /** The next measurement that is this program's to make; waits for those that another one makes. */
  async #next(): Promise<Job | undefined> {
    const { store, deadline = Number.POSITIVE_INFINITY } = this.request;
    while (!this.#stopped && performance.now() < deadline) {
      let elsewhere = 0;
      for (let left = this.queue.length; left > 0; left--) {
        const job = this.queue.shift() as Job;
        const mine = store.get(job.key) === undefined && this.claims.take(job.key);
        // Another program may have ended it before the claim was free.
        const kept = store.get(job.key);
        if (kept === undefined && mine) return job;
        if (mine) this.claims.release(job.key);
        if (kept) this.outcomes.set(job.key, { state: 'kept', ...kept, isNew: false });
        else {
          this.queue.push(job);
          elsewhere++;
        }
      }
      if (elsewhere === 0) return undefined;
      await pause(LOOK);
    }
    return undefined;
  }
}
