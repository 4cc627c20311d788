import { type PageColumn, type PageStudy, type Point, wordOf } from './points.js';

/** Values that are let through: some words, or a range of numbers with an end or both. */
export type Filter =
  | { readonly words: readonly string[] }
  | { readonly from: number | undefined; readonly to: number | undefined };

export type Filters = ReadonlyMap<string, Filter>;

/** Whether a filter lets a point through. A value that is not there is in no range. */
export function isPassed(filter: Filter, point: Point, column: PageColumn): boolean {
  const cell = point.cells[column.index];
  if ('words' in filter) return filter.words.includes(wordOf(cell));
  if (typeof cell !== 'number') return false;
  return cell >= (filter.from ?? Number.NEGATIVE_INFINITY) && cell <= (filter.to ?? Number.POSITIVE_INFINITY);
}

/** The points that all filters let through. */
export function filtered({ points, byName }: PageStudy, filters: Filters): Point[] {
  const all = [...filters].flatMap(([name, filter]) => {
    const column = byName.get(name);
    return column === undefined ? [] : [{ column, filter }];
  });
  return points.filter((point) => all.every(({ column, filter }) => isPassed(filter, point, column)));
}

/** Filters with another one for a column; none where it lets everything through. */
export function withFilter(filters: Filters, column: PageColumn, filter: Filter | undefined): Filters {
  const others = new Map(filters);
  others.delete(column.name);
  if (filter === undefined) return others;
  const isAll =
    'words' in filter
      ? column.words.every((word) => filter.words.includes(word))
      : filter.from === undefined && filter.to === undefined;
  return isAll ? others : others.set(column.name, filter);
}
