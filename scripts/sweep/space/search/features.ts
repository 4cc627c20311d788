import type { Value } from '../operators.js';
import type { Values } from '../expression.js';

/** Where points lie, for a regression: numbers from 0 to 1, one point after the other in the order given. */
export type Features = readonly Float64Array[];

/**
 * Parameters of points as numbers: numbers above 0 by their logarithm, conditions as 0 and 1, words and lists by a number
 * for each word. Those that are the same at all points are left out.
 */
export function featuresOf(points: readonly Values[]): Features {
  const names = [...new Set(points.flatMap((values) => [...values.keys()]))];
  const columns = names
    .flatMap((name) => columnsOf(points.map((values) => values.get(name))))
    .map(scaled)
    .filter((column) => column.some((value) => value !== column[0]));
  // Two words of which every point has one are told by one of them.
  const mirrored = (column: readonly number[]): number[] =>
    column[0] === 0 ? [...column] : column.map((value) => 1 - value);
  const distinct = [...new Map(columns.map((column) => [mirrored(column).join(), column])).values()];
  return points.map((_, i) => Float64Array.from(distinct, (column) => column[i] as number));
}

function columnsOf(values: readonly (Value | undefined)[]): number[][] {
  if (values.every((value) => typeof value === 'number')) {
    return [values.every((value) => value > 0) ? values.map(Math.log) : [...values]];
  }
  const wordsAt = values.map((value) => (Array.isArray(value) ? value.map(String) : [String(value)]));
  return [...new Set(wordsAt.flat())].sort().map((word) => wordsAt.map((words) => Number(words.includes(word))));
}

function scaled(column: readonly number[]): number[] {
  const least = column.reduce((x, y) => Math.min(x, y));
  const most = column.reduce((x, y) => Math.max(x, y));
  return column.map((value) => (most === least ? 0 : (value - least) / (most - least)));
}
