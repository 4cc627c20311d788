import { typeBits, typeNumber } from '../../../gen/commands/machine.js';
import { packPixels, unpackPixels } from '../../../gen/golden/engine/layout.js';
import { Memory } from '../../../gen/golden/engine/memory.js';
import { type JobResult, simulate } from '../../../gen/golden/engine/simulate.js';
import type { CompiledNetwork } from './compile.js';
import type { Codes } from './evaluate.js';
import { tensorOf } from './network.js';
import { BASES, type Place } from './place.js';

/** Where the regions lie in the memory of a simulation. */
const BASE_ADDRESSES = [0x1000_0000, 0x2000_0000, 0x3000_0000, 0x4000_0000];

/** The codes of all tensors that a job left in memory, and how the job ended. */
export interface RunResult {
  readonly job: JobResult;
  /** Codes height x width x channels of a tensor. */
  readonly codesOf: (tensor: string) => Uint8Array;
  /** All bytes of a tensor in memory. */
  readonly bytesOf: (tensor: string) => Uint8Array;
}

/** Memory with an image, in which a network runs in the reference simulator, again and again. */
export function openReference({ machine, network, map, image }: CompiledNetwork): (inputs: Codes) => RunResult {
  const memory = new Memory();
  const addressOf = ({ base, offset }: Omit<Place, 'bytes'>): number => (BASE_ADDRESSES[base] as number) + offset;
  memory.set(addressOf({ base: BASES.image, offset: 0 }), image);
  const bytesOf = (name: string): Uint8Array => {
    const place = map.tensors.get(name) as Place;
    return memory.get(addressOf(place), place.bytes);
  };
  const shapeOf = (name: string): [channels: number, bits: number] => {
    const { channels, type } = tensorOf(network, name);
    return [channels, typeBits(typeNumber(type))];
  };
  return (inputs) => {
    for (const name of network.inputs) {
      const bytes = packPixels(machine, inputs.get(name) as ArrayLike<number>, ...shapeOf(name));
      memory.set(addressOf(map.tensors.get(name) as Place), bytes);
    }
    const job = simulate(machine, memory, { start: addressOf(map.commands), bases: BASE_ADDRESSES });
    return { job, bytesOf, codesOf: (name) => unpackPixels(machine, bytesOf(name), ...shapeOf(name)) };
  };
}
