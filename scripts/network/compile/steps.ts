import { command, type FieldValues } from '../../../gen/commands/encode.js';
import { bufferWords, type Machine, typeBits, typeNumber, wordBytes } from '../../../gen/commands/machine.js';
import { BUFFERS, type BufferName, REDUCE, SECOND } from '../../../gen/commands/table.js';
import { walkFields } from '../../../gen/commands/walk.js';
import { pixelWords } from '../../../gen/golden/engine/layout.js';
import type { WeightBlocks } from './blocks.js';
import type { Fold } from './fold.js';
import { type IntegerNetwork, type IntegerTensor, tensorOf } from './network.js';
import type { MemoryMap } from './place.js';
import { imageRows, inputBand, inputWords, type PreparedLayer, resultTensors, resultWords } from './prepare.js';
import type { Access, PlannedCommand } from './tokens.js';

/** Loads, one product or vector command, and the stores of its results. */
export interface Step {
  /** Place of the layer in the network. */
  readonly layer: number;
  readonly loads: readonly PlannedCommand[];
  readonly compute: PlannedCommand;
  readonly stores: readonly PlannedCommand[];
  /** Images, output rows of each, and blocks of channels. */
  readonly images: number;
  readonly rows: number;
  readonly blocks: number;
}

const bitsOf = (type: string): number => typeBits(typeNumber(type));

/** Words of a buffer: those of a step behind those of the step before, so that it can be loaded while the other is used. */
class Ring {
  private next = 0;
  constructor(private readonly words: number) {}

  /** Goes to where so many words lie in a row: at the end of the buffer where no more of them would fit behind, and then at its begin. */
  turn(words: number): void {
    const last = this.words - words;
    if (this.next + words > last) this.next = this.next <= last ? last : 0;
  }

  /** The next words. @returns the first. */
  take(count: number): number {
    this.next += count;
    return this.next - count;
  }
}

/** Where a range of a buffer holds what. */
interface Held {
  readonly key: string;
  readonly start: number;
}

/** Makes the steps of layers, one layer after the other. */
export class StepMaker {
  private readonly rings = new Map<BufferName, Ring>();
  private readonly held = new Map<BufferName, Held>();
  /** Of the commands of the layer at hand. */
  private tag = 0;

  constructor(
    private readonly machine: Machine,
    private readonly network: IntegerNetwork,
    private readonly map: MemoryMap,
  ) {
    for (const { name } of BUFFERS) this.rings.set(name, new Ring(bufferWords(machine, name)));
  }

  /** The steps of a layer. */
  layerSteps(prepared: PreparedLayer): Step[] {
    const { images, bands, parts, partsOutside } = prepared.tiling;
    const starts = (counts: readonly number[]): Range[] =>
      counts.map((count, i) => [counts.slice(0, i).reduce((a, b) => a + b, 0), count]);
    const allParts = starts(parts);
    const allBands = starts(images).flatMap((group) => starts(bands).map((band): Pixels => ({ group, band })));
    return partsOutside
      ? allParts.flatMap((part) => allBands.map((band) => this.step(prepared, band, part)))
      : allBands.flatMap((band) => allParts.map((part) => this.step(prepared, band, part)));
  }

