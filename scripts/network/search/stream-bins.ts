import { type Edges, edgeIndices, edgesOf, findBins, type ScaledGrid } from './edges.js';
import { additionBound, roundingBound } from './error.js';
import type { StreamRange } from './stream-range.js';

/** Bins of the histogram for plots. */
const PLOT_BINS = 120;

/** Elements looked up at once, and elements added up before they join the totals: a short sum rounds less. */
const CHUNK = 2 ** 12;
const BLOCK = 2 ** 16;

const chunkBins = new Int32Array(CHUNK);

/** What the second pass says of a scaled type. */
export interface BinnedError {
  /** Sum of squared errors. */
  readonly squaredError: number;
  /** How far it may be from the sum over elements when compared with another of the same pass. */
  readonly bound: number;
}

/** Second pass: counts and sums of magnitudes of the bins that all decisions of some scaled types cut. */
export class BinPass {
  count = 0;
  readonly edges: Edges;
  readonly plot = new Float64Array(PLOT_BINS);
  readonly #range: StreamRange;
  readonly #counts: Float64Array;
  readonly #sums: Float64Array;
  readonly #blockSums: Float64Array;
  #squares = 0;
  #blockSquares = 0;
  #inBlock = 0;
  #blocks = 0;

  constructor(range: StreamRange, scaled: readonly ScaledGrid[]) {
    this.#range = range;
    this.edges = edgesOf(scaled);
    const bins = this.edges.patterns.length;
    this.#counts = new Float64Array(bins);
    this.#sums = new Float64Array(bins);
    this.#blockSums = new Float64Array(bins);
  }

  observe(values: Float32Array): void {
    for (let start = 0; start < values.length; ) {
      const size = Math.min(CHUNK, BLOCK - this.#inBlock, values.length - start);
      this.#addChunk(values.subarray(start, start + size));
      start += size;
      this.#inBlock += size;
      if (this.#inBlock === BLOCK) this.#endBlock();
    }
    this.count += values.length;
  }

  #addChunk(values: Float32Array): void {
    findBins(this.edges, new Int32Array(values.buffer, values.byteOffset, values.length), chunkBins);
    this.#blockSquares += addToBins(values, this.#counts, this.#blockSums);
    addToPlot(values, this.plot, this.#range);
  }

  #endBlock(): void {
    const [sums, blockSums] = [this.#sums, this.#blockSums];
    for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) + (blockSums[i] as number);
    blockSums.fill(0);
    this.#squares += this.#blockSquares;
    this.#blockSquares = 0;
    this.#inBlock = 0;
    this.#blocks++;
  }

  /** The sum of the squares, and the errors of scaled types that the bins were made of. */
  end(scaled: readonly ScaledGrid[]): { squares: number; errors: BinnedError[] } {
    this.#endBlock();
    const { least, greatest } = this.#range;
    const counts = this.#counts;
    const most = counts.reduce((most, count) => Math.max(most, count), 0);
    const filled = counts.reduce((filled, count) => filled + Math.sign(count), 0);
    const measured = {
      depth: Math.min(most, BLOCK) + this.#blocks + filled,
      largest: Math.max(greatest, -least),
      magnitudes: this.#sums.reduce((sum, part) => sum + part, 0),
    };
    const beyond = this.#sumsBeyond();
    const errors = scaled.map((one) => {
      const { grid, scale } = one;
      const squaredError = Math.max(0, this.#squares - savings(this.edges, one, beyond));
      const bound = roundingBound({ ...measured, steps: grid.steps.length, farthest: grid.farthest * scale });
      return { squaredError, bound: bound + additionBound(this.count, squaredError + bound) };
    });
    return { squares: this.#squares, errors };
  }

  /** Count and sum of the magnitudes beyond every edge, on its side of zero. */
  #sumsBeyond(): Beyond {
    const n = this.#counts.length;
    const beyond = { counts: new Float64Array(n), sums: new Float64Array(n) };
    for (let i = n - 2; i >= 0; i--) {
      if (i === this.edges.firstNegative - 1) continue;
      beyond.counts[i] = (beyond.counts[i + 1] as number) + (this.#counts[i + 1] as number);
      beyond.sums[i] = (beyond.sums[i + 1] as number) + (this.#sums[i + 1] as number);
    }
    return beyond;
  }
}

interface Beyond {
  readonly counts: Float64Array;
  readonly sums: Float64Array;
}

/** What a scaled type's steps away from zero save of the sum of squares. */
function savings(edges: Edges, one: ScaledGrid, { counts, sums }: Beyond): number {
  const indices = edgeIndices(edges, one);
  return one.grid.steps.reduce((saved, { boundary, height }, i) => {
    const edge = indices[i] as number;
    const excess = (sums[edge] as number) - (counts[edge] as number) * (boundary * one.scale);
    return saved + 2 * height * one.scale * excess;
  }, 0);
}

/** Adds values whose bins are in `chunkBins`. @returns The sum of their squares. */
function addToBins(values: Float32Array, counts: Float64Array, sums: Float64Array): number {
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    const bin = chunkBins[i] as number;
    counts[bin] = (counts[bin] as number) + 1;
    sums[bin] = (sums[bin] as number) + Math.abs(value);
    squares += value * value;
  }
  return squares;
}

function addToPlot(values: Float32Array, plot: Float64Array, { least, greatest }: StreamRange): void {
  const perUnit = greatest > least ? PLOT_BINS / (greatest - least) : 0;
  for (let i = 0; i < values.length; i++) {
    const bar = Math.min((((values[i] as number) - least) * perUnit) | 0, PLOT_BINS - 1);
    plot[bar] = (plot[bar] as number) + 1;
  }
}
