import { type Recipe, RECIPES } from '../../../gen/area/recipe.js';
import { decimal, markdownLines } from '../../../gen/area/text-table.js';
import { EXIT, UserError } from '../../../gen/errors.js';

/** A way to add up 16 products and an accumulator. */
export interface DotTree {
  readonly name: string;
  readonly title: string;
  /** Where the generator makes it: the options, nothing for the default; null where it does not. */
  readonly options: string | null;
  /** Gate equivalents, synthesised with and without Yosys' `alumacc`. */
  readonly ge: number;
  readonly geWithoutAlumacc: number;
  /** Both netlists, simulated against integer arithmetic. */
  readonly netlists: readonly { readonly recipe: Recipe; readonly result: 'simulated'; readonly vectors: number }[];
}

/** What `npm run dot-trees -- --json` prints. */
export interface DotTreesReport {
  readonly trees: readonly DotTree[];
}

/** The trees by their areas, the smaller of the two of each; those that the generator makes stand out. */
export function dotTreesTable({ trees }: DotTreesReport): string {
  const least = ({ ge, geWithoutAlumacc }: DotTree): number => Math.min(ge, geWithoutAlumacc);
  const lines = markdownLines<DotTree>(
    [
      { title: 'variant', left: true, text: titleOf },
      { title: 'GE', text: ({ ge }) => ge.toFixed(0) },
      { title: 'without `alumacc`', text: ({ geWithoutAlumacc }) => geWithoutAlumacc.toFixed(0) },
    ],
    [...trees].sort((one, other) => least(one) - least(other)),
  );
  return [...lines, '', simulatedLine(trees)].join('\n');
}

/** How the netlists were checked. @throws UserError (exit code 1) where one was not, or with nothing. */
function simulatedLine(trees: readonly DotTree[]): string {
  const unchecked = trees.filter(({ netlists }) => netlists.length < RECIPES.length).map(({ name }) => name);
  const netlists = trees.flatMap((tree) => tree.netlists);
  const beats = Math.min(...netlists.map(({ vectors }) => vectors));
  if (unchecked.length > 0 || netlists.length === 0 || beats < 1) {
    throw new UserError(`netlists that are not simulated: ${unchecked.join(', ')}`, EXIT.checkFailed);
  }
  return `Netlists: ${decimal(netlists.length)} simulated, each with ${decimal(beats)} beats.`;
}

function titleOf({ title, options }: DotTree): string {
  if (options === null) return title;
  return `**${title}**${options === '' ? '' : ` (\`${options}\`)`}`;
}
