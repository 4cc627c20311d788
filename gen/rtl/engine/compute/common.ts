import { type Machine, MULTIPLIED_SUM_BITS, tileChannels, typeNumber } from '../../../commands/machine.js';
import type { Design } from '../../design.js';
import { input } from '../../module.js';
import type { RequantiserLanes } from '../../requantise/design.js';
import { literal } from '../../verilog.js';
import { leastTileBits } from '../shape.js';

/** What computes in an engine: the array's core and the lanes of the requantiser. */
export interface Computing {
  readonly array: Design;
  readonly requantiser: RequantiserLanes;
}

export const clear = input('clear_i', 1, '1: forget what is under way');
export const start = input('start_i', 1, 'begin a command');

/** Width of the value of a code, with its sign. */
export const VALUE_BITS = 9;
/** Width of a sum that is multiplied with a value, and of a multiplier of 16 bits with a sign. */
export const FACTOR_BITS = MULTIPLIED_SUM_BITS;
/** Width of a value times a multiplier. */
export const PRODUCT_BITS = VALUE_BITS + FACTOR_BITS - 1;

/** A choice by the number of a type: the last of the values for all others. */
export function typeChoice(signal: string, values: readonly (readonly [number: number, value: string])[]): string {
  const [[, last = ''] = [], ...rest] = [...values].reverse();
  return rest.reduce((text, [number, value]) => `${signal} == ${literal(4, number)} ? ${value} : ${text}`, last);
}

export const notOneOf = (signal: string, names: readonly string[]): string =>
  `~(${names.map((name) => `${signal} == ${literal(4, typeNumber(name))}`).join(' | ')})`;

/** Sizes of tiles of channels: each is a power of two. */
export interface TileSizes {
  /** Bits of codes of the largest tile. */
  readonly bits: number;
  /** Bits of the least part of a word of the output buffer that a tile fills. */
  readonly partBits: number;
  /** Width of the logarithm of a tile's size in such parts. */
  readonly sizeBits: number;
  /** Width of the place of a beat among those of a tile, and of the logarithm of their number. */
  readonly colBits: number;
  readonly beatsBits: number;
  /** Channels of the smallest and the largest tile. */
  readonly least: number;
  readonly most: number;
}

export function tileSizes(machine: Machine): TileSizes {
  const { rows, lanes, requantiseLanes } = machine;
  const sizes = [4, 8].flatMap((bits) => [tileChannels(machine, bits), (rows * lanes * 4) / bits]);
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  const widthOf = (value: number): number => Math.max(1, Math.ceil(Math.log2(value + 1)));
  return {
    ...{ least, most, bits: 8 * most, partBits: leastTileBits(machine) },
    sizeBits: widthOf(Math.log2((8 * most) / leastTileBits(machine))),
    colBits: Math.max(1, Math.log2(most / requantiseLanes)),
    beatsBits: widthOf(Math.log2(most / requantiseLanes)),
  };
}

/** A number that depends on the channels of a tile, as the command has them: of a product's weights, or of a vector's words. */
export function byTile(machine: Machine, width: number, value: (channels: number) => number): string {
  const { rows, lanes } = machine;
  const either = (wide: string, channels: (bits: number) => number): string => {
    const [narrow, half] = [4, 8].map((bits) => literal(width, value(channels(bits)))) as [string, string];
    return narrow === half ? narrow : `${wide} ? ${half} : ${narrow}`;
  };
  const product = either('late_w_wide_q', (bits) => tileChannels(machine, bits));
  const vector = either('late_a_wide_q', (bits) => (rows * lanes * 4) / bits);
  return `late_vector_q ? (${vector}) : (${product})`;
}
