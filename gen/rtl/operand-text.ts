import type { NumericType } from '../numerics/types/numeric-type.js';
import type { ExponentRadix, OperandFields } from './operand.js';
import type { OperandPort } from './port.js';

/** The value of an operand as readers see it, such as `(-1)^sign * sig * 4^exp`. */
export function operandFormula(radixLog2: ExponentRadix, fields: OperandFields): string {
  const sign = fields.signBits ? '(-1)^sign * ' : '';
  return fields.exponentBits ? `${sign}sig * ${2 ** Number(radixLog2)}^exp` : `${sign}sig`;
}

/** What operands count twice, as a sentence; empty where none do. */
export function doublingText({ a, w }: Readonly<Record<'a' | 'w', OperandFields>>): string {
  const sentence = (operand: string, from: number): string =>
    `With the sign set, a significand of ${operand} from ${from} up is positive and counts twice.`;
  if (a.doubledFrom !== undefined) return sentence('an activation', a.doubledFrom);
  return w.doubledFrom === undefined ? '' : sentence('a weight', w.doubledFrom);
}

/** `{sign, exp[1:0], sig[3:0]}`, with the fields that exist. */
export function operandLayout(fields: OperandFields): string {
  const vector = (name: string, width: number): string => `${name}${width > 1 ? `[${width - 1}:0]` : ''}`;
  const parts = [
    ...(fields.signBits ? ['sign'] : []),
    ...(fields.exponentBits ? [vector('exp', fields.exponentBits)] : []),
    vector('sig', fields.significandBits),
  ];
  return parts.length === 1 ? (parts[0] as string) : `{${parts.join(', ')}}`;
}

/** What the type selector of a port means: `0 int4, 1 flint4, ...`. */
export function typeMeaning(port: OperandPort): string {
  const list = (types: readonly NumericType[]): string => {
    const names = types.map((type, i) => `${i} ${type.name}`).join(', ');
    return `${names}${types.length < 2 ** port.typeBits ? ' (others: as the last)' : ''}`;
  };
  const wide = port.wideTypes.length > 0 ? `; wide: ${list(port.wideTypes)}` : '';
  return `type: ${list(port.types)}${wide}`;
}
