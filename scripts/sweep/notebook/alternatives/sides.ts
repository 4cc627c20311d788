import type { Compared } from '../../../synth/equivalence/scripts.js';
import type { OpenedPe } from './open.js';

/** What makes the operands of one PE into those of another. */
export interface Converter {
  readonly module: string;
  readonly input: string;
  readonly output: string;
}

/** Files of a proof with a converter: the sides, and the Verilog that the converter stands in. */
export const SIDES_FILE = 'sides.v';
export const CONVERTER_FILE = 'converter.v';

/** What is compared then. */
export const SIDES: Compared = { gold: 'own_side', gate: 'converted_side', verilog: [CONVERTER_FILE, SIDES_FILE] };

/**
 * Verilog of the two sides of a proof: a PE whose operands are converted on their way out, and one that gets them
 * converted. An operand that no code stands for is taken for the operand 0 on both sides; that none is stored but those
 * that come in is part of what is compared.
 */
export function sidesVerilog(own: OpenedPe, other: OpenedPe, converter: Converter): string {
  const port = (direction: string, bits: number, name: string): string =>
    `${direction} wire ${bits > 1 ? `[${bits - 1}:0] ` : ''}${name}`;
  const ports = [
    ...['a_i', 'a_q'].map((name) => port('input', own.a, name)),
    ...['w_i', 'w_q'].map((name) => port('input', own.w, name)),
    ...['a_o', 'a_d'].map((name) => port('output', other.a, name)),
    ...['w_o', 'w_d'].map((name) => port('output', other.w, name)),
    ...['swap_i', 'swap_q'].map((name) => port('input', 1, name)),
    ...['swap_o', 'swap_d'].map((name) => port('output', 1, name)),
    ...(own.late ? [port('input', 1, 'carry_q'), port('output', 1, 'carry_d')] : []),
    ...['bus_i', 'acc_q'].map((name) => port('input', own.acc, name)),
    ...['bus_o', 'acc_d'].map((name) => port('output', own.acc, name)),
    port('output', 1, 'exists'),
  ].join(', ');
  const convert = (name: string, input: string, output: string, exists: string): string =>
    `  ${converter.module} #(.WEIGHT(${name.includes('w_') ? 1 : 0})) u_${name} (.${converter.input}(${input}), .${converter.output}(${output}), .exists_o(${exists}));`;
  const operands = (['a', 'w'] as const).flatMap((letter) =>
    ['i', 'q'].map((end) => ({ name: `${letter}_${end}`, bits: own[letter], converted: other[letter] })),
  );
  const results = (['a', 'w'] as const).flatMap((letter) =>
    ['o', 'd'].map((end) => ({ name: `${letter}_${end}`, bits: own[letter] })),
  );
  const entering = operands.flatMap(({ name, bits }) => [
    `  wire ${name}_exists;`,
    `  wire [${bits - 1}:0] ${name}_real = ${name} & {${bits}{${name}_exists}};`,
    convert(name, name, '', `${name}_exists`),
  ]);
  const carry = own.late ? ['carry_q', 'carry_d'] : [];
  const passed = ['swap_i', 'swap_o', 'swap_q', 'swap_d', 'bus_i', 'bus_o', 'acc_q', 'acc_d', ...carry].map(
    (name) => `.${name}(${name})`,
  );
  const instance = (pe: OpenedPe, connections: readonly string[]): string =>
    `  ${pe.module} pe (${[".clk_i(1'b0)", ...passed, ...connections].join(', ')});`;
  return [
    `module ${SIDES.gold} (${ports});`,
    ...entering,
    ...results.flatMap(({ name, bits }) => [
      `  wire [${bits - 1}:0] ${name}_own;`,
      `  wire ${name}_exists;`,
      convert(name, `${name}_own`, name, `${name}_exists`),
    ]),
    instance(own, [
      ...operands.map(({ name }) => `.${name}(${name}_real)`),
      ...results.map(({ name }) => `.${name}(${name}_own)`),
    ]),
    `  assign exists = ${results.map(({ name }) => `${name}_exists`).join(' & ')};`,
    'endmodule',
    `module ${SIDES.gate} (${ports});`,
    ...entering,
    ...operands.flatMap(({ name, converted }) => [
      `  wire [${converted - 1}:0] ${name}_converted;`,
      convert(`${name}_again`, `${name}_real`, `${name}_converted`, ''),
    ]),
    instance(other, [
      ...operands.map(({ name }) => `.${name}(${name}_converted)`),
      ...results.map(({ name }) => `.${name}(${name})`),
    ]),
    `  assign exists = 1'b1;`,
    'endmodule',
    '',
  ].join('\n');
}
