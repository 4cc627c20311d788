import type { LocalParameter } from '../instance.js';
import type { OperandPort } from '../port.js';

/**
 * The parameters of a grid for the codes and operands of a row or column of PEs: `A_BITS` and `A_OP_BITS`, and likewise for the
 * weights. Of PEs with several lanes they stand for those of all lanes.
 */
export const operandWidths = (a: OperandPort, w: OperandPort, lanes: number): LocalParameter[] => [
  ...codeWidths(a, w, lanes),
  ...[a, w].flatMap(({ letter, role, fields }) =>
    wholes(letter, lanes, { whole: 'OP_BITS', one: 'VALUE_BITS', bits: fields.bits, meaning: `decoded ${role}` }),
  ),
];

/** Those for the codes alone. */
export const codeWidths = (a: OperandPort, w: OperandPort, lanes: number): LocalParameter[] => [
  ...(lanes > 1 ? [parameter('LANES', lanes, 'products that a PE adds up in a cycle')] : []),
  ...[a, w].flatMap(({ letter, role, codeBits }) =>
    wholes(letter, lanes, { whole: 'BITS', one: 'CODE_BITS', bits: codeBits, meaning: `${role} code` }),
  ),
];

/** Names of a width of all lanes and of one lane, without the port's letter. */
interface Width {
  readonly whole: string;
  readonly one: string;
  readonly bits: number;
  readonly meaning: string;
}

function wholes(letter: 'a' | 'w', lanes: number, { whole, one, bits, meaning }: Width): LocalParameter[] {
  const upper = letter.toUpperCase();
  if (lanes === 1) return [parameter(`${upper}_${whole}`, bits, meaning)];
  return [
    parameter(`${upper}_${one}`, bits, meaning),
    parameter(`${upper}_${whole}`, `LANES*${upper}_${one}`, `those of a ${letter === 'a' ? 'row' : 'column'}`),
  ];
}

const parameter = (name: string, value: number | string, comment: string): LocalParameter => ({
  name,
  value,
  comment: `  // ${comment}`,
});