  private step(prepared: PreparedLayer, where: Pixels, [block, blocks]: Range): Step {
    const {
      group: [image, images],
      band: [row, rows],
    } = where;
    const { layer, input, outWidth, weights, blockTiles, index } = prepared;
    this.tag = index;
    const firstTile = block * blockTiles;
    const tiles = Math.min(blocks * blockTiles, prepared.tiles - firstTile);
    const loads: PlannedCommand[] = [];
    const part = { firstTile, tiles };
    const pixels = images * rows * outWidth;
    this.ring('output').turn(pixels * this.resultWords(prepared, part));
    // What no command before makes comes first, and is there while the input waits for it.
    const weight = weights ? this.loadWeights(prepared, part, loads) : 0;
    const constant = this.loadConstants(prepared, part, loads);
    const p = pixelWords(this.machine, input.channels, bitsOf(input.type));
    const own = { first: inputWords(prepared, firstTile) ?? 0, count: inputWords(prepared, tiles) ?? p };
    const kept = prepared.tiling.ownChannels ? own : { first: 0, count: p };
    const activation = this.loadInput(prepared, where, kept, loads);
    const firstPixel = (image * prepared.outHeight + row) * outWidth;
    const result = (name: string): ResultPlace => this.resultPlace(prepared, name, part, pixels, firstPixel);
    const out = result(layer.output);
    const copy = layer.copy && result(layer.copy.tensor);
    const addend = layer.addend && result(layer.addend.tensor);
    if (addend) loads.push(this.transfer('load', addend), ...this.zeros(addend));
    const band = inputBand(prepared, row, rows);
    const { kernel, stride, dilation, pad } = layer.window;
    const groupTiles = weights?.tiles ?? 0;
    const groups = weights && weights.groups > 1 ? tiles / groupTiles : 1;
    const common = {
      ...walkFields({
        start: activation.start + own.first - kept.first,
        ...{ pixelWords: kept.count, rowWords: kept.count * input.width, tapWords: weights?.depthWords ?? 1 },
        ...{ inHeight: band.count, inWidth: input.width, outHeight: rows, outWidth },
        ...{ kernelHeight: kernel[0], kernelWidth: kernel[1], strideX: stride[1] },
        ...{ images, strideY: images > 1 ? (imageRows(prepared) as number) : stride[0] },
        ...{ dilationY: dilation[0], dilationX: dilation[1], padTop: band.above, padLeft: pad[1] },
      }),
      ...{ tag: this.tag, a_type: typeNumber(input.type), constant_start: constant },
      ...{ out_type: typeNumber(prepared.output.type), out_start: out.start, out_pixel_words: out.pixelWords },
      ...{ shift: layer.shift, low: layer.low ?? -32768, high: layer.high ?? 32767 },
      ...(copy && layer.copy
        ? {
            ...{ copy: 1, copy_type: typeNumber(copy.tensor.type), copy_relu: layer.copy.relu ? 1 : 0 },
            ...{ copy_shift: layer.copy.shift, copy_start: copy.start, copy_pixel_words: copy.pixelWords },
          }
        : {}),
      ...(addend && layer.addend
        ? {
            ...{ second: SECOND.add, second_type: typeNumber(addend.tensor.type), second_start: addend.start },
            ...{ second_pixel_words: addend.pixelWords, second_multiplier: layer.addend.multiplier },
          }
        : {}),
    } satisfies Partial<FieldValues<'product'>> & Partial<FieldValues<'vector'>>;
    const compute =
      weights && layer.kind === 'product'
        ? command('product', {
            ...{ ...common, per_channel: 1, w_type: typeNumber(layer.weightType), w_start: weight },
            ...{ depth_words: weights.depthWords, depth_tail: weights.depthTail, groups },
            ...{ column_tiles: groups > 1 || weights.groups > 1 ? groupTiles : tiles, group_step: weights.depthWords },
          })
        : command('vector', {
            ...{ ...common, depth_words: tiles },
            reduce: layer.kind === 'pool' ? REDUCE[layer.reduce] : REDUCE.sum,
          });
    const uses: Access[] = [
      activation.access,
      ...(weights ? [words('weight', weight, tiles * weights.steps, false)] : []),
      words('constant', constant, Math.max(1, tiles * prepared.constantWords), false),
      words('output', out.start, pixels * out.pixelWords, true),
      ...(copy ? [words('output', copy.start, pixels * copy.pixelWords, true)] : []),
      ...(addend ? [words('output', addend.start, pixels * addend.pixelWords, false)] : []),
    ];
    const stores = [out, ...(copy ? [copy] : [])].map((place) => this.transfer('store', place));
    return { layer: index, loads, compute: { command: compute, accesses: uses }, stores, images, rows, blocks };
  }

  private ring = (buffer: BufferName): Ring => this.rings.get(buffer) as Ring;

  /** Loads words of the pixels of a band of the input, or of whole images, unless the buffer still holds them. */
  private loadInput(
    prepared: PreparedLayer,
    { group: [image, images], band }: Pixels,
    kept: { readonly first: number; readonly count: number },
    loads: PlannedCommand[],
  ) {
    const { input } = prepared;
    const own = inputBand(prepared, ...band);
    const first = image * input.height + own.first;
    const count = images > 1 ? images * input.height : own.count;
    const { base, offset } = this.map.tensors.get(input.name) as { base: number; offset: number };
    if (prepared.fold) return this.loadFolded(prepared, prepared.fold, { base, offset, first, count }, loads);
    const word = this.bytes('activation');
    const pixelBytes = pixelWords(this.machine, input.channels, bitsOf(input.type)) * word;
    const pixels = count * input.width;
    const dense = kept.count * word === pixelBytes;
    const place = { base, offset: offset + first * input.width * pixelBytes + kept.first * word };
    const runs = dense
      ? { run: pixels * pixelBytes, count: 1, step: 0 }
      : { run: kept.count * word, count: pixels, step: pixelBytes };
    const start = this.load('activation', place, runs, loads);
    return { start, access: words('activation', start, pixels * kept.count, false) };
  }

