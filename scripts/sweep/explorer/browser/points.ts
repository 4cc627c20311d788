import type { Cell, Column, ExplorerData, ExplorerPoint } from '../data.js';

/** Whether a point was measured, and meets the conditions where there are some. */
export type Status = 'meets' | 'misses' | ExplorerPoint['state'];

export const STATUS = 'status';

/** A point as the page shows it. */
export interface Point extends ExplorerPoint {
  readonly index: number;
  readonly status: Status;
}

/** A column with the values that points have in it. */
export interface PageColumn extends Column {
  readonly index: number;
  /** Words, or numbers as words; the smallest first. */
  readonly words: readonly string[];
  /** Of numbers; nothing where there are none. */
  readonly extent: readonly [number, number] | undefined;
  /** Whether it is filtered by choosing values, and not by a range. */
  readonly isChoice: boolean;
}

/** A study ready to be shown: the status of points is its last column. */
export interface PageStudy {
  readonly data: ExplorerData;
  readonly points: readonly Point[];
  readonly columns: readonly PageColumn[];
  readonly byName: ReadonlyMap<string, PageColumn>;
  readonly byId: ReadonlyMap<string, Point>;
}

/** More values than these are filtered by a range. */
const MOST_CHOICES = 12;

/** What stands for a value that is not there. */
export const NOTHING = '–';

export const wordOf = (cell: Cell | undefined): string =>
  cell === null || cell === undefined ? NOTHING : String(cell);

export const statusOf = ({ state, meets }: ExplorerPoint): Status => {
  if (state !== 'measured' || meets === undefined) return state;
  return meets ? 'meets' : 'misses';
};

export function pageStudy(data: ExplorerData): PageStudy {
  const points = data.points.map((point, index): Point => {
    const status = statusOf(point);
    return { ...point, index, status, cells: [...point.cells, status] };
  });
  const status: Column = { name: STATUS, unit: '', kind: 'word', of: 'axis', better: 'low', isAsked: false };
  const columns = [...data.columns, status].map((column, index) => pageColumn(column, index, points));
  return {
    ...{ data, points, columns },
    byName: new Map(columns.map((column) => [column.name, column])),
    byId: new Map(points.map((point) => [point.id, point])),
  };
}

function pageColumn(column: Column, index: number, points: readonly Point[]): PageColumn {
  const cells = points.map(({ cells: all }) => all[index] ?? null);
  const numbers = cells.filter((cell) => typeof cell === 'number');
  const known = [...new Set(cells.filter((cell) => cell !== null))];
  if (column.kind === 'number') known.sort((x, y) => Number(x) - Number(y));
  const hasNothing = cells.includes(null) && column.of === 'axis';
  const isChoice = column.kind === 'word' || (column.of === 'axis' && known.length <= MOST_CHOICES);
  return {
    ...{ ...column, index, isChoice, words: [...known.map(String), ...(hasNothing ? [NOTHING] : [])] },
    extent:
      numbers.length === 0
        ? undefined
        : [numbers.reduce((x, y) => Math.min(x, y)), numbers.reduce((x, y) => Math.max(x, y))],
  };
}

/** A number of a point; nothing where it has none in the column. */
export function numberIn(point: Point, column: PageColumn | undefined): number | undefined {
  const cell = column === undefined ? null : point.cells[column.index];
  return typeof cell === 'number' ? cell : undefined;
}

/** The place of a point on the axes of the study, in words. */
export const placeText = (study: PageStudy, point: Point): string =>
  study.data.columns
    .flatMap(({ of, name }, i) => (of === 'axis' && point.cells[i] !== null ? [`${name} ${point.cells[i]}`] : []))
    .join(', ');
