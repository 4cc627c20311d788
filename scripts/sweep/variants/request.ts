import { ConfigurationError, type Problem } from '../../../gen/base/errors.js';
import { nearWord } from '../../../gen/base/suggest.js';
import { ruleProblems } from '../../../gen/config/rules.js';
import { type Conditions, conditionFlags } from '../../synth/equivalence/proved.js';
import { configurationOf, VARIANTS, type Variant } from './designs.js';

/** Which variants to compare, and on what. */
export interface VariantsSelection {
  readonly variants: readonly Variant[];
  readonly rows: number;
  readonly cols: number;
  /** Lengths of the tiles to measure utilisation on, ascending; the last is the longest reduction of the designs. */
  readonly lengths: readonly number[];
}

/** Options of `npm run variants` as the command line gives them. */
export interface SelectionFlags {
  readonly rows: string;
  readonly cols: string;
  readonly lengths: string;
  /** Names; without, all variants whose tiles of PEs fill the array. */
  readonly only?: string;
}

export const DEFAULT_SELECTION = { rows: '16', cols: '16', lengths: '64,576,4096' } as const;

const LARGEST_ARRAY = 64;
/** Longer tiles only lengthen the simulation. */
const LONGEST = 65_536;

/**
 * The selection that flags describe.
 *
 * @throws ConfigurationError naming every problem at once.
 */
export function selectionOf(flags: SelectionFlags): VariantsSelection {
  const problems: Problem[] = [];
  const integer = (key: string, text: string, most: number): number => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= 1 && value <= most && text.trim() !== '') return value;
    const nearest = text.trim() === '' || !Number.isFinite(value) ? 1 : Math.min(Math.max(Math.round(value), 1), most);
    const rule = `must be an integer from 1 to ${most}`;
    problems.push({ key, given: `"${text}"`, rule, nearest: String(nearest) });
    return nearest;
  };
  const rows = integer('--rows', flags.rows, LARGEST_ARRAY);
  const cols = integer('--cols', flags.cols, LARGEST_ARRAY);
  const before = problems.length;
  const lengths = flags.lengths.split(',').map((text) => integer('--lengths', text, LONGEST));
  const shortest = Math.max(rows, 2);
  if (problems.length === before && Math.max(...lengths) < shortest) {
    const rule = `the longest must be at least ${shortest}: latency is not defined for tiles that are shorter than the array is high`;
    problems.push({ key: '--lengths', given: `"${flags.lengths}"`, rule, nearest: String(shortest) });
  }
  const names = flags.only?.split(',').map((name) => name.trim());
  const fitting = VARIANTS.filter((variant) => fits(variant, rows, cols));
  const variants = names === undefined ? fitting : VARIANTS.filter(({ name }) => names.includes(name));
  const known = VARIANTS.map(({ name }) => name);
  for (const name of names?.filter((each) => !known.includes(each)) ?? []) {
    const rule = `is no variant; there are ${known.join(', ')}`;
    const nearest = nearWord(name, known);
    problems.push({ key: '--only', given: `"${name}"`, rule, ...(nearest === undefined ? {} : { nearest }) });
  }
  for (const variant of variants.filter((each) => !fitting.includes(each))) {
    const rule = `the tiles or pairs of PEs of ${variant.name} do not fill such an array`;
    const [key, given] = ['--rows, --cols', `${rows} x ${cols}`];
    problems.push({ key, given, rule, nearest: fittingSize(variant, rows, cols) });
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return { variants, rows, cols, lengths: [...new Set(lengths)].sort((x, y) => x - y) };
}

/** Whether a variant exists in a size. */
function fits(variant: Variant, rows: number, cols: number): boolean {
  return ruleProblems(configurationOf(variant, { rows, cols, lengths: [LONGEST] })).length === 0;
}

/** The next larger size, up to the largest, that the tiles or pairs of PEs of a variant fill. */
function fittingSize({ parameters }: Variant, rows: number, cols: number): string {
  const { tileRows = 1, tileCols = 1, wideActivations, wideWeights } = parameters;
  const filled = (side: number, tile: number): number => Math.min(Math.ceil(side / tile) * tile, LARGEST_ARRAY);
  const pairs = (wide: unknown): number => (wide === undefined ? 1 : 2);
  return `${filled(rows, Math.max(Number(tileRows), pairs(wideActivations)))} x ${filled(cols, Math.max(Number(tileCols), pairs(wideWeights)))}`;
}

/** The command that measures a selection anew. */
export function selectionCommand(
  { variants, rows, cols, lengths }: VariantsSelection,
  conditions: Conditions = {},
): string {
  const names = variants.map(({ name }) => name).join(',');
  const flags = [
    `--rows ${rows} --cols ${cols} --lengths ${lengths.join(',')}`,
    ...(variants.length === VARIANTS.length ? [] : [`--only ${names}`]),
    ...conditionFlags(conditions),
  ];
  return `npm run variants -- ${flags.join(' ')}`;
}
