import { halfTypes } from '../numerics/types/int.js';
import type { NumericType } from '../numerics/types/numeric-type.js';
import { bitsFor, type OperandCandidate, type OperandFields } from './operand.js';

/** An operand port of the array: `a` (activations, one code per row) or `w` (weights, one code per column). */
export interface OperandPort {
  readonly letter: 'a' | 'w';
  readonly role: 'activation' | 'weight';
  readonly types: readonly NumericType[];
  /** 8-bit integers, each on two lanes: on an even lane its low half, on the odd one above it its high half. */
  readonly wideTypes: readonly NumericType[];
  /** All that a PE may get from the port: the types, and the halves of the wide ones. */
  readonly operandTypes: readonly NumericType[];
  /** Codes per beat: rows or columns. */
  readonly lanes: number;
  /** Width of a code: that of the widest type. Narrower codes use the low bits. */
  readonly codeBits: number;
  /** Width of the type selector, which chooses among the types or among the wide ones; 0 where there is no choice. */
  readonly typeBits: number;
  readonly fields: OperandFields;
}

/** The types a configuration gives a port. */
export interface PortTypes {
  readonly types: readonly NumericType[];
  readonly wideTypes: readonly NumericType[];
}

/** The types of what a PE gets: the types themselves, and the halves of the wide ones, once each. */
export function operandTypes(types: readonly NumericType[], wideTypes: readonly NumericType[]): NumericType[] {
  const halves = wideTypes.flatMap((type): NumericType[] => {
    const { low, high } = halfTypes(type);
    return [low, high];
  });
  const all = [...types, ...halves];
  return all.filter((type, i) => all.findIndex(({ name }) => name === type.name) === i);
}

export function operandPort(
  letter: 'a' | 'w',
  { types, wideTypes }: PortTypes,
  lanes: number,
  format: OperandCandidate,
): OperandPort {
  return {
    letter,
    role: letter === 'a' ? 'activation' : 'weight',
    types,
    wideTypes,
    operandTypes: operandTypes(types, wideTypes),
    lanes,
    codeBits: Math.max(...types.map((type) => type.bits)),
    typeBits: bitsFor(Math.max(types.length, wideTypes.length) - 1),
    fields: format[letter],
  };
}
