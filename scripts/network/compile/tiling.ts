import { UserError } from '../../../gen/base/errors.js';

/** What a layer needs of the buffers, for a part of its output. All counts are words but where they say otherwise. */
export interface LayerSize {
  readonly name: string;
  readonly outHeight: number;
  readonly outWidth: number;
  /** Rows of the input that so many rows of the output need at most. */
  readonly inputRows: (outputRows: number) => number;
  /** Of a row of the input. */
  readonly rowWords: number;
  /** Blocks of channels that can be computed by themselves: column tiles that make whole words, or groups. */
  readonly blocks: number;
  /** Weights and constants of a block. */
  readonly weightWords: number;
  readonly constantWords: number;
  /** Results of a pixel and of a block: those of the output, the copy and the second operand together. */
  readonly pixelWords: number;
  /** Output pixels of a tile of the array. */
  readonly tilePixels: number;
}

/** Words of the buffers that one step may take. */
export interface Room {
  readonly activation: number;
  readonly weight: number;
  readonly constant: number;
  readonly output: number;
}

/** How a layer is cut into steps. */
export interface Tiling {
  /** Output rows of each band, from the top. */
  readonly bands: readonly number[];
  /** Blocks of channels of each part, in order. */
  readonly parts: readonly number[];
  /** Whether all bands of a part come before the next part; else all parts of a band before the next band. */
  readonly partsOutside: boolean;
}

/** Bands that a layer is cut into where that costs nothing, so that loads and stores of one go with sums of another. */
const BANDS = 4;

/** @throws UserError for a layer of which not even one row and one block fits. */
export function tile(size: LayerSize, room: Room): Tiling {
  const most = (one: number, all: number): number => (one === 0 ? size.blocks : Math.floor(all / one));
  const blocks = Math.min(
    size.blocks,
    most(size.weightWords, room.weight),
    most(size.constantWords, room.constant),
    Math.floor(room.output / size.pixelWords / size.outWidth),
  );
  const rowsWith = (count: number): number => {
    for (let rows = size.outHeight; rows > 0; rows--) {
      const input = size.inputRows(rows) * size.rowWords;
      if (input <= room.activation && rows * size.outWidth * size.pixelWords * count <= room.output) return rows;
    }
    return 0;
  };
  if (blocks < 1 || rowsWith(1) === 0) throw new UserError(tooLarge(size, room));
  const parts = evenly(size.blocks, Math.ceil(size.blocks / blocks));
  const bands = cheapestBands(size, rowsWith(parts[0] as number));
  const inputWords = bands.reduce((sum, rows) => sum + size.inputRows(rows) * size.rowWords, 0);
  const weightWords = size.blocks * size.weightWords;
  const partsOutside = weightWords * bands.length + inputWords > weightWords + inputWords * parts.length;
  return { bands, parts, partsOutside };
}

/** So many parts of a number, the larger ones first. */
export const evenly = (count: number, parts: number): number[] =>
  Array.from({ length: parts }, (_, i) => Math.floor(count / parts) + (i < count % parts ? 1 : 0));

/** Bands with the fewest tiles of the array; of equals those whose number is nearest to the wanted one. */
function cheapestBands({ outHeight, outWidth, tilePixels }: LayerSize, mostRows: number): number[] {
  const tiles = (bands: readonly number[]): number =>
    bands.reduce((sum, rows) => sum + Math.ceil((rows * outWidth) / tilePixels), 0);
  const candidates = Array.from({ length: mostRows }, (_, i) => bandsOf(outHeight, i + 1));
  return candidates.reduce((best, each) => {
    const difference = tiles(each) - tiles(best);
    if (difference !== 0) return difference < 0 ? each : best;
    return Math.abs(each.length - BANDS) < Math.abs(best.length - BANDS) ? each : best;
  });
}

/** Bands of so many rows, and the rest. */
const bandsOf = (height: number, rows: number): number[] =>
  Array.from({ length: Math.ceil(height / rows) }, (_, i) => Math.min(rows, height - i * rows));

function tooLarge(size: LayerSize, room: Room): string {
  const needs: [keyof Room, number][] = [
    ['activation', size.inputRows(1) * size.rowWords],
    ['weight', size.weightWords],
    ['constant', size.constantWords],
    ['output', size.outWidth * size.pixelWords],
  ];
  const lacking = needs.filter(([buffer, words]) => words > room[buffer]);
  const each = lacking.map(
    ([buffer, words]) => `${words} words of the ${buffer} buffer, of which one step may take ${room[buffer]}`,
  );
  return `${size.name}: a row of results of one block of channels needs ${each.join(', and ')}; a design with larger buffers is needed`;
}
