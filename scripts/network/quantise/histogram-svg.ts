import { levels } from '../../../gen/numerics/codec.js';
import { numericType } from '../../../gen/numerics/types/table.js';
import type { Histogram } from './report.js';
import { figure } from './report-text.js';

/** A histogram and the values that a type at a scale can give. */
export interface HistogramPlot {
  readonly histogram: Histogram;
  readonly type: string;
  /** What one unit of the type's least step is on the axis. */
  readonly scale: number;
  /** The integer that stands for 0. */
  readonly zeroPoint?: number;
  /** Of the type. */
  readonly colour: string;
}

const [WIDTH, HEIGHT] = [520, 170];
const [LEFT, RIGHT, TOP, BOTTOM] = [52, 8, 8, 24];
const BASE = HEIGHT - BOTTOM;

/** Counts are drawn by their logarithm where the least of them would be lower than this share of the greatest. */
const VISIBLE = 1 / 50;
/** More values than this are ticks below the axis: rules would fill the plot. */
const MOST_RULES = 40;

/**
 * A histogram as SVG, the values of the chosen type as vertical rules. Small: a network has hundreds of them. Its text
 * is numbers only.
 */
export function histogramSvg({ histogram, type, scale, zeroPoint = 0, colour }: HistogramPlot): string {
  const grid = levels(numericType(type)).map(({ value }) => (Number(value) - zeroPoint) * scale);
  const [low, high] = domain([histogram.low, histogram.high, ...grid]);
  const x = (value: number): number => LEFT + ((value - low) / (high - low)) * (WIDTH - LEFT - RIGHT);
  const y = heights(histogram.counts);
  const [from, to] = grid.length > MOST_RULES ? [BASE, BASE + 5] : [TOP, BASE + 5];
  const rules = grid.map((value) => `M${short(x(value))} ${from}V${to}`).join('');
  return [
    `<svg class="histogram" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img">`,
    ...y.ticks.map((tick) => `<path class="grid" d="M${LEFT} ${short(y.at(tick))}H${WIDTH - RIGHT}"/>`),
    `<path class="bars" d="${barsPath(histogram, x, y.at)}"/>`,
    `<path class="rules" style="stroke:${colour}" d="${rules}"/>`,
    `<path class="axis" d="M${LEFT} ${BASE}H${WIDTH - RIGHT}"/>`,
    ...y.ticks.map((tick) => label(LEFT - 5, y.at(tick) + 4, 'end', compact(tick))),
    ...niceTicks(low, high).map((tick) => label(x(tick), HEIGHT - 5, 'middle', figure(tick))),
    '</svg>',
  ].join('');
}

/** Whether the counts are drawn by their logarithm. */
export function isLogarithmic({ counts }: Histogram): boolean {
  const filled = counts.filter((count) => count > 0);
  return filled.length > 0 && Math.min(...filled) < VISIBLE * Math.max(...filled);
}

/** The range of some numbers, made wider where they are all the same. */
function domain(values: readonly number[]): [low: number, high: number] {
  const low = values.reduce((least, value) => Math.min(least, value));
  const high = values.reduce((greatest, value) => Math.max(greatest, value));
  const margin = (high - low) / 80 || Math.abs(high) / 2 || 1;
  return [low - margin, high + margin];
}

/** The ordinate of a count, and the counts to mark. */
function heights(counts: readonly number[]): { at: (count: number) => number; ticks: number[] } {
  const most = Math.max(1, ...counts);
  const logarithmic = isLogarithmic({ low: 0, high: 0, counts: [...counts] });
  const height = (count: number): number => (logarithmic ? Math.log1p(count) / Math.log1p(most) : count / most);
  const decades = Math.floor(Math.log10(most));
  const stride = Math.ceil((decades + 1) / 4);
  const powers = Array.from({ length: Math.floor(decades / stride) + 1 }, (_, i) => 10 ** (i * stride));
  return {
    at: (count) => BASE - height(count) * (BASE - TOP),
    ticks: logarithmic ? powers : [0, most],
  };
}

/** The outline of the bars; a histogram of one value is one thin bar. */
function barsPath(
  { low, high, counts }: Histogram,
  x: (value: number) => number,
  y: (count: number) => number,
): string {
  if (!(high > low)) {
    const total = counts.reduce((sum, count) => sum + count, 0);
    return total === 0 ? '' : `M${short(x(low) - 2)} ${BASE}V${short(y(Math.max(...counts)))}h4V${BASE}z`;
  }
  const edge = (i: number): string => short(x(low + ((high - low) * i) / counts.length));
  return `M${edge(0)} ${BASE}${counts.map((count, i) => `V${short(y(count))}H${edge(i + 1)}`).join('')}V${BASE}z`;
}

/** Round numbers within a range: multiples of 1, 2 or 5 times a power of ten, about five of them. */
export function niceTicks(low: number, high: number): number[] {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step);
  const ticks = Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step);
  return ticks.map((tick) => (tick === 0 ? 0 : Number(tick.toPrecision(12))));
}

const compact = (count: number): string =>
  count.toLocaleString('en-US', { notation: 'compact', maximumFractionDigits: 1 });

const short = (coordinate: number): string => String(Number(coordinate.toFixed(1)));

const label = (x: number, y: number, anchor: string, text: string): string =>
  `<text x="${short(x)}" y="${short(y)}" text-anchor="${anchor}">${text}</text>`;
