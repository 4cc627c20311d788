import { markdownLines, type TextColumn } from '../base/text-table.js';
import { BASELINES } from './baselines.js';
import { type ConflictRow, conflictRows } from './conflicts.js';
import { ENGINE_KEYS, ENGINE_OWN } from './engine.js';
import type { OwnTexts } from './own-parameters.js';
import { PACKAGE_NAMES, PACKAGES, type PackageName, UNSUITED } from './packages.js';
import { flagOf, isSwitch, PARAMETER_KEYS, type ParameterKey, parameterMeta } from './parameters.js';
import type { RawConfiguration } from './raw.js';
import { REQUANTISER_KEYS, REQUANTISER_OWN } from './requantiser.js';

/** The default of a parameter as text; none of one that has none. */
function defaultText(key: ParameterKey): string | undefined {
  const { fallback } = parameterMeta(key);
  if (fallback === undefined) return undefined;
  return Array.isArray(fallback) ? fallback.join(',') || 'none' : String(fallback);
}

/** The flag and the description of a parameter, as `--help` shows them. */
export function optionHelp(key: ParameterKey): [flags: string, description: string] {
  const { description, placeholder } = parameterMeta(key);
  const fallback = defaultText(key);
  return [
    `${flagOf(key)} ${placeholder}`.trimEnd(),
    `${description}${fallback === undefined ? '' : ` (default: ${fallback})`}`,
  ];
}

/** The flag that switches a parameter off which a file may have switched on; none of others. */
export const switchOff = (key: ParameterKey): string[] => (isSwitch(key) ? [flagOf(key).replace(/^--/, '--no-')] : []);

/** What the baselines stand for, as flags. */
const baselineFlags = (parameters: RawConfiguration): string =>
  Object.entries(parameters)
    .map(([key, value]) => `${flagOf(key as ParameterKey)} ${Array.isArray(value) ? value.join(',') : value}`)
    .join(' ');

function baselineHelp(): string[] {
  return Object.entries(BASELINES).flatMap(([name, { description, parameters }]) => [
    `  --pe ${name.padEnd(9)} ${description}`,
    `  ${' '.repeat(14)} (${baselineFlags(parameters)})`,
  ]);
}

function conflictHelp(): string[] {
  const rows = conflictRows();
  const width = (of: (row: ConflictRow) => string): number => Math.max(...rows.map((row) => of(row).length));
  const [options, beside] = [width((row) => row.options), width((row) => row.beside)];
  return rows.map((row) => `  ${row.options.padEnd(options)}  with ${row.beside.padEnd(beside)}  (${row.reason})`);
}

/** What `--help` says below the options. */
export function helpTail(): string {
  return [
    '',
    'Baselines, short for these flags:',
    ...baselineHelp(),
    '',
    'Cannot be combined:',
    ...conflictHelp(),
  ].join('\n');
}

const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``;

/** The table of a kind of design's own parameters. */
function ownTable<Key extends string>(
  keys: readonly Key[],
  { option, defaultText: text, meta }: OwnTexts<Key>,
): string[] {
  const columns: TextColumn<Key>[] = [
    { title: 'option', text: (key) => code(option(key)[0]), left: true },
    { title: 'key in a file', text: code, left: true },
    { title: 'default', text, left: true },
    { title: 'meaning', text: (key) => meta(key).description, left: true },
    { title: 'rule', text: (key) => meta(key).rule, left: true },
  ];
  return markdownLines(columns, keys);
}

const PACKAGE_COLUMNS: TextColumn<PackageName>[] = [
  { title: 'package', text: code, left: true },
  { title: 'what', text: (name) => PACKAGES[name].title, left: true },
  { title: 'not with', text: (name) => UNSUITED[PACKAGES[name].target], left: true },
];

/** docs/parameters.md: all parameters, what the baselines stand for, and what cannot be combined. */
export function parametersPage(): string {
  const parameters: TextColumn<ParameterKey>[] = [
    { title: 'option', text: (key) => [optionHelp(key)[0], ...switchOff(key)].map(code).join(', '), left: true },
    { title: 'key in a file', text: code, left: true },
    { title: 'default', text: (key) => defaultText(key) ?? '', left: true },
    { title: 'meaning', text: (key) => parameterMeta(key).description, left: true },
    { title: 'rule', text: (key) => parameterMeta(key).rule, left: true },
  ];
  const conflicts: TextColumn<ConflictRow>[] = [
    { title: 'option', text: ({ options }) => code(options), left: true },
    { title: 'cannot be combined with', text: ({ beside }) => code(beside), left: true },
    { title: 'because', text: ({ reason }) => reason, left: true },
  ];
  const baselines: TextColumn<string>[] = [
    { title: 'option', text: (name) => code(`--pe ${name}`), left: true },
    { title: 'stands for', text: (name) => code(baselineFlags(BASELINES[name]?.parameters ?? {})), left: true },
    { title: 'meaning', text: (name) => BASELINES[name]?.description ?? '', left: true },
  ];
  const requantiser = ownTable(REQUANTISER_KEYS, REQUANTISER_OWN);
  const engine = ownTable(
    ENGINE_KEYS.filter((key) => key !== 'engine'),
    ENGINE_OWN,
  );
  return [
    '# Parameters of a design',
    '',
    'Written from `gen/config/`; `npx vitest run --project unit test/unit/config/reference.test.ts -u` writes it anew.',
    '',
    'Each parameter is an option of `npm run gen`, and a key of a JSON or YAML file (`--config`). Options win over the file.',
    '',
    ...markdownLines(parameters, PARAMETER_KEYS),
    '',
    '## What cannot be combined',
    '',
    'A design with the options of the second column refuses those of the first.',
    'An option without a value stands for all of its values but the default.',
    '',
    ...markdownLines(conflicts, conflictRows()),
    '',
    '## Baselines',
    '',
    '[PEs to compare with](compare.md) are short for these options.',
    '',
    ...markdownLines(baselines, Object.keys(BASELINES)),
    '',
    '## Requantiser',
    '',
    'With `--arch requantise`, these are all parameters; the [requantiser](requantiser.md) has a page of its own.',
    '',
    ...requantiser,
    '',
    '## Engine',
    '',
    'With `--engine` (`engine: true` in a file), these are all parameters; the [engine](engine.md) has a page of its own.',
    '',
    ...engine,
    '',
    '## Packages',
    '',
    '`--package` writes [packages for flows](packages.md) beside the design: some of these, with commas between, or `all`.',
    'It is an option alone: it changes nothing of the hardware, and no key of a file.',
    '',
    ...markdownLines(PACKAGE_COLUMNS, PACKAGE_NAMES),
    '',
  ].join('\n');
}
