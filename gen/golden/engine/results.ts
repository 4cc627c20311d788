import type { CommandOf } from '../../commands/encode.js';
import { biasBits, constantWords, MULTIPLIED_SUM_BITS } from '../../commands/machine.js';
import { SECOND } from '../../commands/table.js';
import { modulo } from '../../commands/walk.js';
import { encoder } from '../../numerics/codec.js';
import { numericType } from '../../numerics/types/table.js';
import type { Buffer } from './buffer.js';
import { codeAt, putCode } from './codes.js';
import { type ChannelConstants, recordOffset } from './layout.js';
import type { Running } from './order.js';
import { operandOf, type State } from './state.js';
import { type Sums, wrapped } from './sums.js';

/** Uses that a command makes of words of the output buffer. */
const SECOND_OPERAND = 0x1000_0000;
const COPY = 0x2000_0000;

/** Where the codes of a tile of a pixel lie: its word and the bit in it. */
interface Place {
  readonly word: number;
  readonly bit: number;
}

/** Makes codes of sums and writes them. */
export function writeResults(
  command: CommandOf<'product' | 'vector'>,
  state: State,
  running: Running,
  { pixels, tiles, channels, values }: Sums,
): void {
  const { machine } = state;
  const buffer = state.buffers.output;
  const constants = channelConstants(command, state, running, tiles, channels);
  const out = resultEncoder(state, command.out_type);
  const copy = command.copy ? resultEncoder(state, command.copy_type) : undefined;
  const second = command.second ? operandOf(command.second_type) : undefined;
  const table = command.lookup ? lookUp(state, running, out.bits) : undefined;
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let tile = 0; tile < tiles; tile++) {
      const placeOf = (start: number, pixelWords: number, bits: number): Place => {
        const bit = tile * channels * bits;
        const word = Math.floor(bit / (8 * buffer.wordBytes));
        return { word: start + pixel * pixelWords + word, bit: bit % (8 * buffer.wordBytes) };
      };
      const seconds = second
        ? readTile(buffer, running, placeOf(command.second_start, command.second_pixel_words, second.bits), {
            bits: second.bits,
            channels,
          }).map((code) => second.values[code] as number)
        : [];
      const outCodes: number[] = [];
      const copyCodes: number[] = [];
      for (let c = 0; c < channels; c++) {
        const { bias, multiplier } = constants[tile * channels + c] as ChannelConstants;
        const other = seconds[c] ?? 0;
        const value = values[(pixel * tiles + tile) * channels + c] as number;
        const multiplied = command.second === SECOND.multiply;
        const sum = wrapped(multiplied ? wrapped(value, MULTIPLIED_SUM_BITS) * other : value, machine.accumulatorBits);
        const added = command.second === SECOND.add ? other * command.second_multiplier : 0;
        const x = exact((sum + bias) * multiplier + added);
        // Division by a power of two is exact.
        const code = out.encode(Math.min(Math.max(x / 2 ** command.shift, command.low), command.high));
        outCodes.push(table ? table(code) : code);
        if (copy) copyCodes.push(copy.encode(Math.max(x / 2 ** command.copy_shift, command.copy_relu ? 0 : -Infinity)));
      }
      writeTile(buffer, running, placeOf(command.out_start, command.out_pixel_words, out.bits), outCodes, {
        bits: out.bits,
        claim: pixel,
      });
      if (!copy) continue;
      writeTile(buffer, running, placeOf(command.copy_start, command.copy_pixel_words, copy.bits), copyCodes, {
        bits: copy.bits,
        claim: COPY + pixel,
      });
    }
  }

  function resultEncoder(
    { machine: { rounding } }: State,
    type: number,
  ): { readonly bits: number; readonly encode: (value: number) => number } {
    const { name, bits } = operandOf(type);
    const numeric = numericType(name);
    return { bits, encode: encoder(numeric, numeric.kind === 'int' ? rounding : 'up') };
  }

  function readTile(
    from: Buffer,
    by: Running,
    { word, bit }: Place,
    shape: { bits: number; channels: number },
  ): number[] {
    const wordBits = 8 * from.wordBytes;
    return Array.from({ length: shape.channels }, (_, c) => {
      const at = bit + c * shape.bits;
      const address = modulo(word + Math.floor(at / wordBits));
      const offset = from.read(address, by);
      from.claim(address, by, SECOND_OPERAND);
      return codeAt(from.bytes, 8 * offset + (at % wordBits), shape.bits);
    });
  }

  function writeTile(
    to: Buffer,
    by: Running,
    { word, bit }: Place,
    codes: readonly number[],
    { bits, claim }: { readonly bits: number; readonly claim: number },
  ): void {
    const wordBits = 8 * to.wordBytes;
    codes.forEach((code, c) => {
      const at = bit + c * bits;
      const offset = to.write(modulo(word + Math.floor(at / wordBits)), by, claim);
      if (at % wordBits === 0) to.bytes.fill(0, offset, offset + to.wordBytes);
      putCode(to.bytes, 8 * offset + (at % wordBits), bits, code);
    });
  }

  /** The constants of all channels of all tiles. */
  function channelConstants(
    of: CommandOf<'product' | 'vector'>,
    { machine, buffers: { constant } }: State,
    by: Running,
    count: number,
    n: number,
  ): ChannelConstants[] {
    const view = new DataView(constant.bytes.buffer);
    const at = (word: number, byte: number): ChannelConstants => {
      const offset = constant.read(modulo(of.constant_start + word), by) + byte;
      const bias = wrapped(view.getInt32(offset, true), biasBits(machine));
      return { bias, multiplier: view.getUint16(offset + 4, true) };
    };
    const words = constantWords(machine, n);
    return Array.from({ length: count * n }, (_, c) => {
      if (!of.per_channel) return at(0, 0);
      const offset = recordOffset(machine, c % n, n);
      const word = Math.floor(offset / constant.wordBytes);
      return at(Math.floor(c / n) * words + word, offset % constant.wordBytes);
    });
  }
}

function lookUp(state: State, running: Running, bits: number): (code: number) => number {
  const { table } = state.buffers;
  return (code) => {
    const word = Math.floor(code / table.wordBytes);
    const byte = table.bytes[table.read(word, running) + (code % table.wordBytes)] as number;
    return byte & (2 ** bits - 1);
  };
}

function exact(value: number): number {
  if (!Number.isSafeInteger(value)) throw new Error(`${value} is not exact`);
  return value;
}
