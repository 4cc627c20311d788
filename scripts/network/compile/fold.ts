import { codesPerWord, type Machine, tileChannels, typeBits, typeNumber } from '../../../gen/commands/machine.js';
import { putCode } from '../../../gen/golden/engine/codes.js';
import { codeValues } from '../../../gen/numerics/codec.js';
import { numericType } from '../../../gen/numerics/types/table.js';
import { type IntegerNetwork, type IntegerTensor, outputSize, type ProductLayer, tensorOf } from './network.js';

/**
 * How a row of taps is read as few words. An input of few channels fills but a part of the words of its pixels. Here words hold
 * neighbouring pixels of a row without gaps, all that a row of taps needs, and their codes are channels: a window has such words for
 * each of its rows, and they overlap from one output pixel to the next. Where they hold what several output pixels need, these are
 * computed as one: output pixels become output channels, whose weights are zeros where a pixel is none of theirs.
 */
export interface Fold {
  /** Words of a row of taps. */
  readonly tapWords: number;
  /** Output pixels that are computed as one, and how many times in a row. */
  readonly pixels: number;
  readonly words: number;
  /** Codes from the words of one to those of the next, and of zeros before the first pixel of a row. */
  readonly step: number;
  readonly zeros: number;
  /** Codes of a row in memory, those zeros and the ones behind the last pixel included. */
  readonly rowCodes: number;
  /** Width of the output. */
  readonly outWidth: number;
}

/** A layer, its input and its output as they are computed. */
export interface Folded {
  readonly fold: Fold;
  readonly layer: ProductLayer;
  readonly input: IntegerTensor;
  readonly output: IntegerTensor;
}

const bitsOf = (type: string): number => typeBits(typeNumber(type));

/** A layer folded; undefined where that is impossible or gains nothing. Its input must be written by the host, for it alone. */
export function foldLayer(machine: Machine, network: IntegerNetwork, layer: ProductLayer): Folded | undefined {
  const { window, weights, groups, copy } = layer;
  const [input, output] = [tensorOf(network, layer.input), tensorOf(network, layer.output)];
  const readers = network.layers.filter((each) => each.input === input.name || each.addend?.tensor === input.name);
  if (!network.inputs.includes(input.name) || readers.length > 1) return undefined;
  if ('tensor' in weights || groups > 1 || layer.addend) return undefined;
  if (window.kernel[1] === 1 || window.dilation[1] !== 1) return undefined;
  // Padding lies in memory, as code 0.
  if ([input.type, layer.weightType].some((type) => codeValues(numericType(type))[0] !== 0n)) return undefined;
  const bits = bitsOf(input.type);
  const word = codesPerWord(machine, bits);
  const [tap, pixelStep] = [window.kernel[1] * input.channels, window.stride[1] * input.channels];
  const [, outWidth] = outputSize(input, window);
  const tapWords = Math.ceil(tap / word);
  const wordCodes = tapWords * word;
  const pixels = Math.min(outWidth, Math.floor((wordCodes - tap) / pixelStep) + 1);
  const step = pixels * pixelStep;
  const words = Math.ceil(outWidth / pixels);
  const results = [output, ...(copy ? [tensorOf(network, copy.tensor)] : [])];
  const wholeWords = results.every(({ type, channels }) => channels % codesPerWord(machine, bitsOf(type)) === 0);
  const plainWords = window.kernel[1] * Math.ceil(input.channels / word);
  // Words of each output pixel are loaded by themselves: that must pay.
  const gains = pixels > 1 ? tapWords < plainWords : 2 * tapWords <= plainWords;
  const wholeTiles = (pixels * output.channels) % tileChannels(machine, bitsOf(layer.weightType)) === 0;
  if (!gains || (step * bits) % 8 !== 0 || !wholeWords || !wholeTiles) return undefined;
  const fold: Fold = {
    ...{ tapWords, pixels, words, step, outWidth, zeros: window.pad[1] * input.channels },
    rowCodes: (words - 1) * step + wordCodes,
  };
  const repeated = (values: readonly number[]): number[] => Array.from({ length: pixels }, () => values).flat();
  const { kernel, stride, dilation, pad } = window;
  return {
    fold,
    layer: {
      ...layer,
      window: {
        ...{ kernel: [kernel[0], 1], stride: [stride[0], 1], dilation: [dilation[0], 1], pad: [pad[0], 0, pad[2], 0] },
      },
      weights: foldedWeights(weights, {
        pixels,
        pixelStep,
        tap,
        wordCodes,
        rows: kernel[0],
        channels: output.channels,
      }),
      biases: repeated(layer.biases),
      multipliers: repeated(layer.multipliers),
    },
    input: { ...input, width: words, channels: wordCodes },
    output: { ...output, width: words, channels: pixels * output.channels },
  };
}

/** Codes: output pixels x output channels x rows of taps x codes of a word. */
function foldedWeights(
  weights: Uint8Array,
  size: {
    readonly pixels: number;
    readonly pixelStep: number;
    readonly tap: number;
    readonly wordCodes: number;
    readonly rows: number;
    readonly channels: number;
  },
): Uint8Array {
  const { pixels, pixelStep, tap, wordCodes, rows, channels } = size;
  const folded = new Uint8Array(pixels * channels * rows * wordCodes);
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let row = 0; row < channels * rows; row++) {
      const own = weights.subarray(row * tap, (row + 1) * tap);
      folded.set(own, (pixel * channels * rows + row) * wordCodes + pixel * pixelStep);
    }
  }
  return folded;
}

/** Codes of an input, height x width x channels, as they lie in memory: rows with zeros around. */
export function foldedBytes(
  codes: ArrayLike<number>,
  { width, channels, type }: IntegerTensor,
  { zeros, rowCodes }: Fold,
): Uint8Array {
  const length = width * channels;
  const bits = bitsOf(type);
  const rows = codes.length / length;
  const bytes = new Uint8Array((rows * rowCodes * bits) / 8);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < Math.min(length, rowCodes - zeros); i++) {
      putCode(bytes, (row * rowCodes + zeros + i) * bits, bits, codes[row * length + i] as number);
    }
  }
  return bytes;
}
