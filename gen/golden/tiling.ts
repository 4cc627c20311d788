import { EXIT, UserError } from '../base/errors.js';
import type { CodeMatrix, ScaledMatrix } from './code-matrix.js';
import type { ArrayInfo, PortInfo, Tile } from './reference.js';
import { skipsRows } from './streams.js';

/** How a product of M x K by K x N codes is cut into tiles for an array. */
export interface Tiling {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  /** Whether tiles of weights stay while rows of activations stream past them. */
  readonly weightsStay: boolean;
  /** Results of a tile: the array's size, or, where weights stay, as many rows as stream past them. */
  readonly rows: number;
  readonly cols: number;
  /** Steps of each part of the reduction, all the same but the last. */
  readonly partK: number;
  readonly blocksM: number;
  readonly blocksN: number;
  readonly parts: number;
  /** Steps of a beat: tiles are whole beats, filled up with zeros. */
  readonly stepsPerBeat: number;
  /** Whether rows of results leave every other cycle. */
  readonly skipsRows: boolean;
  readonly tiles: number;
  /** PEs that a product takes: two per operand of 8 bits on two lanes. */
  readonly pesPerProduct: number;
}

/** Steps of the reduction with their padding: whole beats, and whole tiles where weights stay. */
export function paddedSteps({ weightsStay, k, parts, partK, stepsPerBeat: steps }: Tiling): number {
  if (weightsStay) return parts * partK;
  const last = k - (parts - 1) * partK;
  return (parts - 1) * partK + Math.ceil(last / steps) * steps;
}

/** The multiplications of PEs that a product takes, useful ones only: M x N x K times the PEs per product. */
export const peProducts = ({ m, n, k, pesPerProduct }: Tiling): number => m * n * k * pesPerProduct;

/**
 * A matrix of codes of a design's port: `typeIndex` is the type's place in the port's list, or, where `wide`, in that of
 * its 8-bit integers, which take two lanes each.
 */
export type PortMatrix = CodeMatrix & Pick<ScaledMatrix, 'typeIndex'> & { readonly wide?: boolean };

/** Codes as a port takes them; undefined if it does not take their type. */
export function portMatrix<M extends CodeMatrix>(
  { types, wideTypes }: PortInfo,
  matrix: M,
): (M & Pick<PortMatrix, 'typeIndex' | 'wide'>) | undefined {
  const narrow = types.indexOf(matrix.type);
  if (narrow >= 0) return { ...matrix, typeIndex: narrow };
  const wide = wideTypes.indexOf(matrix.type);
  return wide >= 0 ? { ...matrix, typeIndex: wide, wide: true } : undefined;
}

/** The size of a matrix, and whether its codes take two lanes each. */
type Operand = Pick<CodeMatrix, 'rows' | 'cols'> & Pick<PortMatrix, 'wide'>;

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

/** What the cut depends on of a design. */
export interface TiledArray {
  readonly info: Pick<ArrayInfo, 'tile' | 'rows' | 'cols'>;
  readonly accumulator: { readonly bits: number; readonly wraps: boolean; readonly provenK: number };
}

/** Rows of activations that stream past one tile of weights at most, so that a batch of tiles stays small. */
const LONGEST_STREAM = 1024;

/**
 * The cut of a product for a design: tiles of the array's size, the reduction in parts that the accumulators hold for
 * certain. Where weights stay, tiles of weights have the array's size and each part of the reduction has its rows.
 *
 * @throws UserError when the inner dimensions differ, or the accumulators hold not even one product for certain.
 */
