import { ConfigurationError } from '../../../gen/base/errors.js';
import { withoutMeaningless } from '../../../gen/config/conflicts.js';
import { PARAMETER_KEYS, type ParameterKey } from '../../../gen/config/parameters.js';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { ruleProblems } from '../../../gen/config/rules.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { type RandomSource, randomSource } from '../../../gen/golden/vectors.js';
import { numericType } from '../../../gen/numerics/types/table.js';
import { elaborateCore } from '../../../gen/rtl/core.js';
import { domainOf, pick } from './domains.js';

/** A configuration with every parameter that means something in it drawn at random. Most are valid; some ask for what elaboration refuses. */
export function randomConfiguration(random: RandomSource): RawConfiguration {
  const raw: RawConfiguration = {};
  for (const key of PARAMETER_KEYS) {
    const value = domainOf(key).draw(random, raw);
    if (value !== undefined) raw[key] = value;
  }
  const drawnTogether = random.below(8) === 0 ? raw : matched(raw);
  return withoutMeaningless(drawnTogether as Parameters<typeof withoutMeaningless>[0]);
}

/** Sizes and types that go with the 8-bit integers drawn: without it, nearly all of them would be refused. */
function matched(raw: RawConfiguration): RawConfiguration {
  const ports = [
    { wide: 'wideActivations', types: 'activations', size: 'rows', cluster: 'clusterRows' },
    { wide: 'wideWeights', types: 'weights', size: 'cols', cluster: 'clusterCols' },
  ] as const;
  const config = { ...raw };
  for (const { wide, types, size, cluster } of ports) {
    if ((config[wide] as string[]).length === 0) continue;
    const ofFour = (config[types] as string[]).filter((name) => numericType(name).bits <= 4);
    config[types] = [...new Set(['flint4', ...ofFour])];
    if ((config[size] as number) % 2 === 0) continue;
    config[size] = (config[size] as number) + 1;
    config[cluster] = 1;
  }
  return config;
}

/** A value of a parameter, by its index among the representatives. */
type Choice = readonly [key: ParameterKey, index: number];

/** Index of the chosen representative of each parameter. */
type Choices = Partial<Record<ParameterKey, number>>;

const CANDIDATES = 24;
const ATTEMPTS = 2000;

/**
 * Few configurations in which every two values of two different parameters (of the representatives of `domainOf`) occur
 * together at least once, always the same. Pairs that no valid configuration was found for are left out.
 *
 * A greedy covering array: each configuration starts from a pair that is still missing, and is the best of several
 * completions that take, parameter by parameter, the value with most missing pairs.
 */
export function pairwiseConfigurations(): RawConfiguration[] {
  const random = randomSource(1);
  const keys = PARAMETER_KEYS.filter((key) => domainOf(key).representatives.length > 0);
  const missing = new Map(everyPair(keys).map((pair) => [pairName(...pair), pair]));
  const found: Choices[] = [];
  for (const pair of missing.values()) {
    const choices = bestCompletion(pair, keys, missing, random) ?? anyCompletion(pair, keys, random);
    // A pair without a configuration must not attract later ones.
    missing.delete(pairName(...pair));
    if (!choices) continue;
    for (const name of pairNames(choices)) missing.delete(name);
    found.push(choices);
  }
  return withoutRedundant(found).map((choices, i) => ({ name: `pairwise_${i + 1}`, ...configurationOf(choices) }));
}

/** Choices without those that others, mostly later ones, have all pairs of. */
function withoutRedundant(found: readonly Choices[]): Choices[] {
  const times = new Map<string, number>();
  const count = (choices: Choices, by: number): void => {
    for (const name of pairNames(choices)) times.set(name, (times.get(name) ?? 0) + by);
  };
  for (const choices of found) count(choices, 1);
  return found.filter((choices) => {
    const redundant = pairNames(choices).every((name) => (times.get(name) ?? 0) > 1);
    if (redundant) count(choices, -1);
    return !redundant;
  });
}

