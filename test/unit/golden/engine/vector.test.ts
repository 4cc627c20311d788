import { describe, expect, it } from 'vitest';
import { command, type FieldValues } from '../../../../gen/commands/encode.js';
import { typeBits, typeNumber } from '../../../../gen/commands/machine.js';
import { walkFields } from '../../../../gen/commands/walk.js';
import {
  packConstants,
  packPixels,
  pixelBytes,
  pixelWords,
  unpackPixels,
} from '../../../../gen/golden/engine/layout.js';
import { randomSource } from '../../../../gen/golden/vectors.js';
import { TestJob } from './job.js';
import { requantiseAll, valuesOf } from './layer.js';
import { smallMachine } from './machine.js';

const machine = smallMachine();
const [HEIGHT, WIDTH, CHANNELS] = [5, 4, 6] as const;
const CONSTANTS = { bias: 0, multiplier: 8192 };

const codes = (count: number, bits: number, seed: number): number[] => {
  const random = randomSource(seed);
  return Array.from({ length: count }, () => random.below(2 ** bits));
};

interface Window {
  readonly kernel: number;
  readonly stride: number;
  readonly pad: number;
}

const POINT: Window = { kernel: 1, stride: 1, pad: 0 };
const size = (all: number, { kernel, stride, pad }: Window): number =>
  Math.floor((all + 2 * pad - kernel) / stride) + 1;

/** Runs a vector command over random codes of a type. */
function run(
  type: string,
  outType: string,
  window: Window,
  fields: Partial<FieldValues<'vector'>>,
  second?: Uint8Array,
) {
  const job = new TestJob(machine);
  const bits = typeBits(typeNumber(type));
  const outBits = typeBits(typeNumber(outType));
  const input = codes(HEIGHT * WIDTH * CHANNELS, bits, 5);
  const [outHeight, outWidth] = [size(HEIGHT, window), size(WIDTH, window)];
  const p = pixelWords(machine, CHANNELS, bits);
  const stored = (p * 16) / bits;
  job.load('activation', 7, packPixels(machine, input, CHANNELS, bits));
  if (second) job.load('output', 500, second);
  job.load('table', 0, TABLE);
  job.load('constant', 2, packConstants(machine, [CONSTANTS], 4));
  const walk = walkFields({
    ...{ start: 7, pixelWords: p, rowWords: p * WIDTH, tapWords: 1, inHeight: HEIGHT, inWidth: WIDTH },
    ...{ outHeight, outWidth, kernelHeight: window.kernel, kernelWidth: window.kernel },
    ...{ strideY: window.stride, strideX: window.stride, dilationY: 1, dilationX: 1 },
    ...{ padTop: window.pad, padLeft: window.pad },
  });
  const outWords = pixelWords(machine, stored, outBits);
  const vector = command('vector', {
    ...{ ...walk, a_type: typeNumber(type), out_type: typeNumber(outType), depth_words: p, constant_start: 2 },
    ...{ out_start: 11, out_pixel_words: outWords, low: -32768, high: 32767, shift: 13, ...fields },
  });
  const bytes = outHeight * outWidth * pixelBytes(machine, stored, outBits);
  const [result] = job.run(vector, [{ address: 11, bytes }]) as [Uint8Array];
  const got = [...unpackPixels(machine, result, stored, outBits)].filter((_, i) => i % stored < CHANNELS);
  return { got, input, outHeight, outWidth };
}

const TABLE = Uint8Array.from({ length: 256 }, (_, code) => code ^ 0x5a);

