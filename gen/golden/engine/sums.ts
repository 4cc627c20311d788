import type { CommandOf } from '../../commands/encode.js';
import { codesPerWord, stepsPerWord, tileChannels } from '../../commands/machine.js';
import { REDUCE } from '../../commands/table.js';
import { modulo, outputPixels } from '../../commands/walk.js';
import type { Buffer } from './buffer.js';
import { codeAt } from './codes.js';
import { WrongProgram } from './failure.js';
import { weightBit } from './layout.js';
import type { Running } from './order.js';
import { type Operand, operandOf, type State } from './state.js';
import { windows } from './walk.js';

/** Exact sums of output pixels, tile by tile of channels. */
export interface Sums {
  readonly pixels: number;
  readonly tiles: number;
  /** Channels of a tile. */
  readonly channels: number;
  /** pixels x tiles x channels. */
  readonly values: Float64Array;
}

/** The values of all codes of the words of a buffer, word by word, made when a word is first asked for. */
function wordValues(buffer: Buffer, operand: Operand, running: Running): (word: number) => Float64Array {
  const cache = new Map<number, Float64Array>();
  return (word) => {
    const found = cache.get(word);
    if (found) return found;
    const bit = 8 * buffer.read(word, running);
    const count = (8 * buffer.wordBytes) / operand.bits;
    const values = Float64Array.from(
      { length: count },
      (_, i) => operand.values[codeAt(buffer.bytes, bit + i * operand.bits, operand.bits)] as number,
    );
    cache.set(word, values);
    return values;
  };
}

/** The sums of a product, those included that the product before left in the array. */
export function productSums(command: CommandOf<'product'>, state: State, running: Running): Sums {
  const { machine } = state;
  const [a, w] = [operandOf(command.a_type), operandOf(command.w_type)];
  const channels = tileChannels(machine, w.bits);
  const [tiles, words] = [command.column_tiles, command.depth_words];
  const valuesAt = wordValues(state.buffers.activation, a, running);
  const perWord = stepsPerWord(machine, a.bits);
  const stepsOfTap = (words - 1) * perWord + command.depth_tail;
  const taps = command.kernel_height * command.kernel_width;
  const width = tiles * channels;
  const pixels = outputPixels(command);
  const values = new Float64Array(pixels * command.groups * width);
  const depth = taps * stepsOfTap * machine.lanes;
  for (let group = 0; group < command.groups; group++) {
    const weights = groupWeights(group);
    const { addresses } = windows(command, command.a_start + group * command.group_step, words);
    for (let pixel = 0; pixel < pixels; pixel++) {
      const sums = values.subarray((pixel * command.groups + group) * width).subarray(0, width);
      let k = 0;
      for (let i = pixel * taps * words; i < (pixel + 1) * taps * words; i++) {
        const address = addresses[i] as number;
        const steps = i % words === words - 1 ? command.depth_tail : perWord;
        if (address >= 0) addProducts(sums, valuesAt(address), steps * machine.lanes, weights, k);
        k += steps * machine.lanes;
      }
    }
  }
  const sums = { pixels, tiles: command.groups * tiles, channels, values };
  return withHeld(command, state, sums, `${a.name} ${w.name}`);

  /** Values of a group's weights: steps and lanes of all taps x channels of its tiles. */
  function groupWeights(group: number): Float64Array {
    const buffer = state.buffers.weight;
    const found = new Float64Array(depth * width);
    for (let tile = 0; tile < tiles; tile++) {
      for (let step = 0; step < taps * stepsOfTap; step++) {
        const word = command.w_start + (group * tiles + tile) * taps * stepsOfTap + step;
        const bit = 8 * buffer.read(modulo(word), running);
        for (let lane = 0; lane < machine.lanes; lane++) {
          for (let c = 0; c < channels; c++) {
            const at = bit + weightBit(machine, c, lane, w.bits);
            const half = codeAt(buffer.bytes, at, 4);
            const code = w.bits === 4 ? half : half | (codeAt(buffer.bytes, at + 4 * machine.lanes, 4) << 4);
            found[(step * machine.lanes + lane) * width + tile * channels + c] = w.values[code] as number;
          }
        }
      }
    }
    return found;
  }
}

/** Adds the first `count` values of a word, each times its row of weights from row k on. */
function addProducts(sums: Float64Array, word: Float64Array, count: number, weights: Float64Array, k: number): void {
  const width = sums.length;
  for (let i = 0; i < count; i++) {
    const value = word[i] as number;
    if (value === 0) continue;
    const row = (k + i) * width;
    for (let c = 0; c < width; c++) sums[c] = (sums[c] as number) + value * (weights[row + c] as number);
  }
}

function withHeld(command: CommandOf<'product'>, state: State, sums: Sums, types: string): Sums {
  const { held } = state;
  if (held) {
    if (held.pixels !== sums.pixels || held.types !== types || sums.values.length !== held.sums.length) {
      throw new WrongProgram('its tile or its types are not those of the product that holds its sums');
    }
    held.sums.forEach((sum, i) => {
      sums.values[i] = (sums.values[i] as number) + sum;
    });
  }
  state.held = command.hold ? { sums: sums.values, pixels: sums.pixels, types } : undefined;
  return sums;
}

/** A sum modulo 2^bits, as a number in two's complement. */
export function wrapped(sum: number, bits: number): number {
  const [range, half] = [2 ** bits, 2 ** (bits - 1)];
  if (!Number.isSafeInteger(sum)) throw new Error(`the sum ${sum} is not exact`);
  return sum >= -half && sum < half ? sum : ((((sum + half) % range) + range) % range) - half;
}

/** What a vector command makes of the taps, before the second operand. */
export function vectorSums(command: CommandOf<'vector'>, state: State, running: Running): Sums {
  const { machine } = state;
  const operand = operandOf(command.a_type);
  const channels = codesPerWord(machine, operand.bits);
  const valuesAt = wordValues(state.buffers.activation, operand, running);
  const tiles = command.depth_words;
  const pixels = outputPixels(command);
  const values = new Float64Array(pixels * tiles * channels);
  for (let tile = 0; tile < tiles; tile++) {
    const { addresses, taps } = windows(command, command.a_start + tile, 1);
    for (let pixel = 0; pixel < pixels; pixel++) {
      const there = [...addresses.subarray(pixel * taps, (pixel + 1) * taps)].filter((address) => address >= 0);
      const words = there.map(valuesAt);
      for (let c = 0; c < channels; c++) {
        const column = words.map((word) => word[c] as number);
        values[(pixel * tiles + tile) * channels + c] =
          command.reduce === REDUCE.maximum
            ? column.reduce((most, value) => Math.max(most, value), column[0] ?? 0)
            : column.reduce((sum, value) => sum + value, 0);
      }
    }
  }
  return { pixels, tiles, channels, values };
}