function choicesOf(key: ParameterKey): Choice[] {
  return domainOf(key).representatives.map((_, index) => [key, index] as const);
}

function everyPair(keys: readonly ParameterKey[]): [Choice, Choice][] {
  return keys.flatMap((key, i) =>
    keys
      .slice(i + 1)
      .flatMap((other) => choicesOf(key).flatMap((x) => choicesOf(other).map((y): [Choice, Choice] => [x, y]))),
  );
}

/** The name of a pair, whichever comes first. */
function pairName(x: Choice, y: Choice): string {
  const [first, second] = x[0] < y[0] ? [x, y] : [y, x];
  return `${first.join(' ')}, ${second.join(' ')}`;
}

function pairNames(choices: Choices): string[] {
  const chosen = Object.entries(choices) as [ParameterKey, number][];
  return chosen.flatMap((x, i) => chosen.slice(i + 1).map((y) => pairName(x, y)));
}

function bestCompletion(
  [x, y]: readonly [Choice, Choice],
  keys: readonly ParameterKey[],
  missing: ReadonlyMap<string, unknown>,
  random: RandomSource,
): Choices | undefined {
  const gain = (choice: Choice, chosen: readonly Choice[]): number =>
    chosen.filter((other) => missing.has(pairName(choice, other))).length;
  const candidates = Array.from({ length: CANDIDATES }, () => {
    const chosen: Choice[] = [x, y];
    const open = keys.filter((key) => key !== x[0] && key !== y[0]);
    for (const key of shuffled(open, random)) {
      const gains = choicesOf(key).map((choice) => ({ choice, gain: gain(choice, chosen) }));
      const most = Math.max(...gains.map((entry) => entry.gain));
      chosen.push(
        pick(
          random,
          gains.filter((entry) => entry.gain === most),
        ).choice,
      );
    }
    const choices = meaningful(Object.fromEntries(chosen));
    return { choices, covered: pairNames(choices).filter((name) => missing.has(name)).length };
  });
  candidates.sort((one, other) => other.covered - one.covered);
  return candidates.find(({ choices }) => holds(choices, [x, y]) && isValid(configurationOf(choices)))?.choices;
}

/** A valid configuration with a pair, by trying. */
function anyCompletion(
  pair: readonly [Choice, Choice],
  keys: readonly ParameterKey[],
  random: RandomSource,
): Choices | undefined {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const rest = keys.map((key) => pick(random, choicesOf(key)));
    const choices = meaningful(Object.fromEntries([...rest, ...pair]));
    if (holds(choices, pair) && isValid(configurationOf(choices))) return choices;
  }
  return undefined;
}

/** Choices without those of parameters that mean nothing beside the others. */
function meaningful(choices: Choices): Choices {
  const kept = withoutMeaningless(configurationOf(choices) as Parameters<typeof withoutMeaningless>[0]);
  return Object.fromEntries(Object.entries(choices).filter(([key]) => key in kept));
}

const holds = (choices: Choices, pair: readonly Choice[]): boolean =>
  pair.every(([key, index]) => choices[key] === index);

function shuffled<T>(items: readonly T[], random: RandomSource): T[] {
  const rest = [...items];
  return items.map(() => rest.splice(random.below(rest.length), 1)[0] as T);
}

function configurationOf(choices: Choices): RawConfiguration {
  const keys = PARAMETER_KEYS.filter((key) => choices[key] !== undefined);
  return Object.fromEntries(keys.map((key) => [key, domainOf(key).representatives[choices[key] as number]]));
}

function isValid(raw: RawConfiguration): boolean {
  try {
    const config = validateConfiguration(raw);
    // The rules first: most that is refused is refused by them, and they cost nothing.
    if (ruleProblems(config).length > 0) return false;
    elaborateCore(config);
    return true;
  } catch (error) {
    if (error instanceof ConfigurationError) return false;
    throw error;
  }
}
