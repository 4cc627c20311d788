import { describe, expect, it } from 'vitest';
import { type CommandOf, command, type FieldValues } from '../../../../gen/commands/encode.js';
import { type Machine, tileChannels, typeBits, typeNumber } from '../../../../gen/commands/machine.js';
import { walkFields } from '../../../../gen/commands/walk.js';
import {
  depthShape,
  packConstants,
  packPixels,
  packWeights,
  pixelWords,
  unpackPixels,
} from '../../../../gen/golden/engine/layout.js';
import { randomSource } from '../../../../gen/golden/vectors.js';
import { TestJob } from './job.js';
import { type Convolution, convolve, outputSize, requantiseAll, valuesOf } from './layer.js';
import { smallMachine } from './machine.js';

const bitsOf = (type: string): number => typeBits(typeNumber(type));

const codes = (count: number, type: string, seed: number): number[] => {
  const random = randomSource(seed);
  return Array.from({ length: count }, () => random.below(2 ** bitsOf(type)));
};

type Shape = Omit<Convolution, 'activations' | 'weights'>;

const shape = (parts: Partial<Shape> = {}): Shape => ({
  ...{ height: 5, width: 6, inChannels: 5, outChannels: 6, kernel: [3, 2], stride: [1, 1], dilation: [1, 1] },
  ...{ pad: [0, 0, 0, 0], groups: 1, activationType: 'uint4', weightType: 'int4' },
  ...parts,
});

function layerOf(parts: Partial<Shape> = {}): Convolution {
  const of = shape(parts);
  const taps = of.kernel[0] * of.kernel[1];
  return {
    ...of,
    activations: codes(of.height * of.width * of.inChannels, of.activationType, 1),
    weights: codes((of.outChannels * taps * of.inChannels) / of.groups, of.weightType, 2),
  };
}

const someConstants = (count: number): { bias: number; multiplier: number }[] =>
  Array.from({ length: count }, (_, c) => ({ bias: 7 * c - 20, multiplier: 1000 + 37 * c }));

/** A job with a layer's operands in the buffers, and the command's fields for it. Groups must be whole words and tiles. */
function loaded(machine: Machine, layer: Convolution): { job: TestJob; fields: Partial<FieldValues<'product'>> } {
  const { height, width, inChannels, outChannels, kernel, stride, dilation, pad, groups } = layer;
  const [aBits, wBits] = [bitsOf(layer.activationType), bitsOf(layer.weightType)];
  const job = new TestJob(machine);
  const [depth, perGroup, taps] = [inChannels / groups, outChannels / groups, kernel[0] * kernel[1]];
  const tile = tileChannels(machine, wBits);
  job.load('activation', 3, packPixels(machine, layer.activations, inChannels, aBits));
  const weights = Array.from({ length: groups }, (_, g) => {
    const transposed = Array.from({ length: taps * depth * perGroup }, (_, i) => {
      const [row, c] = [Math.floor(i / perGroup), i % perGroup];
      return layer.weights[(g * perGroup + c) * taps * depth + row] as number;
    });
    return packWeights(machine, transposed, { taps, depth, channels: perGroup, activationBits: aBits, bits: wBits });
  });
  job.load('weight', 5, Uint8Array.from(weights.flatMap((bytes) => [...bytes])));
  job.load('constant', 1, packConstants(machine, someConstants(outChannels), tile));
  const p = pixelWords(machine, inChannels, aBits);
  const [outHeight, outWidth] = outputSize(layer);
  const { words, tail } = depthShape(machine, depth, aBits);
  const walk = walkFields({
    ...{ start: 3, pixelWords: p, rowWords: p * width, tapWords: words, inHeight: height, inWidth: width },
    ...{ outHeight, outWidth, kernelHeight: kernel[0], kernelWidth: kernel[1], strideY: stride[0], strideX: stride[1] },
    ...{ dilationY: dilation[0], dilationX: dilation[1], padTop: pad[0], padLeft: pad[1] },
  });
  return {
    job,
    fields: {
      ...walk,
      ...{ a_type: typeNumber(layer.activationType), w_type: typeNumber(layer.weightType) },
      ...{ depth_words: words, depth_tail: tail, groups, column_tiles: Math.ceil(perGroup / tile), group_step: words },
      ...{ w_start: 5, constant_start: 1, per_channel: 1, low: -32768, high: 32767 },
    },
  };
}