/** The values of the taps of every result. */
function taps(type: string, input: readonly number[], window: Window): bigint[][] {
  const values = valuesOf(type, input);
  const [height, width] = [size(HEIGHT, window), size(WIDTH, window)];
  return Array.from({ length: height * width * CHANNELS }, (_, i) => {
    const [pixel, c] = [Math.floor(i / CHANNELS), i % CHANNELS];
    const [oy, ox] = [Math.floor(pixel / width), pixel % width];
    return values.filter((_value, at) => {
      const [y, x] = [Math.floor(at / (WIDTH * CHANNELS)), Math.floor(at / CHANNELS) % WIDTH];
      const inside = (place: number, o: number): boolean => {
        const from = o * window.stride - window.pad;
        return place >= from && place < from + window.kernel;
      };
      return at % CHANNELS === c && inside(y, oy) && inside(x, ox);
    });
  });
}

const greatest = (values: readonly bigint[]): bigint => values.reduce((a, b) => (a > b ? a : b));
const total = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n);

describe('a vector command', () => {
  it.each(['int4', 'flint4', 'int8'])('takes the greatest of a window of %s, and not the padding', (type) => {
    const window = { kernel: 3, stride: 2, pad: 1 };
    const { got, input } = run(type, type, window, { reduce: 1 });
    const most = taps(type, input, window).map(greatest);
    expect(got).toEqual(requantiseAll(most, [CONSTANTS], { type, shift: 13 }));
    expect(valuesOf(type, got).every((value, i) => value === most[i])).toBe(true);
  });

  it.each([
    ['uint4', 'uint4', 15],
    ['int4', 'int8', 13],
    ['int8', 'int4', 18],
  ])('adds the taps of a window of %s to %s', (type, outType, shift) => {
    const window = { kernel: 2, stride: 2, pad: 0 };
    const { got, input } = run(type, outType, window, { shift });
    expect(got).toEqual(requantiseAll(taps(type, input, window).map(total), [CONSTANTS], { type: outType, shift }));
    expect(new Set(got).size).toBeGreaterThan(5);
  });

  it('makes one pixel of all, and adds padding as 0', () => {
    const window = { kernel: 7, stride: 9, pad: 2 };
    const { got, input } = run('int4', 'int8', window, { shift: 14 });
    const sums = taps('int4', input, window).map(total);
    expect(got).toEqual(requantiseAll(sums, [CONSTANTS], { type: 'int8', shift: 14 }));
    expect(got).toHaveLength(CHANNELS);
  });

  it('adds a second operand with a multiplier of its own', () => {
    const other = codes(HEIGHT * WIDTH * CHANNELS, 4, 6);
    const second = packPixels(machine, other, CHANNELS, 4);
    const fields = { second: 1, second_type: typeNumber('flint4'), second_start: 500, second_pixel_words: 2 };
    const { got, input } = run('int8', 'int8', POINT, { ...fields, second_multiplier: 12345, shift: 14 }, second);
    const expected = requantiseAll(valuesOf('int8', input), [CONSTANTS], {
      ...{ type: 'int8', shift: 14, addends: valuesOf('flint4', other), addendMultiplier: 12345 },
    });
    expect(got).toEqual(expected);
  });

  it('multiplies with a second operand, one pixel for all', () => {
    const other = codes(CHANNELS, 4, 7);
    const fields = { second: 2, second_type: typeNumber('int4'), second_start: 500, second_pixel_words: 0 };
    const { got, input } = run(
      'flint4',
      'int8',
      POINT,
      { ...fields, shift: 13 },
      packPixels(machine, other, CHANNELS, 4),
    );
    const factors = valuesOf('int4', other);
    const products = valuesOf('flint4', input).map((value, i) => value * (factors[i % CHANNELS] as bigint));
    expect(got).toEqual(requantiseAll(products, [CONSTANTS], { type: 'int8', shift: 13 }));
    expect(new Set(got).size).toBeGreaterThan(10);
  });

  it('takes codes from the table, of 4-bit types its low half', () => {
    const eight = run('int8', 'int8', POINT, { lookup: 1 });
    expect(eight.got).toEqual(eight.input.map((code) => code ^ 0x5a));
    const four = run('int4', 'int4', POINT, { lookup: 1 });
    expect(four.got).toEqual(four.input.map((code) => code ^ 0xa));
  });
});
