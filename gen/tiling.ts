import type { Configuration } from './config/parameters.js';
import { streamShape } from './elaborate/streams.js';
import { EXIT, UserError } from './errors.js';
import type { Tile } from './oracle.js';
import type { QuantisedMatrix } from './select/tensor.js';

/** How a product of M x K by K x N codes is cut into tiles for an array. */
export interface Tiling {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  /** The array's size: results of a tile. */
  readonly rows: number;
  readonly cols: number;
  /** Reduction steps of a beat: tiles are whole beats, filled up with zeros. */
  readonly stepsPerBeat: number;
  /** Steps of each part of the reduction, all the same but the last. */
  readonly partK: number;
  readonly blocksM: number;
  readonly blocksN: number;
  readonly parts: number;
  readonly tiles: number;
}

/** A matrix of codes. */
export type CodeMatrix = Pick<QuantisedMatrix, 'rows' | 'cols' | 'type' | 'codes'>;

/** A matrix of codes of a design's port: `typeIndex` is the type's place in the port's list. */
export type PortMatrix = CodeMatrix & Pick<QuantisedMatrix, 'typeIndex'>;

/** A product in codes. */
export interface CodeMatrices {
  readonly a: CodeMatrix;
  readonly w: CodeMatrix;
}

/** A product in codes of a design's ports. */
export interface PortMatrices {
  readonly a: PortMatrix;
  readonly w: PortMatrix;
}

/** What the cut depends on of a design's manifest. */
export interface TiledArray {
  readonly configuration: Pick<Configuration, 'arch' | 'rows' | 'cols' | 'lanes'>;
  readonly accumulator: { readonly bits: number; readonly provenK: number };
}

/**
 * The cut of a product for a design: tiles of the array's size, the reduction in parts that the accumulators hold for
 * certain.
 *
 * @throws UserError when the inner dimensions differ, or the accumulators hold not even one product for certain.
 */
export function planTiling(
  { a, w }: { a: { rows: number; cols: number }; w: { rows: number; cols: number } },
  { configuration, accumulator }: TiledArray,
): Tiling {
  if (a.cols !== w.rows) {
    throw new UserError(
      `inner dimensions differ: activations are ${a.rows} x ${a.cols}, weights are ${w.rows} x ${w.cols}; the columns of the activations must be the rows of the weights`,
    );
  }
  const { rows, cols } = configuration;
  const { stepsPerBeat } = streamShape(configuration);
  const partK = Math.min(a.cols, Math.floor(accumulator.provenK / stepsPerBeat) * stepsPerBeat);
  if (partK < 1) {
    throw new UserError(
      `accumulators of ${accumulator.bits} bits are not certain to hold even one ${stepsPerBeat > 1 ? `beat of ${stepsPerBeat} products` : 'product'} of the design's types: no exact product of matrices is possible; generate the design with --overflow exact`,
      EXIT.badRequest,
    );
  }
  const blocksM = Math.ceil(a.rows / rows);
  const blocksN = Math.ceil(w.cols / cols);
  const parts = Math.ceil(a.cols / partK);
  return {
    m: a.rows,
    k: a.cols,
    n: w.cols,
    rows,
    cols,
    stepsPerBeat,
    partK,
    blocksM,
    blocksN,
    parts,
    tiles: blocksM * blocksN * parts,
  };
}

/** Where a tile lies in the product. */
interface Place {
  readonly row: number;
  readonly col: number;
  readonly start: number;
  readonly steps: number;
}

/** Tiles go through the parts of a block of results first, then along its rows of blocks. */
function placeOf({ k, rows, cols, partK, blocksN, parts }: Tiling, index: number): Place {
  const start = (index % parts) * partK;
  const block = Math.floor(index / parts);
  return {
    row: Math.floor(block / blocksN) * rows,
    col: (block % blocksN) * cols,
    start,
    steps: Math.min(partK, k - start),
  };
}

/** Tile number `index`; beyond the matrices' edges the codes are 0, which every type reads as zero. */
export function tileAt(tiling: Tiling, { a, w }: PortMatrices, index: number): Tile {
  const { rows, cols } = tiling;
  const { row, col, start, steps } = placeOf(tiling, index);
  const k = wholeBeats(tiling, steps);
  const tile = {
    k,
    aType: a.typeIndex,
    wType: w.typeIndex,
    a: new Uint8Array(k * rows),
    w: new Uint8Array(k * cols),
  };
  const height = Math.min(rows, tiling.m - row);
  const width = Math.min(cols, tiling.n - col);
  for (let r = 0; r < height; r++) {
    const from = (row + r) * tiling.k + start;
    for (let step = 0; step < steps; step++) tile.a[step * rows + r] = a.codes[from + step] as number;
  }
  for (let step = 0; step < steps; step++) {
    const from = (start + step) * tiling.n + col;
    tile.w.set(w.codes.subarray(from, from + width), step * cols);
  }
  return tile;
}

const wholeBeats = ({ stepsPerBeat }: Tiling, steps: number): number => Math.ceil(steps / stepsPerBeat) * stepsPerBeat;

/** Bytes of a tile's codes and results. */
export function tileBytes(tiling: Tiling): number {
  const { rows, cols, partK } = tiling;
  return wholeBeats(tiling, partK) * (rows + cols) + rows * cols * 8;
}

/** Tiles from `first` on, as many as fit into `bytes` of codes and results, but at least one. */
export function nextBatch(tiling: Tiling, first: number, bytes: number): number {
  return Math.min(Math.max(Math.floor(bytes / tileBytes(tiling)), 1), tiling.tiles - first);
}

/**
 * Adds the results of consecutive tiles to the m x n sums, leaving out what lies beyond the edges.
 *
 * @param sums m x n, row-major.
 * @param first Number of the tile that `results` begins with.
 * @param results `[tile][row][col]`.
 */
export function addResults(sums: BigInt64Array, tiling: Tiling, first: number, results: BigInt64Array): void {
  const { m, n, rows, cols } = tiling;
  const count = results.length / (rows * cols);
  for (let t = 0; t < count; t++) {
    const { row, col } = placeOf(tiling, first + t);
    const height = Math.min(rows, m - row);
    const width = Math.min(cols, n - col);
    for (let r = 0; r < height; r++) {
      const from = (t * rows + r) * cols;
      const to = (row + r) * n + col;
      for (let c = 0; c < width; c++) {
        sums[to + c] = (sums[to + c] as bigint) + (results[from + c] as bigint);
      }
    }
  }
}