/** Codes of the output that a machine makes, next to those of the independent definition. */
function both(machine: Machine, layer: Convolution, type = 'int8', shift = 16): [got: number[], expected: number[]] {
  const { job, fields } = loaded(machine, layer);
  const bits = bitsOf(type);
  const { outChannels } = layer;
  const [height, width] = outputSize(layer);
  const tile = tileChannels(machine, bitsOf(layer.weightType));
  const words = pixelWords(machine, Math.ceil(outChannels / tile) * tile, bits);
  const product = command('product', {
    ...fields,
    ...{ out_type: typeNumber(type), shift, out_start: 9, out_pixel_words: words },
  });
  const pixelBytes = (words * machine.rows * machine.lanes) / 2;
  const [bytes] = job.run(product, [{ address: 9, bytes: height * width * pixelBytes }]) as [Uint8Array];
  const kept = firstOf(machine, bytes, (8 * pixelBytes) / bits, bits, outChannels);
  const expected = requantiseAll(convolve(layer), someConstants(outChannels), {
    ...{ type, shift, rounding: machine.rounding },
  });
  return [kept, expected];
}

/** The first codes of every pixel, of so many that are stored. */
const firstOf = (machine: Machine, bytes: Uint8Array, stored: number, bits: number, channels: number): number[] =>
  [...unpackPixels(machine, bytes, stored, bits)].filter((_, i) => i % stored < channels);

