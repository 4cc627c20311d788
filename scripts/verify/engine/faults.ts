import type { Command, CommandOf } from '../../../gen/commands/encode.js';
import { bufferWords, type Machine, typeNumber } from '../../../gen/commands/machine.js';
import { COMMAND_BYTES, SECOND } from '../../../gen/commands/table.js';
import type { RandomSource } from '../../../gen/golden/vectors.js';
import { type EngineJob, slowJob } from './engine.js';
import { type LayerKind, randomLayers } from './layers.js';
import { bufferNumber, type Program, patched } from './programs.js';

/** Fields with a number that the engine has to refuse, of which kind of command, and, where it matters, of a layer of which kind. */
const WRONG: readonly (readonly [kind: Command['name'], field: string, value: number, layer?: LayerKind])[] = [
  ['product', 'opcode', 9, 'product'],
  ['vector', 'opcode', 0, 'vector'],
  ['load', 'run', 0],
  ['load', 'count1', 0],
  ['load', 'buffer', 7],
  ['load', 'wait_load', 1],
  ['store', 'buffer', 0],
  ['store', 'count2', 0],
  ['store', 'signal_store', 1],
  ['product', 'out_type', 7, 'product'],
  ['product', 'a_type', 15, 'product'],
  ['product', 'depth_tail', 200, 'product'],
  ['product', 'groups', 0, 'product'],
  ['product', 'kernel_height', 0, 'product'],
  ['product', 'second', SECOND.multiply, 'product'],
  ['product', 'second', 3, 'product'],
  ['product', 'wait_compute', 1, 'product'],
  ['vector', 'a_type', 6, 'vector'],
  ['vector', 'second', 3, 'vector'],
  ['vector', 'depth_words', 0, 'vector'],
  ['vector', 'stride_x', 0, 'vector'],
];

/** Programs with one wrong thing. */
function wrongPrograms(machine: Machine, random: RandomSource): Program[] {
  const layer = (kind: LayerKind, wanted: (command: Command) => boolean): Program => {
    for (;;) {
      const program = randomLayers(machine, random, 1, { kinds: [kind] });
      if (program.commands.some(wanted)) return program;
    }
  };
  const either = (): LayerKind => (random.below(2) === 0 ? 'product' : 'vector');
  const changed = (
    field: string,
    value: number,
    wanted: (command: Command) => boolean,
    kind: LayerKind = either(),
  ): Program => {
    const program = layer(kind, wanted);
    return patched(program, program.commands.findLastIndex(wanted), field, value);
  };
  const beyond = (name: 'activation' | 'weight' | 'constant' | 'output' | 'table'): number =>
    bufferWords(machine, name);
  const into = (buffer: 'activation' | 'table') => (command: Command) =>
    command.name === 'load' && command.buffer === bufferNumber(buffer);
  const is = (name: Command['name']) => (command: Command) => command.name === name;
  const results = (command: Command): command is Extract<Command, { name: 'product' | 'vector' }> =>
    command.name === 'vector' || (command.name === 'product' && !command.hold);
  const bounded = layer(either(), results);
  const place = bounded.commands.findLastIndex(results);
  return [
    ...WRONG.map(([name, field, value, kind]) => changed(field, value, is(name), kind)),
    changed('w_type', absentType(machine.weightTypes), is('product'), 'product'),
    patched(patched(bounded, place, 'low', 5), place, 'high', 4),
    changed('second_type', 7, (command) => results(command) && command.second !== 0),
    changed('copy_type', 6, (command) => results(command) && command.copy === 1),
    // One word behind the end of each buffer.
    changed('address', beyond('activation'), into('activation')),
    changed('address', beyond('table'), into('table')),
    changed('w_start', beyond('weight'), is('product'), 'product'),
    changed('constant_start', beyond('constant'), results),
    changed('out_start', beyond('output'), results),
    changed('copy_start', beyond('output'), (command) => results(command) && command.copy === 1),
    changed('second_start', beyond('output'), (command) => results(command) && command.second !== 0),
    changed('address', beyond('output'), is('store')),
  ];
}

/** The least number of a type that is not one of these. */
function absentType(types: readonly string[]): number {
  const numbers = types.map(typeNumber);
  let least = 0;
  while (numbers.includes(least)) least++;
  return least;
}

/** Bytes of a beat of the widest bus. */
const MOST_BEAT_BYTES = 64;

/** Where the bytes of a load or store lie in memory; steps are not negative. */
function placeOf(
  { bases }: Program,
  command: CommandOf<'load' | 'store'>,
): { readonly from: number; readonly to: number } {
  const { base, offset, run, count1, count2, memory_step1, memory_step2 } = command;
  const from = (bases[base] as number) + offset;
  return { from, to: from + (count1 - 1) * memory_step1 + (count2 - 1) * memory_step2 + run };
}

/** Jobs that end with an error or before their end, each followed by one that ends well. */
export function faultJobs(machine: Machine, random: RandomSource): EngineJob[] {
  const program = () => randomLayers(machine, random, 1);
  const job = (more: Partial<EngineJob> = {}): EngineJob => ({ ...slowJob(program(), random), reset: false, ...more });
  const refused = (name: 'load' | 'store'): EngineJob => {
    for (;;) {
      const each = program();
      const moves = each.commands.flatMap((command) => (command.name === name ? [command] : []));
      const command = moves[random.below(moves.length)];
      if (command === undefined) throw new Error(`a layer has a ${name}`);
      const first = placeOf(each, command).from + random.below(command.run);
      // The bus refuses the whole beat: no other command's bytes may be in it.
      const beat = first - (first % MOST_BEAT_BYTES);
      const others = moves.filter((other) => other !== command).map((other) => placeOf(each, other));
      if (others.some(({ from, to }) => from < beat + MOST_BEAT_BYTES && beat < to)) continue;
      return job({ program: each, refused: [{ writes: name === 'store', first, bytes: 1 }] });
    }
  };
  const faulty = [
    ...wrongPrograms(machine, random).map((each) => job({ program: each })),
    refused('load'),
    refused('load'),
    refused('store'),
    refused('store'),
    job({ refused: [{ writes: false, first: COMMAND_BYTES * 2, bytes: 4 }] }),
    job({ stop: 1 + random.below(300) }),
    job({ stop: 1 + random.below(30) }),
    job({ abort: 1 + random.below(400) }),
    job({ abort: 1 + random.below(100) }),
    job({ abort: 1 + random.below(2000) }),
  ];
  return faulty.flatMap((each) => [each, job()]);
}
