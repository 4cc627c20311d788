import { type Command, command, commandKind, encodeCommands, withAhead } from '../../../gen/commands/encode.js';
import { type Machine, wordBytes } from '../../../gen/commands/machine.js';
import { BUFFERS, type BufferName, COMMAND_BYTES } from '../../../gen/commands/table.js';
import type { RandomSource } from '../../../gen/golden/vectors.js';

/** A program with its data: where it lies, counted from the begin of memory. */
export interface Program {
  readonly title: string;
  readonly memory: Uint8Array;
  readonly start: number;
  /** Base registers, likewise. */
  readonly bases: readonly number[];
  readonly commands: readonly Command[];
}

export const MEMORY_BYTES = 1 << 17;
const PROGRAM_BYTES = 4096;

export const bufferNumber = (name: BufferName): number => BUFFERS.find((each) => each.name === name)?.number as number;

/** A program under construction. */
export class Draft {
  readonly memory: Uint8Array;
  readonly commands: Command[] = [];
  private next: number;

  constructor(
    readonly machine: Machine,
    readonly random: RandomSource,
  ) {
    this.memory = Uint8Array.from({ length: MEMORY_BYTES }, () => random.bits32() & 255);
    this.next = PROGRAM_BYTES + random.below(64);
  }

  /** Bytes of memory that nothing else uses; undefined where there are none left. */
  place(bytes: number): number | undefined {
    return this.placeAll([bytes])?.[0];
  }

  /** The same of several, for 0 bytes the place 0; undefined, and nothing taken, where one finds none. */
  placeAll(sizes: readonly number[]): number[] | undefined {
    let next = this.next;
    const places = sizes.map((bytes) => {
      if (bytes === 0) return 0;
      const here = next;
      next += bytes + this.random.below(100);
      return here;
    });
    if (next > MEMORY_BYTES) return undefined;
    this.next = next;
    return places;
  }

  /** A base register and what its sum with must be added to for an address. */
  reach(address: number): { readonly base: number; readonly offset: number } {
    const base = this.random.below(BASES.length);
    return { base, offset: address - (BASES[base] as number) };
  }

  end(title: string): Program {
    const all = [...this.commands, command('end')];
    // Fetched ahead as far as there are commands, in part or not at all.
    const ahead = this.random.below(3);
    const known = ahead === 0 ? all : withAhead(all).map((each) => this.knowing(each, ahead));
    const bytes = encodeCommands(known);
    if (bytes.length > PROGRAM_BYTES) throw new Error(`a program has ${known.length} commands, too many for its place`);
    this.memory.set(bytes, 0);
    return { title, memory: this.memory, start: 0, bases: BASES, commands: known.slice(0, -1) };
  }

  private knowing(each: Command, ahead: number): Command {
    if (each.name === 'end' || ahead === 1) return each;
    return { ...each, ahead: this.random.below(each.ahead + 1) };
  }
}

const BASES = [0, 1000, 5, 77];

/** Loads to the output buffer and stores of the same words, with strides on both sides. */
export function randomCopies(machine: Machine, random: RandomSource, count: number): Program {
  const draft = new Draft(machine, random);
  const each = wordBytes(machine, 'output');
  const titles: string[] = [];
  while (titles.length < count) {
    const run = [1, 1 + random.below(3 * each), 1 + random.below(400)][random.below(3)] as number;
    const [count1, count2] = [1 + random.below(5), 1 + random.below(3)];
    const words = Math.ceil(run / each);
    const step1 = words + random.below(3);
    const step2 = count1 * step1 + random.below(5);
    const used = count2 * step2;
    if (used > machine.words.output) continue;
    const address = random.below(machine.words.output - used + 1);
    const memoryStep1 = run + random.below(20);
    const memoryStep2 = count1 * memoryStep1 + random.below(50);
    const [source, target] = [draft.place(count2 * memoryStep2), draft.place(count2 * memoryStep2)];
    if (source === undefined || target === undefined) break;
    // Now and then the last run comes first.
    const turned = random.below(3) === 0;
    const end = (count1 - 1) * memoryStep1 + (count2 - 1) * memoryStep2;
    const common = {
      ...{ buffer: bufferNumber('output'), address, run, count1, count2, buffer_step1: step1, buffer_step2: step2 },
      memory_step1: turned ? -memoryStep1 : memoryStep1,
      memory_step2: turned ? -memoryStep2 : memoryStep2,
    };
    draft.commands.push(
      command('load', {
        ...{ ...common, ...draft.reach(source + (turned ? end : 0)), signal_store: 1 },
        ...(titles.length > 0 ? { wait_store: 1 } : {}),
      }),
      command('store', { ...common, ...draft.reach(target + (turned ? end : 0)), wait_load: 1, signal_load: 1 }),
    );
    titles.push(`${count2} x ${count1} x ${run} bytes`);
  }
  return draft.end(titles.join('; '));
}

/** A program with another number in a field of one of its commands, legal or not. */
export function patched(program: Program, index: number, field: string, value: number): Program {
  const changed = program.commands[index];
  const place = changed && commandKind(changed.name).fields.find(({ name }) => name === field);
  if (place === undefined) throw new Error(`command ${index} has no field ${field}`);
  const memory = Uint8Array.from(program.memory);
  const view = new DataView(memory.buffer);
  const at = program.start + index * COMMAND_BYTES + 4 * place.word;
  const mask = (2 ** place.bits - 1) * 2 ** place.low;
  const bits = (value * 2 ** place.low) & mask;
  view.setUint32(at, ((view.getUint32(at, true) & ~mask) | bits) >>> 0, true);
  return { ...program, memory, title: `${field} ${value}: ${program.title}` };
}
