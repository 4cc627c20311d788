import type { Grid, Step } from './error.js';

/**
 * Bins of single-precision numbers whose edges are exactly the decisions of several types and scales, found from an
 * element's bit pattern. There are bins for the magnitudes of positive numbers (and zeros) and, after them, for those
 * of negative ones; each ends below its edge, the last of either sign at no edge. Bin and edge have the same index.
 */
export interface Edges {
  /** Bit patterns of magnitudes; within each sign rising, then a pattern above all numbers. */
  readonly patterns: Int32Array;
  /** The bin of the first negative magnitudes. */
  readonly firstNegative: number;
  /** For each cell (see `CELL_SHIFT`) the first bin that it touches: positive cells, then negative ones. */
  readonly cells: Uint16Array | Uint32Array;
  /** Leading bits of the first cell of either sign; smaller magnitudes fall into that cell too. */
  readonly firstCell: number;
  /** Cells of each sign; larger magnitudes fall into the last. */
  readonly cellsPerSign: number;
}

/** A scale of a type. */
export interface ScaledGrid {
  readonly grid: Grid;
  readonly scale: number;
}

/** Cells are runs of patterns that agree but for this many bits: 2048 cells to an octave. */
export const CELL_SHIFT = 12;

/** Without its sign bit, the pattern of a number is below this one's, that of infinity. */
export const INFINITY_PATTERN = 0x7f800000;

const ABOVE_ALL = 0x7fffffff;

const number = new Float32Array(1);
const pattern = new Int32Array(number.buffer);

function patternOf(value: number): number {
  number[0] = value;
  return pattern[0] as number;
}

/** The number of a pattern. */
export function numberOf(bits: number): number {
  pattern[0] = bits;
  return number[0] as number;
}

/**
 * The pattern of the smallest single-precision magnitude that the codec, dividing in double precision, puts beyond a
 * step; infinity's if no number is beyond. A tie goes to the larger value, which for negative numbers is nearer to 0.
 */
export function edgeOf({ boundary, negative }: Step, scale: number): number {
  const isBeyond = (bits: number): boolean => {
    const ratio = numberOf(bits) / scale;
    return negative ? ratio > boundary : ratio >= boundary;
  };
  let bits = patternOf(boundary * scale);
  while (bits > 0 && isBeyond(bits - 1)) bits--;
  while (bits < INFINITY_PATTERN && !isBeyond(bits)) bits++;
  return bits;
}

/** The bins of several scaled types. */
export function edgesOf(all: readonly ScaledGrid[]): Edges {
  const rising = (negative: boolean): Int32Array =>
    Int32Array.from(
      new Set(
        all.flatMap(({ grid, scale }) =>
          grid.steps.filter((step) => step.negative === negative).map((step) => edgeOf(step, scale)),
        ),
      ),
    ).sort();
  const signs = [rising(false), rising(true)] as const;
  const [positive, negative] = signs;
  const tops = signs.map((edges) => (edges.at(-1) ?? 0) >> CELL_SHIFT);
  const firstCell = Math.min(...signs.map((edges) => (edges[0] ?? ABOVE_ALL) >> CELL_SHIFT));
  const cellsPerSign = Math.max(...tops) - firstCell + 2;
  const patterns = new Int32Array(positive.length + negative.length + 2).fill(ABOVE_ALL);
  const firstNegative = positive.length + 1;
  patterns.set(positive);
  patterns.set(negative, firstNegative);
  const cells = patterns.length < 2 ** 16 ? new Uint16Array(2 * cellsPerSign) : new Uint32Array(2 * cellsPerSign);
  fillCells(cells.subarray(0, cellsPerSign), positive, firstCell, 0);
  fillCells(cells.subarray(cellsPerSign), negative, firstCell, firstNegative);
  return { patterns, firstNegative, cells, firstCell, cellsPerSign };
}

function fillCells(cells: Uint16Array | Uint32Array, edges: Int32Array, firstCell: number, firstBin: number): void {
  let passed = 0;
  for (let cell = 0; cell < cells.length; cell++) {
    while (passed < edges.length && (edges[passed] as number) >> CELL_SHIFT < firstCell + cell) passed++;
    cells[cell] = firstBin + passed;
  }
}

/** For each edge a grid's step has, its index among the patterns; in the order of the steps. */
export function edgeIndices({ patterns, firstNegative }: Edges, { grid, scale }: ScaledGrid): Int32Array {
  return Int32Array.from(grid.steps, (step) => {
    const wanted = edgeOf(step, scale);
    let low = step.negative ? firstNegative : 0;
    let high = step.negative ? patterns.length : firstNegative;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((patterns[middle] as number) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  });
}

/** Writes the bins of numbers that are neither NaN nor infinite, given by their bit patterns, into `bins`. */
export function findBins(edges: Edges, bits: Int32Array, bins: Int32Array): void {
  const { patterns, cells, firstCell, cellsPerSign } = edges;
  const last = cellsPerSign - 1;
  for (let i = 0; i < bits.length; i++) {
    const whole = bits[i] as number;
    const magnitude = whole & 0x7fffffff;
    // Clamped and moved to its sign without branches, which no processor would guess.
    let cell = (magnitude >> CELL_SHIFT) - firstCell;
    cell &= ~(cell >> 31);
    const over = last - cell;
    cell = last - (over & ~(over >> 31)) + ((whole >> 31) & cellsPerSign);
    let bin = cells[cell] as number;
    while (magnitude >= (patterns[bin] as number)) bin++;
    bins[i] = bin;
  }
}

/** The quantised value of every bin under one of the scaled types that the bins were made of. */
export function binValues(edges: Edges, scaled: ScaledGrid): Float64Array {
  const { grid, scale } = scaled;
  const values = new Float64Array(edges.patterns.length);
  const indices = edgeIndices(edges, scaled);
  grid.steps.forEach((step, i) => {
    const end = step.negative ? values.length : edges.firstNegative;
    values.fill(step.value * scale, (indices[i] as number) + 1, end);
  });
  return values;
}
