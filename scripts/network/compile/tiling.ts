import { UserError } from '../../../gen/base/errors.js';

/** What a layer needs of the buffers, for a part of its output. All counts are words but where they say otherwise. */
export interface LayerSize {
  readonly name: string;
  readonly outHeight: number;
  readonly outWidth: number;
  /** Rows of the input that so many rows of the output need at most. */
  readonly inputRows: (outputRows: number) => number;
  /** Of a row of the input, and that of it which a block of channels needs; undefined where each needs all. */
  readonly rowWords: number;
  readonly blockRowWords: number | undefined;
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

/** The buffers that a step needs. */
const NEEDED = ['activation', 'weight', 'constant', 'output'] as const;

/** Words of these buffers. */
type Words = Readonly<Record<(typeof NEEDED)[number], number>>;

/** The buffers of an engine: their words, and bytes of a word. */
export interface Buffers {
  readonly words: Words;
  readonly bytes: Words;
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
  /** Whether a step loads those channels of the input alone that its part needs. */
  readonly ownChannels: boolean;
}

/** Bands that a layer is cut into where that costs nothing, so that loads and stores of one go with sums of another. */
const BANDS = 4;

/** How images and their rows are cut: each band of each group of images is a step for each part of the channels. */
type Cut = Pick<Tiling, 'images' | 'bands'>;

/** @throws UserError for a layer of which not even one row and one block fits. */
export function tile(size: LayerSize, buffers: Buffers): Tiling {
  const channels = size.blockRowWords === undefined ? [false] : [false, true];
  // A step takes half of a buffer, so that the next one can be loaded meanwhile; all of it only where half of it is too small.
  const ways = [halves, largeEnough].flatMap((roomOf) =>
    channels.map((ownChannels) => {
      const needs = needsOf(size, ownChannels);
      return { ownChannels, needs, room: roomOf(buffers.words, needs) };
    }),
  );
  const way = ways.find(({ needs, room }) => NEEDED.every((buffer) => needs[buffer] <= room[buffer]));
  if (!way) throw new UserError(tooLarge(size, buffers, needsOf(size, channels.length > 1)));
  return tileWithin(size, way.room, way.ownChannels);
}

/** What a row of results of one block of channels needs. */
const needsOf = (size: LayerSize, ownChannels: boolean): Words => ({
  activation: size.inputRows(1) * ((ownChannels ? size.blockRowWords : undefined) ?? size.rowWords),
  weight: size.weightWords,
  constant: size.constantWords,
  output: size.outWidth * size.pixelWords,
});

const ofEach = (of: (buffer: keyof Words) => number): Words =>
  Object.fromEntries(NEEDED.map((buffer) => [buffer, of(buffer)])) as Words;

const halves = (words: Words): Words => ofEach((buffer) => Math.floor(words[buffer] / 2));

/** Half of each buffer, or all of it where half is too small. */
const largeEnough = (words: Words, needs: Words): Words => {
  const half = halves(words);
  return ofEach((buffer) => (needs[buffer] <= half[buffer] ? half : words)[buffer]);
};

function tileWithin(size: LayerSize, room: Words, ownChannels: boolean): Tiling {
  const most = (one: number, all: number): number => (one === 0 ? size.blocks : Math.floor(all / one));
  const needs = needsOf(size, ownChannels);
  const blocks = Math.min(
    size.blocks,
    most(size.weightWords, room.weight),
    most(size.constantWords, room.constant),
    Math.floor(room.output / size.pixelWords / size.outWidth),
    ownChannels ? most(needs.activation, room.activation) : size.blocks,
  );
  const rowWords = (count: number): number => (ownChannels ? count * (size.blockRowWords as number) : size.rowWords);
  const fits = (rows: number, input: number, count: number): boolean =>
    input * rowWords(count) <= room.activation && rows * size.outWidth * size.pixelWords * count <= room.output;
  const mostOf = (all: number, holds: (count: number) => boolean): number => {
    for (let count = all; count > 0; count--) if (holds(count)) return count;
    return 0;
  };
  const rowsWith = (count: number): number => mostOf(size.outHeight, (rows) => fits(rows, size.inputRows(rows), count));
  const parts = evenly(size.blocks, Math.ceil(size.blocks / blocks));
  const { images, bands } = cheapest(size, cutsOf(parts[0] as number));
  const inputWords = size.images * bands.reduce((sum, rows) => sum + size.inputRows(rows) * size.rowWords, 0);
  const weightWords = size.blocks * size.weightWords;
  const steps = images.length * bands.length;
  const partsOutside = ownChannels || weightWords * steps + inputWords > weightWords + inputWords * parts.length;
  return { images, bands, parts, partsOutside, ownChannels };

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

/** What a layer needs, and the smallest buffers that have it. */
function tooLarge({ name }: LayerSize, { words, bytes }: Buffers, needs: Words): string {
  const lacking = NEEDED.filter((buffer) => needs[buffer] > words[buffer]);
  const each = lacking.map((buffer) => `${needs[buffer]} words of the ${buffer} buffer, which has ${words[buffer]}`);
  const options = lacking.map((buffer) => `--${buffer}-kib ${Math.ceil((needs[buffer] * bytes[buffer]) / 1024)}`);
  return `${name}: a row of results of one block of channels needs ${each.join(', and ')}; generate an engine with ${options.join(' ')}`;
}
