import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { arch, cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeFolder } from '../../gen/base/folder.js';
import { BUILD_FOLDER } from './build-folder.js';
import { requireTool, runTool, type Tool } from './find.js';

const TB_FOLDER = fileURLToPath(new URL('../../tb/', import.meta.url));

const EXECUTABLE = 'Vdut';
const HEADERS = 'model_headers.h';

/** The test benches: C++ files in `tb/`, as `tb/bench.mk` lists them. */
export type Bench =
  | 'array_tb'
  | 'module_tb'
  | 'dot_tb'
  | 'scaler_tb'
  | 'encode_tb'
  | 'requantise_tb'
  | 'dma_tb'
  | 'engine_tb';

/** A test bench to build: the Verilog under it and the C++ that drives it. */
export interface BenchSource {
  /** A name for the build folder. */
  readonly name: string;
  readonly top: string;
  /** Verilog files, absolute or relative to the working directory. */
  readonly verilog: readonly string[];
  readonly bench: Bench;
  readonly trace: boolean;
  /** Lint warnings that are switched off for this top. */
  readonly allow?: readonly string[];
  readonly tuning: Tuning;
  /** Folder for the build, instead of the one in which builds are kept. */
  readonly builds?: string | undefined;
}

/** What decides the speed of a build and of its simulation, not the results. */
export interface Tuning {
  readonly verilator: readonly string[];
  /** Options of the C++ compiler for the model and for everything else. */
  readonly model: string;
  readonly rest: string;
  /** Whether the model counts which lines run and which bits change. It is many times slower then. */
  readonly coverage?: boolean;
}

const FAST_MODEL = ['-O3', '--x-assign', 'fast', '--x-initial', 'fast', '--noassert'];
const REST = '-O2 -march=native';

/** Above this many PEs a build at -O3 takes minutes and gains 10 %: -O1 is the better trade. */
const LARGE = 2048;

/**
 * For simulations of seconds to hours, chosen by measurement (`npm run bench:simulation`, docs/verification.md); two
 * threads are slower than one.
 */
export function longRunTuning(pes: number): Tuning {
  return { verilator: FAST_MODEL, model: `${pes > LARGE ? '-O1' : '-O3'} -march=native`, rest: REST };
}

/** For one verification of a design: the build takes longer than the simulation. */
export const ONE_RUN_TUNING: Tuning = { verilator: FAST_MODEL, model: '-O1 -march=native', rest: REST };

/** For few vectors. */
export const SHORT_RUN_TUNING: Tuning = { verilator: FAST_MODEL, model: '-O0', rest: REST };

/** The environment variable with the folder into which models that count write their counts. */
export const COVERAGE_VARIABLE = 'ANT_RTL_COVERAGE';

/** What builds a bench. */
interface SimulationTools {
  readonly verilator: Tool;
  readonly compiler: Tool;
  readonly make: Tool;
  /** The folder of Verilator's library. */
  readonly root: string;
}

/** Of this process: found once. */
let found: SimulationTools | undefined;

/**
 * The tools that build benches.
 *
 * @throws UserError when one is missing or too old: before long work that would be lost then.
 */
export async function requireSimulationTools(): Promise<SimulationTools> {
  if (found) return found;
  const [verilator, compiler, make] = [
    await requireTool('verilator'),
    await requireTool('c++'),
    await requireTool('make'),
  ];
  const { stdout } = await runTool(verilator, ['--getenv', 'VERILATOR_ROOT']);
  found = { verilator, compiler, make, root: stdout.trim() };
  return found;
}

/**
 * Builds a bench, or finds it built before: builds are kept by the hash of all sources, flags and tool versions. What
 * does not depend on the design is built once for all: Verilator's library, the benches and the precompiled headers.
 *
 * @returns path of the executable.
 * @throws UserError when Verilator or the compiler is missing or fails, with the tail of the log.
 */
export async function buildBench(source: BenchSource): Promise<string> {
  const { name, top, verilog, bench, trace, allow = [], tuning, builds = BUILD_FOLDER } = source;
  const tools = await requireSimulationTools();
  const files = verilog.map((file) => resolve(file));
  const flags = [...modelFlags(tuning, trace), '-Wall', '--top-module', top, ...allow.map((code) => `-Wno-${code}`)];
  const settings = [...identity(tools), bench, tuning.model, tuning.rest, ...flags];
  const folder = await kept(builds, name, [settings, ...files], EXECUTABLE, async (temporary) => {
    const shared = await sharedObjects(tools, tuning, trace);
    const header = await precompiledHeader(tools, tuning, trace);
    await runTool(tools.verilator, [...flags, '--Mdir', temporary, ...files], { cwd: temporary });
    await runMake(tools, temporary, tuning, [`BENCH=${bench}`, `SHARED=${shared}`, `HEADER=${header}`, EXECUTABLE]);
  });
  return join(folder, EXECUTABLE);
}

