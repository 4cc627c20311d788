/**
 * A PE written another way, kept as a file of its own to be measured beside the generated one: default types, 24-bit
 * accumulators, single drain, one stage.
 */
export interface Alternative {
  /** Name of the module and of its file. */
  readonly name: string;
  /**
   * Whether it does the same as the generated PE in every cycle, which is proved; others take other operands, or keep
   * accumulators that the array's edge has to correct.
   */
  readonly same: boolean;
}

const alternatives = (same: boolean, names: readonly string[]): Alternative[] => names.map((name) => ({ name, same }));

export const ALTERNATIVES: readonly Alternative[] = [
  ...alternatives(true, [
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
  ...alternatives(false, ['exponent_unit_3', 'twos_complement', 'biased', 'inverted_drain', 'carry_save']),
];

/** The configuration whose PE the alternatives are held against. */
export const ALTERNATIVES_DESIGN = { rows: 16, cols: 16, accumulatorBits: 24, name: 'ant_16x16' } as const;

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

/**
 * The Yosys script that proves an alternative equal to the generated PE: every register of either is an output, so that
 * equal outputs in one cycle and equal inputs are equal outputs in the next. Fails where it is not.
 */
export function equalityScript(
  generated: { readonly file: string; readonly module: string },
  alternative: { readonly file: string; readonly module: string },
): string {
  return [
    `read_verilog ${generated.file}`,
    `prep -top ${generated.module}`,
    'rename -top gold',
    'design -stash generated',
    `read_verilog ${alternative.file}`,
    `prep -top ${alternative.module}`,
    'rename -top gate',
    'design -copy-from generated -as gold gold',
    'miter -equiv -flatten gold gate miter',
    'hierarchy -top miter',
    'sat -verify -tempinduct -set-init-zero -prove trigger 0 miter',
    '',
  ].join('\n');
}
