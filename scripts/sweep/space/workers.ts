import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ENDING, INSTALLED, ROOT } from '../../../gen/base/installed.js';
import { ONE_TOOL } from '../../tools/pool.js';
import { STORE_VARIABLE } from '../../tools/yosys/environment.js';
import type { Job } from './plan.js';
import { yosysIn } from './store.js';
import { RESULTS_VARIABLE, type WorkerMessage } from './worker.js';

/** How a measurement ended. */
export type WorkerOutcome = Exclude<WorkerMessage, { kind: 'progress' }>;

/** A process that measures. */
export interface Worker {
  /** One at a time. A process that ends in the middle is a failure of what it measured. */
  readonly measure: (job: Job, progress: (text: string) => void) => Promise<WorkerOutcome>;
  readonly lives: () => boolean;
  /** Ends it with the tools that it runs. */
  readonly end: () => void;
}

/** Characters of what a worker says last, for the reason of a failure. */
const LAST_WORDS = 400;

/**
 * Starts a process that measures.
 *
 * @param one Whether it runs one tool at a time, there being others beside it.
 */
export function startWorker(folder: string, one: boolean): Worker {
  const file = fileURLToPath(new URL(`./worker${ENDING}`, import.meta.url));
  const kept = process.env[STORE_VARIABLE] ?? '';
  const env = {
    ...process.env,
    [RESULTS_VARIABLE]: folder,
    [STORE_VARIABLE]: kept === '' ? yosysIn(folder) : kept,
    ...(one && { [ONE_TOOL]: '1' }),
  };
  // In the repository, where `tsx` is found; paths of measurements are whole.
  const cwd = INSTALLED ? process.cwd() : ROOT;
  // A process group of its own: its tools end with it.
  const child = fork(file, { env, cwd, detached: true, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let words = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-LAST_WORDS);
  });
  return {
    measure: (job, progress) => measureBy(child, job, progress, () => words),
    lives: () => child.exitCode === null && child.signalCode === null,
    end() {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
      } catch {
        // It has ended.
      }
    },
  };
}

function measureBy(
  child: ChildProcess,
  job: Job,
  progress: (text: string) => void,
  lastWords: () => string,
): Promise<WorkerOutcome> {
  return new Promise((done) => {
    const finish = (outcome: WorkerOutcome): void => {
      child.off('message', heard).off('exit', gone);
      done(outcome);
    };
    const heard = (message: WorkerMessage): void =>
      message.kind === 'progress' ? progress(message.text) : finish(message);
    const gone = (code: number | null, signal: string | null): void => {
      const said = lastWords().trim();
      const reason = `the process that measured it ended: ${signal ?? `exit code ${code}`}${said === '' ? '' : `\n${said}`}`;
      finish({ kind: 'failed', reason, exitCode: 3 });
    };
    child.on('message', heard).on('exit', gone);
    if (child.exitCode !== null || child.signalCode !== null) gone(child.exitCode, child.signalCode);
    else child.send(job, (error) => error && gone(child.exitCode, child.signalCode));
  });
}
