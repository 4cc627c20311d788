import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../../gen/base/errors.js';
import { withoutMeaningless } from '../../../../gen/config/conflicts.js';
import { PARAMETER_KEYS, type ParameterKey } from '../../../../gen/config/parameters.js';
import type { RawConfiguration } from '../../../../gen/config/raw.js';
import { ruleProblems } from '../../../../gen/config/rules.js';
import { validateConfiguration } from '../../../../gen/config/validate.js';
import { randomSource } from '../../../../gen/golden/vectors.js';
import { HARDWARE_TYPES, NUMERIC_TYPES, numericType } from '../../../../gen/numerics/types/table.js';
import { elaborateCore } from '../../../../gen/rtl/core.js';
import { domainOf } from '../../../../scripts/verify/fuzz/domains.js';
import { pairwiseConfigurations, randomConfiguration } from '../../../../scripts/verify/fuzz/random.js';

/** Whether a configuration is accepted. Any error but a ConfigurationError is thrown on. */
function accepted(raw: RawConfiguration): boolean {
  try {
    const config = validateConfiguration(raw);
    // The rules first: elaboration, which asks them too, computes much before.
    if (ruleProblems(config).length > 0) return false;
    elaborateCore(config);
    return true;
  } catch (error) {
    if (error instanceof ConfigurationError) return false;
    throw error;
  }
}

describe('random configurations', () => {
  const COUNT = 3000;
  const drawn = Array.from({ length: COUNT }, (_, seed) => randomConfiguration(randomSource(seed)));

  it('are accepted or refused by a ConfigurationError, and most are accepted', () => {
    const count = drawn.filter(accepted).length;
    expect(count).toBeGreaterThan(0.6 * COUNT);
    expect(count).toBeLessThan(COUNT);
  });

  it('are the same for the same seed', () => {
    expect(randomConfiguration(randomSource(7))).toEqual(drawn[7]);
    expect(new Set(drawn.map((raw) => JSON.stringify(raw))).size).toBe(COUNT);
  });

  it('give every parameter that applies, except for the name, and at least two values of each', () => {
    for (const key of PARAMETER_KEYS) {
      const values = drawn.map((raw) => raw[key]);
      // Where pe or dataflow was left out for another's sake, so was what cannot be combined with what it was.
      const whole = drawn.filter((raw) => raw.pe !== undefined && raw.dataflow !== undefined);
      const counting = whole.filter((raw) =>
        Object.keys(withoutMeaningless({ ...raw, [key]: 0 } as never)).includes(key),
      );
      if (key !== 'name') expect(counting.map((raw) => raw[key])).not.toContain(undefined);
      expect(new Set(values.map((value) => JSON.stringify(value))).size, key).toBeGreaterThan(1);
    }
  });

  it('have clusters of PEs that fill the array, of every kind of shape', () => {
    for (const { rows, cols, clusterRows = 1, clusterCols = 1 } of drawn as Record<string, number>[]) {
      expect([(rows as number) % clusterRows, (cols as number) % clusterCols]).toEqual([0, 0]);
    }
    const shape = ({ rows, clusterRows }: RawConfiguration) =>
      clusterRows === 1 ? 'one' : clusterRows === rows ? 'all' : 'some';
    expect(new Set(drawn.map(shape))).toEqual(new Set(['one', 'all', 'some']));
  });

  it('have every numeric type on both ports, one to six types, and every side from 1 to 12', () => {
    const random = randomSource(5);
    for (const port of ['activations', 'weights'] as const) {
      const lists = Array.from({ length: 20_000 }, () => domainOf(port).draw(random, {}) as string[]);
      expect(new Set(lists.flat())).toEqual(new Set(NUMERIC_TYPES.keys()));
      expect(new Set(lists.map((list) => list.length))).toEqual(new Set([1, 2, 3, 4, 5, 6]));
    }
    for (const side of ['rows', 'cols']) expect(new Set(drawn.map((raw) => raw[side])).size).toBe(12);
  });
});

/** Whether a value lists types with codes for NaN or infinity. */
const hasSpecials = (value: unknown): boolean =>
  Array.isArray(value) && value.some((name) => NUMERIC_TYPES.has(name) && !HARDWARE_TYPES.includes(numericType(name)));

describe('the pairwise set', () => {
  const set = pairwiseConfigurations();
  const keys = PARAMETER_KEYS.filter((key) => domainOf(key).representatives.length > 0);
  const same = (x: unknown, y: unknown): boolean => JSON.stringify(x) === JSON.stringify(y);

  /** The settings of two parameters, over all pairs of parameters and representatives. */
  const pairs = keys.flatMap((first, i) =>
    keys
      .slice(i + 1)
      .flatMap((second) =>
        domainOf(first).representatives.flatMap((x) =>
          domainOf(second).representatives.map((y): RawConfiguration => ({ [first]: x, [second]: y })),
        ),
      ),
  );

  const uncovered = pairs.filter(
    (pair) => !set.some((raw) => Object.entries(pair).every(([key, value]) => same(raw[key], value))),
  );

  it('is small, always the same, and every configuration of it is valid', () => {
    expect(set.length).toBeLessThan(80);
    expect(pairwiseConfigurations()).toEqual(set);
    expect(set.filter((raw) => !accepted(raw))).toEqual([]);
    expect(new Set(set.map((raw) => raw.name)).size).toBe(set.length);
  });

  it('has representatives of every parameter but the name and the target, legal and different', () => {
    expect(PARAMETER_KEYS.filter((key) => !keys.includes(key))).toEqual(['target', 'name']);
    for (const key of keys) {
      const { representatives } = domainOf(key);
      expect(new Set(representatives.map((value) => JSON.stringify(value))).size).toBe(representatives.length);
      expect(representatives.length).toBeGreaterThan(1);
      // Types with NaN are legal on the floating-point PE only.
      for (const value of representatives)
        expect(() =>
          validateConfiguration({ ...(hasSpecials(value) ? { pe: 'float' } : {}), [key]: value }),
        ).not.toThrow();
    }
  });

  it('covers every pair of values that a valid configuration can have', () => {
    expect(pairs.length).toBeGreaterThan(300);
    expect(uncovered.length).toBeLessThan(pairs.length / 10);
    const random = randomSource(99);
    const any = (key: ParameterKey): unknown => {
      const { representatives } = domainOf(key);
      return representatives[random.below(representatives.length)];
    };
    for (const pair of uncovered) {
      const completions = Array.from({ length: 300 }, () => ({
        ...Object.fromEntries(keys.map((key) => [key, any(key)])),
        ...pair,
      }));
      expect(completions.filter(accepted), JSON.stringify(pair)).toEqual([]);
    }
  });

  it('leaves out what the generator refuses: a case of it is in the space', () => {
    const refused = { arch: 'array', pe: 'int', activations: ['int8'], weights: ['int8'], pipeline: 3 };
    expect(accepted(refused)).toBe(false);
    expect(set.filter((raw) => Object.entries(refused).every(([key, value]) => same(raw[key], value)))).toEqual([]);
  });
});
