import { type Command, command } from '../../../gen/commands/encode.js';
import {
  bufferWords,
  codesPerWord,
  constantWords,
  type Machine,
  stepsPerWord,
  TABLE_BYTES,
  tileChannels,
  tilePixels,
  typeBits,
  typeNumber,
  wordBytes,
} from '../../../gen/commands/machine.js';
import { type BufferName, REDUCE, SECOND } from '../../../gen/commands/table.js';
import { walkFields } from '../../../gen/commands/walk.js';
import type { RandomSource } from '../../../gen/golden/vectors.js';
import { bufferNumber, Draft, type Program } from './programs.js';
import { takeTurns } from './turns.js';

/** Kinds of commands that layers are made of. */
export type LayerKind = 'product' | 'vector';

/** A window over an image, and what becomes of its sums: of random size and kind. */
function randomShape(machine: Machine, random: RandomSource, kind: LayerKind) {
  const pick = <T>(values: readonly T[]): T => values[random.below(values.length)] as T;
  const one = (names: readonly string[]): number => typeNumber(pick(names));
  const [kernelHeight, kernelWidth] = [pick([1, 1, 2, 3]), pick([1, 1, 2, 3])];
  const shape = {
    kind,
    ...{ aType: one(machine.activationTypes), wType: one(machine.weightTypes), outType: one(machine.resultTypes) },
    ...{ kernelHeight, kernelWidth, inHeight: 1 + random.below(6), inWidth: 1 + random.below(7) },
    ...{ strideY: 1 + random.below(2), strideX: 1 + random.below(3) },
    ...{ dilationY: 1 + random.below(2), dilationX: 1 + random.below(2) },
    ...{ padTop: random.below(3), padLeft: random.below(3), padBottom: random.below(3), padRight: random.below(2) },
    ...{ images: pick([1, 1, 1, 2, 3]), words: pick([1, 1, 2, 3]), spare: pick([0, 0, 1]) },
    groups: kind === 'product' ? pick([1, 1, 1, 2, 3]) : 1,
    columnTiles: kind === 'product' ? pick([1, 1, 2, 3]) : 1,
    reduce: random.below(2) === 0 ? REDUCE.sum : REDUCE.maximum,
    second: pick([SECOND.none, SECOND.none, SECOND.add, kind === 'vector' ? SECOND.multiply : SECOND.add]),
    secondType: one(machine.resultTypes),
    secondOfAll: random.below(4) === 0,
    copyType: random.below(3) === 0 ? one(machine.resultTypes) : undefined,
    lookup: random.below(3) === 0,
    /** Bits of the multipliers of channels: with few of them a second operand that is added counts for much. */
    scaleBits: pick([4, 10, 16]),
    /** Products before it that hold their sums, where it is one tile. */
    held: random.below(3),
  };
  const tail = 1 + random.below(stepsPerWord(machine, typeBits(shape.aType)));
  const out = (size: number, pads: number, kernel: number, dilation: number, stride: number): number =>
    Math.floor((size + pads - dilation * (kernel - 1) - 1) / stride) + 1;
  const outHeight = out(shape.inHeight, shape.padTop + shape.padBottom, kernelHeight, shape.dilationY, shape.strideY);
  const outWidth = out(shape.inWidth, shape.padLeft + shape.padRight, kernelWidth, shape.dilationX, shape.strideX);
  return { ...shape, tail, outHeight, outWidth };
}

export type LayerShape = ReturnType<typeof randomShape>;

/** The part of all buffers that something may use. */
interface Part {
  readonly index: number;
  readonly count: number;
}

/** What layers of a program have in common. */
interface LayersOptions {
  readonly kinds?: readonly LayerKind[];
  /** Parts of the buffers that layers take in turn; each its own where there are as many. */
  readonly parts?: number;
}

/** Shapes that are tried for a layer; in small parts of buffers few fit. */
const TRIES = 400;

/**
 * Layers one behind the other, each in a part of the buffers: the loads of one run beside the product of another. Fewer than
 * asked for, and at least one, where no more fit.
 */
export function randomLayers(
  machine: Machine,
  random: RandomSource,
  count: number,
  { kinds = ['product', 'product', 'vector'], parts = count }: LayersOptions = {},
): Program {
  const draft = new Draft(machine, random);
  const layers: { readonly title: string; readonly begin: number }[] = [];
  for (let tries = 0; tries < TRIES && layers.length < count; tries++) {
    const shape = randomShape(machine, random, kinds[random.below(kinds.length)] as LayerKind);
    const begin = draft.commands.length;
    if (!addLayer(draft, shape, { index: layers.length % parts, count: parts })) continue;
    layers.push({ title: JSON.stringify(shape), begin });
    tries = 0;
  }
  if (layers.length === 0) {
    if (parts === 1) throw new Error(`none of ${TRIES} random layers fits the buffers`);
    return randomLayers(machine, random, 1, { kinds });
  }
  if (parts < layers.length) {
    const begins = layers.map(({ begin }) => begin);
    draft.commands.splice(0, Number.POSITIVE_INFINITY, ...takeTurns(draft.commands, begins, parts));
  }
  return draft.end(layers.map(({ title }) => title).join('; '));
}

