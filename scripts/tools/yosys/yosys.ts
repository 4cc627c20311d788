import { toolFailure, toolProblem, toolStatus } from '../find.js';
import { type DiskStore, diskStore } from './disk-store.js';
import { wantedBuild, wantedStore } from './environment.js';
import type { RunTerms, TextFiles, Yosys } from './interface.js';
import { nativeYosys, OUT_OF_TIME } from './native.js';
import { rememberingYosys } from './remember.js';
import { wasmYosys } from './wasm.js';

/**
 * The native Yosys if it is there and new enough, else the WebAssembly build; it remembers on disk where the environment says so.
 *
 * @throws UserError (exit code 3) when the build that the environment asks for is not there, (2) when it asks for what is not known.
 */
export const findYosys = async (env: NodeJS.ProcessEnv = process.env): Promise<Yosys> => (await find(env)).yosys;

/**
 * Finds a Yosys as `findYosys` does. Tells on stderr why it is not the native program, where that is worth knowing, and at the
 * program's end how many results were remembered.
 */
export async function announcedYosys(env: NodeJS.ProcessEnv = process.env): Promise<Yosys> {
  const { yosys, store } = await find(env);
  if (yosys.note !== undefined) note(yosys.note);
  if (store !== undefined) {
    process.once('exit', () => {
      const { asked, found } = store.counts();
      note(`${found} of ${asked} results of Yosys were in ${store.folder}`);
    });
  }
  return yosys;
}

const note = (text: string): void => void process.stderr.write(`note: ${text}\n`);

async function find(env: NodeJS.ProcessEnv): Promise<{ readonly yosys: Yosys; readonly store?: DiskStore }> {
  const folder = wantedStore(env);
  const yosys = await buildFor(env);
  if (folder === undefined) return { yosys };
  const store = diskStore(folder, note);
  return { yosys: rememberingYosys(yosys, store), store };
}

async function buildFor(env: NodeJS.ProcessEnv): Promise<Yosys> {
  const wanted = wantedBuild(env);
  if (wanted === 'wasm') return wasmYosys();
  if (wanted === 'native') return nativeYosys(env);
  const status = await toolStatus('yosys', env);
  if (status.state === 'ready') return nativeYosys(env);
  return { ...(await wasmYosys()), note: `${toolProblem('yosys', status)}; using the WebAssembly build` };
}

/** A script with the files it reads and those it writes; `cpuSeconds` is for Yosys and for ABC, which may be stopped: see `outOfTime`. */
export interface YosysJob extends RunTerms {
  /** What the job is about, for messages. */
  readonly title: string;
  readonly script: string;
  readonly inputs: TextFiles;
  readonly outputs: readonly string[];
}

export interface YosysRun {
  /** Text of the files the job names as outputs. */
  readonly outputs: TextFiles;
  /** Lines of the log that begin with `Warning:`. */
  readonly warnings: readonly string[];
  readonly log: string;
  /** Whether either was stopped since it had used up the job's `cpuSeconds`; nothing is written then. */
  readonly outOfTime: boolean;
}

/** What Yosys says when ABC was killed. */
const ABC_KILLED = new RegExp(
  `^ERROR: ABC: execution of command .* failed: return code (${OUT_OF_TIME.join('|')})\\.`,
  'm',
);

/**
 * Runs a job.
 *
 * @throws UserError (exit code 3) with the tail of the log when Yosys fails or does not write what it should.
 */
export async function runYosys(yosys: Yosys, job: YosysJob): Promise<YosysRun> {
  const { title, script, inputs, outputs, cpuSeconds, answered } = job;
  const { exitCode, log, files } = await yosys.execute(script, inputs, outputs, { cpuSeconds, answered });
  const warnings = log.split('\n').filter((line) => line.startsWith('Warning:'));
  const killed = OUT_OF_TIME.includes(exitCode) || (exitCode !== 0 && ABC_KILLED.test(log));
  if (cpuSeconds !== undefined && killed) {
    return { outputs: {}, warnings, log, outOfTime: true };
  }
  const failure = (what: string) =>
    toolFailure(`${yosys.identity.name} (${yosys.identity.build})`, `${what} on ${title}`, log, script.trim());
  if (exitCode !== 0) throw failure(`ended with exit code ${exitCode}`);
  const absent = outputs.filter((file) => files[file] === undefined);
  if (absent.length > 0) throw failure(`wrote no ${absent.join(', ')}`);
  return { outputs: files, warnings, log, outOfTime: false };
}
