import { type ArrayInfo, type Tile, tileShape } from './reference.js';

/** A tile as it passes the streams of a design: a code per lane of a port and beat, a result per lane of an output row. */
export interface TileBeats {
  /** Beats of activations. */
  readonly beats: number;
  /** beats x rows codes. */
  readonly a: Uint8Array;
  readonly weightBeats: number;
  /** weightBeats x cols codes. */
  readonly w: Uint8Array;
  /** Rows of results, of as many lanes as the array has columns. */
  readonly resultRows: number;
}

/**
 * Lays a tile out on the ports. The 8-bit codes of a wide operand take two lanes each, low half first; where weights
 * stay and activations are wide, the two rows of an activation hold the same weight.
 */
export function tileBeats(info: ArrayInfo, tile: Tile): TileBeats {
  const shape = tileShape(info, tile);
  const steps = stepsPerBeat(info);
  if (steps > 1) {
    if (tile.k % steps !== 0) throw new Error(`a tile of ${tile.k} steps is not a whole number of beats of ${steps}`);
    const beats = tile.k / steps;
    return {
      beats,
      a: stepsSideBySide(tile.a, info.rows, steps),
      weightBeats: beats,
      w: stepsSideBySide(tile.w, info.cols, steps),
      resultRows: resultRows(info, shape.rows),
    };
  }
  const a = tile.aWide ? halves(tile.a) : tile.a;
  const w = tile.wWide ? halves(tile.w) : tile.w;
  const repeats = info.tile.weightsStay && tile.aWide ? 2 : 1;
  return {
    beats: tile.k,
    a,
    weightBeats: shape.weightRows * repeats,
    w: repeats === 1 ? w : repeatRows(w, info.cols),
    resultRows: resultRows(info, shape.rows),
  };
}

/** Steps of the reduction in a beat. */
export const stepsPerBeat = ({ tile }: Pick<ArrayInfo, 'tile'>): number => tile.stepsPerBeat;

/** Lanes of a beat of results. */
export const resultWidth = ({ tile }: Pick<ArrayInfo, 'tile'>): number => tile.resultCols;

const resultRows = ({ tile }: ArrayInfo, rows: number): number => (tile.resultsTogether ? 1 : rows);

/**
 * The codes of beats of several steps as they lie on a port: those of row (or column) r at r * steps, one per step.
 *
 * @param codes A code per step and row, step by step.
 */
function stepsSideBySide(codes: Uint8Array, width: number, steps: number): Uint8Array {
  const lanes = new Uint8Array(codes.length);
  codes.forEach((code, i) => {
    const [step, r] = [Math.floor(i / width), i % width];
    lanes[Math.floor(step / steps) * width * steps + r * steps + (step % steps)] = code;
  });
  return lanes;
}

/** 4-bit halves of 8-bit codes, the low half first. */
function halves(codes: Uint8Array): Uint8Array {
  const lanes = new Uint8Array(codes.length * 2);
  codes.forEach((code, i) => {
    lanes[2 * i] = code & 15;
    lanes[2 * i + 1] = code >> 4;
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

/** Results of a tile as the lanes of the output carry them: those of wide weights in the even lanes, 0 in the odd ones. */
export function resultLanes(tile: Pick<Tile, 'wWide'>, results: BigInt64Array): BigInt64Array {
  if (!tile.wWide) return results;
  const lanes = new BigInt64Array(results.length * 2);
  results.forEach((result, i) => {
    lanes[2 * i] = result;
  });
  return lanes;
}

/** The results of a tile from the lanes of the output. */
export function resultsOfLanes(tile: Pick<Tile, 'wWide'>, lanes: BigInt64Array): BigInt64Array {
  return tile.wWide ? lanes.filter((_, i) => i % 2 === 0) : lanes;
}
