/** Delay of each gate of the timed toy library, in picoseconds, whatever it drives. */
export const TOY_DELAYS = { INV: 100, BUF: 100, NAND: 250 } as const;

/**
 * A library of an inverter, a buffer, a NAND and two flip-flops whose gates take the same time at every load, so that
 * the delay of a path is that of its gates added up.
 */
export function timedLibrary(): string {
  const table = (kind: string, value: number): string =>
    `${kind} (t) { index_1 ("0.01, 10"); index_2 ("0.001, 1"); values ("${value}, ${value}", "${value}, ${value}"); }`;
  const gate = (name: keyof typeof TOY_DELAYS, area: number, inputs: string[], fn: string, sense: string): string => {
    const ns = TOY_DELAYS[name] / 1000;
    const tables = [table('cell_rise', ns), table('cell_fall', ns), table('rise_transition', 0.1)];
    const arc = (pin: string): string =>
      `timing () { related_pin : "${pin}"; timing_sense : ${sense}; ${tables.join(' ')} ${table('fall_transition', 0.1)} }`;
    const pins = inputs.map((pin) => `pin (${pin}) { direction : input; capacitance : 0.001; }`);
    return `cell (${name}) { area : ${area}; ${pins.join(' ')}
      pin (Y) { direction : output; function : "${fn}"; ${inputs.map(arc).join(' ')} } }`;
  };
  const register = (name: string, clock: string): string =>
    `cell (${name}) { area : 10; ff (IQ, IQN) { clocked_on : "${clock}"; next_state : "D"; }
      pin (D) { direction : input; } pin (C) { direction : input; clock : true; }
      pin (Q) { direction : output; function : "IQ"; } }`;
  return `library (toy) { time_unit : "1ns"; capacitive_load_unit (1, pf);
    lu_table_template (t) { variable_1 : input_net_transition; variable_2 : total_output_net_capacitance;
      index_1 ("0.01, 10"); index_2 ("0.001, 1"); }
    ${gate('INV', 1, ['A'], "A'", 'negative_unate')}
    ${gate('BUF', 2, ['A'], 'A', 'positive_unate')}
    ${gate('NAND', 2, ['A', 'B'], "(A B)'", 'negative_unate')}
    ${register('DFF', 'C')}
    ${register('DFFN', "C'")} }\n`;
}
