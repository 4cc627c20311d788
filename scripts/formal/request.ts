import { FlagReader } from '../../gen/base/flag-reader.js';
import { nearWord } from '../../gen/base/suggest.js';
import { loadDesign, type Manifest } from '../../gen/design/manifest.js';
import { type Check, labelOf } from './check.js';
import { checksOf } from './checks/table.js';

export const DEFAULT_LIMIT = 60;

/** What a user may ask of `npm run formal`. */
export interface FormalFlags {
  readonly module?: string;
  readonly limit?: string;
  readonly allow?: string;
}

/** A design with the modules whose properties are to be proved. */
export interface FormalDesign {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly checks: readonly Check[];
}

export interface FormalRequest {
  readonly designs: readonly FormalDesign[];
  /** For ABC, per property. */
  readonly limitSeconds: number;
  /** Properties that need not be decided, as `MODULE.PROPERTY`. */
  readonly allowed: ReadonlySet<string>;
}

/** What a module is called, without its design's name. */
const suffixOf = (check: Check, { configuration }: Manifest): string =>
  labelOf(check).slice(`${configuration.name}_`.length);

/**
 * What is to be proved of designs.
 *
 * @throws UserError where a folder holds no design; ConfigurationError naming every problem of the flags at once.
 */
export function formalRequest(folders: readonly string[], flags: FormalFlags): FormalRequest {
  const whole = folders.map((folder) => {
    const manifest = loadDesign(folder);
    return { folder, manifest, checks: checksOf(manifest) };
  });
  const reader = new FlagReader();
  const limitSeconds = reader.integer('--limit', flags.limit ?? String(DEFAULT_LIMIT), { most: 86_400 });
  const name = flags.module;
  const wanted = (check: Check, manifest: Manifest): boolean =>
    name === undefined || [labelOf(check), suffixOf(check, manifest)].includes(name);
  const designs = whole.map((design) => ({
    ...design,
    checks: design.checks.filter((check) => wanted(check, design.manifest)),
  }));
  const known = whole.flatMap(({ checks, manifest }) => checks.map((check) => suffixOf(check, manifest)));
  requireKnown(reader, '--module', designs.some(({ checks }) => checks.length > 0) ? [] : [name ?? ''], known);
  const properties = whole.flatMap(({ checks }) =>
    checks.flatMap((check) => check.properties.map((property) => `${labelOf(check)}.${property.name}`)),
  );
  const allowed = flags.allow?.split(',').map((each) => each.trim()) ?? [];
  requireKnown(
    reader,
    '--allow',
    allowed.filter((each) => !properties.includes(each)),
    properties,
  );
  reader.end();
  return { designs, limitSeconds, allowed: new Set(allowed) };
}

function requireKnown(reader: FlagReader, key: string, unknown: readonly string[], known: readonly string[]): void {
  for (const name of unknown) {
    const nearest = nearWord(name, known);
    reader.problems.push({
      key,
      given: `"${name}"`,
      rule: `must be one of ${[...new Set(known)].join(', ')}`,
      ...(nearest === undefined ? {} : { nearest }),
    });
  }
}
