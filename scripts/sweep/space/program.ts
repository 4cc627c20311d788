import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { allOf, EXIT, UserError } from '../../../gen/base/errors.js';
import { FlagReader } from '../../../gen/base/flag-reader.js';
import { countedSteps, progressLine } from '../../../gen/base/progress.js';
import { explorerPage } from '../explorer/page.js';
import { commandOf, JSON_OPTION, LOG_INTERVAL, option, presented } from '../program.js';
import type { Presentation } from '../study.js';
import { requireWritable } from '../targets.js';
import { SPACE_METRICS } from './metrics/table.js';
import { FUNCTIONS } from './operators.js';
import { LocalPool } from './local-pool.js';
import { planOf, type SpacePlan } from './plan.js';
import { exitCodeOf, type SpaceReport, spaceReport } from './report.js';
import { type KeptResults, keptResults, resultStore } from './store.js';
import type { SlurmOptions } from './slurm/commands.js';
import { SlurmPool } from './slurm/slurm-pool.js';
import { chosenPoints, jobsOf, swept } from './sweep.js';
import { measurementsText, spaceCsv, spaceLayout } from './table.js';

interface Flags {
  readonly results: string;
  readonly jobs: string;
  readonly points?: string;
  readonly minutes?: string;
  readonly search?: boolean;
  readonly seed: string;
  readonly round?: string;
  readonly slurm?: boolean;
  readonly slurmPartition?: string;
  readonly slurmLimit?: string;
  readonly slurmMinutes?: string;
  readonly slurmMegabytes?: string;
  readonly plan?: boolean;
  readonly csv?: string;
  readonly explorer?: string;
  readonly json?: boolean;
}

/** Exit codes of a program that a signal ended. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

const MOST_WORKERS = 1024;

/** Tasks of an array that run at a time, where the user does not say. */
const SLURM_LIMIT = 64;

/** How `npm run sweep` is asked, and how its report is shown. */
const SWEEP: Presentation<Flags, SpacePlan, SpaceReport> = {
  command: 'npm run sweep --',
  description:
    'Measure the designs of a study: axes of parameters, metrics, conditions and an objective, in a file. Results are kept: a second, an interrupted or an extended study measures only what is new.',
  options: [
    option('--results <folder>', 'where results are kept; several studies may share it', 'sweep-out'),
    option('--jobs <n>', 'measurements at a time', String(availableParallelism())),
    option('--points <n>', 'measure so many points at most, spread over the study (default: its budget, or all)'),
    option('--minutes <n>', 'begin no measurement after this time (default: its budget, or none)'),
    option('--search', 'look for the best points without measuring all: an estimate says which to measure next'),
    option('--seed <n>', 'of the search: where it begins', '1'),
    option(
      '--round <n>',
      'of the search: points that it asks for at a time (default: as many as are measured at a time)',
    ),
    option('--slurm', 'measure in job arrays of Slurm; the folder of results and this one are shared by its nodes'),
    option('--slurm-partition <name>', 'where they run (default: that of Slurm)'),
    option('--slurm-limit <n>', `tasks of an array at a time (default: ${SLURM_LIMIT})`),
    option('--slurm-minutes <n>', 'time of a measurement (default: that of the partition)'),
    option('--slurm-megabytes <n>', 'memory of a measurement (default: that of the partition)'),
    option('--plan', 'say what would be measured, and stop'),
    option('--csv <file>', 'write all points as CSV'),
    option('--explorer <file>', 'write all points as a page to explore in a browser, HTML'),
    JSON_OPTION,
  ],
  lists: {
    Metrics: Object.entries(SPACE_METRICS).map(([name, { description }]) => ({ name, description })),
  },
  notes: [
    `Expressions: + - * / per % < <= > >= == != and or not, ${Object.keys(FUNCTIONS).join(' ')};`,
    "'words' in quotes; parameters and the values of metrics by their names. docs/sweep.md has the form of a study.",
    '',
  ],
  fails: 'a point failed, or none meets the conditions',
  writes: { results: 'folder', csv: 'file', explorer: 'file' },
  targets: ({ csv }) => (csv === undefined ? [] : [{ option: '--csv', file: csv, text: spaceCsv }]),
  layout: spaceLayout,
};

/** `npm run sweep`. */
export async function sweepProgram(): Promise<number> {
  const command = commandOf(SWEEP).argument('<study>', 'the file of the study, YAML').parse();
  const [file = ''] = command.args;
  const flags = command.opts<Flags>();
  const [limits] = allOf([() => limitsOf(flags), () => requireWritable(SWEEP.writes ?? {}, flags)]);
  const plan = await planOf(file);
  if (flags.search) requireGoal(plan);
  const { points = plan.budget.points, minutes = plan.budget.minutes, workers, seed, round, slurm } = limits;
  const results = resolve(flags.results);
  if (flags.plan) {
    process.stdout.write(planText(plan, points, keptResults(results), flags.search === true));
    return EXIT.done;
  }
  const store = resultStore(results);
  const line = progressLine(process.stderr, LOG_INTERVAL);
  const { signal, stopped } = interruption();
  const pool = slurm === undefined ? new LocalPool(store, workers) : new SlurmPool(store, slurm);
  const { outcomes, search } = await swept({
    ...{ plan, store, pool, points, interrupted: signal, show: line.show },
    search: flags.search ? { seed, round } : undefined,
    deadline: minutes === undefined ? undefined : performance.now() + minutes * 60_000,
  })
    .finally(async () => {
      line.end();
      await pool.end();
    })
    .catch((error: unknown) => {
      process.stderr.write(`${keptText(plan, store)}\n`);
      throw error;
    });
  const report = spaceReport(plan, outcomes, { results: flags.results, command: commandText(file, flags), search });
  const ended = stopped();
  if (ended !== undefined) {
    const { measurements } = report;
    process.stderr.write(`interrupted: ${measurementsText(measurements)}; the same command goes on from there\n`);
    return ended;
  }
  const targets = [...(SWEEP.targets?.(flags, undefined) ?? []), ...(await explorerTarget(flags, plan, report))];
  presented(SWEEP, { report, request: plan, targets, json: flags.json });
  return exitCodeOf(report, outcomes);
}

