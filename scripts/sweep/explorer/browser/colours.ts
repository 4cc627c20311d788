import { scaleLinear } from 'd3-scale';
import {
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTriangle,
  type SymbolType,
  symbolWye,
} from 'd3-shape';
import { numberIn, type PageColumn, type Point, wordOf } from './points.js';

/** Words have a colour of the style sheet and a shape each: nobody needs to tell colours apart. */
const SHAPES: readonly SymbolType[] = [
  ...[symbolCircle, symbolSquare, symbolTriangle, symbolDiamond, symbolCross, symbolStar, symbolWye],
];

/** From the least to the greatest number: blue over grey to yellow, told apart with any eyes and in print. */
const RAMP = ['#00336f', '#39486b', '#61646f', '#8b8677', '#b9a969', '#e9d24b'];

const AREA = 52;

export interface Look {
  readonly colour: string;
  /** The path of a shape around 0, 0. */
  readonly shape: string;
}

const shapeOf = (index: number): string => symbol(SHAPES[index % SHAPES.length], AREA)() ?? '';

const wordLook = (index: number): Look => ({ colour: `var(--c${index % SHAPES.length})`, shape: shapeOf(index) });

/** How points look by the value that they have in a column. */
export function looksOf(column: PageColumn | undefined): {
  readonly look: (point: Point) => Look;
  readonly key: readonly { readonly word: string; readonly look: Look }[];
  /** Of numbers: colours from the least to the greatest. */
  readonly ramp: string | undefined;
} {
  const plain = wordLook(0);
  if (column === undefined) return { look: () => plain, key: [], ramp: undefined };
  if (!column.isChoice) {
    const [least, most] = column.extent ?? [0, 1];
    const steps = RAMP.map((_, i) => least + ((most - least) * i) / (RAMP.length - 1));
    const scale = scaleLinear<string>().domain(steps).range(RAMP);
    return {
      look(point) {
        const value = numberIn(point, column);
        return { shape: plain.shape, colour: value === undefined || least === most ? 'var(--faint)' : scale(value) };
      },
      key: [],
      ramp: `linear-gradient(to right, ${RAMP.join(', ')})`,
    };
  }
  const key = column.words.map((word, i) => ({ word, look: wordLook(i) }));
  const byWord = new Map(key.map(({ word, look }) => [word, look]));
  return { look: (point) => byWord.get(wordOf(point.cells[column.index])) ?? plain, key, ramp: undefined };
}
