import { scaleLinear, scaleLog, scalePoint } from 'd3-scale';
import { type PageColumn, type Point, numberIn, wordOf } from './points.js';

/** Where values of a column lie along an axis. */
export interface AxisScale {
  readonly at: (point: Point) => number | undefined;
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
  /** The values between two places, least first; of words those that lie there. */
  readonly between: (
    one: number,
    other: number,
  ) => { readonly numbers: readonly [number, number]; readonly words: readonly string[] };
}

/** A scale of numbers, with some room around them. */
export function numberScale(column: PageColumn, range: readonly [number, number], isLog = false, count = 5): AxisScale {
  const [least, most] = column.extent ?? [0, 1];
  const room = least === most ? Math.abs(least) / 2 || 1 : 0;
  const domain = [isLog ? least / (room > 0 ? 2 : 1) : least - room, isLog && room > 0 ? most * 2 : most + room];
  const scale = (isLog ? scaleLog() : scaleLinear()).domain(domain).range(range);
  if (!isLog) scale.nice(count);
  const format = isLog ? compact : scale.tickFormat(count);
  const all = scale.ticks(count);
  // Within a decade or two a logarithmic scale names every step: few of them are enough.
  const step = isLog ? Math.ceil(all.length / (count + 1)) : 1;
  return {
    at(point) {
      const value = numberIn(point, column);
      return value === undefined ? undefined : scale(value);
    },
    ticks: all
      .filter((_, i) => i % step === 0)
      .map((value) => ({ at: scale(value), text: compactTick(value, format(value)) })),
    between: (one, other) => {
      const [a, b] = [scale.invert(one), scale.invert(other)].sort((x, y) => x - y) as [number, number];
      return { numbers: [a, b], words: column.words.filter((word) => Number(word) >= a && Number(word) <= b) };
    },
  };
}

const compact = (value: number): string => value.toLocaleString('en-US', { maximumSignificantDigits: 3 });

const compactTick = (value: number, text: string): string =>
  Math.abs(value) >= 10_000
    ? value.toLocaleString('en-US', { notation: 'compact', maximumSignificantDigits: 3 })
    : text;

/** Words, one after the other. */
export function wordScale(column: PageColumn, range: readonly [number, number]): AxisScale {
  const scale = scalePoint<string>().domain(column.words).range(range).padding(0.5);
  const place = (word: string): number => scale(word) ?? Number.NaN;
  return {
    at: (point) => scale(wordOf(point.cells[column.index])),
    ticks: column.words.map((text) => ({ at: place(text), text })),
    between: (one, other) => {
      const [a, b] = [Math.min(one, other), Math.max(one, other)];
      return { numbers: [a, b], words: column.words.filter((word) => place(word) >= a && place(word) <= b) };
    },
  };
}

/** Few values lie at equal distances, whatever they are. */
export const scaleOf = (column: PageColumn, range: readonly [number, number]): AxisScale =>
  column.isChoice ? wordScale(column, range) : numberScale(column, range);
