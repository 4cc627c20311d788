import type { CommandOf } from '../../commands/encode.js';
import { BUFFERS } from '../../commands/table.js';
import { modulo } from '../../commands/walk.js';
import type { Running } from './order.js';
import type { State } from './state.js';

/** Runs of a command: its place in memory and its first word in the buffer. */
function* runs(command: CommandOf<'load' | 'store'>, state: State): Generator<{ address: number; word: number }> {
  const start = (state.bases[command.base] as number) + command.offset;
  for (let j = 0; j < command.count2; j++) {
    for (let i = 0; i < command.count1; i++) {
      yield {
        address: start + j * command.memory_step2 + i * command.memory_step1,
        word: command.address + j * command.buffer_step2 + i * command.buffer_step1,
      };
    }
  }
}

export function load(command: CommandOf<'load'>, state: State, running: Running): void {
  const buffer = state.buffers[(BUFFERS[command.buffer] as (typeof BUFFERS)[number]).name];
  let claim = 0;
  for (const { address, word } of runs(command, state)) {
    claim++;
    const bytes = state.memory.load(address, command.run, running);
    state.bytesRead += bytes.length;
    for (let from = 0, q = 0; from < bytes.length; from += buffer.wordBytes, q++) {
      const at = buffer.write(modulo(word + q), running, claim);
      buffer.bytes.fill(0, at, at + buffer.wordBytes);
      buffer.bytes.set(bytes.subarray(from, from + buffer.wordBytes), at);
    }
  }
}

export function store(command: CommandOf<'store'>, state: State, running: Running): void {
  const buffer = state.buffers.output;
  for (const { address, word } of runs(command, state)) {
    const bytes = new Uint8Array(command.run);
    for (let from = 0, q = 0; from < bytes.length; from += buffer.wordBytes, q++) {
      const at = buffer.read(modulo(word + q), running);
      bytes.set(buffer.bytes.subarray(at, at + Math.min(buffer.wordBytes, bytes.length - from)), from);
    }
    state.memory.store(address, bytes, running);
    state.bytesWritten += bytes.length;
  }
}
