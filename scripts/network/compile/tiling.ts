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
  /** Images of a job, and whether one command can walk over several of them. */
  readonly images: number;
  readonly together: boolean;
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
  /** Images of each step, in order: several only where an image is one band. */
  readonly images: readonly number[];
  /** Output rows of each band of an image, from the top. */
  readonly bands: readonly number[];
  /** Blocks of channels of each part, in order. */
  readonly parts: readonly number[];
  /** Whether all bands of a part come before the next part; else all parts of a band before the next band. */
  readonly partsOutside: boolean;
}

/** Bands that a layer is cut into where that costs nothing, so that loads and stores of one go with sums of another. */
const BANDS = 4;

/** How images and their rows are cut: each band of each group of images is a step for each part of the channels. */
type Cut = Pick<Tiling, 'images' | 'bands'>;

/** @throws UserError for a layer of which not even one row and one block fits. */
export function tile(size: LayerSize, room: Room): Tiling {
  const most = (one: number, all: number): number => (one === 0 ? size.blocks : Math.floor(all / one));
  const blocks = Math.min(
    size.blocks,
    most(size.weightWords, room.weight),
    most(size.constantWords, room.constant),
    Math.floor(room.output / size.pixelWords / size.outWidth),
  );
  const fits = (rows: number, input: number, count: number): boolean =>
    input * size.rowWords <= room.activation && rows * size.outWidth * size.pixelWords * count <= room.output;
  const mostOf = (all: number, holds: (count: number) => boolean): number => {
    for (let count = all; count > 0; count--) if (holds(count)) return count;
    return 0;
  };
  const rowsWith = (count: number): number => mostOf(size.outHeight, (rows) => fits(rows, size.inputRows(rows), count));
  if (blocks < 1 || rowsWith(1) === 0) throw new UserError(tooLarge(size, room));
  const parts = evenly(size.blocks, Math.ceil(size.blocks / blocks));
  const { images, bands } = cheapest(size, cutsOf(parts[0] as number));
  const inputWords = size.images * bands.reduce((sum, rows) => sum + size.inputRows(rows) * size.rowWords, 0);
  const weightWords = size.blocks * size.weightWords;
  const steps = images.length * bands.length;
  const partsOutside = weightWords * steps + inputWords > weightWords + inputWords * parts.length;
  return { images, bands, parts, partsOutside };

  /** All cuts whose steps fit, with so many blocks of channels in each. */
  function cutsOf(count: number): Cut[] {
    const ofRows = Array.from({ length: rowsWith(count) }, (_, i) => ({
      ...{ images: evenly(size.images, size.images), bands: bandsOf(size.outHeight, i + 1) },
    }));
    if (!size.together) return ofRows;
    const together = mostOf(size.images, (images) =>
      fits(images * size.outHeight, images * size.inputRows(size.outHeight), count),
    );
    const ofImages = Array.from({ length: Math.max(0, together - 1) }, (_, i) => ({
      ...{ images: evenly(size.images, Math.ceil(size.images / (i + 2))), bands: [size.outHeight] },
    }));
    return [...ofRows, ...ofImages];
  }
}

/** So many parts of a number, the larger ones first. */
export const evenly = (count: number, parts: number): number[] =>
  Array.from({ length: parts }, (_, i) => Math.floor(count / parts) + (i < count % parts ? 1 : 0));

/** The cut with the fewest tiles of the array; of equals the one whose number of bands is nearest to the wanted one. */
function cheapest({ outWidth, tilePixels }: LayerSize, cuts: readonly Cut[]): Cut {
  const tiles = ({ images, bands }: Cut): number =>
    images.reduce(
      (sum, count) => sum + bands.reduce((all, rows) => all + Math.ceil((count * rows * outWidth) / tilePixels), 0),
      0,
    );
  const distance = ({ images, bands }: Cut): number => Math.abs(images.length * bands.length - BANDS);
  return cuts.reduce((best, each) => {
    const difference = tiles(each) - tiles(best);
    if (difference !== 0) return difference < 0 ? each : best;
    return distance(each) < distance(best) ? each : best;
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
