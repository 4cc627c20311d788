import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { arch, cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeFolder } from '../../gen/base/folder.js';
import { findProgram, requireTool, runTool, type Tool } from './find.js';

const TB_FOLDER = fileURLToPath(new URL('../../tb/', import.meta.url));
const BUILD_FOLDER = fileURLToPath(new URL('../../build/', import.meta.url));

const EXECUTABLE = 'Vdut';

/** A test bench to compile: the Verilog under it and the C++ that drives it. */
export interface BenchSource {
  /** A name for the build folder. */
  readonly name: string;
  readonly top: string;
  /** Verilog files, absolute or relative to the working directory. */
  readonly verilog: readonly string[];
  /** The C++ file in `tb/`. */
  readonly main: string;
  readonly trace: boolean;
  /** Lint warnings that do not count for this top. */
  readonly allow?: readonly string[];
  /** Number of PEs, which decides how much the compiler may optimise. */
  readonly pes: number;
  /** Instead of the chosen one. */
  readonly tuning?: Tuning;
  /** Folder for the build, instead of the one in which builds are kept. */
  readonly builds?: string;
}

/** Options that decide the speed of a simulation, not its results. */
export interface Tuning {
  readonly verilator: readonly string[];
  /** Options of the C++ compiler for the model and for everything else; empty: those of Verilator's makefile. */
  readonly model: string;
  readonly rest: string;
}

/** Above this many PEs a build at -O3 takes minutes and gains 10 %: -O1 is the better trade. */
const LARGE = 2048;

/**
 * Chosen by measurement (`npm run bench:simulation`, docs/verification.md). `OPT_FAST` is what Verilator's makefile
 * heeds, unlike -CFLAGS; two threads are slower than one.
 */
export function chosenTuning(pes: number): Tuning {
  return {
    verilator: ['-O3', '--x-assign', 'fast', '--x-initial', 'fast', '--noassert'],
    model: `${pes > LARGE ? '-O1' : '-O3'} -march=native`,
    rest: '-O2 -march=native',
  };
}

function flags({ top, trace, pes, allow = [], tuning = chosenTuning(pes) }: BenchSource): string[] {
  const makeflags = tuning.model === '' ? [] : ['-MAKEFLAGS', `OPT_FAST="${tuning.model}" OPT_GLOBAL="${tuning.rest}"`];
  return [
    ...['--cc', '--exe', '-Wall', '--top-module', top, '--prefix', 'Vdut'],
    ...['-CFLAGS', `-std=c++20 -I${TB_FOLDER}`],
    ...tuning.verilator,
    ...makeflags,
    ...allow.map((warning) => `-Wno-${warning}`),
    ...(trace ? ['--trace-fst'] : []),
  ];
}

/**
 * The tools that build benches.
 *
 * @throws UserError when one is missing or too old: before long work that would be lost then.
 */
export async function requireSimulationTools(): Promise<{ verilator: Tool; compiler: Tool }> {
  return { verilator: await requireTool('verilator'), compiler: await requireTool('c++') };
}

/**
 * Builds a bench, or finds it built before: builds are kept by the hash of all sources, flags and tool versions.
 *
 * @returns path of the executable.
 * @throws UserError when Verilator or the compiler is missing or fails, with the tail of the log.
 */
export async function buildBench(source: BenchSource): Promise<string> {
  const { verilator, compiler } = await requireSimulationTools();
  const arguments_ = flags(source);
  const folder = join(
    source.builds ?? BUILD_FOLDER,
    `${source.name}-${buildKey(source, [verilator.version, compiler.version, machine(), ...arguments_])}`,
  );
  const executable = join(folder, EXECUTABLE);
  if (existsSync(executable)) return executable;
  const temporary = `${folder}.new-${process.pid}`;
  rmSync(temporary, { recursive: true, force: true });
  makeFolder(temporary);
  const ccache = findProgram('ccache') ? ['-MAKEFLAGS', 'OBJCACHE=ccache'] : [];
  const files = [...source.verilog.map((file) => resolve(file)), join(TB_FOLDER, source.main)];
  try {
    await runTool(verilator, [...arguments_, ...ccache, '--build', '-j', '2', '--Mdir', temporary, ...files], {
      cwd: temporary,
    });
    keepBuild(temporary, folder);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
  return executable;
}

/** A finished build takes its place, unless another process was first with the same one, which may be running already. */
function keepBuild(temporary: string, folder: string): void {
  if (!existsSync(join(folder, EXECUTABLE))) rmSync(folder, { recursive: true, force: true });
  try {
    renameSync(temporary, folder);
  } catch (error) {
    if (!existsSync(join(folder, EXECUTABLE))) throw error;
    rmSync(temporary, { recursive: true, force: true });
  }
}

function buildKey(source: BenchSource, settings: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify([source.top, source.main, settings]));
  const headers = readdirSync(TB_FOLDER).map((file) => join(TB_FOLDER, file));
  for (const file of [...source.verilog, ...headers]) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

/** The processor a build is for: `-march=native` code does not run everywhere. */
function machine(): string {
  return `${arch()} ${cpus()[0]?.model ?? ''}`;
}

/** A fresh folder below the build folder for the vectors of one run. */
export function scratchFolder(name: string): string {
  const folder = join(BUILD_FOLDER, 'runs', `${name}-${process.pid}-${Math.random().toString(36).slice(2, 8)}`);
  makeFolder(folder);
  return folder;
}
