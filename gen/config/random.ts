import { elaborate } from '../elaborate/design.js';
import { ConfigurationError } from '../errors.js';
import { type RandomSource, randomSource } from '../vectors.js';
import { domainOf, pick } from './domains.js';
import { PARAMETER_KEYS, type ParameterKey } from './parameters.js';
import type { RawConfiguration } from './parse.js';
import { withoutMeaningless } from './rules.js';
import { validateConfiguration } from './validate.js';

/** A configuration with every parameter that means something in it drawn at random. Most are valid; some ask for what elaboration refuses. */
export function randomConfiguration(random: RandomSource): RawConfiguration {
  const raw: RawConfiguration = {};
  for (const key of PARAMETER_KEYS) {
    const value = domainOf(key).draw(random, raw);
    if (value !== undefined) raw[key] = value;
  }
  return withoutMeaningless(raw as Parameters<typeof withoutMeaningless>[0]);
}

/** A value of a parameter, by its index among the representatives. */
type Choice = readonly [key: ParameterKey, index: number];

/** Index of the chosen representative of each parameter. */
type Choices = Partial<Record<ParameterKey, number>>;

const CANDIDATES = 24;
const ATTEMPTS = 300;

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
  const found: RawConfiguration[] = [];
  for (const pair of missing.values()) {
    const choices = bestCompletion(pair, keys, missing, random) ?? anyCompletion(pair, keys, random);
    // A pair without a configuration must not attract later ones.
    missing.delete(pairName(...pair));
    if (!choices) continue;
    for (const name of pairNames(choices)) missing.delete(name);
    found.push({ name: `pairwise_${found.length + 1}`, ...configurationOf(choices) });
  }
  return found;
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
    const choices: Choices = Object.fromEntries(chosen);
    return { choices, covered: pairNames(choices).filter((name) => missing.has(name)).length };
  });
  candidates.sort((one, other) => other.covered - one.covered);
  return candidates.find(({ choices }) => isValid(configurationOf(choices)))?.choices;
}

/** A valid configuration with a pair, by trying. */
function anyCompletion(
  pair: readonly [Choice, Choice],
  keys: readonly ParameterKey[],
  random: RandomSource,
): Choices | undefined {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const rest = keys.map((key) => pick(random, choicesOf(key)));
    const choices: Choices = Object.fromEntries([...rest, ...pair]);
    if (isValid(configurationOf(choices))) return choices;
  }
  return undefined;
}

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
    elaborate(validateConfiguration(raw));
    return true;
  } catch (error) {
    if (error instanceof ConfigurationError) return false;
    throw error;
  }
}
