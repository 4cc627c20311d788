import { COMMAND_BYTES } from '../../../gen/commands/table.js';
import { type Machine, typeBits, typeNumber, wordBytes } from '../../../gen/commands/machine.js';
import { pixelBytes } from '../../../gen/golden/engine/layout.js';
import { type IntegerNetwork, secondOf } from './network.js';
import type { PreparedLayer } from './prepare.js';

/** A place in memory: which base register, and bytes from there. */
export interface Place {
  readonly base: number;
  readonly offset: number;
  readonly bytes: number;
}

/** What the base registers point to. */
export const BASES = { image: 0, inputs: 1, outputs: 2, scratch: 3 } as const;

/** Where everything lies. */
export interface MemoryMap {
  readonly tensors: ReadonlyMap<string, Place>;
  /** By the places of layers. Weights that the host writes are among the inputs. */
  readonly weights: ReadonlyMap<number, Place>;
  readonly constants: ReadonlyMap<number, Place>;
  /** Bytes of 0 in the image. */
  readonly zeros: Place;
  /** Behind all else in the image. */
  readonly commands: Omit<Place, 'bytes'>;
  /** Bytes behind each base register; of the image without the commands. */
  readonly sizes: Readonly<Record<keyof typeof BASES, number>>;
}

/** Bytes that every part begins at a multiple of. */
const ALIGNMENT = COMMAND_BYTES;

/** Places one behind the other. */
class Region {
  size = 0;
  constructor(private readonly base: number) {}

  take(bytes: number): Place {
    const place = { base: this.base, offset: this.size, bytes };
    this.size = Math.ceil((this.size + bytes) / ALIGNMENT) * ALIGNMENT;
    return place;
  }
}

/**
 * Places the tensors of a network, and the weights and constants of its layers.
 *
 * @param images Images of a job: those of a tensor follow each other.
 */
export function placeNetwork(
  machine: Machine,
  network: IntegerNetwork,
  layers: readonly PreparedLayer[],
  images: number,
): MemoryMap {
  const regions = {
    image: new Region(BASES.image),
    inputs: new Region(BASES.inputs),
    outputs: new Region(BASES.outputs),
    scratch: new Region(BASES.scratch),
  };
  const weights = new Map<number, Place>();
  const constants = new Map<number, Place>();
  for (const layer of layers) {
    if (layer.weights && secondOf(layer.layer) === undefined) {
      weights.set(layer.index, regions.image.take(layer.weights.bytes.length));
    }
    constants.set(layer.index, regions.image.take(layer.constants.length));
  }
  const zeros = regions.image.take(zeroBytes(machine, layers));
  const seconds = new Map(
    layers.flatMap(({ layer, weights: blocks }) => {
      const name = secondOf(layer);
      return name !== undefined && blocks ? [[name, blocks.bytes.length] as const] : [];
    }),
  );
  const folds = new Map(layers.flatMap(({ fold, input }) => (fold ? [[input.name, fold] as const] : [])));
  const tensors = new Map(
    network.tensors.map((tensor) => {
      const { name, height, width, channels, type } = tensor;
      const bits = typeBits(typeNumber(type));
      const fold = folds.get(name);
      const rowBytes = fold ? (fold.rowCodes * bits) / 8 : width * pixelBytes(machine, channels, bits);
      const bytes = seconds.get(name) ?? images * height * rowBytes;
      const region = network.inputs.includes(name)
        ? regions.inputs
        : network.outputs.includes(name)
          ? regions.outputs
          : regions.scratch;
      return [name, region.take(bytes)] as const;
    }),
  );
  for (const { layer, index } of layers) {
    const second = secondOf(layer);
    if (second !== undefined) weights.set(index, tensors.get(second) as Place);
  }
  const sizes = {
    image: regions.image.size,
    inputs: regions.inputs.size,
    outputs: regions.outputs.size,
    scratch: regions.scratch.size,
  };
  return { tensors, weights, constants, zeros, commands: { base: BASES.image, offset: sizes.image }, sizes };
}

/** As many as the words of a pixel that a second operand has not in memory can be: those of a block of tiles. */
const zeroBytes = (machine: Machine, layers: readonly PreparedLayer[]): number =>
  Math.max(
    ...layers.map(({ layer, blockTiles, tileChannels }) =>
      layer.addend ? blockTiles * tileChannels : wordBytes(machine, 'output'),
    ),
  );
