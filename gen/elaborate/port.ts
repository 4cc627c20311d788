import { bitsFor, type OperandCandidate, type OperandFields } from '../operand.js';
import type { NumericType } from '../types/numeric-type.js';

/** An operand port of the array: `a` (activations, one code per row) or `w` (weights, one code per column). */
export interface OperandPort {
  readonly letter: 'a' | 'w';
  readonly role: 'activation' | 'weight';
  readonly types: readonly NumericType[];
  /** Codes per beat: rows or columns. */
  readonly lanes: number;
  /** Width of a code: that of the widest type. Narrower codes use the low bits. */
  readonly codeBits: number;
  /** Width of the type selector; 0 where the port has one type. */
  readonly typeBits: number;
  readonly fields: OperandFields;
}

export function operandPort(
  letter: 'a' | 'w',
  types: readonly NumericType[],
  lanes: number,
  format: OperandCandidate,
): OperandPort {
  return {
    letter,
    role: letter === 'a' ? 'activation' : 'weight',
    types,
    lanes,
    codeBits: Math.max(...types.map((type) => type.bits)),
    typeBits: bitsFor(types.length - 1),
    fields: format[letter],
  };
}
