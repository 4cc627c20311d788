import { typeBits, typeNumber } from '../../../gen/commands/machine.js';
import { packPixels, unpackPixels } from '../../../gen/golden/engine/layout.js';
import { Memory } from '../../../gen/golden/engine/memory.js';
import { type JobResult, simulate } from '../../../gen/golden/engine/simulate.js';
import { weightBlocks } from './blocks.js';
import type { CompiledNetwork } from './compile.js';
import { type Codes, turned } from './evaluate.js';
import { foldedBytes } from './fold.js';
import { secondOf, tensorOf } from './network.js';
import { BASES, type Place } from './place.js';

/** Where the regions lie in the memory of a simulation. */
const BASE_ADDRESSES = [0x1000_0000, 0x2000_0000, 0x3000_0000, 0x4000_0000];

/** The codes of all tensors that jobs left in memory, and how the last job ended. */
export interface RunResult {
  readonly job: JobResult;
  /** Codes height x width x channels of a tensor, of one image of the job. */
  readonly codesOf: (tensor: string, image?: number) => Uint8Array;
  /** All bytes of a tensor in memory, of all images. */
  readonly bytesOf: (tensor: string) => Uint8Array;
}

/**
 * Memory with an image, in which a network runs in the reference simulator, again and again. What the host makes between
 * jobs is among the inputs.
 */
export function openReference(compiled: CompiledNetwork): (...inputs: readonly Codes[]) => RunResult {
  const { machine, map, image, jobs } = compiled;
  const memory = new Memory();
  const addressOf = ({ base, offset }: Omit<Place, 'bytes'>): number => (BASE_ADDRESSES[base] as number) + offset;
  memory.set(addressOf({ base: BASES.image, offset: 0 }), image);
  const bytesOf = (name: string): Uint8Array => {
    const place = map.tensors.get(name) as Place;
    return memory.get(addressOf(place), place.bytes);
  };
  return (...inputs) => {
    for (const { place, bytes } of inputPlaces(compiled, inputs)) memory.set(addressOf(place), bytes);
    let job: JobResult | undefined;
    for (const { offset } of jobs) {
      const start = addressOf({ ...map.commands, offset: map.commands.offset + offset });
      job = simulate(machine, memory, { start, bases: BASE_ADDRESSES });
      if (job.error !== 'none') break;
    }
    return {
      job: job as JobResult,
      bytesOf,
      codesOf: (name, at = 0) => imageCodes(compiled, bytesOf(name), name, at),
    };
  };
}

/**
 * What the host writes for the samples of a job, and where. Images that a job takes and for which there is no sample are the
 * last one again.
 */
export function inputPlaces(compiled: CompiledNetwork, samples: readonly Codes[]) {
  const { network, map, images } = compiled;
  return network.inputs.flatMap((name) => {
    const place = map.tensors.get(name) as Place;
    return Array.from({ length: images }, (_, i) => {
      const sample = samples[Math.min(i, samples.length - 1)] as Codes;
      const bytes = inputBytes(compiled, name, sample.get(name) as ArrayLike<number>);
      return { place: { ...place, offset: place.offset + i * (place.bytes / images) }, bytes };
    });
  });
}

/** The codes height x width x channels of one image of a tensor, of the bytes of all images. */
export function imageCodes(
  { machine, network, images }: CompiledNetwork,
  bytes: Uint8Array,
  name: string,
  image: number,
): Uint8Array {
  const { channels, type } = tensorOf(network, name);
  const each = bytes.length / images;
  return unpackPixels(machine, bytes.subarray(image * each, (image + 1) * each), channels, typeBits(typeNumber(type)));
}

/** What the host writes for the codes of an input: pixels, or weights of the layer that has it as weights. */
export function inputBytes(
  { machine, network, layers }: CompiledNetwork,
  name: string,
  codes: ArrayLike<number>,
): Uint8Array {
  const { channels, type } = tensorOf(network, name);
  const reader = layers.find(({ layer }) => secondOf(layer) === name);
  const fold = layers.find((each) => each.fold && each.input.name === name)?.fold;
  if (fold) return foldedBytes(codes, tensorOf(network, name), fold);
  if (reader?.layer.kind !== 'product') {
    return packPixels(machine, codes, channels, typeBits(typeNumber(type)));
  }
  return weightBlocks(machine, reader.layer, turned(codes, channels), reader.input, channels).bytes;
}
