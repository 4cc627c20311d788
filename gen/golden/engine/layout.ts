import {
  codesPerWord,
  constantWords,
  type Machine,
  RECORD_BYTES,
  stepsPerWord,
  tileChannels,
  wordBytes,
} from '../../commands/machine.js';
import { codeAt, putCode } from './codes.js';

/** Words of a pixel of so many channels. */
export const pixelWords = (machine: Machine, channels: number, bits: number): number =>
  Math.ceil(channels / codesPerWord(machine, bits));

/** Bytes of a pixel of so many channels. */
export const pixelBytes = (machine: Machine, channels: number, bits: number): number =>
  pixelWords(machine, channels, bits) * wordBytes(machine, 'activation');

/** Codes pixels x channels as they lie in memory. */
export function packPixels(machine: Machine, codes: ArrayLike<number>, channels: number, bits: number): Uint8Array {
  const pixels = codes.length / channels;
  const each = pixelBytes(machine, channels, bits);
  const bytes = new Uint8Array(pixels * each);
  for (let i = 0; i < codes.length; i++) {
    const pixel = Math.floor(i / channels);
    putCode(bytes, 8 * pixel * each + (i - pixel * channels) * bits, bits, codes[i] as number);
  }
  return bytes;
}

/** The codes pixels x channels of a tensor in memory. */
export function unpackPixels(machine: Machine, bytes: Uint8Array, channels: number, bits: number): Uint8Array {
  const each = pixelBytes(machine, channels, bits);
  const codes = new Uint8Array((bytes.length / each) * channels);
  for (let i = 0; i < codes.length; i++) {
    const pixel = Math.floor(i / channels);
    codes[i] = codeAt(bytes, 8 * pixel * each + (i - pixel * channels) * bits, bits);
  }
  return codes;
}

/** The size of a layer's weights, for one group. */
export interface WeightShape {
  /** Taps of the window: height times width. */
  readonly taps: number;
  /** Input channels. */
  readonly depth: number;
  /** Output channels. */
  readonly channels: number;
  /** Bits of the codes of the first operand, and of the weights. */
  readonly activationBits: number;
  readonly bits: number;
}

/** How the reduction of a tap is cut: words of channels, steps of the last, and steps of all. */
export interface DepthShape {
  readonly words: number;
  readonly tail: number;
  readonly steps: number;
}

/** How `depth` channels of each tap are cut into words and steps. */
export function depthShape(machine: Machine, depth: number, activationBits: number): DepthShape {
  const perWord = stepsPerWord(machine, activationBits);
  const steps = Math.ceil(depth / machine.lanes);
  const words = Math.ceil(steps / perWord);
  return { words, tail: steps - (words - 1) * perWord, steps };
}

/** Where the low half of the weight of a column and lane lies in a word; its high half is `lanes * 4` bits behind. */
export const weightBit = ({ lanes }: Machine, column: number, lane: number, bits: number): number =>
  4 * ((bits === 8 ? 2 * column : column) * lanes + lane);

/**
 * Weights as they lie in memory, column tile by column tile.
 *
 * @param codes taps x depth x channels.
 */
export function packWeights(machine: Machine, codes: ArrayLike<number>, shape: WeightShape): Uint8Array {
  const { taps, depth, channels, activationBits, bits } = shape;
  const { steps } = depthShape(machine, depth, activationBits);
  const perTile = tileChannels(machine, bits);
  const each = wordBytes(machine, 'weight');
  const bytes = new Uint8Array(Math.ceil(channels / perTile) * taps * steps * each);
  for (let tap = 0; tap < taps; tap++) {
    for (let d = 0; d < depth; d++) {
      const [step, lane] = [Math.floor(d / machine.lanes), d % machine.lanes];
      for (let c = 0; c < channels; c++) {
        const code = codes[(tap * depth + d) * channels + c] as number;
        const word = (Math.floor(c / perTile) * taps + tap) * steps + step;
        const bit = 8 * each * word + weightBit(machine, c % perTile, lane, bits);
        putCode(bytes, bit, 4, code & 15);
        if (bits === 8) putCode(bytes, bit + 4 * machine.lanes, 4, code >> 4);
      }
    }
  }
  return bytes;
}

/** The constants of a channel. */
export interface ChannelConstants {
  readonly bias: number;
  readonly multiplier: number;
}

/** Where the record of a channel of a tile of n channels lies, in bytes from the first word of the tile. */
export function recordOffset(machine: Machine, channel: number, n: number): number {
  const words = constantWords(machine, n);
  const [record, word] = [Math.floor(channel / words), channel % words];
  return word * wordBytes(machine, 'constant') + record * RECORD_BYTES;
}

/** The constants of channels as they lie in memory, tile by tile of n channels. */
export function packConstants(machine: Machine, channels: readonly ChannelConstants[], n: number): Uint8Array {
  const perTile = constantWords(machine, n) * wordBytes(machine, 'constant');
  const bytes = new Uint8Array(Math.ceil(channels.length / n) * perTile);
  const view = new DataView(bytes.buffer);
  channels.forEach(({ bias, multiplier }, c) => {
    const at = Math.floor(c / n) * perTile + recordOffset(machine, c % n, n);
    view.setInt32(at, bias, true);
    view.setUint16(at + 4, multiplier, true);
  });
  return bytes;
}