  /** Loads rows of an input, the words of each row of taps by themselves: they overlap. */
  private loadFolded(
    { input }: PreparedLayer,
    { words: perRow, tapWords, step, rowCodes }: Fold,
    { base, offset, first, count }: MemoryPlace & { readonly first: number; readonly count: number },
    loads: PlannedCommand[],
  ) {
    const bytes = (codes: number): number => (codes * bitsOf(input.type)) / 8;
    const from = offset + first * bytes(rowCodes);
    const rowWords = perRow * tapWords;
    this.ring('activation').turn(count * rowWords);
    const access = words('activation', this.ring('activation').take(count * rowWords), count * rowWords, true);
    this.held.set('activation', { key: '', start: access.from });
    loads.push({
      command: command('load', {
        ...{ base, offset: from, tag: this.tag, buffer: bufferNumber('activation'), address: access.from },
        ...{
          run: tapWords * this.bytes('activation'),
          count1: perRow,
          memory_step1: bytes(step),
          buffer_step1: tapWords,
        },
        ...{ count2: count, memory_step2: bytes(rowCodes), buffer_step2: rowWords },
      }),
      accesses: [memory(base, from, count * bytes(rowCodes), false), access],
    });
    return { start: access.from, access: { ...access, write: false } };
  }

  private loadWeights({ index, weights }: PreparedLayer, { firstTile, tiles }: Part, loads: PlannedCommand[]): number {
    const each = (weights as WeightBlocks).steps * this.bytes('weight');
    const { base, offset } = this.map.weights.get(index) as { base: number; offset: number };
    const place = { base, offset: offset + firstTile * each };
    return this.load('weight', place, { run: tiles * each, count: 1, step: 0 }, loads);
  }

  private loadConstants(
    { index, constantWords: perTile, constants }: PreparedLayer,
    { firstTile, tiles }: Part,
    loads: PlannedCommand[],
  ): number {
    const each = perTile * this.bytes('constant');
    const { base, offset } = this.map.constants.get(index) as { base: number; offset: number };
    const place = { base, offset: offset + firstTile * each };
    const length = perTile === 0 ? constants.length : tiles * each;
    return this.load('constant', place, { run: length, count: 1, step: 0 }, loads);
  }

  /** Loads runs of bytes, unless they are what the buffer got last. @returns their first word. */
  private load(buffer: BufferName, { base, offset }: MemoryPlace, runs: Runs, loads: PlannedCommand[]): number {
    const { run, count, step } = runs;
    const key = [base, offset, run, count].join(' ');
    const held = this.held.get(buffer);
    if (held?.key === key) return held.start;
    const runWords = Math.ceil(run / this.bytes(buffer));
    this.ring(buffer).turn(count * runWords);
    const start = this.ring(buffer).take(count * runWords);
    loads.push({
      command: command('load', {
        ...{ base, offset, tag: this.tag, buffer: bufferNumber(buffer), address: start, run },
        ...(count > 1 ? { count1: count, memory_step1: step, buffer_step1: runWords } : {}),
      }),
      accesses: [memory(base, offset, (count - 1) * step + run, false), words(buffer, start, count * runWords, true)],
    });
    this.held.set(buffer, { key, start });
    return start;
  }

  private bytes = (buffer: BufferName): number => wordBytes(this.machine, buffer);

  /** Words of a pixel's results of a part, those of the copy and the second operand included. */
  private resultWords({ layer, tileChannels: channels }: PreparedLayer, { tiles }: Part): number {
    const bits = resultTensors(this.network, layer).map(({ type }) => bitsOf(type));
    return bits.reduce((sum, each) => sum + resultWords(this.machine, tiles, channels, each), 0);
  }

