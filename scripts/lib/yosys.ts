import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { ToolIdentity } from '../../gen/area/report.js';
import { EXIT, UserError } from '../../gen/errors.js';
import { requireTool, runTool, toolFailure, toolProblem, toolStatus } from './tools.js';

/** Environment variable that forces the native program (`native`) or the WebAssembly build (`wasm`). */
export const YOSYS_VARIABLE = 'ANT_RTL_YOSYS';

/** A Yosys that can be run; scripts are the same for both builds. */
export interface Yosys {
  readonly identity: ToolIdentity;
  /** Why this is not the native program, where that is worth knowing. */
  readonly note?: string;
  /** Program and arguments before Yosys' own. */
  readonly command: readonly [string, ...string[]];
}

/** A script with the files it reads and those it writes, all below one folder. */
export interface YosysJob {
  /** What the job is about, for messages. */
  readonly title: string;
  readonly script: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: readonly string[];
}

export interface YosysRun {
  /** Text of the files the job names as outputs. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Lines of the log that begin with `Warning:`. */
  readonly warnings: readonly string[];
}

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

async function nativeYosys(env: NodeJS.ProcessEnv): Promise<Yosys> {
  const { path, version } = await requireTool('yosys', env);
  return { identity: { name: 'Yosys', version, build: 'native' }, command: [path] };
}

async function wasmYosys(): Promise<Yosys> {
  let release: string;
  try {
    ({ version: release } = await import('@yowasp/yosys'));
  } catch (error) {
    throw new UserError(
      `the WebAssembly build of Yosys cannot be loaded: ${(error as Error).message}\ninstall it with npm ci`,
      EXIT.toolBroken,
    );
  }
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const runner = fileURLToPath(new URL('./yosys-wasm.ts', import.meta.url));
  return {
    identity: {
      name: 'Yosys',
      version: release.split('.').slice(0, 2).join('.'),
      build: 'WebAssembly',
      package: `@yowasp/yosys ${release}`,
    },
    command: [process.execPath, '--import', loader, runner],
  };
}

const SCRIPT = 'script.ys';
const LOG = 'yosys.log';

/**
 * Runs a script in a folder of its own, which is removed afterwards.
 *
 * @throws UserError (exit code 3) with the tail of the log when Yosys fails or does not write what it should.
 */
export async function runYosys({ identity, command }: Yosys, job: YosysJob): Promise<YosysRun> {
  const folder = mkdtempSync(join(tmpdir(), 'ant-rtl-yosys-'));
  try {
    for (const [path, text] of Object.entries({ ...job.inputs, [SCRIPT]: job.script })) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const [path, ...before] = command;
    const name = `${identity.name} (${identity.build}) on ${job.title}`;
    const args = [...before, '-q', '-l', LOG, '-s', SCRIPT];
    const run = await runTool({ name, path }, args, { cwd: folder, okCodes: [0, 1] });
    const log = readIfThere(join(folder, LOG)) ?? run.log;
    if (run.exitCode !== 0) {
      throw toolFailure(name, `ended with exit code ${run.exitCode}`, log, `yosys, script:\n${job.script}`);
    }
    const outputs = job.outputs.map((file): [string, string] => {
      const text = readIfThere(join(folder, file));
      if (text === undefined) throw toolFailure(name, `wrote no ${file}`, log, `yosys, script:\n${job.script}`);
      return [file, text];
    });
    const warnings = log.split('\n').filter((line) => line.startsWith('Warning:'));
    return { outputs: Object.fromEntries(outputs), warnings };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
