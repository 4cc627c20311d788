import { type Problem, UserError } from '../../../gen/base/errors.js';
import { nearWord } from '../../../gen/base/suggest.js';
import { withDependentDefaults } from '../../../gen/config/defaults.js';
import { isEngine } from '../../../gen/config/engine.js';
import { withLists } from '../../../gen/config/parse.js';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { type DesignKind, defaultsOf, parameterFacts, parameterValues } from './designs.js';
import { type Expression, evaluated, type Names, parseExpression, type Values } from './expression.js';
import type { Axis, AxisRange, StudyFile } from './study-file.js';

/** A value of an axis: what it is called, and the parameters that it sets. */
interface Choice {
  readonly label: string;
  readonly sets: RawConfiguration;
}

/** An axis with its condition. */
interface CheckedAxis {
  readonly name: string;
  readonly choices: readonly Choice[];
  readonly when: Expression | undefined;
}

/** A point: its place on each axis that is there, and its parameters. */
export interface Place {
  /** By axis; an axis whose condition does not hold is absent. */
  readonly at: Readonly<Record<string, string>>;
  readonly parameters: RawConfiguration;
}

/** More points than these are a slip. */
const MOST_POINTS = 20_000;

/**
 * All points of a study, the last axis the fastest; one where several would be the same.
 *
 * @param problems Gets what is wrong with axes and conditions.
 */
export function placesOf({ axes, design, only }: StudyFile, kind: DesignKind, problems: Problem[]): Place[] {
  const facts = parameterFacts(kind);
  for (const key of Object.keys(design)) requireParameter(`design.${key}`, key, kind, problems);
  const checked = checkedAxes(axes, facts, kind, problems);
  requireSetOnce(design, checked, problems);
  const conditions = only.flatMap((text) => conditionOf('only', text, facts, problems) ?? []);
  // What is wrong is told; the rest goes on to be checked without it.
  const isKnown = (key: string): boolean => kind.keys.includes(key) && key !== 'name';
  const sound = checked.filter(
    ({ choices }) => choices.length > 0 && choices.every(({ sets }) => Object.keys(sets).every(isKnown)),
  );
  const fixed = withLists(Object.fromEntries(Object.entries(design).filter(([key]) => isKnown(key))));
  const count = sound.reduce((product, { choices }) => product * choices.length, 1);
  if (count > MOST_POINTS) {
    problems.push({ key: 'axes', given: `${count} points`, rule: `a study has at most ${MOST_POINTS}` });
    return [];
  }
  const valuesAt = (parameters: RawConfiguration): Values =>
    parameterValues(facts, {
      ...defaultsOf(kind),
      ...(isEngine(fixed) ? parameters : withDependentDefaults(parameters)),
    });
  const places = sound.reduce<Place[]>(
    (all, axis) => all.flatMap((place) => extended(place, axis, valuesAt)),
    [{ at: {}, parameters: fixed }],
  );
  const kept = places.filter(({ parameters }) => {
    const values = valuesAt(parameters);
    return conditions.every((condition) => evaluated(condition, values) === true);
  });
  if (kept.length === 0) {
    problems.push({ key: 'only', given: only.join('; '), rule: `none of the ${places.length} points meets it` });
  }
  return [...new Map(kept.map((place) => [JSON.stringify(place.parameters), place])).values()];
}

/** A place with each choice of an axis, or itself where the axis is not there. */
function extended(
  place: Place,
  { name, choices, when }: CheckedAxis,
  valuesAt: (set: RawConfiguration) => Values,
): Place[] {
  if (when !== undefined && evaluated(when, valuesAt(place.parameters)) !== true) return [place];
  return choices.map(({ label, sets }) => ({
    at: { ...place.at, [name]: label },
    parameters: { ...place.parameters, ...sets },
  }));
}

function checkedAxes(axes: StudyFile['axes'], facts: Names, kind: DesignKind, problems: Problem[]): CheckedAxis[] {
  if (Object.keys(axes).length === 0) {
    problems.push({ key: 'axes', rule: 'there is none; name a parameter with its values' });
  }
  const all = Object.entries(axes).map(([name, axis]) => ({
    name,
    axis,
    choices: choicesOf(name, axis, kind, problems),
  }));
  return all.map(({ name, axis, choices }, i) => {
    const text = 'when' in axis ? axis.when : undefined;
    const when = text === undefined ? undefined : conditionOf(`axes.${name}.when`, text, facts, problems);
    // Axes are gone through in order.
    for (const later of all.slice(i)) {
      const read = later.choices.flatMap(({ sets }) => Object.keys(sets)).find((key) => when?.names.has(key));
      if (read === undefined) continue;
      const rule = `reads ${read}, which axes.${later.name} sets: write that axis before this one`;
      problems.push({ key: `axes.${name}.when`, given: text ?? '', rule });
    }
    return { name, choices, when };
  });
}

