import { join, relative } from 'node:path';
import { EXIT } from '../../../gen/base/errors.js';
import { randomSource } from '../../../gen/golden/vectors.js';
import { BUILD_FOLDER } from '../../tools/build-folder.js';
import { inScratch } from '../../tools/scratch.js';
import { quickBudget } from '../quick.js';
import { findFrontEnds } from './lint.js';
import { ARRAYS } from './arrays.js';
import { ENGINES } from './engines.js';
import type { Counts, Subject } from './subject.js';
import { type Trial, tryConfiguration, type Workshop } from './trial.js';

export interface FuzzRequest {
  /** The n-th configuration, from 0, is that of seed + n. */
  readonly seed: number;
  /** No configuration is begun after this time. */
  readonly minutes?: number;
  /** Or after this many. */
  readonly designs?: number;
  /** Designs tried at the same time. */
  readonly jobs: number;
  readonly json: boolean;
  /** Engines instead of arrays and dot-product units. */
  readonly engine: boolean;
}

/** The counts of a run. */
export interface FuzzSummary {
  readonly seed: number;
  readonly passed: number;
  readonly failed: number;
  readonly refused: number;
  readonly vectors: number;
  /** What else was run, of all designs. */
  readonly counts: Counts;
  readonly seconds: number;
}

const KEPT = join(BUILD_FOLDER, 'fuzz');

/** Tries random configurations until time or count is up and reports; returns the exit code. */
export async function fuzz(request: FuzzRequest): Promise<number> {
  const tools = await findFrontEnds();
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    return await inScratch('fuzz', async (scratch) => {
      const budget = quickBudget(scratch);
      const workshop = { tools, budget, scratch, kept: KEPT };
      return request.engine
        ? run(ENGINES, request, workshop, interruption.signal)
        : run(ARRAYS, request, workshop, interruption.signal);
    });
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

const INTERRUPTED = 130;

/** After an interruption, designs under way come to their end: their compilers would go on writing anyway. */
async function run<Config>(
  subject: Subject<Config>,
  request: FuzzRequest,
  workshop: Workshop,
  interruption: AbortSignal,
): Promise<number> {
  const { seed, minutes = Number.POSITIVE_INFINITY, designs = Number.POSITIVE_INFINITY, jobs, json } = request;
  const start = performance.now();
  const elapsed = (): number => (performance.now() - start) / 1000;
  const print = (text: string): unknown => json || process.stdout.write(`${text}\n`);
  const trials: Trial[] = [];
  let begun = 0;
  print(`seed ${seed}, ${jobs} at a time`);
  const lane = async (): Promise<void> => {
    while (!interruption.aborted && begun < designs && elapsed() < minutes * 60) {
      const next = seed + begun++;
      const trial = await tryConfiguration(subject, subject.draw(randomSource(next)), next, workshop);
      // The keys that interrupt this program interrupt its tools as well: no finding.
      if (interruption.aborted && trial.outcome === 'failed') return;
      trials.push(trial);
      print(trialLines(trial, request, share(request, trials.length, elapsed())));
    }
  };
  await Promise.all(Array.from({ length: jobs }, lane));
  const summary = summarise(seed, trials, elapsed());
  if (json) process.stdout.write(`${JSON.stringify({ summary, trials }, null, 2)}\n`);
  else print(summaryLine(summary));
  if (interruption.aborted) return INTERRUPTED;
  if (summary.failed + summary.passed === 0) process.stderr.write(nothingVerified(summary));
  return summary.failed === 0 && summary.passed > 0 ? EXIT.done : EXIT.checkFailed;
}

/** How far the run is, in percent of the limit that comes first. */
function share({ minutes, designs }: FuzzRequest, done: number, seconds: number): number {
  const shares = [minutes === undefined ? 0 : seconds / (minutes * 60), designs === undefined ? 0 : done / designs];
  return Math.min(Math.floor(100 * Math.max(...shares)), 100);
}

const MARKS = { passed: 'PASS   ', failed: 'FAIL   ', refused: 'refused' } as const;

const listed = (vectors: number, counts: Counts = {}): string =>
  [...Object.entries(counts).map(([name, count]) => `${count} ${name}`), `${vectors} vectors`].join('  ');

function trialLines(trial: Trial, { engine }: FuzzRequest, percent: number): string {
  const { seed, outcome, command, vectors, seconds, reason = '', folder } = trial;
  const flags = command.replace(/^.*? -- /, '');
  const counts = `${listed(vectors, trial.counts)}  ${seconds.toFixed(1)} s`;
  const line = `[${String(percent).padStart(3)} %] ${MARKS[outcome]} seed ${seed}  ${outcome === 'refused' ? `${seconds.toFixed(1)} s` : counts}  ${flags}`;
  if (outcome === 'passed') return line;
  const why = reason.trim().replace(/^/gm, '  ');
  if (outcome === 'refused') return `${line}\n${why}`;
  const shown = folder === undefined ? undefined : relative(process.cwd(), folder) || '.';
  return [
    line,
    why,
    `  generate it: ${command}`,
    `  try it again: npm run fuzz --${engine ? ' --engine' : ''} --seed ${seed} --designs 1`,
    ...(shown === undefined
      ? []
      : [`  kept, for a waveform: npm run verify -- --design ${shown} --seed ${seed} --trace`]),
  ].join('\n');
}

function summarise(seed: number, trials: readonly Trial[], seconds: number): FuzzSummary {
  const count = (outcome: Trial['outcome']): number => trials.filter((trial) => trial.outcome === outcome).length;
  const vectors = trials.reduce((sum, trial) => sum + trial.vectors, 0);
  const counts: Record<string, number> = {};
  for (const [name, number] of trials.flatMap((trial) => Object.entries(trial.counts ?? {})))
    counts[name] = (counts[name] ?? 0) + number;
  return {
    seed,
    passed: count('passed'),
    failed: count('failed'),
    refused: count('refused'),
    vectors,
    counts,
    seconds,
  };
}

function nothingVerified({ refused }: FuzzSummary): string {
  const why = refused > 0 ? 'all configurations were refused' : 'the time was up before the first';
  return `fuzz: no design was verified, since ${why}; a check of nothing counts as failed (exit code 1)\n`;
}

function summaryLine({ seed, passed, failed, refused, vectors, counts, seconds }: FuzzSummary): string {
  const pace = ((60 * (passed + failed)) / seconds).toFixed(1);
  return (
    `${passed} passed, ${failed} failed, ${refused} refused: ${listed(vectors, counts)} in ${seconds.toFixed(0)} s, ` +
    `${pace} designs per minute (seed ${seed})`
  );
}
