import type { LocalParameter } from '../instance.js';
import type { OperandPort } from '../port.js';

/**
 * The parameters of a grid for the codes and operands of a row or column of PEs: `A_BITS` and `A_OP_BITS`, and likewise for the
 * weights. Of PEs with several lanes they stand for those of all lanes.
 */
export function operandWidths(a: OperandPort, w: OperandPort, lanes: number): LocalParameter[] {
  const ports = [a, w].map((port) => ({ ...port, upper: port.letter.toUpperCase() }));
  if (lanes === 1) {
    return [
      ...ports.map(({ upper, role, codeBits }) => parameter(`${upper}_BITS`, codeBits, `${role} code`)),
      ...ports.map(({ upper, role, fields }) => parameter(`${upper}_OP_BITS`, fields.bits, `decoded ${role}`)),
    ];
  }
  const side = (letter: 'a' | 'w'): string => (letter === 'a' ? 'row' : 'column');
  return [
    parameter('LANES', lanes, 'products that a PE adds up in a cycle'),
    ...ports.flatMap(({ letter, upper, role, codeBits }) => [
      parameter(`${upper}_CODE_BITS`, codeBits, `${role} code`),
      parameter(`${upper}_BITS`, `LANES*${upper}_CODE_BITS`, `those of a ${side(letter)}`),
    ]),
    ...ports.flatMap(({ letter, upper, role, fields }) => [
      parameter(`${upper}_VALUE_BITS`, fields.bits, `decoded ${role}`),
      parameter(`${upper}_OP_BITS`, `LANES*${upper}_VALUE_BITS`, `those of a ${side(letter)}`),
    ]),
  ];
}

const parameter = (name: string, value: number | string, comment: string): LocalParameter => ({
  name,
  value,
  comment: `  // ${comment}`,
});
