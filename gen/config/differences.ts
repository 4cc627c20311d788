import { PARAMETER_KEYS, type ParameterKey, parameterMeta } from './parameters.js';
import type { RawConfiguration } from './raw.js';
import { show } from './show.js';

/** A parameter that two configurations give different values. */
export interface Difference {
  readonly key: string;
  readonly there: string;
  readonly here: string;
}

/**
 * What a configuration that was recorded, perhaps by an earlier version of the generator, has other than a new one.
 * Parameters that it lacks have their defaults; one that is unknown today makes another configuration.
 */
export function configurationDifferences(
  recorded: Readonly<Record<string, unknown>>,
  here: RawConfiguration,
): Difference[] {
  const isKnown = (key: string): key is ParameterKey => (PARAMETER_KEYS as readonly string[]).includes(key);
  const fallback = (key: string): unknown => (isKnown(key) ? parameterMeta(key).fallback : undefined);
  const keys = [...new Set([...Object.keys(here), ...Object.keys(recorded)])];
  return keys.flatMap((key) => {
    const there = key in recorded ? recorded[key] : fallback(key);
    if (JSON.stringify(there) === JSON.stringify(here[key])) return [];
    return [{ key, there: show(there), here: key in here ? show(here[key]) : 'unknown' }];
  });
}
