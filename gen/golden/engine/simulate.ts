import { type Command, commandKind, decodeCommand } from '../../commands/encode.js';
import type { Machine } from '../../commands/machine.js';
import { COMMAND_BYTES, type ErrorName } from '../../commands/table.js';
import { checkCommand } from './check.js';
import { Fault, WrongProgram } from './failure.js';
import type { Memory } from './memory.js';
import { Order, type Running } from './order.js';
import { writeResults } from './results.js';
import { initialState, type State } from './state.js';
import { productSums, vectorSums } from './sums.js';
import { load, store } from './transfer.js';

/** Where a job begins, as the registers tell. */
export interface Job {
  /** Address of the first command. */
  readonly start: number;
  /** The base registers; those that are not there are 0. */
  readonly bases?: readonly number[];
  /** Sees every command before it runs. */
  readonly onCommand?: (command: Command, index: number) => void;
}

/** How a job ended. */
export interface JobResult {
  readonly error: ErrorName;
  /** What the error is about. */
  readonly message: string;
  /** Place of the command that ended it; the first is 0. */
  readonly command: number;
  readonly tag: number;
  readonly opcode: number;
  /** Of errors `read` and `write` in memory, of `range` in the buffer. */
  readonly address: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

/**
 * Runs the program at an address of memory as docs/engine-commands.md tells, one command after the other: any order that the
 * tokens allow has the same result.
 *
 * @throws WrongProgram for a program whose result is not defined.
 */
export function simulate(machine: Machine, memory: Memory, job: Job): JobResult {
  const bases = Array.from({ length: 4 }, (_, i) => job.bases?.[i] ?? 0);
  const state = initialState(machine, memory, bases);
  const order = new Order();
  memory.beginJob();
  let known = 0;
  for (let index = 0; ; index++) {
    let head = { tag: 0, opcode: 0 };
    const ended = (error: ErrorName, message: string, address: number): JobResult => {
      const { bytesRead, bytesWritten } = state;
      return { error, message, command: index, ...head, address, bytesRead, bytesWritten };
    };
    try {
      const bytes = memory.fetch(job.start + index * COMMAND_BYTES, COMMAND_BYTES);
      state.bytesRead += COMMAND_BYTES;
      const command = decodeCommand(bytes);
      head = { tag: (bytes[2] as number) | ((bytes[3] as number) << 8), opcode: (bytes[0] as number) & 15 };
      if (!command) throw new Fault('opcode', `no command has the opcode ${head.opcode}`);
      job.onCommand?.(command, index);
      checkCommand(machine, command);
      if (command.name === 'end') {
        if (known > index) throw new WrongProgram(`a command before tells of ${known - index} more behind it`);
        return ended('none', '', 0);
      }
      known = Math.max(known, index + command.ahead);
      const running = order.begin(command, index);
      execute(command, state, running);
      order.end(command, running);
    } catch (error) {
      if (error instanceof Fault) return ended(error.error, error.message, error.address);
      if (error instanceof WrongProgram) throw new WrongProgram(`command ${index}, tag ${head.tag}: ${error.message}`);
      throw error;
    }
  }
}

function execute(command: Exclude<Command, { name: 'end' }>, state: State, running: Running): void {
  if (state.held && commandKind(command.name).unit === 'compute' && command.name !== 'product') {
    throw new WrongProgram('a product before it holds its sums');
  }
  switch (command.name) {
    case 'load':
      load(command, state, running);
      break;
    case 'store':
      store(command, state, running);
      break;
    case 'product': {
      const sums = productSums(command, state, running);
      if (!command.hold) writeResults(command, state, running, sums);
      break;
    }
    case 'vector':
      writeResults(command, state, running, vectorSums(command, state, running));
  }
}
