import { type Command, command, encodeCommands } from '../../../gen/commands/encode.js';
import {
  constantWords,
  type Machine,
  stepsPerWord,
  tileChannels,
  typeBits,
  typeNumber,
  wordBytes,
} from '../../../gen/commands/machine.js';
import { BUFFERS, type BufferName } from '../../../gen/commands/table.js';
import { walkFields } from '../../../gen/commands/walk.js';
import type { RandomSource } from '../../../gen/golden/vectors.js';

/** A program with its data: where it lies, counted from the begin of memory. */
export interface Program {
  readonly title: string;
  readonly memory: Uint8Array;
  readonly start: number;
  /** Base registers, likewise. */
  readonly bases: readonly number[];
  readonly commands: readonly Command[];
}

export const MEMORY_BYTES = 1 << 17;
const PROGRAM_BYTES = 4096;

export const bufferNumber = (name: BufferName): number => BUFFERS.find((each) => each.name === name)?.number as number;

/** A convolution of random size and data that fits into the buffers. */
function randomShape(machine: Machine, random: RandomSource) {
  const pick = <T>(values: readonly T[]): T => values[random.below(values.length)] as T;
  const [aType, wType, outType] = [
    pick(machine.activationTypes),
    pick(machine.weightTypes),
    pick(machine.resultTypes),
  ].map(typeNumber) as [number, number, number];
  const [kernelHeight, kernelWidth] = [pick([1, 1, 2, 3]), pick([1, 1, 2, 3])];
  const shape = {
    ...{ aType, wType, outType, kernelHeight, kernelWidth },
    ...{ inHeight: 1 + random.below(6), inWidth: 1 + random.below(7) },
    ...{ strideY: 1 + random.below(2), strideX: 1 + random.below(3) },
    ...{ dilationY: 1 + random.below(2), dilationX: 1 + random.below(2) },
    ...{ padTop: random.below(3), padLeft: random.below(3), padBottom: random.below(3), padRight: random.below(2) },
    ...{ words: pick([1, 1, 2, 3]), groups: pick([1, 1, 1, 2, 3]), columnTiles: pick([1, 1, 2, 3]) },
    tail: 1 + random.below(stepsPerWord(machine, typeBits(aType))),
    spare: pick([0, 0, 1]),
  };
  const out = (size: number, pads: number, kernel: number, dilation: number, stride: number): number =>
    Math.floor((size + pads - dilation * (kernel - 1) - 1) / stride) + 1;
  const outHeight = out(shape.inHeight, shape.padTop + shape.padBottom, kernelHeight, shape.dilationY, shape.strideY);
  const outWidth = out(shape.inWidth, shape.padLeft + shape.padRight, kernelWidth, shape.dilationX, shape.strideX);
  return { ...shape, outHeight, outWidth };
}

/** A program under construction. */
class Draft {
  readonly memory: Uint8Array;
  readonly commands: Command[] = [];
  private next: number;

  constructor(
    readonly machine: Machine,
    readonly random: RandomSource,
  ) {
    this.memory = Uint8Array.from({ length: MEMORY_BYTES }, () => random.bits32() & 255);
    this.next = PROGRAM_BYTES + random.below(64);
  }

  /** Bytes of memory that nothing else uses; undefined where there are none left. */
  place(bytes: number): number | undefined {
    const here = this.next;
    if (here + bytes > MEMORY_BYTES) return undefined;
    this.next += bytes + this.random.below(100);
    return here;
  }

  /** A base register and what its sum with must be added to for an address. */
  reach(address: number): { readonly base: number; readonly offset: number } {
    const base = this.random.below(BASES.length);
    return { base, offset: address - (BASES[base] as number) };
  }

  end(title: string): Program {
    this.memory.set(encodeCommands([...this.commands, command('end')]), 0);
    return { title, memory: this.memory, start: 0, bases: BASES, commands: this.commands };
  }
}

const BASES = [0, 1000, 5, 77];

/** The part of all buffers that something may use. */
interface Part {
  readonly index: number;
  readonly count: number;
}

/** Layers one behind the other, each with a part of the buffers: the loads of one run beside the product of another. */
export function randomLayers(machine: Machine, random: RandomSource, count: number): Program {
  const draft = new Draft(machine, random);
  const titles: string[] = [];
  for (let index = 0; index < count; ) {
    const shape = randomShape(machine, random);
    if (!addLayer(draft, shape, { index, count })) continue;
    titles.push(JSON.stringify(shape));
    index++;
  }
  return draft.end(titles.join('; '));
}

export type LayerShape = ReturnType<typeof randomShape>;

