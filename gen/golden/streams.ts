import type { BlockFacts, TileFacts } from '../rtl/arch/facts.js';
import { type ArrayInfo, type Tile, tileShape } from './reference.js';

/** A tile as it passes the streams of a design: a code per lane of a port and beat, a result per lane of an output row. */
export interface TileBeats {
  /** Beats of activations. */
  readonly beats: number;
  /** A code for each beat, row and step of the beat. */
  readonly a: Uint8Array;
  readonly weightBeats: number;
  /** A code for each weight beat, column and step of the beat. */
  readonly w: Uint8Array;
  /** Codes of scales for each beat and row or column; none where numbers do not lie in blocks. */
  readonly aScales?: Uint8Array;
  readonly wScales?: Uint8Array;
  /** Beats of results, of `resultWidth` lanes. */
  readonly resultBeats: number;
}

/**
 * Lays a tile out on the ports: the codes of a row or column side by side, one for each step of a beat. The 8-bit codes of a
 * wide operand take two rows or columns each, the low half first; where weights stay and activations are wide, the two rows
 * of an activation hold the same weights.
 */
export function tileBeats(info: ArrayInfo, tile: Tile): TileBeats {
  const shape = tileShape(info, tile);
  const { weightsStay, stepsPerBeat: steps } = info.tile;
  const length = lengthPerBeat(info);
  if (tile.k % length !== 0) throw new Error(`a tile of ${tile.k} steps is not a whole number of beats of ${length}`);
  const a = tile.aWide ? halves(tile.a, weightsStay ? steps : 1) : tile.a;
  const w = stepsSideBySide(tile.wWide ? halves(tile.w, 1) : tile.w, info.cols, steps);
  const repeats = weightsStay && tile.aWide ? 2 : 1;
  return {
    beats: tile.k / length,
    a: weightsStay ? a : stepsSideBySide(a, info.rows, steps),
    weightBeats: (shape.weightRows / steps) * repeats,
    w: repeats === 1 ? w : repeatRows(w, info.cols * steps),
    ...(info.blocks ? scalesOfBeats(info, info.blocks, tile) : {}),
    resultBeats: resultBeats(info, tile),
  };
}

/** The codes of scales that lie on the ports, beat by beat. They count in the last beat of a block: the others carry the complement. */
function scalesOfBeats(
  { tile: { stepsPerBeat }, rows, cols }: ArrayInfo,
  { elements, scales }: BlockFacts,
  { k, aScales, wScales }: Tile,
): Required<Pick<TileBeats, 'aScales' | 'wScales'>> {
  const beats = k / stepsPerBeat;
  const each = elements / stepsPerBeat;
  const mask = 2 ** scales.bits - 1;
  const laidOut = (codes: Uint8Array | undefined, width: number): Uint8Array =>
    Uint8Array.from({ length: beats * width }, (_, i) => {
      const beat = Math.floor(i / width);
      const code = codes?.[Math.floor(beat / each) * width + (i % width)] as number;
      return (beat + 1) % each === 0 || beat === beats - 1 ? code : ~code & mask;
    });
  return { aScales: laidOut(aScales, rows), wScales: laidOut(wScales, cols) };
}

/** What a beat adds to the length of a tile: its steps of the reduction or, where weights stay, a row of activations. */
export const lengthPerBeat = ({ tile }: Pick<ArrayInfo, 'tile'>): number => (tile.weightsStay ? 1 : tile.stepsPerBeat);

/** Lanes of a beat of results. */
export const resultWidth = ({ tile, cols }: Pick<ArrayInfo, 'tile' | 'cols'>): number => tile.rowsPerBeat * cols;

/** Rows of lanes that a row of results takes: of wide activations two, where both leave in a beat. */
const rowsOfLanes = ({ tile }: Pick<ArrayInfo, 'tile'>, { aWide }: Pick<Tile, 'aWide'>): number =>
  aWide && tile.rowsPerBeat > 1 ? 2 : 1;

const resultBeats = (info: ArrayInfo, tile: Tile): number =>
  (tileShape(info, tile).rows * rowsOfLanes(info, tile)) / info.tile.rowsPerBeat;

/**
 * Whether rows of results leave every other cycle: those of wide activations where a beat has one row, so that the row of the
 * other half is left out.
 */
export const skipsRows = (
  { weightsStay, rowsPerBeat }: Pick<TileFacts, 'weightsStay' | 'rowsPerBeat'>,
  aWide = false,
): boolean => aWide && !weightsStay && rowsPerBeat === 1;

/**
 * The codes of beats of several steps as they lie on a port: those of row (or column) r at r * steps, one per step.
 *
 * @param codes A code per step and row, step by step.
 */
function stepsSideBySide(codes: Uint8Array, width: number, steps: number): Uint8Array {
  if (steps === 1) return codes;
  const lanes = new Uint8Array(codes.length);
  codes.forEach((code, i) => {
    const [step, r] = [Math.floor(i / width), i % width];
    lanes[Math.floor(step / steps) * width * steps + r * steps + (step % steps)] = code;
  });
  return lanes;
}

/** 4-bit halves of 8-bit codes: the low halves of a row or column of `count` codes, then its high ones. */
function halves(codes: Uint8Array, count: number): Uint8Array {
  const lanes = new Uint8Array(codes.length * 2);
  codes.forEach((code, i) => {
    const low = i + Math.floor(i / count) * count;
    lanes[low] = code & 15;
    lanes[low + count] = code >> 4;
  });
  return lanes;
}

/** Every row of `width` codes twice. */
function repeatRows(codes: Uint8Array, width: number): Uint8Array {
  const rows = new Uint8Array(codes.length * 2);
  for (let row = 0; row < codes.length / width; row++) {
    const one = codes.subarray(row * width, (row + 1) * width);
    rows.set(one, 2 * row * width);
    rows.set(one, (2 * row + 1) * width);
  }
  return rows;
}

/**
 * Results of a tile as the lanes of the output carry them: those of wide weights in the even columns, those of wide
 * activations in the even rows of a beat of several, 0 in the others.
 */
export function resultLanes(info: ArrayInfo, tile: Tile, results: BigInt64Array): BigInt64Array {
  const [across, down] = [tile.wWide ? 2 : 1, rowsOfLanes(info, tile)];
  if (across * down === 1) return results;
  const lanes = new BigInt64Array(results.length * across * down);
  const width = info.cols / across;
  results.forEach((result, i) => {
    lanes[down * Math.floor(i / width) * info.cols + across * (i % width)] = result;
  });
  return lanes;
}

/** The results of a tile from the lanes of the output. */
export function resultsOfLanes(info: ArrayInfo, tile: Tile, lanes: BigInt64Array): BigInt64Array {
  const [across, down] = [tile.wWide ? 2 : 1, rowsOfLanes(info, tile)];
  if (across * down === 1) return lanes;
  return lanes.filter((_, i) => i % across === 0 && Math.floor(i / info.cols) % down === 0);
}