/** No parameter may be set by two axes, or by an axis and for all designs. */
function requireSetOnce(design: RawConfiguration, axes: readonly CheckedAxis[], problems: Problem[]): void {
  const setBy = new Map(Object.keys(design).map((key) => [key, 'design']));
  for (const { name, choices } of axes) {
    for (const key of new Set(choices.flatMap(({ sets }) => Object.keys(sets)))) {
      const other = setBy.get(key);
      if (other !== undefined) problems.push({ key: `axes.${name}`, rule: `sets ${key}, as ${other} does` });
      setBy.set(key, `axes.${name}`);
    }
  }
}

function choicesOf(name: string, axis: Axis, kind: DesignKind, problems: Problem[]): Choice[] {
  const key = `axes.${name}`;
  if (!Array.isArray(axis) && 'choices' in axis) {
    const entries = Object.entries(axis.choices);
    if (entries.length === 0) problems.push({ key, rule: 'is empty' });
    for (const each of new Set(entries.flatMap(([, sets]) => Object.keys(sets)))) {
      requireParameter(key, each, kind, problems);
    }
    return entries.map(([label, sets]) => ({ label, sets: withLists(sets) }));
  }
  requireParameter(key, name, kind, problems);
  const given = !Array.isArray(axis) && 'values' in axis ? axis.values : axis;
  const values = Array.isArray(given) ? given : rangeValues(key, given as AxisRange, problems);
  if (values.length === 0) problems.push({ key, rule: 'is empty' });
  const choices = values.map((value): Choice => {
    const sets = withLists({ [name]: value });
    return { label: labelOf(sets[name]), sets };
  });
  const twice = choices.find(({ label }, i) => choices.findIndex((each) => each.label === label) !== i);
  if (twice !== undefined) problems.push({ key, given: twice.label, rule: 'is there twice' });
  return choices;
}

/** A value as text: `8`, `int4,flint4`. */
const labelOf = (value: unknown): string => (Array.isArray(value) ? value.join(',') || 'none' : String(value));

/** The values of a range, the last one at most `to`. */
function rangeValues(key: string, { from, to, step, times }: AxisRange, problems: Problem[]): number[] {
  const given = `from ${from} to ${to}`;
  if (step !== undefined && times !== undefined) {
    problems.push({ key, given, rule: 'has step and times; give one of them' });
  }
  if (times !== undefined && from <= 0)
    problems.push({ key, given, rule: 'times needs a number above 0 to begin with' });
  const next = (value: number): number => (times === undefined || from <= 0 ? value + (step ?? 1) : value * times);
  const values: number[] = [];
  for (let value = from; value <= to && values.length <= MOST_POINTS; value = next(value)) values.push(value);
  return values;
}

function requireParameter(place: string, key: string, { keys, title }: DesignKind, problems: Problem[]): void {
  if (key === 'name') {
    problems.push({ key: place, rule: 'designs of a study have names of their own; leave it out' });
  } else if (key === 'engine' && place.startsWith('axes.')) {
    problems.push({ key: place, rule: 'a study has engines or other designs; write engine: true under design' });
  } else if (!keys.includes(key)) {
    const nearest = nearWord(key, keys);
    const rule = `${key} is not a parameter of ${title}`;
    problems.push({ key: place, rule, ...(nearest !== undefined && { nearest }) });
  }
}

/** A condition of a study. */
export function conditionOf(key: string, text: string, names: Names, problems: Problem[]): Expression | undefined {
  return tried(key, text, problems, () => parseExpression(text, 'condition', names));
}

/** What a step that reads a text gives; where it throws, that is a problem of the text. */
export function tried<T>(key: string, given: string, problems: Problem[], step: () => T): T | undefined {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    problems.push({ key, given: `"${given}"`, rule: error.message });
    return undefined;
  }
}
