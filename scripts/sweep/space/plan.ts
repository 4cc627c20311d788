import { basename, dirname, extname, resolve } from 'node:path';
import type { z } from 'zod';
import { ConfigurationError, EXIT, type Problem, UserError } from '../../../gen/base/errors.js';
import { nearWord } from '../../../gen/base/suggest.js';
import { GENERATOR } from '../../../gen/base/version.js';
import { type Place, placesOf, tried } from './axes.js';
import {
  commandOf,
  type DesignKind,
  designOf,
  kindOf,
  macsPerCycle,
  parameterFacts,
  parametersOf,
  parameterValues,
  type SpaceDesign,
} from './designs.js';
import {
  type Expression,
  evaluated,
  type NameFacts,
  type Names,
  parseExpression,
  type Ranges,
  rangeOf,
  type Values,
} from './expression.js';
import type { OpenMetric, ValueFacts } from './metric.js';
import { SPACE_METRICS } from './metrics/table.js';
import { contradiction, type Objective, parseObjective } from './objective.js';
import { programDigest } from './program-digest.js';
import { NOT_NEGATIVE } from './range.js';
import { resultKey } from './store.js';
import { readStudyFile, STUDY_FILE, type StudyFile } from './study-file.js';

/** A measurement, with all that another process needs to make it. */
export interface Job {
  readonly key: string;
  /** What the key is the hash of. */
  readonly of: unknown;
  readonly metric: string;
  readonly settings: unknown;
  /** Where paths of the settings begin. */
  readonly folder: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** A point that is to be measured. */
export interface PlanPoint {
  /** By axis; an axis that is not there is absent. */
  readonly at: Place['at'];
  /** Generates its design. */
  readonly command: string;
  readonly parameters: Job['parameters'];
  /** Known before anything is measured. */
  readonly known: Values;
  /** The measurements that it takes, by metric. */
  readonly jobs: Readonly<Record<string, string>>;
}

/** A point that is no design, and why. */
export interface ImpossiblePoint {
  readonly at: Place['at'];
  readonly reason: string;
}

/** A value that follows from others. */
export interface Derived {
  readonly name: string;
  readonly expression: Expression;
}

/** A checked study. */
export interface SpacePlan {
  readonly file: string;
  readonly name: string;
  readonly about: string | undefined;
  readonly axes: readonly string[];
  readonly points: readonly PlanPoint[];
  readonly impossible: readonly ImpossiblePoint[];
  readonly jobs: ReadonlyMap<string, Job>;
  /** Values of metrics, by name. */
  readonly values: ReadonlyMap<string, ValueFacts>;
  /** What each metric measures with, in words. */
  readonly provenance: Readonly<Record<string, string>>;
  readonly derived: readonly Derived[];
  readonly objective: Objective;
  readonly budget: StudyFile['budget'];
}

/**
 * Reads and checks a study: nothing is measured before all of it is right.
 *
 * @throws ConfigurationError naming every problem at once; UserError (exit code 3) when a tool is missing.
 */
export async function planOf(file: string): Promise<SpacePlan> {
  const problems: Problem[] = [];
  const study = checkedStudy(readStudyFile(file), problems);
  const kind = kindOf(study.design);
  const folder = dirname(resolve(file));
  const places = placesOf(study, kind, problems);
  const metrics = await openMetrics(study.metrics, folder, problems);
  const { designs, impossible } = designsOf(places, metrics, study.impossible, problems);
  const facts = parameterFacts(kind);
  const values = new Map([...metrics.values()].flatMap((metric) => Object.entries(metric.values)));
  const names = new Map<string, NameFacts>([
    ...facts,
    ['macsPerCycle', { kind: 'number', range: NOT_NEGATIVE }],
    ...[...values].map(([name, { range }]) => [name, { kind: 'number', range }] as const),
  ]);
  const derived = derivedOf(study.derive, names, problems);
  const points = designs.map(({ place, design }) => ({ place, design, known: knownOf(design, kind) }));
  const objective = objectiveOf(
    study.objective ?? [],
    names,
    points.map(({ known }) => known),
    problems,
  );
  if (problems.length > 0) throw new ConfigurationError(problems, 'the study');
  const jobs = new Map<string, Job>();
  return {
    ...{ file, name: basename(file, extname(file)), about: study.about },
    ...{ axes: Object.keys(study.axes), impossible, jobs, values, derived, objective, budget: study.budget },
    provenance: Object.fromEntries([...metrics].map(([name, { provenance }]) => [name, provenance])),
    points: points.map(({ place: { at }, design, known }) => ({
      ...{ at, known, command: commandOf(design), parameters: parametersOf(design) },
      jobs: Object.fromEntries(
        [...metrics].map(([metric, { identity, basis }]) => {
          const of = {
            program: { version: GENERATOR, sha256: programDigest() },
            ...{ metric, identity, design: { kind: design.kind, ...basis(design) } },
          };
          const key = resultKey(of);
          const settings = study.metrics[metric] ?? {};
          jobs.set(key, { key, of, metric, settings, folder, parameters: parametersOf(design) });
          return [metric, key];
        }),
      ),
    })),
  };
}

/** The sections of a study, each checked for itself: one that is wrong counts as left out, so that the others are checked, too. */
function checkedStudy(content: unknown, problems: Problem[]): StudyFile {
  const given = content as Readonly<Record<string, unknown>>;
  const sections = Object.keys(STUDY_FILE.shape);
  for (const key of Object.keys(given).filter((each) => !sections.includes(each))) {
    const nearest = nearWord(key, sections);
    problems.push({
      key,
      rule: `is no part of a study; there are ${sections.join(', ')}`,
      ...(nearest !== undefined && { nearest }),
    });
  }
  const whole = Object.entries(STUDY_FILE.shape).map(([key, schema]) => {
    const section = (schema as z.ZodType).safeParse(given[key]);
    if (section.success) return [key, section.data];
    problems.push(...issueProblems(key, section.error, given[key]));
    return [key, key === 'axes' || key === 'metrics' ? {} : (schema as z.ZodType).safeParse(undefined).data];
  });
  return Object.fromEntries(whole);
}

const issueProblems = (key: string, { issues }: z.ZodError, given: unknown): Problem[] =>
  given === undefined
    ? [{ key, rule: 'is missing' }]
    : issues.map(({ path, message }) => ({ key: [key, ...path].join('.'), rule: message }));

async function openMetrics(
  given: StudyFile['metrics'],
  folder: string,
  problems: Problem[],
): Promise<Map<string, OpenMetric>> {
  const known = Object.keys(SPACE_METRICS);
  if (Object.keys(given).length === 0) {
    problems.push({ key: 'metrics', rule: `there is none; there are ${known.join(', ')}` });
  }
  const opened = new Map<string, OpenMetric>();
  let missing: UserError | undefined;
  for (const [name, settings] of Object.entries(given)) {
    const key = `metrics.${name}`;
    const listed = Object.hasOwn(SPACE_METRICS, name) ? SPACE_METRICS[name] : undefined;
    if (listed === undefined) {
      const nearest = nearWord(name, known);
      problems.push({
        key,
        rule: `is no metric; there are ${known.join(', ')}`,
        ...(nearest !== undefined && { nearest }),
      });
      continue;
    }
    const metric = await listed.load();
    const checked = metric.settings.safeParse(settings ?? {});
    if (!checked.success) {
      problems.push(...issueProblems(key, checked.error, settings ?? {}));
      continue;
    }
    try {
      opened.set(name, await metric.open(settings ?? {}, folder));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      if (error.exitCode === EXIT.toolBroken) missing ??= error;
      else problems.push({ key, rule: error.message });
    }
  }
  // A study that is right, on a machine that lacks a tool.
  if (missing !== undefined && problems.length === 0) throw missing;
  return opened;
}

/** The designs of all places. What is impossible is a problem, each reason once, unless the study leaves it out. */
function designsOf(
  places: readonly Place[],
  metrics: ReadonlyMap<string, OpenMetric>,
  policy: StudyFile['impossible'],
  problems: Problem[],
) {
  const designs: { readonly place: Place; readonly design: SpaceDesign }[] = [];
  const impossible: ImpossiblePoint[] = [];
  const reasons = new Map<string, { readonly problem: Problem; readonly first: Place; count: number }>();
  for (const place of places) {
    const found = designAt(place, metrics);
    if (!Array.isArray(found)) {
      designs.push({ place, design: found });
      continue;
    }
    impossible.push({
      at: place.at,
      reason: found
        .map(({ key, given, rule }) => `${key}${given === undefined ? '' : ` ${given}`}: ${rule}`)
        .join('; '),
    });
    for (const problem of found) {
      const text = JSON.stringify(problem);
      const known = reasons.get(text);
      if (known) known.count++;
      else reasons.set(text, { problem, first: place, count: 1 });
    }
  }
  if (policy === 'refuse') {
    for (const { problem, first, count } of reasons.values()) {
      const where =
        count === places.length
          ? 'at every point'
          : `at ${count} of ${places.length} points, the first ${placeText(first.at)}`;
      problems.push({ ...problem, rule: `${problem.rule} (${where})` });
    }
    if (reasons.size > 0) {
      problems.push({
        key: 'impossible',
        rule: 'leave such points out with conditions (only, when), or all with impossible: leave out',
      });
    }
  } else if (designs.length === 0 && places.length > 0) {
    problems.push({ key: 'impossible', rule: `all ${places.length} points are: ${impossible[0]?.reason}` });
  }
  return { designs, impossible };
}

/** The place of a point on the axes: `rows=8 dataflow=ws`. */
export const placeText = (at: Place['at']): string =>
  Object.entries(at)
    .map(([axis, label]) => `${axis}=${label}`)
    .join(' ');

/** The design of a place, or what is wrong with it. */
function designAt({ parameters }: Place, metrics: ReadonlyMap<string, OpenMetric>): SpaceDesign | Problem[] {
  try {
    const design = designOf(parameters);
    const problems = [...metrics].flatMap(([name, metric]): Problem[] => {
      const rule = metric.problem(design);
      return rule === undefined ? [] : [{ key: `metrics.${name}`, rule }];
    });
    return problems.length === 0 ? design : problems;
  } catch (error) {
    if (error instanceof ConfigurationError) return [...error.problems];
    if (error instanceof UserError) return [{ key: 'design', rule: error.message }];
    throw error;
  }
}

function knownOf(design: SpaceDesign, kind: DesignKind): Values {
  return new Map([
    ...parameterValues(parameterFacts(kind), parametersOf(design)),
    ['macsPerCycle', macsPerCycle(design)],
  ]);
}

/** Values that follow from others, which become names for those behind them. */
function derivedOf(derive: StudyFile['derive'], names: Map<string, NameFacts>, problems: Problem[]): Derived[] {
  return Object.entries(derive).flatMap(([name, text]) => {
    const key = `derive.${name}`;
    if (names.has(name)) problems.push({ key, rule: 'is the name of a parameter or of a value already' });
    const expression = tried(key, text, problems, () => parseExpression(text, 'number', names));
    // What is wrong with it is told; names that read it are not wrong for that.
    names.set(name, { kind: 'number', ...(expression && { range: rangeOf(expression.root) }) });
    return expression === undefined ? [] : [{ name, expression }];
  });
}

function objectiveOf(
  sentences: readonly string[],
  names: Names,
  points: readonly Values[],
  problems: Problem[],
): Objective {
  const parsed = sentences.flatMap(
    (text) => tried('objective', text, problems, () => parseObjective(text, names)) ?? [],
  );
  const objective = {
    goals: parsed.flatMap(({ goals }) => goals),
    conditions: parsed.flatMap(({ conditions }) => conditions),
  };
  if (points.length === 0) return objective;
  const { conditions } = objective;
  const given = conditions.map(({ text }) => text).join('; ');
  const against = contradiction(conditions, rangesOf(names, points)) ?? unmet(conditions, points);
  if (against !== undefined) problems.push({ key: 'objective', given: `subject to ${given}`, rule: against });
  return objective;
}

/** The values that parameters have at the points. */
function rangesOf(names: Names, points: readonly Values[]): Ranges {
  const numbers = [...names].filter(([name, { kind }]) => kind === 'number' && points[0]?.has(name));
  return new Map(
    numbers.map(([name]) => {
      const all = points.map((known) => known.get(name) as number);
      return [name, { least: all.reduce((x, y) => Math.min(x, y)), most: all.reduce((x, y) => Math.max(x, y)) }];
    }),
  );
}

/** Why no point meets the conditions that parameters alone decide. */
function unmet(conditions: readonly Expression[], points: readonly Values[]): string | undefined {
  const decided = conditions.filter(({ names }) => [...names].every((name) => points[0]?.has(name)));
  const isMet = (known: Values): boolean => decided.every((condition) => evaluated(condition, known) === true);
  if (decided.length === 0 || points.some(isMet)) return undefined;
  return `no point meets ${decided.map(({ text }) => text).join(' and ')}`;
}
