/** The loops over tiles: batch, columns and rows of outputs, input channels, output channels. */
export const LOOP = { batch: 0, column: 1, row: 2, inChannel: 3, outChannel: 4 } as const;
export const LOOPS = 5;

/** Letters of the loops, for reports: the innermost comes first. */
const LETTERS = ['B', 'W', 'H', 'I', 'O'] as const;

/** A loop order, from the innermost to the outermost loop. */
export type LoopOrder = readonly number[];

export const orderText = (order: LoopOrder): string => order.map((loop) => LETTERS[loop]).join('');

function permutations(items: readonly number[]): number[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
}

/**
 * Loop orders that can differ. Rows and columns are alike, so 60 of the 120 remain. A loop of one turn moves no data. It
 * matters only as the first loop that results depend on: there the published model looks at results, even if the loop has
 * one turn.
 *
 * @param isUnit Whether a loop has one turn; bit `loop` of the pattern.
 */
function distinctOrders(pattern: number): LoopOrder[] {
  const isUnit = (loop: number): boolean => ((pattern >> loop) & 1) === 1;
  const seen = new Set<string>();
  return permutations([0, 1, 2, 3, 4]).filter((order) => {
    let signature = '';
    let resultSeen = false;
    for (const loop of order) {
      const turns = loop === LOOP.row ? LOOP.column : loop;
      const ofResults = loop !== LOOP.inChannel;
      if (!isUnit(loop)) signature += turns;
      else if (ofResults && !resultSeen) signature += 'u';
      resultSeen ||= ofResults;
    }
    return !seen.has(signature) && seen.add(signature);
  });
}

const ORDERS: readonly (readonly LoopOrder[])[] = Array.from({ length: 2 ** LOOPS }, (_, pattern) =>
  distinctOrders(pattern),
);

/** The orders to try for loops of these numbers of turns. */
export function loopOrders(turns: ArrayLike<number>): readonly LoopOrder[] {
  let pattern = 0;
  for (let loop = 0; loop < LOOPS; loop++) if (turns[loop] === 1) pattern |= 1 << loop;
  return ORDERS[pattern] as readonly LoopOrder[];
}
