import { markdownLines } from '../../../gen/area/text-table.js';

/** A way to add up 16 products and an accumulator. */
export interface DotTree {
  readonly name: string;
  readonly title: string;
  /** Where the generator makes it: the options, nothing for the default; null where it does not. */
  readonly options: string | null;
  /** Gate equivalents, synthesised with and without Yosys' `alumacc`. */
  readonly ge: number;
  readonly geWithoutAlumacc: number;
}

/** What `npm run dot-trees -- --json` prints. */
export interface DotTreesReport {
  readonly trees: readonly DotTree[];
}

/** The trees by their areas, the smaller of the two of each; those that the generator makes stand out. */
export function dotTreesTable({ trees }: DotTreesReport): string {
  const least = ({ ge, geWithoutAlumacc }: DotTree): number => Math.min(ge, geWithoutAlumacc);
  return markdownLines<DotTree>(
    [
      { title: 'variant', left: true, text: titleOf },
      { title: 'GE', text: ({ ge }) => ge.toFixed(0) },
      { title: 'without `alumacc`', text: ({ geWithoutAlumacc }) => geWithoutAlumacc.toFixed(0) },
    ],
    [...trees].sort((one, other) => least(one) - least(other)),
  ).join('\n');
}

function titleOf({ title, options }: DotTree): string {
  if (options === null) return title;
  return `**${title}**${options === '' ? '' : ` (\`${options}\`)`}`;
}