/** @throws UserError where a study has nothing to look for. */
function requireGoal({ file, objective }: SpacePlan): void {
  if (objective.goals.length === 0) throw new UserError(`--search: ${file} has no objective to look for`);
}

/** @throws ConfigurationError naming every number that is none. */
function limitsOf(flags: Flags) {
  const { points, minutes, seed, slurm = false } = flags;
  const reader = new FlagReader();
  const workers = reader.integer('--jobs', flags.jobs, { most: MOST_WORKERS });
  const tasks = slurmOf(flags, reader);
  const limits = {
    workers,
    seed: reader.integer('--seed', seed, { least: 0, most: 2 ** 32 - 1 }),
    round: flags.round === undefined ? roundOf(flags) : reader.integer('--round', flags.round, { most: MOST_POINTS }),
    slurm: slurm ? tasks : undefined,
    ...(points !== undefined && { points: reader.integer('--points', points, { most: Number.MAX_SAFE_INTEGER }) }),
    ...(minutes !== undefined && { minutes: reader.positive('--minutes', minutes, 1e6) }),
  };
  reader.end();
  return limits;
}

/** Points of a round, where the user does not say: as many as are measured at a time. */
const roundOf = ({ jobs, slurm, slurmLimit = String(SLURM_LIMIT) }: Flags): number => Number(slurm ? slurmLimit : jobs);

const MOST_POINTS = 20_000;

/** What tasks of Slurm may take. */
function slurmOf(flags: Flags, reader: FlagReader): SlurmOptions {
  const { slurm, slurmPartition: partition, slurmLimit, slurmMinutes, slurmMegabytes } = flags;
  const given = { partition, limit: slurmLimit, minutes: slurmMinutes, megabytes: slurmMegabytes };
  if (!slurm) {
    for (const [name, text] of Object.entries(given)) {
      if (text !== undefined) reader.problems.push({ key: `--slurm-${name}`, given: text, rule: 'needs --slurm' });
    }
  }
  const number = (key: string, text: string | undefined): number | undefined =>
    text === undefined ? undefined : reader.integer(key, text, { most: 1e7 });
  return {
    partition,
    limit: number('--slurm-limit', slurmLimit) ?? SLURM_LIMIT,
    minutes: number('--slurm-minutes', slurmMinutes),
    megabytes: number('--slurm-megabytes', slurmMegabytes),
  };
}

/** What is kept of a study that was given up. */
function keptText({ jobs }: SpacePlan, store: KeptResults): string {
  const kept = [...jobs.keys()].filter((key) => store.get(key) !== undefined).length;
  return `${kept} of ${jobs.size} measurements are kept; the same command goes on from there`;
}

function planText(plan: SpacePlan, most: number | undefined, store: KeptResults, isSearch: boolean): string {
  const points = isSearch ? plan.points : chosenPoints(plan, most);
  const jobs = jobsOf(plan, points);
  const metrics = Object.keys(plan.provenance).map((metric) => {
    const own = jobs.filter((job) => job.metric === metric);
    const kept = own.filter(({ key }) => store.get(key) !== undefined).length;
    return `${metric}: ${own.length} measurements, ${kept} of them kept; ${plan.provenance[metric]}\n`;
  });
  const others = plan.impossible.length > 0 ? `, ${plan.impossible.length} impossible ones left out` : '';
  const some = isSearch ? `a search measures ${most === undefined ? 'some' : `at most ${most}`} of them\n` : '';
  return `${points.length} of ${plan.points.length} points${others}\n${metrics.join('')}${some}`;
}

/** The page to explore, made with progress; none where the option was not given. */
async function explorerTarget({ explorer: file }: Flags, plan: SpacePlan, report: SpaceReport) {
  if (file === undefined) return [];
  const line = progressLine(process.stderr, LOG_INTERVAL);
  const page = await explorerPage(plan, report, countedSteps(line.show)).finally(line.end);
  return [{ option: '--explorer', file, text: () => page }];
}

/** The command that measures the same. */
const commandText = (file: string, flags: Flags): string => {
  const { results, points, minutes, search, seed, round = roundOf(flags) } = flags;
  return [
    `npm run sweep -- ${file}`,
    ...(results === 'sweep-out' ? [] : [`--results ${results}`]),
    ...(points === undefined ? [] : [`--points ${points}`]),
    ...(minutes === undefined ? [] : [`--minutes ${minutes}`]),
    ...(search ? [`--search --seed ${seed} --round ${round}`] : []),
  ].join(' ');
};

/** Told by the first signal that asks the program to end; the second one ends it at once. */
function interruption(): { readonly signal: AbortSignal; readonly stopped: () => number | undefined } {
  const controller = new AbortController();
  let code: number | undefined;
  for (const [name, exitCode] of Object.entries(SIGNALS)) {
    process.once(name, () => {
      code = exitCode;
      controller.abort();
    });
  }
  return { signal: controller.signal, stopped: () => code };
}
