import {
  codesPerWord,
  type Machine,
  tileChannels,
  typeBits,
  typeNumber,
  wordBytes,
} from '../../../gen/commands/machine.js';
import { depthShape, packWeights } from '../../../gen/golden/engine/layout.js';
import type { IntegerTensor, ProductLayer } from './network.js';

/**
 * The weights of a layer as the engine takes them: groups of channels that begin and end with a word of the input and a
 * column tile. Groups of a layer that do not are put together, with zeros between.
 */
export interface WeightBlocks {
  /** Groups of the command, after putting together. */
  readonly groups: number;
  /** Input and output channels of each. */
  readonly depth: number;
  readonly channels: number;
  /** Column tiles of a group. */
  readonly tiles: number;
  /** Channels of a column tile. */
  readonly tileChannels: number;
  /** Steps of the reduction. */
  readonly steps: number;
  readonly depthWords: number;
  readonly depthTail: number;
  /** Of all groups, tile by tile. */
  readonly bytes: Uint8Array;
}

const bitsOf = (type: string): number => typeBits(typeNumber(type));

/** @param weights Codes: output channels x taps x input channels of a group; zeros without them. */
export function weightBlocks(
  machine: Machine,
  layer: ProductLayer,
  weights: Uint8Array | undefined,
  input: IntegerTensor,
  outChannels: number,
): WeightBlocks {
  const [activationBits, bits] = [bitsOf(input.type), bitsOf(layer.weightType)];
  const tile = tileChannels(machine, bits);
  const own = { depth: input.channels / layer.groups, channels: outChannels / layer.groups };
  const joined = joinedGroups(layer.groups, own, codesPerWord(machine, activationBits), tile);
  const [depth, channels, groups] = [joined * own.depth, joined * own.channels, layer.groups / joined];
  const taps = layer.window.kernel[0] * layer.window.kernel[1];
  const { words, tail, steps } = depthShape(machine, depth, activationBits);
  const tiles = Math.ceil(channels / tile);
  const groupBytes = tiles * taps * steps * wordBytes(machine, 'weight');
  const bytes = new Uint8Array(groups * groupBytes);
  for (let g = 0; weights && g < groups; g++) {
    const codes = groupCodes(weights, { ...own, taps, joined, first: g * joined });
    bytes.set(packWeights(machine, codes, { taps, depth, channels, activationBits, bits }), g * groupBytes);
  }
  return {
    ...{ groups, depth, channels, tiles, tileChannels: tile },
    ...{ steps: taps * steps, depthWords: words, depthTail: tail, bytes },
  };
}

/** How many groups are put together: the least number with whole words and tiles, or all. */
function joinedGroups(
  groups: number,
  { depth, channels }: { readonly depth: number; readonly channels: number },
  wordChannels: number,
  tile: number,
): number {
  const fits = (joined: number): boolean =>
    groups % joined === 0 && (joined * depth) % wordChannels === 0 && (joined * channels) % tile === 0;
  return Array.from({ length: groups }, (_, i) => i + 1).find(fits) ?? groups;
}

/** Codes of groups put together: taps x their input channels x their output channels. */
function groupCodes(
  weights: Uint8Array,
  size: {
    readonly depth: number;
    readonly channels: number;
    readonly taps: number;
    readonly joined: number;
    readonly first: number;
  },
): Uint8Array {
  const { depth, channels, taps, joined, first } = size;
  const width = joined * channels;
  const codes = new Uint8Array(taps * joined * depth * width);
  for (let g = 0; g < joined; g++) {
    for (let c = 0; c < channels; c++) {
      const n = (first + g) * channels + c;
      for (let tap = 0; tap < taps; tap++) {
        for (let d = 0; d < depth; d++) {
          const row = (tap * joined + g) * depth + d;
          codes[row * width + g * channels + c] = weights[(n * taps + tap) * depth + d] as number;
        }
      }
    }
  }
  return codes;
}
