import { availableParallelism } from 'node:os';
import { basename, join, relative } from 'node:path';
import { EXIT } from '../../gen/base/errors.js';
import { makeFolder } from '../../gen/base/folder.js';
import { holdsEngine, loadEngine } from '../../gen/design/engine/manifest.js';
import { loadDesign, type Manifest } from '../../gen/design/manifest.js';
import { holdsRequantiser, loadRequantiser, type RequantiserManifest } from '../../gen/design/requantiser/manifest.js';
import { type RandomSource, randomSource } from '../../gen/golden/vectors.js';
import { BUILD_FOLDER } from '../tools/build-folder.js';
import { requireTool } from '../tools/find.js';
import { generateMatrix } from '../tools/matrix.js';
import { mapLimit, TOOLS_AT_A_TIME } from '../tools/pool.js';
import { inScratch } from '../tools/scratch.js';
import { COVERAGE_VARIABLE } from '../tools/verilator.js';
import { announcedYosys } from '../tools/yosys/yosys.js';
import { measureSpeed, verifyArray } from './array.js';
import { FULL_BUDGET, type TestBudget } from './budget.js';
import { verifyComputing } from './computing.js';
import { constantsOf } from './coverage/constants.js';
import { coverageOf, readCounts } from './coverage/modules.js';
import { coverageLines, type DesignCoverage } from './coverage/report.js';
import { verifyEngine } from './engine/verify.js';
import { DEFAULT_MATRIX } from './matrix.js';
import type { CheckOutcome } from './outcome.js';
import { verifyRequantiser } from './requantiser/verify.js';
import { openArrayModel } from './simulator.js';

export interface VerifyRequest {
  /** Design folders; none: the default matrix. */
  readonly designs?: readonly string[];
  readonly seed: number;
  readonly trace: boolean;
  /** Whether to count what the simulations reach of each module. */
  readonly coverage: boolean;
  readonly json: boolean;
}

/** The result of one design. */
export interface Verdict {
  readonly name: string;
  readonly folder: string;
  readonly passed: boolean;
  readonly vectors: number;
  readonly cycles: number;
  readonly seconds: number;
  readonly failure?: string;
  readonly compared?: string;
  readonly traces?: readonly string[];
}

const SPEED_SECONDS = 3;

/** Verifies designs, prints one line each and a summary with the simulation speed or the coverage; returns the exit code. */
export async function verifyAll(request: VerifyRequest): Promise<number> {
  await requireTool('verilator');
  const folders =
    request.designs?.map((folder) => folder.replace(/\/+$/, '')) ??
    generateMatrix(DEFAULT_MATRIX, join(BUILD_FOLDER, 'verify'));
  const jobs = folders.map(jobOf);
  if (!request.coverage) {
    const verdicts = await runJobs(jobs, request, FULL_BUDGET);
    const designs = jobs.flatMap(({ folder, manifest }) => (manifest === undefined ? [] : [{ folder, manifest }]));
    const allPassed = verdicts.every(({ passed }) => passed);
    return conclude(request, verdicts, {
      speed: allPassed && designs.length > 0 ? await speedOf(designs, request) : undefined,
    });
  }
  const yosys = await announcedYosys();
  return inScratch('coverage', async (counts) => {
    // All simulations of this process inherit it.
    process.env[COVERAGE_VARIABLE] = counts;
    const budget = { ...FULL_BUDGET, tuning: { ...FULL_BUDGET.tuning, coverage: true } };
    const verdicts = await runJobs(jobs, request, budget);
    const points = readCounts(counts);
    const coverage = await mapLimit(jobs, TOOLS_AT_A_TIME, async ({ name, folder, design }) => {
      const isConstant = await constantsOf(yosys, { folder, ...design });
      return { name, folder, modules: coverageOf({ folder, ...design }, points, isConstant) };
    });
    return conclude(request, verdicts, { coverage });
  });
}

