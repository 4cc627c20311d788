import type { RawConfiguration } from '../../../../gen/config/raw.js';

/** Designs whose generated PEs alternatives are held against. */
export const REFERENCES = {
  unified: { rows: 16, cols: 16, accumulatorBits: 24, name: 'unified' },
  lanes: { rows: 16, cols: 16, lanes: 4, accumulatorBits: 24, name: 'lanes' },
  wide: {
    ...{ rows: 2, cols: 2, wideActivations: ['int8', 'uint8'], wideWeights: ['int8'] },
    ...{ maxK: 128, accumulatorBits: 24, name: 'wide' },
  },
  fused: { rows: 2, cols: 2, pe: 'fused', maxK: 128, accumulatorBits: 24, name: 'fused' },
  int8: { rows: 2, cols: 2, pe: 'int8', maxK: 128, accumulatorBits: 24, name: 'int8' },
  float: { rows: 16, cols: 16, pe: 'float', name: 'float' },
} as const satisfies Readonly<Record<string, RawConfiguration>>;

export type Reference = keyof typeof REFERENCES;

/** Kinds of PEs by their accumulators, each with its references: a table apiece. */
export const KINDS = {
  int: ['unified', 'lanes', 'wide', 'fused', 'int8'],
  float: ['float'],
} as const satisfies Readonly<Record<string, readonly Reference[]>>;

export type Kind = keyof typeof KINDS;

/** A PE written another way, kept as a file of its own to be measured beside a generated one: one stage. */
export interface Alternative {
  /** Name of the module and of its file. */
  readonly name: string;
  readonly of: Reference;
  readonly operands: Operands;
  readonly solver: Solver;
}

/**
 * For which operands an alternative is proved to do the same as the generated PE in every cycle:
 *
 * - `same`: both take the same.
 * - `made of generated`, `made into generated`: it has its own, which its file's module `NAME_operand` makes of the generated
 *   PE's, or into them.
 * - `not proved`: it does not do the same, since accumulators are left that the array's periphery has to correct.
 */
export type Operands = 'same' | 'made of generated' | 'made into generated' | 'not proved';

/**
 * What proves it: ABC, which is fast where the two PEs have inner signals in common, or Yosys' own `sat` where they multiply in
 * another way. ABC does not decide the 8-bit PE in minutes, for which `sat` takes one.
 */
export type Solver = 'ABC' | 'sat';

const alternatives = (
  of: Reference,
  operands: Operands,
  names: readonly string[],
  solver: Solver = 'ABC',
): Alternative[] => names.map((name) => ({ name, of, operands, solver }));

export const ALTERNATIVES: readonly Alternative[] = [
  ...alternatives('unified', 'same', ['sum_of_three', 'full_adders', 'multiply_by_rows']),
  ...alternatives('unified', 'made of generated', ['shift_in_stages', 'shift_largest_first', 'shift_each']),
  ...alternatives('unified', 'not proved', [
    'all_at_once',
    'no_bias',
    'true_accumulator',
    'bus_inverts',
    'bus_inverts_back',
    'steps_of_4',
    'carry_save',
  ]),
  ...alternatives('lanes', 'not proved', [
    'lanes_late_from_12',
    'lanes_late_from_14',
    'lanes_at_once',
    'lanes_in_a_row',
  ]),
  ...alternatives('wide', 'same', ['wide_double_after_shift']),
  ...alternatives('wide', 'made of generated', [
    'wide_significand_of_five',
    'wide_double_by_flag',
    'wide_double_by_row',
    'wide_eight_times_three',
  ]),
  ...alternatives('fused', 'made of generated', ['fused_twos_complement'], 'sat'),
  ...alternatives('int8', 'made of generated', ['int8_twos_complement'], 'sat'),
  ...alternatives('float', 'same', [
    'float_round_by_adder',
    'float_negated_distance',
    'float_sticky_by_mask',
    'float_count_then_shift',
    'float_sort_by_exponent',
  ]),
  ...alternatives('float', 'made into generated', ['float_integer_operands']),
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