/** A layer of a shape with random data; undefined where it does not fit. */
export function shapedLayer(
  machine: Machine,
  random: RandomSource,
  shape: LayerShape,
  title: string,
): Program | undefined {
  const draft = new Draft(machine, random);
  return addLayer(draft, shape, { index: 0, count: 1 }) ? draft.end(title) : undefined;
}

/** What a layer keeps in a buffer: words, and where they come from or go to. */
interface Region {
  readonly buffer: BufferName;
  readonly words: number;
}

/** Codes of a pixel of the output buffer in words. */
const wordsOf = (machine: Machine, codes: number, type: number): number =>
  Math.ceil((codes * typeBits(type)) / (8 * wordBytes(machine, 'output')));

/** What a layer uses of each buffer. */
function regionsOf(machine: Machine, shape: LayerShape) {
  const { kind, aType, wType, words, groups, columnTiles, images, outHeight, outWidth, secondOfAll } = shape;
  const isProduct = kind === 'product';
  const channels = isProduct ? tileChannels(machine, typeBits(wType)) : codesPerWord(machine, typeBits(aType));
  const tiles = isProduct ? groups * columnTiles : words;
  const pixels = images * outHeight * outWidth;
  const inRows = (images - 1) * outHeight * shape.strideY + shape.inHeight;
  const steps = (words - 1) * stepsPerWord(machine, typeBits(aType)) + shape.tail;
  const pixelWords = groups * words + shape.spare;
  const each = (type: number): number => wordsOf(machine, tiles * channels, type);
  const region = (buffer: BufferName, count: number): Region => ({ buffer, words: count });
  return {
    pixelWords,
    outWords: each(shape.outType),
    secondWords: secondOfAll ? 0 : each(shape.secondType),
    copyWords: each(shape.copyType ?? 0),
    activation: region('activation', inRows * shape.inWidth * pixelWords),
    constant: region('constant', tiles * constantWords(machine, channels)),
    weight: region('weight', isProduct ? tiles * shape.kernelHeight * shape.kernelWidth * steps : 0),
    second: region('output', shape.second === SECOND.none ? 0 : each(shape.secondType) * (secondOfAll ? 1 : pixels)),
    out: region('output', pixels * each(shape.outType)),
    copy: region('output', shape.copyType === undefined ? 0 : pixels * each(shape.copyType)),
  };
}

const NAMES = ['activation', 'weight', 'constant', 'second', 'out', 'copy'] as const;
type Places = Readonly<Record<(typeof NAMES)[number], number>>;

/** Adds a layer with random data, unless it does not fit. */
function addLayer(draft: Draft, shape: LayerShape, part: Part): boolean {
  const { machine, random } = draft;
  if (shape.outHeight < 1 || shape.outWidth < 1) return false;
  const regions = regionsOf(machine, shape);
  const at = placeRegions(draft, regions, part);
  if (at === undefined) return false;
  const bytes = each((name) => regions[name].words * wordBytes(machine, regions[name].buffer));
  const places = draft.placeAll([...NAMES.map((name) => bytes[name]), shape.lookup ? TABLE_BYTES : 0]);
  if (places === undefined) return false;
  const place = Object.fromEntries([...NAMES, 'table'].map((name, i) => [name, places[i]])) as Places & {
    table: number;
  };
  randomConstants(draft, place.constant, bytes.constant, shape.scaleBits);
  const move = (kind: 'load' | 'store', name: (typeof NAMES)[number], tokens: object): Command =>
    command(kind, {
      ...{ buffer: bufferNumber(regions[name].buffer), address: at[name], run: bytes[name] },
      ...{ ...draft.reach(place[name]), tag: random.below(65536), ...tokens },
    });
  const loads = (['activation', 'weight', 'second'] as const).filter((name) => bytes[name] > 0);
  draft.commands.push(...loads.map((name) => move('load', name, {})));
  if (shape.lookup) draft.commands.push(loadOfTable(draft, place.table));
  draft.commands.push(move('load', 'constant', { signal_compute: 1 }));
  draft.commands.push(...computes(draft, shape, { regions, at }));
  draft.commands.push(move('store', 'out', { wait_compute: 1 }));
  if (bytes.copy > 0) draft.commands.push(move('store', 'copy', {}));
  return true;
}

const each = (value: (name: (typeof NAMES)[number]) => number): Places =>
  Object.fromEntries(NAMES.map((name) => [name, value(name)])) as Places;