/** Verifies designs side by side. */
async function runJobs(jobs: readonly Job[], request: VerifyRequest, budget: TestBudget): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  await mapLimit(jobs, availableParallelism(), async ({ name, verify }) => {
    progress(request, `[${verdicts.length}/${jobs.length}] ${name} ...`);
    const verdict = await verify({ ...request, budget });
    verdicts.push(verdict);
    if (!request.json) process.stdout.write(`${verdictLine(verdict, request.seed)}\n`);
  });
  return verdicts;
}

/** What is told besides verdicts. */
interface Besides {
  readonly speed?: Speed | undefined;
  readonly coverage?: readonly DesignCoverage[];
}

function conclude({ json }: VerifyRequest, verdicts: readonly Verdict[], besides: Besides): number {
  if (json) process.stdout.write(`${JSON.stringify({ verdicts, ...besides }, null, 2)}\n`);
  else process.stdout.write(`${summaryLines(verdicts, besides).join('\n')}\n`);
  const passed = verdicts.filter((verdict) => verdict.passed).length;
  return passed === verdicts.length && passed > 0 ? EXIT.done : EXIT.checkFailed;
}

/** How a design is verified. */
interface JobTerms extends Pick<VerifyRequest, 'seed' | 'trace'> {
  readonly budget: TestBudget;
}

/** A design to verify; its manifest where it is an array or dot-product units. */
interface Job {
  readonly name: string;
  readonly folder: string;
  readonly manifest?: Manifest;
  readonly design: Pick<Manifest, 'top' | 'compileOrder' | 'modules'>;
  readonly verify: (terms: JobTerms) => Promise<Verdict>;
}

function jobOf(folder: string): Job {
  if (holdsRequantiser(folder)) {
    const manifest = loadRequantiser(folder);
    const verify = (terms: JobTerms) => verifyRequantiserDesign(folder, manifest, terms);
    return { name: manifest.configuration.name, folder, design: manifest, verify };
  }
  if (holdsEngine(folder)) {
    const manifest = loadEngine(folder);
    const { name } = manifest.configuration;
    return {
      ...{ name, folder, design: manifest },
      verify: ({ budget, ...terms }) =>
        verdictOf(
          { name, folder },
          'engine',
          (random, trace) => verifyEngine(folder, manifest, random, { trace, budget }),
          terms,
        ),
    };
  }
  const manifest = loadDesign(folder);
  return {
    ...{ name: manifest.configuration.name, folder, manifest, design: manifest },
    verify: (terms) => verifyDesign(folder, manifest, terms),
  };
}

/** A check with one bench. */
type Check = (random: RandomSource, trace: string | undefined) => Promise<CheckOutcome>;

async function verdictOf(
  { name, folder }: Pick<Verdict, 'name' | 'folder'>,
  bench: string,
  check: Check,
  { seed, trace }: Pick<VerifyRequest, 'seed' | 'trace'>,
): Promise<Verdict> {
  const start = performance.now();
  const traces = trace ? [tracePath(name, bench)] : undefined;
  const outcome = await check(randomSource(seed), traces?.[0]);
  return {
    ...{ name, folder, passed: outcome.failure === undefined, ...outcome },
    seconds: (performance.now() - start) / 1000,
    ...(traces ? { traces } : {}),
  };
}

/** Verifies the encoder and the streams of a requantiser. */
export function verifyRequantiserDesign(
  folder: string,
  manifest: RequantiserManifest,
  { budget = FULL_BUDGET, ...request }: Pick<VerifyRequest, 'seed' | 'trace'> & { readonly budget?: TestBudget },
): Promise<Verdict> {
  const check: Check = (random, trace) => verifyRequantiser(folder, manifest, random, { budget, trace });
  return verdictOf({ name: manifest.configuration.name, folder }, 'requantiser', check, request);
}

