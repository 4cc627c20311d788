import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FlagReader } from '../../gen/base/flag-reader.js';
import { loadDesign } from '../../gen/design/manifest.js';
import { CHECKS, type CheckName } from './checks.js';
import { mutantsOf } from './mutant.js';
import type { MutateRequest } from './mutate.js';
import { OPERATORS } from './operators.js';

/** What a user may ask of `npm run mutate`. */
export interface MutateFlags {
  readonly module?: string;
  readonly operators?: string;
  readonly check: string;
  readonly every: string;
  readonly seed: string;
}

/**
 * What is to be mutated.
 *
 * @throws UserError where a folder holds no array or dot-product unit; ConfigurationError naming every problem of the flags at once.
 */
export function mutateRequest(folders: readonly string[], flags: MutateFlags): MutateRequest {
  const whole = folders.map(openMutated);
  const names = whole.flatMap(({ manifest, sources }) =>
    sources
      .filter(({ mutants }) => mutants.length > 0)
      .flatMap(({ module: { name } }) => [name, name.replace(`${manifest.configuration.name}_`, '')]),
  );
  const reader = new FlagReader();
  const modules = reader.only(flags.module, [...new Set(names)], 'module', '--module');
  const operators = reader.only(flags.operators, Object.keys(OPERATORS), 'kind of change', '--operators');
  const checks = reader.only(flags.check, Object.keys(CHECKS), 'check', '--check') as readonly CheckName[];
  const every = reader.integer('--every', flags.every, { most: 1_000_000 });
  const seed = reader.integer('--seed', flags.seed, { least: 0, most: 2 ** 32 - 1 });
  reader.end();
  const designs = whole.map((design) => {
    const { name } = design.manifest.configuration;
    const wanted = new Set(modules.flatMap((module) => [module, `${name}_${module}`]));
    const mutants = design.sources
      .flatMap((source) => source.mutants)
      .filter((mutant) => wanted.has(mutant.module) && operators.includes(mutant.operator))
      .filter((_, i) => i % every === 0);
    return { ...design, mutants };
  });
  return { designs, checks, seed };
}

/** A design with all its mutants, numbered through. */
function openMutated(folder: string) {
  const manifest = loadDesign(folder);
  let first = 1;
  const sources = manifest.modules.map(({ file }) => {
    const mutated = mutantsOf(file, readFileSync(join(folder, file), 'utf8'), first);
    first += mutated.mutants.length;
    return mutated;
  });
  return { folder, manifest, sources };
}
