import { COMMAND_BYTES, UNITS } from '../../commands/table.js';
import { input, type ModulePort, output } from '../module.js';
import { clock, reset } from '../ports.js';
import { literal } from '../verilog.js';
import type { EngineBus } from './bus.js';
import type { EngineMemory } from './memories.js';
import { dualPortRam } from './ram.js';
import { PLACE_BITS } from './registers.js';
import { engineModule } from './view.js';

/** Commands that are asked for, under way or in queues: a power of two. */
export const COMMANDS_AHEAD = 16;

/** A command on its way to its unit: a beat of it, and its place in the program. */
export const beatPorts = ({ busBits }: EngineBus): ModulePort[] => [
  input('beat_i', busBits, 'beat of a command'),
  input('place_i', PLACE_BITS, 'place of the command in its program'),
];

/** A queue of commands for a unit. */
export function queueModule(bus: EngineBus) {
  const beats = (8 * COMMAND_BYTES) / bus.busBits;
  const words = beats * COMMANDS_AHEAD;
  const addressBits = Math.log2(words);
  const width = bus.busBits + PLACE_BITS;
  const ram = dualPortRam(bus.name).name;
  return engineModule(bus, 'queue', {
    title: 'Queue of the commands of a unit.',
    ports: [
      clock,
      reset,
      input('clear_i', 1, '1: forget all commands'),
      input('push_i', 1, 'take a beat'),
      ...beatPorts(bus),
      output('valid_o', 1, 'a beat is offered'),
      input('ready_i', 1, 'an offered beat is accepted'),
      output('beat_o', bus.busBits, 'the beat'),
      output('place_o', PLACE_BITS, 'place of its command'),
      output('idle_o', 1, 'there is none'),
    ],
    ...{ width, words, addressBits, ram },
    memories: [
      {
        ...{ name: 'commands', module: ram, instances: UNITS.length, words, bits: width, lanes: 1 },
        meaning: 'commands that wait for their unit',
      } satisfies EngineMemory,
    ],
    one: literal(addressBits, 1),
    oneLeft: literal(addressBits + 1, 1),
  });
}
