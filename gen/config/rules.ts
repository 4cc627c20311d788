import { z } from 'zod';
import type { Problem } from '../errors.js';
import { type Configuration, PARAMETERS, type ParameterKey, parameterMeta } from './parameters.js';
import type { RawConfiguration } from './parse.js';

/** A parameter that means nothing in some configurations, where it must be left at its default. */
interface Scope {
  readonly key: ParameterKey;
  readonly counts: (config: Pick<Configuration, 'dataflow'>) => boolean;
  /** Why it does not count elsewhere. */
  readonly rule: string;
}

const SCOPES: readonly Scope[] = [
  {
    key: 'maxK',
    counts: ({ dataflow }) => dataflow === 'os',
    rule: 'counts for dataflow os only: a weight-stationary array sums as many products as it has rows',
  },
  {
    key: 'drain',
    counts: ({ dataflow }) => dataflow === 'os',
    rule: 'counts for dataflow os only: in a weight-stationary array sums flow out by themselves',
  },
];

/** A configuration without the parameters that mean nothing in it. */
export function withoutMeaningless(raw: RawConfiguration & Pick<Configuration, 'dataflow'>): RawConfiguration {
  const meaningless = SCOPES.filter(({ counts }) => !counts(raw)).map(({ key }) => key as string);
  return Object.fromEntries(Object.entries(raw).filter(([key]) => !meaningless.includes(key)));
}

/** What is wrong with parameters that are each legal alone. */
export function ruleProblems(config: Configuration): Problem[] {
  return [...scopeProblems(config), ...tileProblems(config)];
}

function scopeProblems(config: Configuration): Problem[] {
  return SCOPES.flatMap(({ key, counts, rule }) => {
    const { fallback } = parameterMeta(key);
    if (counts(config) || JSON.stringify(config[key]) === JSON.stringify(fallback)) return [];
    return [{ key, given: String(config[key]), rule, nearest: String(fallback) }];
  });
}

/** Tiles of PEs must fill the array. */
function tileProblems(config: Configuration): Problem[] {
  const sides = [
    ['tileRows', 'rows'],
    ['tileCols', 'cols'],
  ] as const;
  return sides.flatMap(([key, side]) => {
    const [given, whole] = [config[key], config[side]];
    if (whole % given === 0) return [];
    const nearest = nearestDivisor(whole, given);
    return [{ key, given: String(given), rule: `must divide ${side}, which is ${whole}`, nearest: String(nearest) }];
  });
}

/** The legal side of a tile nearest to a number; of two, the smaller. */
function nearestDivisor(whole: number, to: number): number {
  const divisors = tileSides(whole);
  return divisors.reduce((x, y) => (Math.abs(y - to) < Math.abs(x - to) ? y : x));
}

/** The legal sides of a tile of PEs in an array with a side of that many PEs, in ascending order. */
export function tileSides(whole: number): number[] {
  const { maximum } = z.toJSONSchema(PARAMETERS.shape.tileRows);
  return Array.from({ length: Math.min(whole, maximum as number) }, (_, i) => i + 1).filter(
    (side) => whole % side === 0,
  );
}
