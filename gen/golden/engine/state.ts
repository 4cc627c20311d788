import { bufferWords, type Machine, typeBits, typeName, wordBytes } from '../../commands/machine.js';
import { BUFFERS, type BufferName } from '../../commands/table.js';
import { codeValues } from '../../numerics/codec.js';
import { numericType } from '../../numerics/types/table.js';
import { Buffer } from './buffer.js';
import type { Memory } from './memory.js';

/** What the commands of a job work on. */
export interface State {
  readonly machine: Machine;
  readonly memory: Memory;
  readonly bases: readonly number[];
  readonly buffers: Readonly<Record<BufferName, Buffer>>;
  /** Sums that a product left in the array: pixels x channels, and of what it was. */
  held: Held | undefined;
  bytesRead: number;
  bytesWritten: number;
}

export interface Held {
  readonly sums: Float64Array;
  readonly pixels: number;
  readonly types: string;
}

/** The state at the begin of a job: buffers without contents. */
export function initialState(machine: Machine, memory: Memory, bases: readonly number[]): State {
  const buffers = Object.fromEntries(
    BUFFERS.map(({ name }) => [name, new Buffer(name, bufferWords(machine, name), wordBytes(machine, name))]),
  ) as Record<BufferName, Buffer>;
  return { machine, memory, bases, buffers, held: undefined, bytesRead: 0, bytesWritten: 0 };
}

/** What a type's number means: bits of a code, and the value of each code in steps. */
export interface Operand {
  readonly name: string;
  readonly bits: number;
  readonly values: Float64Array;
}

const operands = new Map<number, Operand>();

/** The operand of a number that a check found to be a type's. */
export function operandOf(number: number): Operand {
  const found = operands.get(number);
  if (found) return found;
  const name = typeName(number) as string;
  const values = Float64Array.from(codeValues(numericType(name)), Number);
  const operand = { name, bits: typeBits(number), values };
  operands.set(number, operand);
  return operand;
}
