import { FlagReader } from '../../gen/base/flag-reader.js';
import { nearWord } from '../../gen/base/suggest.js';
import { loadDesign } from '../../gen/design/manifest.js';
import { CHECKS, type CheckName } from './checks.js';
import { designMutants, type MutateRequest } from './mutate.js';
import { OPERATORS, type Operator } from './operators.js';

/** What a user may ask of `npm run mutate`. */
export interface MutateFlags {
  readonly module?: string;
  readonly operators?: string;
  readonly check: string;
  readonly every: string;
  readonly seed: string;
}

const listOf = (text: string): string[] => text.split(',').map((each) => each.trim());

const ALL = Object.keys(OPERATORS) as Operator[];

/**
 * What is to be mutated.
 *
 * @throws UserError where a folder holds no array or dot-product unit; ConfigurationError naming every problem of the flags at once.
 */
export function mutateRequest(folders: readonly string[], flags: MutateFlags): MutateRequest {
  const names = folders.flatMap((folder) => {
    const manifest = loadDesign(folder);
    const mutated = designMutants(folder, manifest).filter(({ mutants }) => mutants.length > 0);
    return mutated.flatMap(({ module: { name } }) => [name, name.replace(`${manifest.configuration.name}_`, '')]);
  });
  const reader = new FlagReader();
  const requireOne = (key: string, given: string, known: readonly string[]): void => {
    if (known.includes(given)) return;
    const nearest = nearWord(given, known);
    const rule = `must be one of ${[...new Set(known)].join(', ')}`;
    reader.problems.push({ key, given: `"${given}"`, rule, ...(nearest === undefined ? {} : { nearest }) });
  };
  const { module } = flags;
  if (module !== undefined) requireOne('--module', module, names);
  const operators = flags.operators === undefined ? ALL : listOf(flags.operators);
  for (const operator of operators) requireOne('--operators', operator, ALL);
  const checks = listOf(flags.check);
  for (const check of checks) requireOne('--check', check, Object.keys(CHECKS));
  const every = reader.integer('--every', flags.every, { most: 1_000_000 });
  const seed = reader.integer('--seed', flags.seed, { least: 0, most: 2 ** 32 - 1 });
  reader.end();
  return {
    folders,
    ...(module !== undefined && { module }),
    operators: operators as Operator[],
    checks: checks as CheckName[],
    every,
    seed,
  };
}