export function planTiling(
  { a, w }: { readonly a: Operand; readonly w: Operand },
  { info, accumulator }: TiledArray,
): Tiling {
  if (a.cols !== w.rows) {
    throw new UserError(
      `inner dimensions differ: activations are ${a.rows} x ${a.cols}, weights are ${w.rows} x ${w.cols}; the columns of the activations must be the rows of the weights`,
    );
  }
  const { weightsStay, stepsPerBeat: steps } = info.tile;
  const aLanes = a.wide ? info.rows / 2 : info.rows;
  const cols = w.wide ? info.cols / 2 : info.cols;
  const blocksM = Math.ceil(a.rows / (weightsStay ? LONGEST_STREAM : aLanes));
  const rows = weightsStay ? Math.ceil(a.rows / blocksM) : aLanes;
  const wholeBeats = Math.floor(accumulator.provenK / steps) * steps;
  const partK = weightsStay ? aLanes * steps : Math.min(a.cols, wholeBeats);
  const least = weightsStay ? partK : steps;
  if (accumulator.provenK < steps || (accumulator.wraps && accumulator.provenK < least)) {
    throw new UserError(
      `accumulators of ${accumulator.bits} bits are not certain to hold ${least === 1 ? 'even one product' : `${least} products`} of the design's types: no exact product of matrices is possible; generate the design with --overflow exact`,
      EXIT.badRequest,
    );
  }
  const blocksN = Math.ceil(w.cols / cols);
  const parts = Math.ceil(a.cols / partK);
  return {
    m: a.rows,
    k: a.cols,
    n: w.cols,
    weightsStay,
    rows,
    cols,
    partK,
    blocksM,
    blocksN,
    parts,
    stepsPerBeat: steps,
    skipsRows: skipsRows(info.tile, a.wide),
    tiles: blocksM * blocksN * parts,
    pesPerProduct: (a.wide ? 2 : 1) * (w.wide ? 2 : 1),
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
  const { weightsStay, rows, partK } = tiling;
  const place = placeOf(tiling, index);
  const steps = filledUp(tiling, place.steps);
  const [beats, weightBeats] = weightsStay ? [rows, partK] : [steps, steps];
  return {
    k: beats,
    aType: a.typeIndex,
    wType: w.typeIndex,
    ...(a.wide ? { aWide: true } : {}),
    ...(w.wide ? { wWide: true } : {}),
    a: weightsStay ? activationRows(tiling, a.codes, place) : activationSteps(tiling, a.codes, place),
    w: weightSteps(tiling, w.codes, place, weightBeats),
  };
}

/** Beats of activations of the longest tiles of a product. */
export const longestTile = ({ weightsStay, rows, partK, stepsPerBeat: steps }: Tiling): number =>
  weightsStay ? rows : Math.ceil(partK / steps);

/** Useful multiply-accumulates of a tile: those within the matrices' edges. */
export function tileMacs(tiling: Tiling, index: number): number {
  const { row, col, steps } = placeOf(tiling, index);
  return Math.min(tiling.rows, tiling.m - row) * Math.min(tiling.cols, tiling.n - col) * steps;
}

/** Steps of whole beats. */
const filledUp = ({ stepsPerBeat: each }: Tiling, steps: number): number => Math.ceil(steps / each) * each;

/** The activations of all rows of a tile, step by step of the reduction. */
function activationSteps(tiling: Tiling, codes: Uint8Array, { row, start, steps }: Place): Uint8Array {
  const { m, k, rows } = tiling;
  const beats = new Uint8Array(filledUp(tiling, steps) * rows);
  const height = Math.min(rows, m - row);
  for (let r = 0; r < height; r++) {
    const from = (row + r) * k + start;
    for (let step = 0; step < steps; step++) beats[step * rows + r] = codes[from + step] as number;
  }
  return beats;
}

/** A beat per row of a tile: its activations of a part of the reduction. */
function activationRows({ m, k, rows, partK }: Tiling, codes: Uint8Array, { row, start, steps }: Place): Uint8Array {
  const beats = new Uint8Array(rows * partK);
  const height = Math.min(rows, m - row);
  for (let r = 0; r < height; r++) {
    const from = (row + r) * k + start;
    beats.set(codes.subarray(from, from + steps), r * partK);
  }
  return beats;
}

/** The weights of all columns of a tile, step by step of the reduction. */
function weightSteps({ n, cols }: Tiling, codes: Uint8Array, { col, start, steps }: Place, count: number): Uint8Array {
  const beats = new Uint8Array(count * cols);
  const width = Math.min(cols, n - col);
  for (let step = 0; step < steps; step++) {
    const from = (start + step) * n + col;
    beats.set(codes.subarray(from, from + width), step * cols);
  }
  return beats;
}

/** Bytes of a tile's codes and results. */
export function tileBytes(tiling: Tiling): number {
  const { rows, cols, partK } = tiling;
  return filledUp(tiling, partK) * (rows + cols) + rows * cols * 8;
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