/** Adds a layer with random data, unless it does not fit. */
function addLayer(draft: Draft, shape: LayerShape, part: Part): boolean {
  const { machine, random, memory } = draft;
  const { aType, wType, outType, words, groups, columnTiles, tail, spare, outHeight, outWidth } = shape;
  if (outHeight < 1 || outWidth < 1) return false;
  const taps = shape.kernelHeight * shape.kernelWidth;
  const channels = tileChannels(machine, typeBits(wType));
  const pixelWords = groups * words + spare;
  const steps = (words - 1) * stepsPerWord(machine, typeBits(aType)) + tail;
  const perTile = constantWords(machine, channels);
  const outBits = groups * columnTiles * channels * typeBits(outType);
  const outPixelWords = Math.ceil(outBits / (8 * wordBytes(machine, 'output')));
  const used = {
    activation: shape.inHeight * shape.inWidth * pixelWords,
    weight: groups * columnTiles * taps * steps,
    constant: groups * columnTiles * perTile,
    output: outHeight * outWidth * outPixelWords,
  };
  const names = ['activation', 'weight', 'constant', 'output'] as const;
  type Places = Record<(typeof names)[number], number>;
  const room = (name: (typeof names)[number]): number => Math.floor(machine.words[name] / part.count);
  if (names.some((name) => used[name] > room(name))) return false;
  const each = (value: (name: (typeof names)[number]) => number): Places =>
    Object.fromEntries(names.map((name) => [name, value(name)])) as Places;
  const at = each((name) => {
    // Now and then up to the last word of the part.
    const spareWords = room(name) - used[name];
    return part.index * room(name) + (random.below(3) === 0 ? spareWords : random.below(spareWords + 1));
  });
  const bytes = each((name) => used[name] * wordBytes(machine, name));
  const place = each((name) => draft.place(bytes[name]) ?? -1);
  if (names.some((name) => place[name] < 0)) throw new Error('memory is too small for the layers of a program');
  // Constants with which results spread over the range of their type.
  const view = new DataView(memory.buffer);
  for (let i = 0; i < bytes.constant; i += 8) {
    const bias = random.below(4) === 0 ? (random.bits32() | 0) >> 8 : random.below(2000) - 1000;
    view.setInt32(place.constant + i, bias, true);
    view.setUint16(place.constant + i + 4, random.below(65536), true);
    view.setUint16(place.constant + i + 6, 0, true);
  }
  const low = random.below(4) === 0 ? 0 : -32768;
  const high = random.below(4) === 0 ? random.below(40) : 32767;
  const load = (name: (typeof names)[number], tokens: object): Command =>
    command('load', {
      ...{ buffer: bufferNumber(name), address: at[name], run: bytes[name], ...draft.reach(place[name]) },
      ...tokens,
    });
  const start = at.activation;
  draft.commands.push(
    load('activation', {}),
    load('weight', {}),
    load('constant', { signal_compute: 1 }),
    command('product', {
      ...walkFields({ ...shape, start, pixelWords, rowWords: shape.inWidth * pixelWords, tapWords: words }),
      ...{ a_type: aType, w_type: wType, out_type: outType, w_start: at.weight, depth_words: words, depth_tail: tail },
      ...{ groups, column_tiles: columnTiles, group_step: words, constant_start: at.constant, out_start: at.output },
      ...{ out_pixel_words: outPixelWords, per_channel: random.below(4) === 0 ? 0 : 1, low, high },
      shift: random.below(4) === 0 ? random.below(64) : 16 + random.below(10),
      ...{ wait_load: 1, signal_store: 1, tag: random.below(65536) },
    }),
    command('store', {
      ...{ buffer: bufferNumber('output'), address: at.output, run: bytes.output, wait_compute: 1 },
      ...{ ...draft.reach(place.output), tag: random.below(65536) },
    }),
  );
  return true;
}

/** Loads to the output buffer and stores of the same words, with strides on both sides. */
export function randomCopies(machine: Machine, random: RandomSource, count: number): Program {
  const draft = new Draft(machine, random);
  const each = wordBytes(machine, 'output');
  const titles: string[] = [];
  while (titles.length < count) {
    const run = [1, 1 + random.below(3 * each), 1 + random.below(400)][random.below(3)] as number;
    const [count1, count2] = [1 + random.below(5), 1 + random.below(3)];
    const words = Math.ceil(run / each);
    const step1 = words + random.below(3);
    const step2 = count1 * step1 + random.below(5);
    const used = count2 * step2;
    if (used > machine.words.output) continue;
    const address = random.below(machine.words.output - used + 1);
    const memoryStep1 = run + random.below(20);
    const memoryStep2 = count1 * memoryStep1 + random.below(50);
    const [source, target] = [draft.place(count2 * memoryStep2), draft.place(count2 * memoryStep2)];
    if (source === undefined || target === undefined) break;
    // Now and then the last run comes first.
    const turned = random.below(3) === 0;
    const end = (count1 - 1) * memoryStep1 + (count2 - 1) * memoryStep2;
    const common = {
      ...{ buffer: bufferNumber('output'), address, run, count1, count2, buffer_step1: step1, buffer_step2: step2 },
      memory_step1: turned ? -memoryStep1 : memoryStep1,
      memory_step2: turned ? -memoryStep2 : memoryStep2,
    };
    draft.commands.push(
      command('load', {
        ...{ ...common, ...draft.reach(source + (turned ? end : 0)), signal_store: 1 },
        ...(titles.length > 0 ? { wait_store: 1 } : {}),
      }),
      command('store', { ...common, ...draft.reach(target + (turned ? end : 0)), wait_load: 1, signal_load: 1 }),
    );
    titles.push(`${count2} x ${count1} x ${run} bytes`);
  }
  return draft.end(titles.join('; '));
}

/** A program with bits of its memory changed: a byte of a command. */
export function patched(program: Program, at: number, bytes: readonly number[], title: string): Program {
  const memory = Uint8Array.from(program.memory);
  memory.set(bytes, at);
  return { ...program, memory, title: `${title}: ${program.title}` };
}