/** Places in the part of each buffer, in random order and with gaps, now and then up to the last word. */
function placeRegions(draft: Draft, regions: ReturnType<typeof regionsOf>, { index, count }: Part): Places | undefined {
  const { machine, random } = draft;
  const next = new Map<BufferName, number>();
  const places: Partial<Record<(typeof NAMES)[number], number>> = {};
  const order = random.below(2) === 0 ? NAMES : [...NAMES].reverse();
  for (const [i, name] of order.entries()) {
    const { buffer, words } = regions[name];
    const room = Math.floor(bufferWords(machine, buffer) / count);
    const behind = order.slice(i).reduce((sum, other) => {
      return sum + (regions[other].buffer === buffer ? regions[other].words : 0);
    }, 0);
    const spare = room - (next.get(buffer) ?? 0) - behind;
    if (spare < 0) return undefined;
    const begin = (next.get(buffer) ?? 0) + (random.below(3) === 0 ? spare : random.below(spare + 1));
    places[name] = index * room + begin;
    next.set(buffer, begin + words);
  }
  return places as Places;
}

/** Constants with which results spread over the range of their type. */
function randomConstants({ memory, random }: Draft, place: number, bytes: number, scaleBits: number): void {
  const view = new DataView(memory.buffer);
  for (let i = 0; i < bytes; i += 8) {
    const bias = random.below(4) === 0 ? (random.bits32() | 0) >> 8 : random.below(2000) - 1000;
    view.setInt32(place + i, bias, true);
    view.setUint16(place + i + 4, random.below(2 ** scaleBits), true);
    view.setUint16(place + i + 6, 0, true);
  }
}

/** A load of the table, behind the last command that may use what was there before. */
function loadOfTable(draft: Draft, place: number): Command {
  const last = draft.commands.findLastIndex(({ name }) => name === 'product' || name === 'vector');
  const before = draft.commands[last];
  if (before?.name === 'product' || before?.name === 'vector') draft.commands[last] = { ...before, signal_load: 1 };
  return command('load', {
    ...{ buffer: bufferNumber('table'), address: 0, run: TABLE_BYTES, ...draft.reach(place) },
    wait_compute: last < 0 ? 0 : 1,
  });
}

/** The command that computes, and those before it that hold their sums. */
function computes(
  { machine, random }: Draft,
  shape: LayerShape,
  { regions, at }: { regions: ReturnType<typeof regionsOf>; at: Places },
): Command[] {
  const { kind, aType, wType, words, groups, columnTiles, tail, images, outHeight, outWidth } = shape;
  const { pixelWords } = regions;
  const shift = (): number => (random.below(4) === 0 ? random.below(64) : shape.scaleBits + random.below(10));
  const walk = {
    ...walkFields({
      ...{ ...shape, start: at.activation, pixelWords, rowWords: shape.inWidth * pixelWords },
      tapWords: kind === 'product' ? words : 1,
    }),
    ...{ a_type: aType, depth_words: words },
  };
  const results = {
    ...{ out_type: shape.outType, out_start: at.out, out_pixel_words: regions.outWords, shift: shift() },
    ...{ second: shape.second, second_type: shape.secondType, second_start: at.second },
    ...{ second_pixel_words: regions.secondWords, second_multiplier: random.below(65536) },
    ...{ copy: shape.copyType === undefined ? 0 : 1, copy_type: shape.copyType ?? 15, copy_start: at.copy },
    ...{ copy_pixel_words: regions.copyWords, copy_shift: shift(), copy_relu: random.below(2) },
    ...{ lookup: shape.lookup ? 1 : 0, per_channel: random.below(4) === 0 ? 0 : 1, constant_start: at.constant },
    low: random.below(4) === 0 ? 0 : -32768,
    high: random.below(4) === 0 ? random.below(40) : 32767,
  };
  const tokens = { signal_store: 1, tag: random.below(65536) };
  if (kind === 'vector') {
    return [command('vector', { ...walk, ...results, reduce: shape.reduce, wait_load: 1, ...tokens })];
  }
  const product = {
    ...{ ...walk, w_type: wType, w_start: at.weight, depth_tail: tail, groups, column_tiles: columnTiles },
    group_step: words,
  };
  const oneTile = groups * columnTiles === 1 && images * outHeight * outWidth <= tilePixels(machine, typeBits(aType));
  const held = Array.from({ length: oneTile ? shape.held : 0 }, (_, i) =>
    // What it says of results counts for nothing.
    command('product', { ...product, ...results, hold: 1, out_type: 7, high: -9, low: 9, wait_load: i === 0 ? 1 : 0 }),
  );
  return [...held, command('product', { ...product, ...results, wait_load: held.length === 0 ? 1 : 0, ...tokens })];
}
