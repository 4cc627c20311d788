import {
  type Command,
  type CommandOf,
  command,
  encodeCommands,
  type FieldValues,
} from '../../../../gen/commands/encode.js';
import type { Machine } from '../../../../gen/commands/machine.js';
import { BUFFERS, type BufferName } from '../../../../gen/commands/table.js';
import { Memory } from '../../../../gen/golden/engine/memory.js';
import { type JobResult, simulate } from '../../../../gen/golden/engine/simulate.js';

/** Where programs of the tests lie, and their data. */
export const PROGRAM = 0x10000;
export const DATA = 0x20000;
export const RESULT = 0x80000;

export const bufferNumber = (name: BufferName): number => BUFFERS.find((each) => each.name === name)?.number as number;

/** A program under construction with its data. */
export class TestJob {
  readonly memory = new Memory();
  readonly commands: Command[] = [];
  private next = DATA;

  constructor(readonly machine: Machine) {}

  /** Loads bytes to the words from an address on, one run. */
  load(buffer: BufferName, address: number, bytes: Uint8Array, fields: Partial<FieldValues<'load'>> = {}): void {
    this.memory.set(this.next, bytes);
    this.commands.push(
      command('load', { buffer: bufferNumber(buffer), address, offset: this.next, run: bytes.length, ...fields }),
    );
    this.next += bytes.length + 3;
  }

  add(...commands: readonly Command[]): void {
    this.commands.push(...commands);
  }

  /** Loads before, a compute command, stores of all given ranges of the output buffer: tokens order them. */
  run(compute: CommandOf<'product' | 'vector'>, stores: readonly { address: number; bytes: number }[]): Uint8Array[] {
    this.commands.push(command('load', { ...(this.commands.pop() as CommandOf<'load'>), signal_compute: 1 }));
    this.add({ ...compute, wait_load: 1, signal_store: 1 });
    let offset = RESULT;
    const places = stores.map(({ address, bytes }, i) => {
      this.add(
        command('store', {
          buffer: bufferNumber('output'),
          address,
          offset,
          run: bytes,
          wait_compute: i === 0 ? 1 : 0,
        }),
      );
      const place = { offset, bytes };
      offset += bytes + 5;
      return place;
    });
    this.end();
    return places.map((place) => this.memory.get(place.offset, place.bytes));
  }

  /** Adds `end`, runs the program. @throws unless it ends by `end`. */
  end(): JobResult {
    const result = this.attempt();
    if (result.error !== 'none') throw new Error(`${result.error}: ${result.message}`);
    return result;
  }

  /** Adds `end`, runs the program, whatever becomes of it. */
  attempt(): JobResult {
    this.memory.set(PROGRAM, encodeCommands([...this.commands, command('end')]));
    return simulate(this.machine, this.memory, { start: PROGRAM });
  }
}
