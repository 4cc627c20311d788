import { FlagReader } from '../../../gen/base/flag-reader.js';
import { hasLanes, KINDS, type Kind, LANES, OPTIONS, type Option, REFERENCE, whyOneLane } from './designs.js';
import { type ComparisonRecord, recordedLanes, recordedNames } from './record.js';

/** What to compare. */
export interface ComparisonSelection {
  /** The reference first. */
  readonly kinds: readonly Kind[];
  readonly options: readonly Option[];
  /** Rows, and columns, of all cores. */
  readonly size: number;
  /** Of the PEs of all kinds that can have so many. */
  readonly lanes: readonly number[];
}

/** Options of `npm run area -- --compare` as the command line gives them. */
export interface ComparisonFlags {
  /** Without: the record's, or 64. */
  readonly size?: string;
  /** Without: the record's, or all. */
  readonly lanes?: string;
  /** Names of kinds and options; without: the record's, or all. */
  readonly only?: string;
  readonly check?: string;
  readonly record?: string;
  readonly write?: string;
}

export const DEFAULT_SIZE = '64';
const LARGEST = 64;

/** Names of all kinds and options, in the order of the tables. */
export const NAMES: readonly string[] = [...KINDS, ...OPTIONS].map(({ name }) => name);

/**
 * The selection that flags describe.
 *
 * @param record What `--check` names.
 * @param library sha256 of the library's file.
 * @throws ConfigurationError naming every problem at once.
 */
export function selectionOf(
  { size: sizeText, lanes: lanesText, only, check, record: recordFile, write }: ComparisonFlags,
  record?: ComparisonRecord,
  library?: string,
): ComparisonSelection {
  const reader = new FlagReader();
  const { problems } = reader;
  // Pairs of rows and columns make 8-bit products.
  const text = sizeText ?? (record === undefined ? DEFAULT_SIZE : String(record.size));
  const size = reader.integer('--size', text, { least: 2, most: LARGEST, step: 2 });
  if (problems.length === 0 && record !== undefined && size !== record.size) {
    const rule = `must be that of the record ${check}`;
    problems.push({ key: '--size', given: text, rule, nearest: String(record.size) });
  }
  if (record !== undefined && library !== record.library?.sha256) {
    const rule = `the record ${check} was measured with ${record.library === null ? 'generic gates' : `${record.library.name}, sha256 ${record.library.sha256}`}`;
    problems.push({ key: '--liberty', ...(library === undefined ? {} : { given: `sha256 ${library}` }), rule });
  }
  for (const [key, given] of Object.entries({ '--record': recordFile, '--write': write })) {
    if (record === undefined || given === undefined) continue;
    problems.push({ key, given, rule: '--check compares and writes nothing; use one of the two' });
  }
  const recorded = record === undefined ? NAMES : recordedNames(record);
  for (const name of recorded.filter((each) => !NAMES.includes(each))) {
    const rule = 'is in the record and no kind or option any more; measure it anew with --record';
    if (only === undefined) problems.push({ key: '--check', given: `"${name}"`, rule });
  }
  const wanted = only === undefined ? recorded : reader.only(only, NAMES, 'kind of PE and no option');
  for (const name of wanted.filter((each) => !recorded.includes(each))) {
    problems.push({ key: '--only', given: `"${name}"`, rule: `is not in the record ${check}` });
  }
  const recordedNumbers = record === undefined ? LANES : recordedLanes(record);
  const wantedLanes =
    lanesText === undefined
      ? recordedNumbers
      : reader.only(lanesText, LANES.map(String), 'number of lanes that is compared', '--lanes').map(Number);
  for (const number of wantedLanes.filter((each) => !recordedNumbers.includes(each))) {
    problems.push({ key: '--lanes', given: `"${number}"`, rule: `is not in the record ${check}` });
  }
  const kinds = KINDS.filter(({ name }) => name === REFERENCE || wanted.includes(name));
  for (const kind of only === undefined ? [] : kinds) {
    if (wantedLanes.length === 0 || wantedLanes.some((number) => hasLanes(kind, number))) continue;
    problems.push({ key: '--lanes', given: lanesText ?? '', rule: `${kind.name} has one lane: ${whyOneLane(kind)}` });
  }
  reader.end();
  return {
    kinds,
    options: OPTIONS.filter(({ name }) => wanted.includes(name)),
    size,
    lanes: LANES.filter((number) => wantedLanes.includes(number)),
  };
}

/** The command that measures a selection anew, without the options that stand for the tools. */
export function selectionCommand({ kinds, options, size, lanes }: ComparisonSelection): string {
  const names = [...kinds, ...options].map(({ name }) => name);
  return [
    'npm run area -- --compare',
    ...(String(size) === DEFAULT_SIZE ? [] : [`--size ${size}`]),
    ...(lanes.length === LANES.length ? [] : [`--lanes ${lanes.join(',')}`]),
    ...(names.length === NAMES.length ? [] : [`--only ${names.join(',')}`]),
  ].join(' ');
}