describe('a product', () => {
  const wide = { activationType: 'int8', weightType: 'int8', outChannels: 5 };
  const groups = { inChannels: 16, outChannels: 16, groups: 4 };
  const layers: [string, Partial<Shape>, Partial<Machine>][] = [
    ['of a window', {}, {}],
    ['with padding on all sides', { pad: [1, 2, 2, 1] }, {}],
    ['with strides and dilation', { height: 9, width: 11, stride: [2, 3], dilation: [2, 3], pad: [1, 1, 0, 0] }, {}],
    ['of one pixel and one channel', { height: 1, width: 1, kernel: [1, 1], inChannels: 1, outChannels: 1 }, {}],
    ['of adaptive types', { activationType: 'uflint4', weightType: 'flint4' }, {}],
    ['of powers of two', { activationType: 'pot4', weightType: 'pot4' }, {}],
    ['of 8-bit operands', wide, {}],
    ['of 8-bit operands, two lanes', wide, { lanes: 2 }],
    ['of 8-bit weights', { ...wide, activationType: 'int4' }, { lanes: 4 }],
    ['of 8-bit activations', { ...wide, weightType: 'flint4' }, { lanes: 2 }],
    ['of groups', groups, {}],
    ['of groups of 8 bits', { ...groups, ...wide, ...groups }, {}],
    ['on an array that is wide', { pad: [1, 1, 1, 1] }, { rows: 4, cols: 16 }],
    ['on an array that is high', { inChannels: 21 }, { rows: 16, cols: 4 }],
    ['with ties to even', {}, { rounding: 'even' }],
  ];
  it.each(layers)('%s', (_, parts, machine) => {
    const [got, expected] = both(smallMachine(machine), layerOf(parts));
    expect(got).toEqual(expected);
    expect(new Set(expected).size).toBeGreaterThan(got.length > 1 ? 5 : 0);
  });

  it.each(['int4', 'uint4', 'flint4', 'uflint4', 'pot4', 'uint8'])('with results of %s', (type) => {
    const [got, expected] = both(smallMachine(), layerOf(), type, 18);
    expect(got).toEqual(expected);
  });

  it('leaves code 0 in channels that are not there', () => {
    const machine = smallMachine();
    const { job, fields } = loaded(machine, layerOf({ outChannels: 6 }));
    const product = command('product', { ...fields, out_type: typeNumber('int8'), shift: 8, out_pixel_words: 4 });
    const [bytes] = job.run(product, [{ address: 0, bytes: 8 }]) as [Uint8Array];
    expect([...bytes.slice(6)]).toEqual([0, 0]);
    expect(bytes.slice(0, 6).some((code) => code !== 0)).toBe(true);
  });

  it('fills a word up from a tile that begins it', () => {
    // 8-bit weights: a tile is two channels, half a word of 4-bit codes.
    const machine = smallMachine();
    const { job, fields } = loaded(machine, layerOf({ outChannels: 2, weightType: 'int8' }));
    job.load('output', 0, Uint8Array.of(0xff, 0xff));
    const product = command('product', { ...fields, out_type: 0, shift: 17, out_pixel_words: 1 });
    const [bytes] = job.run(product, [{ address: 0, bytes: 2 }]) as [Uint8Array];
    expect(bytes[1]).toBe(0);
    expect(bytes[0]).not.toBe(0);
  });

  it('adds a second operand, bounds it, and makes a copy', () => {
    const machine = smallMachine();
    const layer = layerOf();
    const { job, fields } = loaded(machine, layer);
    const pixels = outputSize(layer)[0] * outputSize(layer)[1];
    const addends = codes(pixels * 6, 'flint4', 3);
    job.load('output', 700, packPixels(machine, addends, 6, 4));
    const product = command('product', {
      ...fields,
      ...{ out_type: typeNumber('uint4'), shift: 15, out_start: 0, out_pixel_words: 2, low: 2, high: 11 },
      ...{ second: 1, second_type: typeNumber('flint4'), second_start: 700, second_pixel_words: 2 },
      ...{ second_multiplier: 30000, copy: 1, copy_relu: 1, copy_type: typeNumber('int8'), copy_shift: 12 },
      ...{ copy_start: 200, copy_pixel_words: 4 },
    });
    const [bytes, copy] = job.run(product, [
      { address: 0, bytes: 4 * pixels },
      { address: 200, bytes: 8 * pixels },
    ]) as [Uint8Array, Uint8Array];
    const common = { addends: valuesOf('flint4', addends), addendMultiplier: 30000 };
    const [sums, constants] = [convolve(layer), someConstants(6)];
    const expected = requantiseAll(sums, constants, { ...common, type: 'uint4', shift: 15, low: 2, high: 11 });
    expect(firstOf(machine, bytes, 8, 4, 6)).toEqual(expected);
    expect(new Set(expected).size).toBe(10);
    const copied = requantiseAll(sums, constants, { ...common, type: 'int8', shift: 12, low: 0 });
    expect(firstOf(machine, copy, 8, 8, 6)).toEqual(copied);
  });

  it('takes codes from the table', () => {
    const machine = smallMachine();
    const layer = layerOf();
    const { job, fields } = loaded(machine, layer);
    const table = Uint8Array.from({ length: 256 }, (_, code) => (code * 7 + 3) & 255);
    job.load('table', 0, table);
    const product = command('product', { ...fields, out_type: 8, shift: 16, out_pixel_words: 4, lookup: 1 });
    const pixels = outputSize(layer)[0] * outputSize(layer)[1];
    const [bytes] = job.run(product, [{ address: 0, bytes: 8 * pixels }]) as [Uint8Array];
    const plain = requantiseAll(convolve(layer), someConstants(6), { type: 'int8', shift: 16 });
    expect(firstOf(machine, bytes, 8, 8, 6)).toEqual(plain.map((code) => table[code]));
  });

  it('takes constants of the first channel for all', () => {
    const machine = smallMachine();
    const layer = layerOf();
    const { job, fields } = loaded(machine, layer);
    const product = command('product', { ...fields, out_type: 8, shift: 16, out_pixel_words: 4, per_channel: 0 });
    const pixels = outputSize(layer)[0] * outputSize(layer)[1];
    const [bytes] = job.run(product, [{ address: 0, bytes: 8 * pixels }]) as [Uint8Array];
    const expected = requantiseAll(convolve(layer), someConstants(1), { type: 'int8', shift: 16 });
    expect(firstOf(machine, bytes, 8, 8, 6)).toEqual(expected);
  });

  it('adds to the sums that the product before holds', () => {
    const machine = smallMachine();
    const layer = layerOf({ height: 1, width: 3, inChannels: 8, outChannels: 4, kernel: [1, 1] });
    const { job, fields } = loaded(machine, layer);
    const half = { ...fields, depth_words: 1, depth_tail: 4, out_type: 8, shift: 14, out_pixel_words: 2 };
    // The two halves of the channels are words of their own, of activations and weights.
    job.add(command('product', { ...half, hold: 1, wait_load: 1 }) as CommandOf<'product'>);
    const loads = job.commands.splice(0, 3);
    const held = job.commands.splice(0, 1);
    job.add(...loads.slice(0, 2), { ...(loads[2] as CommandOf<'load'>), signal_compute: 1 });
    job.add(...held, ...[loads[2] as CommandOf<'load'>].map((load) => ({ ...load, address: 20 })));
    const second = { a_start: (half.a_start as number) + 1, w_start: (half.w_start as number) + 4 };
    const product = command('product', { ...half, ...second });
    const [bytes] = job.run(product, [{ address: 0, bytes: 12 }]) as [Uint8Array];
    const expected = requantiseAll(convolve(layer), someConstants(4), { type: 'int8', shift: 14 });
    expect([...unpackPixels(machine, bytes, 4, 8)]).toEqual(expected);
  });

  it('wraps sums at the width of the accumulators', () => {
    const layer = layerOf();
    const limit = 1n << 9n;
    const sums = convolve(layer);
    expect(sums.some((sum) => sum >= limit / 2n || sum < -limit / 2n)).toBe(true);
    const machine = smallMachine({ accumulatorBits: 9 });
    const { job, fields } = loaded(machine, layer);
    const product = command('product', { ...fields, out_type: 8, shift: 13, out_pixel_words: 4 });
    const [bytes] = job.run(product, [{ address: 0, bytes: 8 * 15 }]) as [Uint8Array];
    const wrapped = sums.map((sum) => BigInt.asIntN(9, sum));
    const expected = requantiseAll(wrapped, someConstants(6), { type: 'int8', shift: 13 });
    expect(firstOf(machine, bytes, 8, 8, 6)).toEqual(expected);
  });
});
