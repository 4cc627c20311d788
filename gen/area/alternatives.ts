import type { RawConfiguration } from '../config/parse.js';

/** Designs whose generated PEs alternatives are held against. */
export const REFERENCES = {
  unified: { rows: 16, cols: 16, accumulatorBits: 24, name: 'unified' },
  fused: { rows: 2, cols: 2, pe: 'fused', maxK: 128, accumulatorBits: 24, name: 'fused' },
  int8: { rows: 2, cols: 2, pe: 'int8', maxK: 128, accumulatorBits: 24, name: 'int8' },
} as const satisfies Readonly<Record<string, RawConfiguration>>;

export type Reference = keyof typeof REFERENCES;

/** A PE written another way, kept as a file of its own to be measured beside a generated one: single drain, one stage. */
export interface Alternative {
  /** Name of the module and of its file. */
  readonly name: string;
  readonly of: Reference;
  /**
   * Whether it is proved to do the same as the generated PE in every cycle: with the same operands, with those that its file's
   * module `NAME_operand` makes of them, or not at all, since accumulators are left that the array's edge has to correct.
   */
  readonly proof: 'same operands' | 'own operands' | 'none';
}

const alternatives = (of: Reference, proof: Alternative['proof'], names: readonly string[]): Alternative[] =>
  names.map((name) => ({ name, of, proof }));

export const ALTERNATIVES: readonly Alternative[] = [
  ...alternatives('unified', 'same operands', [
    'one_adder',
    'add_or_subtract',
    'complement_before_shift',
    'up_down_counter',
    'toggle_chain',
    'shift_largest_first',
    'shift_one_hot',
    'shift_twice',
    'multiply_by_rows',
  ]),
  ...alternatives('unified', 'none', ['exponent_unit_3', 'twos_complement', 'biased', 'inverted_drain', 'carry_save']),
  ...alternatives('fused', 'own operands', ['fused_twos_complement']),
  ...alternatives('int8', 'own operands', ['int8_twos_complement']),
];

/** What an alternative is: the comment at the head of its file, in one line. @throws Error where there is none. */
export function ideaOf(verilog: string): string {
  const lines = verilog.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('//'));
  if (end < 1) throw new Error('the file does not begin with a comment that says what it is');
  return lines
    .slice(0, end)
    .map((line) => line.replace(/^\/\/ ?/, ''))
    .join(' ');
}

/** A module with the file it stands in. */
export interface ModuleFile {
  readonly file: string;
  readonly module: string;
}

/** Files of a proof besides the modules' own. */
export const WRAPPER_FILE = 'wrapper.v';

/**
 * The Yosys script that proves an alternative equal to the generated PE: every register of either is an output, so that
 * equal outputs in one cycle and equal inputs are equal outputs in the next. Fails where it is not.
 */
export function equalityScript(generated: ModuleFile, alternative: ModuleFile, proof: Alternative['proof']): string {
  const wrapped = proof === 'own operands';
  const files = [generated.file, alternative.file, ...(wrapped ? [WRAPPER_FILE] : [])].join(' ');
  const prepared = (top: string, name: string): string[] => [
    `read_verilog -formal ${files}`,
    `prep -flatten -top ${top}`,
    `rename -top ${name}`,
  ];
  return [
    ...prepared(wrapped ? 'generated_side' : generated.module, 'gold'),
    'design -stash generated',
    ...prepared(wrapped ? 'alternative_side' : alternative.module, 'gate'),
    'design -copy-from generated -as gold gold',
    'miter -equiv -flatten gold gate miter',
    'hierarchy -top miter',
    'sat -verify -set-assumes -tempinduct -set-init-zero -prove trigger 0 miter',
    '',
  ].join('\n');
}

/** Widths of a PE's ports, in bits. */
export interface PeWidths {
  readonly a: number;
  readonly w: number;
  readonly sum: number;
}

/**
 * Both PEs of a proof with the alternative's operands at their outputs and the generated PE's at their inputs. Operands that
 * no code stands for do not come in, and so are never held.
 */
export function proofWrappers(generated: string, alternative: string, from: PeWidths, to: PeWidths): string {
  const ports = [
    `input wire clk_i, input wire [${from.a - 1}:0] a_i, input wire [${from.w - 1}:0] w_i`,
    `input wire drain_i, input wire [${from.sum - 1}:0] acc_i`,
    `output wire [${to.a - 1}:0] a_o, output wire [${to.w - 1}:0] w_o`,
    `output wire drain_o, output wire [${from.sum - 1}:0] acc_o`,
  ].join(', ');
  const common = '.clk_i(clk_i), .drain_i(drain_i), .drain_o(drain_o), .acc_i(acc_i), .acc_o(acc_o)';
  const converter = (name: string, input: string, output: string, exists: string): string =>
    `  ${alternative}_operand #(.WEIGHT(${name.startsWith('u_w') ? 1 : 0})) ${name} (.generated_i(${input}), .operand_o(${output}), .exists_o(${exists}));`;
  return [
    `module generated_side (${ports});`,
    `  wire [${from.a - 1}:0] a;`,
    `  wire [${from.w - 1}:0] w;`,
    '  wire a_in, w_in, a_held, w_held;',
    `  ${generated} pe (${common}, .a_i(a_i), .w_i(w_i), .a_o(a), .w_o(w));`,
    converter('u_a_in', 'a_i', '', 'a_in'),
    converter('u_w_in', 'w_i', '', 'w_in'),
    converter('u_a', 'a', 'a_o', 'a_held'),
    converter('u_w', 'w', 'w_o', 'w_held'),
    '  always @* assume (a_in && w_in && a_held && w_held);',
    'endmodule',
    `module alternative_side (${ports});`,
    `  wire [${to.a - 1}:0] a;`,
    `  wire [${to.w - 1}:0] w;`,
    converter('u_a', 'a_i', 'a', ''),
    converter('u_w', 'w_i', 'w', ''),
    `  ${alternative} pe (${common}, .a_i(a), .w_i(w), .a_o(a_o), .w_o(w_o));`,
    'endmodule',
    '',
  ].join('\n');
}

/** Widths of the ports of a PE, read from its Verilog. @throws Error where a port is not there. */
export function widthsOf(verilog: string): PeWidths {
  const width = (port: string): number => {
    const found = new RegExp(`\\[(\\d+):0\\] +${port}\\b`).exec(verilog)?.[1];
    if (found === undefined) throw new Error(`no port ${port}`);
    return Number(found) + 1;
  };
  return { a: width('a_i'), w: width('w_i'), sum: width('acc_i') };
}
