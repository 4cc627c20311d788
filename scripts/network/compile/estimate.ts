import type { Command, CommandOf } from '../../../gen/commands/encode.js';
import { type Machine, tileChannels, tilePixels, typeBits, wordBytes } from '../../../gen/commands/machine.js';
import { outputPixels } from '../../../gen/commands/walk.js';
import { BUFFERS, type BufferName } from '../../../gen/commands/table.js';
import type { MemorySpeed } from './cycles/bus.js';

/** What a command costs, in cycles. */
export interface CommandCost {
  /** Words of activations that rows take: a cycle for each row, whatever the word holds. */
  readonly array: number;
  /** Beats of the requantiser: of results and of their copy. */
  readonly requantiser: number;
  /** Beats on the bus or words of the buffer, whichever are more, and the latency of the first. */
  readonly memory: number;
  readonly bytes: number;
}

type BusSpeed = Pick<MemorySpeed, 'busBytes' | 'latency'>;

const NOTHING: CommandCost = { array: 0, requantiser: 0, memory: 0, bytes: 0 };

/** A command's cost by the numbers of its fields alone, without anything of a pipeline. */
export function commandCost(machine: Machine, command: Command, { busBytes, latency }: BusSpeed): CommandCost {
  switch (command.name) {
    case 'end':
      return NOTHING;
    case 'load':
    case 'store':
      return transferCost(machine, command, { busBytes, latency });
    case 'product': {
      const pixels = outputPixels(command);
      const tiles = command.groups * command.column_tiles;
      const results = pixels * tiles * tileChannels(machine, typeBits(command.w_type));
      const array =
        tiles * Math.ceil(pixels / tilePixels(machine, typeBits(command.a_type))) * productCycles(machine, command);
      return { ...NOTHING, array, requantiser: (results * (1 + command.copy)) / machine.requantiseLanes };
    }
    case 'vector': {
      const words = outputPixels(command) * command.depth_words;
      const codes = (8 * wordBytes(machine, 'activation')) / typeBits(command.a_type);
      const taps = command.kernel_height * command.kernel_width;
      return { ...NOTHING, requantiser: (words * codes * taps * (1 + command.copy)) / machine.requantiseLanes };
    }
  }
}

function transferCost(
  machine: Machine,
  command: CommandOf<'load' | 'store'>,
  { busBytes, latency }: BusSpeed,
): CommandCost {
  const runs = command.count1 * command.count2;
  const dense = command.memory_step1 === command.run || runs === 1;
  const beats = dense ? Math.ceil((runs * command.run) / busBytes) : runs * Math.ceil(command.run / busBytes);
  const buffer = BUFFERS[command.buffer]?.name as BufferName;
  const words = runs * Math.ceil(command.run / wordBytes(machine, buffer));
  return { ...NOTHING, memory: latency + Math.max(beats, words), bytes: runs * command.run };
}

/** Cycles of a tile of pixels: rows take words one after the other, of 8 bits two at a time. */
function productCycles({ rows }: Machine, command: CommandOf<'product'>): number {
  const words = command.kernel_height * command.kernel_width * command.depth_words;
  return rows * Math.ceil(words / (typeBits(command.a_type) / 4));
}
