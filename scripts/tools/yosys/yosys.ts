import { UserError } from '../../../gen/base/errors.js';
import { toolFailure, toolProblem, toolStatus } from '../find.js';
import type { TextFiles, Yosys } from './interface.js';
import { nativeYosys, OUT_OF_TIME } from './native.js';
import { wasmYosys } from './wasm.js';

/** Environment variable that forces the native program (`native`) or the WebAssembly build (`wasm`). */
export const YOSYS_VARIABLE = 'ANT_RTL_YOSYS';

/**
 * The native Yosys if it is there and new enough, else the WebAssembly build.
 *
 * @throws UserError (exit code 3) when the build that the environment asks for is not there, (2) when it asks for another.
 */
export async function findYosys(env: NodeJS.ProcessEnv = process.env): Promise<Yosys> {
  const wanted = env[YOSYS_VARIABLE] ?? '';
  if (!['', 'native', 'wasm'].includes(wanted)) {
    throw new UserError(`${YOSYS_VARIABLE}=${wanted} is not known; use native or wasm, or leave it unset`);
  }
  if (wanted === 'wasm') return wasmYosys();
  if (wanted === 'native') return nativeYosys(env);
  const status = await toolStatus('yosys', env);
  if (status.state === 'ready') return nativeYosys(env);
  return { ...(await wasmYosys()), note: `${toolProblem('yosys', status)}; using the WebAssembly build` };
}

/** Finds a Yosys as `findYosys` does, and tells on stderr why it is not the native program, where that is worth knowing. */
export async function announcedYosys(): Promise<Yosys> {
  const yosys = await findYosys();
  if (yosys.note !== undefined) process.stderr.write(`note: ${yosys.note}\n`);
  return yosys;
}

/** A script with the files it reads and those it writes. */
export interface YosysJob {
  /** What the job is about, for messages. */
  readonly title: string;
  readonly script: string;
  readonly inputs: TextFiles;
  readonly outputs: readonly string[];
  /** For Yosys and for ABC, which may be stopped: see `outOfTime`. */
  readonly cpuSeconds?: number;
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
  const { title, script, inputs, outputs, cpuSeconds } = job;
  const { exitCode, log, files } = await yosys.execute(script, inputs, outputs, { cpuSeconds });
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
