import { FlagReader } from '../../../gen/base/flag-reader.js';
import { ruleProblems } from '../../../gen/config/rules.js';
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
  /** Names; without, all variants whose clusters of PEs fill the array. */
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
  const reader = new FlagReader();
  const { problems } = reader;
  const rows = reader.integer('--rows', flags.rows, { most: LARGEST_ARRAY });
  const cols = reader.integer('--cols', flags.cols, { most: LARGEST_ARRAY });
  const before = problems.length;
  const lengths = flags.lengths.split(',').map((text) => reader.integer('--lengths', text, { most: LONGEST }));
  const shortest = Math.max(rows, 2);
  if (problems.length === before && Math.max(...lengths) < shortest) {
    const rule = `the longest must be at least ${shortest}: latency is not defined for tiles that are shorter than the array is high`;
    problems.push({ key: '--lengths', given: `"${flags.lengths}"`, rule, nearest: String(shortest) });
  }
  const known = VARIANTS.map(({ name }) => name);
  const names = reader.only(flags.only, known, 'variant');
  const fitting = VARIANTS.filter((variant) => fits(variant, rows, cols));
  const variants = (flags.only === undefined ? fitting : VARIANTS).filter(({ name }) => names.includes(name));
  for (const variant of variants.filter((each) => !fitting.includes(each))) {
    const rule = `the clusters or pairs of PEs of ${variant.name} do not fill such an array`;
    const [key, given] = ['--rows, --cols', `${rows} x ${cols}`];
    problems.push({ key, given, rule, nearest: fittingSize(variant, rows, cols) });
  }
  reader.end();
  return { variants, rows, cols, lengths: [...new Set(lengths)].sort((x, y) => x - y) };
}

/** Whether a variant exists in a size. */
function fits(variant: Variant, rows: number, cols: number): boolean {
  return ruleProblems(configurationOf(variant, { rows, cols, lengths: [LONGEST] })).length === 0;
}

/** The next larger size, up to the largest, that the clusters or pairs of PEs of a variant fill. */
function fittingSize({ parameters }: Variant, rows: number, cols: number): string {
  const { clusterRows = 1, clusterCols = 1, wideActivations, wideWeights } = parameters;
  const filled = (side: number, cluster: number): number =>
    Math.min(Math.ceil(side / cluster) * cluster, LARGEST_ARRAY);
  const pairs = (wide: unknown): number => (wide === undefined ? 1 : 2);
  return `${filled(rows, Math.max(Number(clusterRows), pairs(wideActivations)))} x ${filled(cols, Math.max(Number(clusterCols), pairs(wideWeights)))}`;
}

/** The command that measures a selection anew, without the options that stand for the tools. */
export function selectionCommand({ variants, rows, cols, lengths }: VariantsSelection): string {
  const only = variants.length === VARIANTS.length ? '' : ` --only ${variants.map(({ name }) => name).join(',')}`;
  return `npm run variants -- --rows ${rows} --cols ${cols} --lengths ${lengths.join(',')}${only}`;
}