/** Verifies the decoders, the PE and the array of a design. */
export async function verifyDesign(
  folder: string,
  manifest: Manifest,
  { seed, trace, budget = FULL_BUDGET }: Pick<VerifyRequest, 'seed' | 'trace'> & { readonly budget?: TestBudget },
): Promise<Verdict> {
  const { name } = manifest.configuration;
  const start = performance.now();
  const traces = trace ? [tracePath(name, 'modules'), tracePath(name, 'array')] : undefined;
  const random = randomSource(seed);
  const modules = await verifyComputing(folder, manifest, random, { budget, trace: traces?.[0] });
  // A wrong decoder or PE explains any wrong array: its message is the one to read.
  const array = modules.failure
    ? undefined
    : await verifyArray(folder, manifest, random, { budget, trace: traces?.[1] });
  const failure = modules.failure ?? array?.failure;
  return {
    name,
    folder,
    passed: failure === undefined,
    vectors: modules.vectors + (array?.vectors ?? 0),
    cycles: modules.cycles + (array?.cycles ?? 0),
    seconds: (performance.now() - start) / 1000,
    ...(failure ? { failure } : {}),
    ...(traces ? { traces: modules.failure ? traces.slice(0, 1) : traces } : {}),
  };
}

function tracePath(name: string, bench: string): string {
  makeFolder(join(BUILD_FOLDER, 'traces'));
  return join(BUILD_FOLDER, 'traces', `${name}-${bench}.fst`);
}

const shown = (path: string): string => relative(process.cwd(), path) || '.';

function verdictLine(
  { name, folder, passed, vectors, cycles, seconds, failure, compared, traces }: Verdict,
  seed: number,
): string {
  const counts = `${vectors} vectors  ${cycles} cycles  ${seconds.toFixed(1)} s`;
  const waves = traces ? `\n  waveforms: ${traces.map(shown).join(' ')}` : '';
  const what = compared === undefined ? '' : `\n  compared: ${compared}`;
  if (passed) return `PASS  ${name.padEnd(24)} ${counts}${what}${waves}`;
  const again = traces
    ? waves
    : `\n  with a waveform: npm run verify -- --design ${shown(folder)} --seed ${seed} --trace`;
  return `FAIL  ${name.padEnd(24)} ${counts}\n  ${failure}${again}`;
}

/** Simulation speed on the largest design: full tiles, every result compared. */
interface Speed {
  readonly name: string;
  readonly cyclesPerSecond: number;
  readonly macsPerSecond: number;
}

async function speedOf(
  designs: readonly { folder: string; manifest: Manifest }[],
  request: VerifyRequest,
): Promise<Speed | undefined> {
  const size = ({ manifest }: { manifest: Manifest }): number => manifest.timing.macsPerCycle;
  const largest = designs.reduce((x, y) => (size(y) > size(x) ? y : x));
  progress(request, `measuring the simulation speed on ${largest.manifest.configuration.name} ...`);
  const model = await openArrayModel(largest.folder, largest.manifest);
  const run = await measureSpeed(model, largest.manifest, randomSource(request.seed), SPEED_SECONDS);
  return {
    name: largest.manifest.configuration.name,
    cyclesPerSecond: run.cycles / run.seconds,
    macsPerSecond: run.macs / run.seconds,
  };
}

function summaryLines(verdicts: readonly Verdict[], { speed, coverage = [] }: Besides): string[] {
  const passed = verdicts.filter((verdict) => verdict.passed).length;
  const total = (pick: (verdict: Verdict) => number): number =>
    verdicts.reduce((sum, verdict) => sum + pick(verdict), 0);
  const counts = `${total((v) => v.vectors)} vectors, ${total((v) => v.cycles)} cycles`;
  return [
    `${passed} passed, ${verdicts.length - passed} failed: ${counts}`,
    ...(speed
      ? [
          `simulation speed on ${basename(speed.name)}: ${Math.round(speed.cyclesPerSecond / 1000)} kcycle/s, ` +
            `${Math.round(speed.macsPerSecond / 1e6)} million MAC/s (one thread, test bench included)`,
        ]
      : []),
    ...coverageLines(coverage),
  ];
}

function progress({ json }: VerifyRequest, text: string): void {
  if (!json || process.stderr.isTTY) process.stderr.write(`${text}\n`);
}
