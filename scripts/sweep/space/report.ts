import { EXIT } from '../../../gen/base/errors.js';
import { GENERATOR } from '../../../gen/base/version.js';
import { type Expression, evaluated, type Values } from './expression.js';
import { withDerived } from './judge.js';
import type { Measured } from './metric.js';
import { front, meets, scores } from './objective.js';
import type { ImpossiblePoint, PlanPoint, SpacePlan } from './plan.js';
import type { JobOutcome, Outcomes } from './pool.js';
import type { SearchEnd } from './search/search.js';

/** A measurement that failed. */
export interface Failure {
  readonly metric: string;
  readonly reason: string;
}

/** A point with what was measured of it. */
export interface SpaceRow {
  /** By axis; an axis that is not there is absent. */
  readonly at: PlanPoint['at'];
  /** Generates its design. */
  readonly command: string;
  /** `left`: not all of it was measured, within the budget or before an interruption. */
  readonly state: 'measured' | 'failed' | 'left';
  /** Of metrics, then those that follow from them. */
  readonly values: Measured;
  readonly failures: readonly Failure[];
  /** Whether it meets all conditions; absent unless measured. */
  readonly meets?: boolean;
  /** The goals' own values; absent unless measured. */
  readonly goals?: readonly (number | null)[];
  /** Its place by the one goal, from 1, among the points that meet the conditions. */
  readonly rank?: number;
  /** Whether no point that meets the conditions is as good in all goals and better in one. */
  readonly best?: boolean;
}

/** What `npm run sweep` finds. */
export interface SpaceReport {
  readonly generator: string;
  readonly study: string;
  readonly about?: string;
  /** The command that measures the same. */
  readonly command: string;
  readonly axes: readonly string[];
  /** Units of the values of metrics. */
  readonly units: Readonly<Record<string, string>>;
  /** Values that follow from others, and how. */
  readonly derived: Readonly<Record<string, string>>;
  readonly goals: readonly { readonly sense: 'minimise' | 'maximise'; readonly of: string }[];
  readonly conditions: readonly string[];
  readonly provenance: SpacePlan['provenance'];
  readonly results: string;
  /** Measurements: those that were kept before, and those of this run. */
  readonly measurements: Readonly<Record<'kept' | 'new' | 'failed' | 'left', number>>;
  /** Of a search: the best points are those of an estimate. */
  readonly search?: SearchEnd;
  readonly points: readonly SpaceRow[];
  readonly impossible: readonly ImpossiblePoint[];
}

/** The report of a study. @param left Points beyond the budget, of which nothing was to be measured. */
export function spaceReport(
  plan: SpacePlan,
  outcomes: Outcomes,
  { results, command, search }: Pick<SpaceReport, 'results' | 'command'> & { readonly search?: SearchEnd | undefined },
): SpaceReport {
  const { name, about, axes, values, derived, objective, provenance, impossible } = plan;
  const rows = plan.points.map((point) => rowOf(plan, point, outcomes));
  const meeting = rows.flatMap(({ row, values: all }, index) =>
    row.meets ? [{ index, scores: scores(objective, all) }] : [],
  );
  const best = front(meeting.map((each) => each.scores));
  const marks = new Map(meeting.map(({ index }, i) => [index, { best: objective.goals.length > 0 && best.has(i) }]));
  const ranked = meeting
    .filter((each) => each.scores.every(Number.isFinite))
    .sort((x, y) => (x.scores[0] ?? 0) - (y.scores[0] ?? 0));
  const ranks = new Map(objective.goals.length === 1 ? ranked.map(({ index }, i) => [index, { rank: i + 1 }]) : []);
  return {
    ...{ generator: GENERATOR, study: name, ...(about !== undefined && { about }), command },
    ...{ axes, units: Object.fromEntries([...values].map(([each, { unit }]) => [each, unit])) },
    derived: Object.fromEntries(derived.map((each) => [each.name, each.expression.text])),
    goals: objective.goals.map(({ sense, expression }) => ({ sense, of: goalText(expression) })),
    conditions: objective.conditions.map(({ text }) => text),
    ...{ provenance, results, measurements: countOf([...outcomes.values()]) },
    ...(search && { search }),
    points: rows.map(({ row }, i) => ({ ...row, ...marks.get(i), ...ranks.get(i) })),
    impossible,
  };
}

function countOf(outcomes: readonly JobOutcome[]): SpaceReport['measurements'] {
  const count = (is: (outcome: JobOutcome) => boolean): number => outcomes.filter(is).length;
  return {
    kept: count((outcome) => outcome.state === 'kept' && !outcome.isNew),
    new: count((outcome) => outcome.state === 'kept' && outcome.isNew),
    failed: count(({ state }) => state === 'failed'),
    left: count(({ state }) => state === 'left'),
  };
}

function rowOf(
  { derived, objective }: SpacePlan,
  { at, command, jobs, known }: PlanPoint,
  outcomes: Outcomes,
): { readonly row: SpaceRow; readonly values: Values } {
  const found = Object.entries(jobs).map(([metric, key]) => ({ metric, outcome: outcomes.get(key) }));
  const failures = found.flatMap(({ metric, outcome }) =>
    outcome?.state === 'failed' ? [{ metric, reason: outcome.reason }] : [],
  );
  const measured: Record<string, number | null> = {};
  for (const { outcome } of found) if (outcome?.state === 'kept') Object.assign(measured, outcome.values);
  const own: Values = new Map([
    ...known,
    ...Object.entries(measured).map(([name, value]) => [name, value ?? Number.NaN] as const),
  ]);
  const complete = found.every(({ outcome }) => outcome?.state === 'kept');
  if (!complete) {
    return {
      row: { at, command, state: failures.length > 0 ? 'failed' : 'left', values: measured, failures },
      values: own,
    };
  }
  const all = withDerived({ derived }, own);
  for (const { name } of derived) measured[name] = finite(Number(all.get(name)));
  const goals = objective.goals.map(({ expression }) => finite(Number(evaluated(expression, all))));
  return {
    row: { at, command, state: 'measured', values: measured, failures, meets: meets(objective, all), goals },
    values: all,
  };
}

/** A name as its column has it, or the expression as the study has it. */
const goalText = ({ root, text }: Expression): string => (root.type === 'name' ? root.name : text);

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** The exit code that a report stands for. */
export function exitCodeOf({ points, conditions }: SpaceReport, outcomes: Outcomes): number {
  const failed = [...outcomes.values()].filter((outcome) => outcome.state === 'failed');
  if (failed.length > 0) {
    const broken = failed.every(({ exitCode }) => exitCode === EXIT.toolBroken);
    return broken && points.every(({ state }) => state !== 'measured') ? EXIT.toolBroken : EXIT.checkFailed;
  }
  const undecided = points.some(({ state, meets: met }) => state === 'left' || met === true);
  return conditions.length === 0 || undecided ? EXIT.done : EXIT.checkFailed;
}
