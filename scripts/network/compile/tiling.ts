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
  /** Those of the second operand among them, which are loaded before; 0 without one. */
  readonly addendWords: number;
  /** Tensors that are stored. */
  readonly stored: number;
  /** Output pixels of a tile of the array, and cycles that it takes for a block; 0 where the array has nothing to do. */
  readonly tilePixels: number;
  readonly tileCycles: number;
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

/** What a short run of bytes takes at least: the latency of memory, over the bursts that are under way. */
const RUN_CYCLES = 25;

/** How images and their rows are cut: each band of each group of images is a step for each part of the channels. */
type Cut = Pick<Tiling, 'images' | 'bands'>;

/** What a step may take of each buffer, of which other steps use the rest meanwhile. */
type RoomOf = (words: Words, needs: Words) => Words;

/** What steps of a layer may take. */
interface Way {
  /** Whether a step loads those channels of the input alone that its part needs. */
  readonly ownChannels: boolean;
  readonly room: Words;
}

/** @throws UserError for a layer of which not even one row and one block fits. */
export function tile(size: LayerSize, buffers: Buffers): Tiling {
  const way = wayOf(size, buffers, [halves, largeEnough]);
  if (!way) throw new UserError(tooLarge(size, buffers));
  return tileWithin(size, way);
}

/** Whether a row and a block of a layer fit into halves of the buffers, so that the next ones can be loaded meanwhile. */
export const fitsInHalves = (size: LayerSize, buffers: Buffers): boolean =>
  wayOf(size, buffers, [halves]) !== undefined;

/** All channels of an input, and those of a part alone where that is enough. */
const channelsOf = ({ blockRowWords }: LayerSize): readonly boolean[] =>
  blockRowWords === undefined ? [false] : [false, true];

/** The first way in which a row and a block fit. */
function wayOf(size: LayerSize, { words }: Buffers, rooms: readonly RoomOf[]): Way | undefined {
  for (const roomOf of rooms) {
    for (const ownChannels of channelsOf(size)) {
      const needs = needsOf(size, ownChannels);
      const room = roomOf(words, needs);
      if (NEEDED.every((buffer) => needs[buffer] <= room[buffer])) return { ownChannels, room };
    }
  }
  return undefined;
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

/** Half, so that the next step can be loaded meanwhile. */
const halves: RoomOf = (words) => ofEach((buffer) => Math.floor(words[buffer] / 2));

/** Half of each buffer, or all of it where half is too small. */
const largeEnough: RoomOf = (words, needs) => {
  const half = halves(words, needs);
  return ofEach((buffer) => (needs[buffer] <= half[buffer] ? half : words)[buffer]);
};

function tileWithin(size: LayerSize, { room, ownChannels }: Way): Tiling {
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
  const counts = Array.from({ length: size.blocks }, (_, i) => i + 1)
    .map((count) => evenly(size.blocks, count))
    .filter(([most]) => (most as number) <= blocks);
  const tilings = counts.flatMap((parts) =>
    cutsOf(parts[0] as number).map((cut) => withLoads(size, cut, parts, ownChannels)),
  );
  return cheapest(size, tilings);

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

/** A tiling, and the words that it loads. */
interface Candidate {
  readonly tiling: Tiling;
  readonly words: number;
}

/** A cut with its parts in the order that loads fewer words. */
function withLoads(size: LayerSize, { images, bands }: Cut, parts: readonly number[], ownChannels: boolean): Candidate {
  const input = size.images * bands.reduce((sum, rows) => sum + size.inputRows(rows) * size.rowWords, 0);
  const weights = size.blocks * size.weightWords;
  const outside = weights + input * (ownChannels ? 1 : parts.length);
  const inside = weights * images.length * bands.length + input;
  const partsOutside = ownChannels || outside < inside;
  return { tiling: { images, bands, parts, partsOutside, ownChannels }, words: partsOutside ? outside : inside };
}

/**
 * The tiling with the fewest cycles, where the array works while words are loaded; of equals the one with the fewest parts, then
 * that whose number of bands is nearest to the wanted one.
 */
function cheapest(size: LayerSize, candidates: readonly Candidate[]): Tiling {
  const tiles = ({ images, bands }: Tiling): number =>
    images.reduce(
      (sum, count) =>
        sum + bands.reduce((all, rows) => all + Math.ceil((count * rows * size.outWidth) / size.tilePixels), 0),
      0,
    );
  const pixels = size.images * size.outHeight * size.outWidth;
  // Results of a part of the channels are a run for each pixel.
  const transfer = ({ parts }: Tiling, tensors: number, pixelWords: number): number =>
    pixels * Math.max(size.blocks * pixelWords, parts.length > 1 ? tensors * parts.length * RUN_CYCLES : 0);
  const costs = ({ tiling, words }: Candidate): readonly number[] => [
    Math.max(
      tiles(tiling) * size.blocks * size.tileCycles,
      words + (size.addendWords > 0 ? transfer(tiling, 1, size.addendWords) : 0),
      transfer(tiling, size.stored, size.pixelWords - size.addendWords),
    ),
    tiling.parts.length,
    Math.abs(tiling.images.length * tiling.bands.length - BANDS),
  ];
  const ranked = candidates.map((candidate) => ({ ...candidate, costs: costs(candidate) }));
  return ranked.reduce((best, each) => {
    const at = each.costs.findIndex((cost, i) => cost !== best.costs[i]);
    return at >= 0 && (each.costs[at] as number) < (best.costs[at] as number) ? each : best;
  }).tiling;
}

/** Bands of so many rows, and the rest. */
const bandsOf = (height: number, rows: number): number[] =>
  Array.from({ length: Math.ceil(height / rows) }, (_, i) => Math.min(rows, height - i * rows));

/** What a layer needs, and the smallest buffers that have it. */
function tooLarge(size: LayerSize, { words, bytes }: Buffers): string {
  const { name } = size;
  const needs = needsOf(size, channelsOf(size).length > 1);
  const lacking = NEEDED.filter((buffer) => needs[buffer] > words[buffer]);
  const each = lacking.map((buffer) => `${needs[buffer]} words of the ${buffer} buffer, which has ${words[buffer]}`);
  const options = lacking.map((buffer) => `--${buffer}-kib ${Math.ceil((needs[buffer] * bytes[buffer]) / 1024)}`);
  return `${name}: a row of results of one block of channels needs ${each.join(', and ')}; generate an engine with ${options.join(' ')}`;
}
