import { type Command, type CommandOf, commandKind } from '../../../gen/commands/encode.js';
import {
  type Machine,
  stepsPerWord,
  tileChannels,
  tilePixels,
  typeBits,
  wordBytes,
} from '../../../gen/commands/machine.js';
import { UNITS, type UnitName } from '../../../gen/commands/table.js';

/** Memory behind the engine. */
export interface MemorySpeed {
  readonly busBytes: number;
  /** Cycles from a request to its first beat. */
  readonly latency: number;
}

/** What a command costs, in cycles. */
export interface CommandCost {
  /** Steps of reductions. */
  readonly array: number;
  /** Sums over lanes of the requantiser. */
  readonly requantiser: number;
  /** Beats on the bus, and the latency of the first. */
  readonly memory: number;
  readonly bytes: number;
}

const NOTHING: CommandCost = { array: 0, requantiser: 0, memory: 0, bytes: 0 };

/** A command's cost by the numbers of its fields alone, without anything of a pipeline. */
export function commandCost(machine: Machine, command: Command, { busBytes, latency }: MemorySpeed): CommandCost {
  switch (command.name) {
    case 'end':
      return NOTHING;
    case 'load':
    case 'store': {
      const runs = command.count1 * command.count2;
      const dense = command.memory_step1 === command.run || runs === 1;
      const beats = dense ? Math.ceil((runs * command.run) / busBytes) : runs * Math.ceil(command.run / busBytes);
      return { ...NOTHING, memory: latency + beats, bytes: runs * command.run };
    }
    case 'product': {
      const pixels = command.out_height * command.out_width;
      const tiles = command.groups * command.column_tiles;
      const results = pixels * tiles * tileChannels(machine, typeBits(command.w_type));
      const array =
        tiles * Math.ceil(pixels / tilePixels(machine, typeBits(command.a_type))) * productSteps(machine, command);
      return { ...NOTHING, array, requantiser: results / machine.requantiseLanes };
    }
    case 'vector': {
      const words = command.out_height * command.out_width * command.depth_words;
      const codes = (8 * wordBytes(machine, 'activation')) / typeBits(command.a_type);
      const taps = command.kernel_height * command.kernel_width;
      return { ...NOTHING, requantiser: (words * codes * taps) / machine.requantiseLanes };
    }
  }
}

/** Steps of the reduction of a product. */
const productSteps = (machine: Machine, command: CommandOf<'product'>): number =>
  command.kernel_height *
  command.kernel_width *
  ((command.depth_words - 1) * stepsPerWord(machine, typeBits(command.a_type)) + command.depth_tail);

/** When a command begins and ends, in cycles from the begin of the job. */
export interface Span {
  readonly begin: number;
  readonly end: number;
}

/**
 * The spans of all commands, each with the cost above: units take theirs in order and wait for tokens. A product ends when both
 * array and requantiser are done. What the pipelines of the hardware add is not in it.
 */
export function spans(machine: Machine, commands: readonly Command[], speed: MemorySpeed): Span[] {
  const free = new Map<UnitName, number>(UNITS.map((unit) => [unit, 0]));
  const tokens = new Map<string, number[]>();
  const channel = (from: string, to: string): number[] => {
    const found = tokens.get(`${from} ${to}`) ?? [];
    tokens.set(`${from} ${to}`, found);
    return found;
  };
  return commands.map((command) => {
    const unit = commandKind(command.name).unit;
    if (!unit) {
      const end = Math.max(...free.values());
      for (const each of UNITS) free.set(each, end);
      return { begin: end, end };
    }
    const fields = command as unknown as Readonly<Record<string, number>>;
    const waits = UNITS.filter((other) => fields[`wait_${other}`] === 1);
    const times = waits.map((other) => channel(other, unit).shift() ?? 0);
    const begin = Math.max(free.get(unit) as number, ...times);
    const { array, requantiser, memory } = commandCost(machine, command, speed);
    const end = begin + Math.max(array, requantiser, memory);
    free.set(unit, end);
    for (const other of UNITS) if (fields[`signal_${other}`] === 1) channel(unit, other).push(end);
    return { begin, end };
  });
}