const modelFlags = ({ verilator, coverage = false }: Tuning, trace: boolean): string[] => [
  ...['--cc', '--prefix', 'Vdut'],
  ...verilator,
  // A register that begins with 1 by chance and is reset to 0 would seem to be used.
  ...(coverage ? ['--coverage-line', '--coverage-toggle', '--x-initial', '0', '--x-assign', '0'] : []),
  ...(trace ? ['--trace-fst'] : []),
];

/** Verilator's library and the benches, compiled. */
function sharedObjects(tools: SimulationTools, tuning: Tuning, trace: boolean): Promise<string> {
  const settings = [...identity(tools), tuning.rest, ...modelFlags(tuning, trace)];
  return kept(BUILD_FOLDER, 'shared', [settings], 'verilated.o', async (temporary) => {
    await verilateNothing(tools, temporary, tuning, trace);
    await runMake(tools, temporary, tuning, ['shared']);
  });
}

/** The header that all models include, precompiled with the options of the model. */
function precompiledHeader(tools: SimulationTools, tuning: Tuning, trace: boolean): Promise<string> {
  const settings = [...identity(tools), tuning.model, ...modelFlags(tuning, trace)];
  return kept(BUILD_FOLDER, 'headers', [settings], `${HEADERS}.gch`, async (temporary) => {
    await verilateNothing(tools, temporary, tuning, trace);
    copyFileSync(join(TB_FOLDER, HEADERS), join(temporary, HEADERS));
    await runMake(tools, temporary, tuning, ['header']);
  });
}

/** Verilates a module of nothing: the makefile it leaves lists the library's parts that the flags ask for. */
async function verilateNothing(
  { verilator }: SimulationTools,
  folder: string,
  tuning: Tuning,
  trace: boolean,
): Promise<void> {
  const file = join(folder, 'nothing.v');
  writeFileSync(file, 'module nothing;\nendmodule\n');
  await runTool(verilator, [...modelFlags(tuning, trace), '--Mdir', folder, file], { cwd: folder });
}

async function runMake(
  { make, root }: SimulationTools,
  folder: string,
  { model, rest }: Tuning,
  args: readonly string[],
): Promise<void> {
  const options = [`TB=${TB_FOLDER}`, `MODEL=${model}`, `REST=${rest}`];
  const env = { VERILATOR_ROOT: root };
  await runTool(make, ['-f', join(TB_FOLDER, 'bench.mk'), '-j', '2', ...options, ...args], { cwd: folder, env });
}

/** Builds under way in this process, by folder. */
const underWay = new Map<string, Promise<void>>();

/**
 * The folder `name-hash`, made unless it is there.
 *
 * @param sources What the hash is of besides `tb/`: settings, and paths of files.
 * @param product The file that shows that the folder is complete.
 */
async function kept(
  builds: string,
  name: string,
  [settings, ...files]: readonly [readonly string[], ...string[]],
  product: string,
  make: (temporary: string) => Promise<void>,
): Promise<string> {
  const folder = join(builds, `${name}-${hashOf(settings, files)}`);
  const complete = (): boolean => existsSync(join(folder, product));
  if (complete()) return folder;
  const build = underWay.get(folder) ?? buildFolder(folder, complete, make);
  underWay.set(folder, build);
  try {
    await build;
  } finally {
    underWay.delete(folder);
  }
  return folder;
}

async function buildFolder(
  folder: string,
  complete: () => boolean,
  make: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = `${folder}.new-${process.pid}`;
  rmSync(temporary, { recursive: true, force: true });
  makeFolder(temporary);
  try {
    await make(temporary);
    // Another process may have been first with the same build, and may be running it already.
    if (!complete()) rmSync(folder, { recursive: true, force: true });
    try {
      renameSync(temporary, folder);
    } catch (error) {
      if (!complete()) throw error;
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function hashOf(settings: readonly string[], files: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(settings));
  const benches = readdirSync(TB_FOLDER).map((file) => join(TB_FOLDER, file));
  for (const file of [...files, ...benches]) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

/** The tools and the processor a build is for: `-march=native` code does not run everywhere. */
const identity = ({ verilator, compiler }: SimulationTools): string[] => [
  verilator.version,
  compiler.version,
  `${arch()} ${cpus()[0]?.model ?? ''}`,
];

/** A fresh folder below the build folder for the vectors of one run. */
export function scratchFolder(name: string): string {
  const folder = join(BUILD_FOLDER, 'runs', `${name}-${process.pid}-${Math.random().toString(36).slice(2, 8)}`);
  makeFolder(folder);
  return folder;
}
