import { fileURLToPath } from 'node:url';
import { UserError } from '../../../../gen/base/errors.js';
import { ENDING, INSTALLED, ROOT } from '../../../../gen/base/installed.js';
import { type Claims, claimsOf } from '../claims.js';
import type { Job } from '../plan.js';
import type { Batch, Pool } from '../pool.js';
import { claimsIn, type ResultStore, UnkeptError } from '../store.js';
import { cancelArrays, hasEnded, mostTasks, type SlurmOptions, submitArray, tasksOf } from './commands.js';
import {
  endedBySlurm,
  logFile,
  newName,
  readFailure,
  removeSubmission,
  type Submission,
  submissions,
  writeSubmission,
} from './submission.js';

/** Between two looks at results, and at the queue, in milliseconds. */
const LOOK = 500;
const ASK = 2500;

/** So often a task must be gone before it counts as gone: its result may be on its way through the shared folder. */
const LOOKS_GONE = 2;

/** So many times in a row Slurm may fail to answer. */
const MOST_SILENCE = 5;

/** Where a measurement is on its way. */
interface Task {
  readonly job: Job;
  readonly name: string;
  readonly index: number;
  gone: number;
}

/**
 * Tasks of job arrays, one for each measurement. What an earlier run of the program gave to Slurm, and is not done, is waited
 * for, and not given again.
 */
export class SlurmPool implements Pool {
  #claims: Claims | undefined;
  /** Arrays that end with this program. */
  readonly #own = new Set<string>();
  #interrupted = false;

  constructor(
    private readonly store: ResultStore,
    private readonly options: SlurmOptions,
  ) {}

  get width(): number {
    return this.options.limit;
  }

