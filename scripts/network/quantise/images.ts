import { UserError } from '../../../gen/base/errors.js';
import { type ArrayInfo, expectedResults } from '../../../gen/golden/reference.js';
import { resultLanes, resultWidth, tileBeats } from '../../../gen/golden/streams.js';
import { type PortMatrices, planTiling, tileAt } from '../../../gen/golden/tiling.js';
import { hexWord } from './packing.js';

/** A layer's operands and results as an array takes and gives them, one bus word per line of a `$readmemh` file. */
export interface LayerImages {
  /** `w_data_i` of every beat: per tile its K beats; the tiles of a block of rows, column block by column block. */
  readonly weights: string;
  /** `a_data_i` of the beats of one tile after the other, in step with the weights. */
  readonly activations: string;
  /** `out_data_o` of the beats of results of one tile after the other. */
  readonly expected: string;
  /** The beats of each tile. */
  readonly tiles: string;
  readonly beats: readonly number[];
  /** Beats of results of each tile. */
  readonly resultBeats: number;
}

/** Width of the number of a tile's beats. */
export const BEAT_COUNT_BITS = 32;

/** An array as far as images depend on it. */
export interface ImageTarget {
  readonly info: ArrayInfo;
  /** Width of its accumulators, and the longest reduction they hold for certain. */
  readonly accumulator: { readonly bits: number; readonly wraps: boolean; readonly provenK: number };
}

/** @throws UserError for an array that images cannot be played into. */
export function requireImages({ tile }: ArrayInfo): void {
  if (!tile.weightsStay && !tile.resultsTogether) return;
  throw new UserError(
    `memory images are laid out for output-stationary arrays, and this design ${tile.weightsStay ? 'is weight stationary' : 'has dot-product units'}; generate one with --arch array --dataflow os (npm run infer and matmul take all)`,
  );
}

/** Images of matrix products of one layer, one tile after the other. */
export function layerImages(products: readonly PortMatrices[], { info, accumulator }: ImageTarget): LayerImages {
  const tiles = products.flatMap((codes) => {
    const tiling = planTiling(codes, { info, accumulator });
    return Array.from({ length: tiling.tiles }, (_, i) => tileAt(tiling, codes, i));
  });
  const beats = tiles.map((tile) => tileBeats(info, tile));
  const results = tiles.map((tile) => resultLanes(info, tile, expectedResults(info, tile)));
  const { stepsPerBeat: steps } = info.tile;
  const lines = (fields: Uint8Array | BigInt64Array, each: number, bits: number): string[] =>
    Array.from({ length: fields.length / each }, (_, i) => hexWord(fields.subarray(i * each, (i + 1) * each), bits));
  const text = (all: readonly string[][]): string => `${all.flat().join('\n')}\n`;
  return {
    weights: text(beats.map(({ w }) => lines(w, info.cols * steps, info.w.codeBits))),
    activations: text(beats.map(({ a }) => lines(a, info.rows * steps, info.a.codeBits))),
    expected: text(results.map((lanes) => lines(lanes, resultWidth(info), info.accBits))),
    tiles: text(beats.map((tile) => [hexWord([tile.beats], BEAT_COUNT_BITS)])),
    beats: beats.map((tile) => tile.beats),
    resultBeats: beats[0]?.resultBeats ?? 0,
  };
}
