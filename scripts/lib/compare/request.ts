import { closest } from 'fastest-levenshtein';
import { ConfigurationError, type Problem } from '../../../gen/errors.js';
import { KINDS, type Kind, OPTIONS, type Option, REFERENCE } from './designs.js';

/** What to compare. */
export interface ComparisonSelection {
  /** The reference first. */
  readonly kinds: readonly Kind[];
  readonly options: readonly Option[];
  /** Rows, and columns, of all cores. */
  readonly size: number;
}

/** Options of `npm run area -- --compare` as the command line gives them. */
export interface ComparisonFlags {
  readonly size: string;
  /** Names of kinds and options; without, all. */
  readonly only?: string;
}

export const DEFAULT_SIZE = '64';
const LARGEST = 64;

/** Names of all kinds and options, in the order of the tables. */
export const NAMES: readonly string[] = [...KINDS, ...OPTIONS].map(({ name }) => name);

/**
 * The selection that flags describe.
 *
 * @throws ConfigurationError naming every problem at once.
 */
export function selectionOf({ size: text, only }: ComparisonFlags): ComparisonSelection {
  const problems: Problem[] = [];
  const size = Number(text);
  // Pairs of rows and columns make 8-bit products.
  if (!(Number.isInteger(size) && size >= 2 && size <= LARGEST && size % 2 === 0)) {
    const even = Number.isFinite(size) ? 2 * Math.round(size / 2) : LARGEST;
    const nearest = String(Math.min(Math.max(even, 2), LARGEST));
    problems.push({ key: '--size', given: `"${text}"`, rule: `must be an even integer from 2 to ${LARGEST}`, nearest });
  }
  const wanted = only?.split(',').map((name) => name.trim()) ?? NAMES;
  for (const name of wanted.filter((each) => !NAMES.includes(each))) {
    const rule = `is no kind of PE and no option; there are ${NAMES.join(', ')}`;
    problems.push({ key: '--only', given: `"${name}"`, rule, nearest: closest(name, NAMES) });
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return {
    kinds: KINDS.filter(({ name }) => name === REFERENCE || wanted.includes(name)),
    options: OPTIONS.filter(({ name }) => wanted.includes(name)),
    size,
  };
}

/** The command that measures a selection anew. */
export function selectionCommand({ kinds, options, size }: ComparisonSelection, library?: string): string {
  const names = [...kinds, ...options].map(({ name }) => name);
  const flags = [
    '--compare',
    ...(String(size) === DEFAULT_SIZE ? [] : [`--size ${size}`]),
    ...(names.length === NAMES.length ? [] : [`--only ${names.join(',')}`]),
    ...(library === undefined ? [] : [`--liberty ${library}`]),
  ];
  return `npm run area -- ${flags.join(' ')}`;
}