  async measure(batch: Batch): Promise<void> {
    const stopped = new Promise<void>((done) => {
      batch.interrupted.addEventListener('abort', () => {
        this.#interrupted = true;
        done();
      });
    });
    const tasks = await this.#adopted(batch.jobs);
    await this.#submit(
      batch.jobs.filter(({ key }) => !tasks.has(key)),
      tasks,
    );
    let [asked, silence, isLate] = [0, 0, false];
    while (tasks.size > 0 && !batch.interrupted.aborted) {
      await Promise.race([pause(LOOK), stopped]);
      this.#settle(batch, tasks);
      if (performance.now() < asked + ASK || batch.interrupted.aborted) continue;
      asked = performance.now();
      try {
        if (!isLate && performance.now() > batch.deadline) {
          isLate = true;
          await cancelArrays([...this.#own], 'waiting');
        }
        await this.#ask(batch, tasks, isLate);
        silence = 0;
      } catch (error) {
        if (!(error instanceof UserError) || ++silence >= MOST_SILENCE) throw error;
      }
    }
    if (!batch.interrupted.aborted) await this.#tidy();
  }

  /** Cancels what is left of this program's arrays where it was interrupted. */
  async end(): Promise<void> {
    const own = [...this.#own];
    try {
      if (!this.#interrupted) return;
      await cancelArrays(own, 'all');
      for (const name of own) this.#remove(name);
    } finally {
      this.#claims?.end();
    }
  }

  /** Measurements that Slurm has already. */
  async #adopted(jobs: readonly Job[]): Promise<Map<string, Task>> {
    const wanted = new Map(jobs.map((job) => [job.key, job]));
    const tasks = new Map<string, Task>();
    const known = submissions(this.store.folder);
    const states = await tasksOf(known.map(({ name }) => name));
    for (const submission of known) {
      const { name } = submission;
      const alive = states.filter((task) => task.name === name && !hasEnded(task));
      const isWanted = alive.some(({ index }) => wanted.has(submission.jobs[index]?.key ?? ''));
      if ((alive.length === 0 || isWanted) && !this.#own.has(name) && this.#take(name)) this.#own.add(name);
      if (alive.length === 0 && this.#own.has(name)) this.#remove(name);
      for (const { index } of alive) {
        const job = wanted.get(submission.jobs[index]?.key ?? '');
        if (job !== undefined) tasks.set(job.key, { job, name, index, gone: 0 });
      }
    }
    return tasks;
  }

  /** Gives measurements to Slurm, the names of their arrays being kept before. */
  async #submit(jobs: readonly Job[], tasks: Map<string, Task>): Promise<void> {
    if (jobs.length === 0) return;
    const { folder } = this.store;
    const most = await mostTasks();
    const file = fileURLToPath(new URL(`./task${ENDING}`, import.meta.url));
    let after: string | undefined;
    for (let first = 0; first < jobs.length; first += most) {
      const submission: Submission = { name: newName(), jobs: jobs.slice(first, first + most) };
      const { name } = submission;
      this.#take(name);
      this.#own.add(name);
      try {
        writeSubmission(folder, submission);
      } catch (error) {
        throw new UnkeptError(folder, (error as Error).message);
      }
      after = await submitArray({
        ...{ name, tasks: submission.jobs.length, options: this.options, after },
        // In the repository, where `tsx` is found; paths of measurements are whole.
        folder: INSTALLED ? process.cwd() : ROOT,
        log: logFile(folder, name, '%a'),
        command: [process.execPath, ...process.execArgv, file, folder, name],
      });
      for (const [index, job] of submission.jobs.entries()) tasks.set(job.key, { job, name, index, gone: 0 });
    }
  }

  /** Settles what has a result, or a failure of its own. */
  #settle({ settle }: Batch, tasks: Map<string, Task>): void {
    const { folder } = this.store;
    for (const [key, { job, name, index }] of tasks) {
      const kept = this.store.get(key);
      const failure = kept === undefined ? readFailure(folder, name, index) : undefined;
      if (kept !== undefined) settle(job, { state: 'kept', ...kept, isNew: true });
      else if (failure !== undefined) settle(job, { state: 'failed', ...failure });
      else continue;
      tasks.delete(key);
    }
  }

  /** Asks Slurm which tasks are gone without a result. */
  async #ask(batch: Batch, tasks: Map<string, Task>, isLate: boolean): Promise<void> {
    const { folder } = this.store;
    const names = new Set([...tasks.values()].map(({ name }) => name));
    const states = new Map((await tasksOf([...names])).map((task) => [`${task.name} ${task.index}`, task]));
    const again: Job[] = [];
    const running: Task[] = [];
    for (const [key, task] of tasks) {
      const { job, name, index } = task;
      const found = states.get(`${name} ${index}`);
      if (found?.state === 'RUNNING') running.push(task);
      task.gone = found === undefined || hasEnded(found) ? task.gone + 1 : 0;
      if (task.gone < LOOKS_GONE) continue;
      tasks.delete(key);
      // What was not to begin any more is left; what another program cancelled, this one still wants.
      if (isLate && (found === undefined || found.state === 'CANCELLED')) continue;
      if (this.#own.has(name))
        batch.settle(job, { state: 'failed', ...endedBySlurm(folder, name, index, found?.state) });
      else again.push(job);
    }
    if (!isLate) await this.#submit(again, tasks);
    const [first] = [...running, ...tasks.values()];
    if (first) batch.progress(first.job, `in Slurm: ${running.length} running, ${tasks.size - running.length} waiting`);
  }

  /** @throws UnkeptError where claims cannot be written. */
  #take(name: string): boolean {
    try {
      this.#claims ??= claimsOf(claimsIn(this.store.folder));
      return this.#claims.take(name);
    } catch (error) {
      throw new UnkeptError(this.store.folder, (error as Error).message);
    }
  }

  /** Removes arrays that are done. Of a task that Slurm would begin again, its result being there, nothing is left to do. */
  async #tidy(): Promise<void> {
    const done = submissions(this.store.folder).filter(
      ({ name, jobs }) =>
        this.#own.has(name) &&
        jobs.every(
          ({ key }, index) =>
            this.store.get(key) !== undefined || readFailure(this.store.folder, name, index) !== undefined,
        ),
    );
    const names = done.map(({ name }) => name);
    await cancelArrays(names, 'waiting');
    for (const name of names) this.#remove(name);
  }

  #remove(name: string): void {
    removeSubmission(this.store.folder, name);
    this.#own.delete(name);
    this.#claims?.release(name);
  }
}

const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));
