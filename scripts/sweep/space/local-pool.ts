import { EXIT } from '../../../gen/base/errors.js';
import { type Claims, claimsOf } from './claims.js';
import type { Job } from './plan.js';
import type { Batch, JobOutcome, Pool } from './pool.js';
import { claimsIn, type ResultStore, UnkeptError } from './store.js';
import { startWorker, type Worker } from './workers.js';

/** Between two looks at what another program measures, in milliseconds. */
const LOOK = 300;

const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

/** Processes of this machine, which are started when there is something to measure, and wait for more. */
export class LocalPool implements Pool {
  readonly #workers = new Set<Worker>();
  readonly #idle: Worker[] = [];
  #claims: Claims | undefined;
  #ended = false;

  /** @param width Measurements at a time. */
  constructor(
    private readonly store: ResultStore,
    readonly width: number,
  ) {}

  async measure(batch: Batch): Promise<void> {
    const lanes = Math.min(this.width, batch.jobs.length);
    const stop = (): void => void this.end();
    batch.interrupted.addEventListener('abort', stop);
    const queue = [...batch.jobs];
    try {
      await Promise.all(Array.from({ length: lanes }, () => this.#lane(batch, queue, lanes > 1)));
    } finally {
      batch.interrupted.removeEventListener('abort', stop);
    }
  }

  async end(): Promise<void> {
    this.#ended = true;
    for (const worker of this.#workers) worker.end();
    this.#claims?.end();
  }

  /** Measures one after the other until nothing is left. */
  async #lane(batch: Batch, queue: Job[], one: boolean): Promise<void> {
    let worker = this.#idle.pop();
    for (let job = await this.#next(batch, queue); job !== undefined; job = await this.#next(batch, queue)) {
      const current = job;
      worker = worker?.lives() ? worker : this.#start(one);
      const tell = (text: string): void => batch.progress(current, text);
      tell('');
      const outcome = await worker.measure(job, tell);
      this.#claims?.release(job.key);
      if (this.#ended) return;
      if (outcome.kind === 'unkept') {
        await this.end();
        throw new UnkeptError(this.store.folder, outcome.reason);
      }
      batch.settle(job, outcome.kind === 'done' ? this.#kept(job) : { ...outcome, state: 'failed' });
    }
    if (worker !== undefined) this.#idle.push(worker);
  }

  #start(one: boolean): Worker {
    const worker = startWorker(this.store.folder, one);
    this.#workers.add(worker);
    return worker;
  }

  /** What a worker says is done counts where it is there. */
  #kept({ key }: Job): JobOutcome {
    const kept = this.store.get(key);
    return kept === undefined
      ? { state: 'failed', reason: 'its result is not in the folder of results', exitCode: EXIT.toolBroken }
      : { state: 'kept', ...kept, isNew: true };
  }

  /** The next measurement that is this program's to make; waits for those that another one makes. */
  async #next({ deadline, settle }: Batch, queue: Job[]): Promise<Job | undefined> {
    while (!this.#ended && performance.now() < deadline) {
      let elsewhere = 0;
      for (let left = queue.length; left > 0; left--) {
        const job = queue.shift() as Job;
        const mine = this.store.get(job.key) === undefined && this.#take(job.key);
        // Another program may have ended it before the claim was free.
        const kept = this.store.get(job.key);
        if (kept === undefined && mine) return job;
        if (mine) this.#claims?.release(job.key);
        if (kept) settle(job, { state: 'kept', ...kept, isNew: false });
        else {
          queue.push(job);
          elsewhere++;
        }
      }
      if (elsewhere === 0) return undefined;
      await pause(LOOK);
    }
    return undefined;
  }

  /** @throws UnkeptError where claims cannot be written. */
  #take(key: string): boolean {
    try {
      this.#claims ??= claimsOf(claimsIn(this.store.folder));
      return this.#claims.take(key);
    } catch (error) {
      throw new UnkeptError(this.store.folder, (error as Error).message);
    }
  }
}