  /** Where results of a part lie in the output buffer, and where in memory. */
  private resultPlace(
    { tileChannels: channels, fold }: PreparedLayer,
    name: string,
    { firstTile, tiles }: Part,
    pixels: number,
    firstPixel: number,
  ): ResultPlace {
    const tensor = tensorOf(this.network, name);
    const bits = bitsOf(tensor.type);
    const all = pixelWords(this.machine, tensor.channels, bits) * (fold?.pixels ?? 1);
    const each = resultWords(this.machine, tiles, channels, bits);
    const first = (firstTile * channels * bits) / (8 * this.bytes('output'));
    const { base, offset } = this.map.tensors.get(name) as { base: number; offset: number };
    const word = this.bytes('output');
    return {
      ...{ tensor, start: this.ring('output').take(pixels * each), pixelWords: each, pixels },
      ...{
        base,
        offset:
          offset + (fold ? this.foldedPixels(fold, firstPixel) * (all / fold.pixels) : firstPixel * all + first) * word,
      },
      kept: Math.min(each, all - first),
      memoryWords: all,
      ...(fold ? { fold } : {}),
    };
  }

  /** Fills the words of a second operand that it has not in memory. */
  private zeros({ start, kept, pixelWords: each, pixels }: ResultPlace): PlannedCommand[] {
    if (kept === each) return [];
    const { base, offset } = this.map.zeros;
    const run = (each - kept) * this.bytes('output');
    const fields = { tag: this.tag, base, offset, run, count1: pixels, memory_step1: 0, buffer_step1: each };
    return [
      {
        command: command('load', { ...fields, buffer: bufferNumber('output'), address: start + kept }),
        accesses: [memory(base, offset, run, false), words('output', start, pixels * each, true)],
      },
    ];
  }

  /** Pixels of the output in front of a word of its input. */
  private foldedPixels = ({ words: perRow, outWidth, pixels }: Fold, word: number): number =>
    Math.floor(word / perRow) * outWidth + (word % perRow) * pixels;

  /** Stores rows of results, without what is behind their last pixel. */
  private transferRows(name: 'load' | 'store', place: ResultPlace, { words: perRow, pixels, outWidth }: Fold) {
    const { base, offset, start, pixelWords: each } = place;
    const rows = place.pixels / perRow;
    const run = outWidth * (each / pixels) * this.bytes('output');
    const fields = { tag: this.tag, base, offset, buffer: bufferNumber('output'), address: start };
    return {
      command: command(name, { ...fields, run, count1: rows, memory_step1: run, buffer_step1: perRow * each }),
      accesses: [
        memory(base, offset, rows * run, name === 'store'),
        words('output', start, place.pixels * each, name === 'load'),
      ],
    };
  }

  /** Loads or stores the results of a part. */
  private transfer(name: 'load' | 'store', place: ResultPlace): PlannedCommand {
    const { base, offset, start, pixelWords: each, pixels, kept, memoryWords } = place;
    const word = this.bytes('output');
    if (place.fold) return this.transferRows(name, place, place.fold);
    const dense = kept === each && kept === memoryWords;
    const fields = {
      ...{ tag: this.tag, base, offset, buffer: bufferNumber('output'), address: start },
      ...(dense
        ? { run: pixels * each * word }
        : { run: kept * word, count1: pixels, memory_step1: memoryWords * word, buffer_step1: each }),
    };
    const range = ((pixels - 1) * memoryWords + kept) * word;
    return {
      command: command(name, fields),
      accesses: [memory(base, offset, range, name === 'store'), words('output', start, pixels * each, name === 'load')],
    };
  }
}

/** The first of something, and how many. */
type Range = readonly [first: number, count: number];

/** Pixels of a step: images, and output rows of each. */
interface Pixels {
  readonly group: Range;
  readonly band: Range;
}

interface Part {
  readonly firstTile: number;
  readonly tiles: number;
}

/** Runs of bytes in memory: their length, how many, and from one to the next. */
interface Runs {
  readonly run: number;
  readonly count: number;
  readonly step: number;
}

interface MemoryPlace {
  readonly base: number;
  readonly offset: number;
}

interface ResultPlace extends MemoryPlace {
  readonly tensor: IntegerTensor;
  /** In the output buffer: first word, words of a pixel, pixels. */
  readonly start: number;
  readonly pixelWords: number;
  readonly pixels: number;
  /** Words of a pixel that are in memory, of this part and of all channels. */
  readonly kept: number;
  readonly memoryWords: number;
  readonly fold?: Fold;
}

const bufferNumber = (name: BufferName): number => BUFFERS.find((each) => each.name === name)?.number as number;

const words = (buffer: BufferName, from: number, count: number, write: boolean): Access => ({
  ...{ space: buffer, from, to: from + count, write },
});

const memory = (base: number, from: number, bytes: number, write: boolean): Access => ({
  ...{ space: `base${base}`, from, to: from + bytes, write },
});
