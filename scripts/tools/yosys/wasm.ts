import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { pathToFileURL } from 'node:url';
import { ENDING } from '../../../gen/base/installed.js';
import { loadPackage } from '../../../gen/base/package.js';
import { toolFailure } from '../find.js';
import type { Yosys, YosysOutcome } from './interface.js';
import type { WasmJob } from './wasm-process.js';

/** The WebAssembly Yosys of npm. @throws UserError (exit code 3) when the package cannot be loaded. */
export async function wasmYosys(): Promise<Yosys> {
  const { version: release } = await loadPackage('@yowasp/yosys', () => import('@yowasp/yosys'));
  return {
    identity: {
      name: 'Yosys',
      version: release.split('.').slice(0, 2).join('.'),
      build: 'WebAssembly',
      package: `@yowasp/yosys ${release}`,
    },
    fingerprint: `@yowasp/yosys ${release}`,
    execute: (script, inputs, wanted) => runInProcess({ script, inputs, wanted }),
  };
}

/** Processes that wait for their next job. They do not keep this process alive. */
const idle: ChildProcess[] = [];

/** What runs a job: of the installed package JavaScript, of the repository TypeScript with its loader. */
function program(): { readonly file: URL; readonly execArgv: string[] } {
  if (ENDING === '.js') return { file: new URL('./wasm-process.js', import.meta.url), execArgv: [] };
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return { file: new URL('./wasm-process.ts', import.meta.url), execArgv: ['--import', loader] };
}

function start(): ChildProcess {
  const { file, execArgv } = program();
  return fork(file, {
    execArgv,
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}

async function runInProcess(job: WasmJob): Promise<YosysOutcome> {
  const child = idle.pop() ?? start();
  keepsAlive(child, true);
  const outcome = await answer(child, job);
  keepsAlive(child, false);
  idle.push(child);
  return outcome;
}

/** Whether this process waits for a child, and for what connects the two, before it ends. */
function keepsAlive(child: ChildProcess, yes: boolean): void {
  for (const handle of [child, child.channel, child.stderr as Socket | null]) {
    if (yes) handle?.ref();
    else handle?.unref();
  }
}

function answer(child: ChildProcess, job: WasmJob): Promise<YosysOutcome> {
  return new Promise((resolve, reject) => {
    let printed = '';
    const listen = (chunk: Buffer): void => {
      printed += chunk.toString();
    };
    const broke = (what: string): void => reject(toolFailure('Yosys (WebAssembly)', what, printed, job.script.trim()));
    const onError = (error: Error): void => broke(`broke down: ${error.message}`);
    const onExit = (code: number | null, signal: string | null): void => broke(`broke down (${signal ?? code})`);
    child.stderr?.on('data', listen);
    child.once('error', onError);
    child.once('close', onExit);
    child.once('message', (outcome) => {
      child.stderr?.off('data', listen);
      child.off('error', onError);
      child.off('close', onExit);
      resolve(outcome as YosysOutcome);
    });
    child.send(job);
  });
}
