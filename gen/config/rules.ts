import type { Problem } from '../errors.js';
import { type Configuration, type ParameterKey, parameterMeta } from './parameters.js';
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
  return SCOPES.flatMap(({ key, counts, rule }) => {
    const { fallback } = parameterMeta(key);
    if (counts(config) || JSON.stringify(config[key]) === JSON.stringify(fallback)) return [];
    return [{ key, given: String(config[key]), rule, nearest: String(fallback) }];
  });
}
