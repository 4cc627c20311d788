import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';
import { ConfigurationError, type Problem } from '../base/errors.js';
import { nearWord } from '../base/suggest.js';
import { HARDWARE_TYPES, NUMERIC_TYPES } from '../numerics/types/table.js';
import { parametersOf } from './architectures.js';
import { baselineProblems } from './baselines.js';
import { withDependentDefaults } from './defaults.js';
import { defaultName } from './name.js';
import {
  type Configuration,
  FORMER_PARAMETERS,
  LIST_KEYS,
  PARAMETER_KEYS,
  PARAMETERS,
  type ParameterKey,
  PE_NAMES,
  parameterMeta,
} from './parameters.js';
import type { RawConfiguration } from './raw.js';
import { show } from './show.js';

/**
 * A complete configuration with defaults filled in.
 *
 * @throws ConfigurationError naming every problem at once.
 */
export function validateConfiguration(given: RawConfiguration): Configuration {
  const raw = withDependentDefaults(given);
  const result = PARAMETERS.safeParse(raw);
  const others = [...baselineProblems(given), ...(takesSpecials(raw) ? [] : specialTypeProblems(raw))];
  if (!result.success) {
    const problems = result.error.issues.flatMap((issue) => problemsOf(issue, raw));
    throw new ConfigurationError(uniqueByKey([...problems, ...others]));
  }
  if (others.length > 0) throw new ConfigurationError(uniqueByKey(others));
  const { name = defaultName(result.data), ...rest } = result.data;
  return { ...rest, name };
}

function problemsOf(issue: z.core.$ZodIssue, raw: RawConfiguration): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const former = FORMER_PARAMETERS[key];
      if (former !== undefined) return { key, given: show(raw[key]), rule: former };
      const nearest = nearWord(key, PARAMETER_KEYS);
      const rule = `is not a parameter${nearest === undefined ? '; --help lists them' : ''}`;
      return { key, given: show(raw[key]), rule, ...(nearest === undefined ? {} : { nearest }) };
    });
  }
  const key = issue.path[0] as ParameterKey;
  const given = raw[key];
  const isTypeList = key === 'activations' || key === 'weights';
  if (isTypeList && Array.isArray(given) && issue.path.length === 2) {
    return [typeProblem(key, given[issue.path[1] as number])];
  }
  const nearest = nearestValue(key, given, raw);
  // A list in place of a single value is shown as a list.
  const shown = Array.isArray(given) && !LIST_KEYS.includes(key) ? JSON.stringify(given) : show(given);
  return [{ key, given: shown, rule: parameterMeta(key).rule, ...(nearest === undefined ? {} : { nearest }) }];
}

function typeProblem(key: string, given: unknown): Problem {
  const known = HARDWARE_TYPES.map((type) => type.name);
  const text = String(given);
  return { key, given: show(given), rule: 'is not a numeric type', nearest: nearestTypeName(text, known) };
}

/** Whether a design has a way for NaN and infinities: the accumulators are binary32. */
const takesSpecials = ({ pe, block = 'none' }: RawConfiguration): boolean => pe === 'float' || block !== 'none';

/** Types that only the floating-point PE takes, on the ports of an integer one. */
function specialTypeProblems(raw: RawConfiguration): Problem[] {
  const known = HARDWARE_TYPES.map((type) => type.name);
  return (['activations', 'weights'] as const).flatMap((key) => {
    const names: unknown[] = Array.isArray(raw[key]) ? raw[key] : [];
    return names
      .filter((name): name is string => typeof name === 'string' && NUMERIC_TYPES.has(name) && !known.includes(name))
      .map((given) => {
        const rule = `${given} has codes for NaN or infinity, which only the floating-point PE (pe: float, --pe float) and dot-product units for blocks (--block) take`;
        return { key, given, rule, nearest: withoutSpecials(given) };
      });
  });
}

/** The float of OCP Microscaling without NaN and infinity whose fields are nearest to those of one that has them. */
function withoutSpecials(name: string): string {
  const fields = (of: string): [number, number] => {
    const [, exponent, fraction] = /e(\d)m(\d)$/.exec(of) ?? [];
    return [Number(exponent), Number(fraction)];
  };
  const [exponent, fraction] = fields(name);
  const away = (other: string): number => {
    const [e, m] = fields(other);
    return Math.abs(e - exponent) + Math.abs(m - fraction);
  };
  const nearest = ['e3m2', 'e2m3', 'e2m1'].reduce((x, y) => (away(y) < away(x) ? y : x));
  return name.startsWith('u') ? `u${nearest}` : nearest;
}

/**
 * The known name that differs in its last number alone, or else one at the least edit distance; of several the one with the
 * nearest number, which is 4 where none is given.
 */
export function nearestTypeName(text: string, known: readonly string[]): string {
  const [letters, number] = withLastNumber(text);
  const family = known.filter((name) => withLastNumber(name)[0] === letters);
  const least = Math.min(...known.map((name) => distance(text, name)));
  const nearest = family.length > 0 ? family : known.filter((name) => distance(text, name) === least);
  const away = (name: string): number => Math.abs(withLastNumber(name)[1] - number);
  return nearest.reduce((x, y) => (away(y) < away(x) ? y : x));
}

/** A type's name in two: all before its last number, and that, 4 where there is none. */
function withLastNumber(name: string): [string, number] {
  const [digits = ''] = /\d*$/.exec(name) ?? [];
  return [name.slice(0, name.length - digits.length), digits === '' ? 4 : Number(digits)];
}

function nearestValue(key: ParameterKey, given: unknown, raw: RawConfiguration): string | undefined {
  if (key === 'name') return typeof given === 'string' ? legalName(given) : undefined;
  if (key === 'activations' || key === 'weights') return nearestTypeList(key, given);
  if (key === 'wideActivations' || key === 'wideWeights') return 'int8,uint8';
  if (key === 'pe') return closest(String(given), PE_NAMES);
  const { values, fallback } = parameterMeta(key);
  if (typeof fallback === 'boolean') return closest(String(given), ['true', 'false']);
  if (values.length > 0) return closest(String(given), values);
  const number = Number(given);
  if (given === null || given === '' || !Number.isFinite(number)) return String(fallback);
  const { minimum, maximum } = integerRange(key, raw);
  return String(Math.min(Math.max(Math.round(number), minimum), maximum));
}

function integerRange(key: ParameterKey, raw: RawConfiguration): { minimum: number; maximum: number } {
  if (key === 'pipeline') return { minimum: 1, maximum: parametersOf(raw).deepestPipeline };
  if (key === 'lanes') return { minimum: 1, maximum: parametersOf(raw).mostLanes };
  const schema = z.toJSONSchema(PARAMETERS.shape[key]);
  const integers = (schema.anyOf ?? [schema]).find((entry) => entry.type === 'integer');
  return { minimum: integers?.minimum as number, maximum: integers?.maximum as number };
}

function nearestTypeList(key: ParameterKey, given: unknown): string {
  const names = Array.isArray(given) ? given.map(String) : [];
  const unique = [...new Set(names)].filter((name) => HARDWARE_TYPES.some((type) => type.name === name));
  return (unique.length > 0 ? unique.slice(0, 16) : (parameterMeta(key).fallback as string[])).join(',');
}

function legalName(given: string): string {
  const letters = given.replace(/[^a-zA-Z0-9_]/g, '_').replace(/^[^a-zA-Z]+/, '');
  return (letters === '' ? 'ant' : letters).slice(0, 63);
}

function uniqueByKey(problems: Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ key, given }) => !seen.has(`${key} ${given}`) && seen.add(`${key} ${given}`));
}
