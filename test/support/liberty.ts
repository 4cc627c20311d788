/** Delay of each gate of the timed toy library, in picoseconds, whatever it drives. */
export const TOY_DELAYS = { INV: 100, BUF: 100, NAND: 250 } as const;

/** Clock to output, and setup, of the timed toy library's registers, in picoseconds. */
export const TOY_REGISTER = { clockToOutput: 50, setUp: 30 } as const;

/**
 * A library of an inverter, a buffer, a NAND, two flip-flops and a latch whose gates take the same time at every load, so that
 * the delay of a path is that of its gates added up.
 */
export function timedLibrary(): string {
  // ABC's map breaks down at tables of two loads.
  const indices = 'index_1 ("0.01, 10"); index_2 ("0.001, 0.01, 1");';
  const table = (kind: string, value: number): string => {
    const row = `"${Array(3).fill(value).join(', ')}"`;
    return `${kind} (t) { ${indices} values (${row}, ${row}); }`;
  };
  const gate = (name: keyof typeof TOY_DELAYS, area: number, inputs: string[], fn: string, sense: string): string => {
    const ns = TOY_DELAYS[name] / 1000;
    const tables = [table('cell_rise', ns), table('cell_fall', ns), table('rise_transition', 0.1)];
    const arc = (pin: string): string =>
      `timing () { related_pin : "${pin}"; timing_sense : ${sense}; ${tables.join(' ')} ${table('fall_transition', 0.1)} }`;
    const pins = inputs.map((pin) => `pin (${pin}) { direction : input; capacitance : 0.001; }`);
    return `cell (${name}) { area : ${area}; ${pins.join(' ')}
      pin (Y) { direction : output; function : "${fn}"; ${inputs.map(arc).join(' ')} } }`;
  };
  const { clockToOutput, setUp } = TOY_REGISTER;
  const checks = (edge: string): string =>
    `timing () { related_pin : "C"; timing_type : setup_${edge};
      rise_constraint (c) { values ("${setUp / 1000}"); } fall_constraint (c) { values ("${setUp / 1000}"); } }`;
  const output = (edge: string): string =>
    `timing () { related_pin : "C"; timing_type : ${edge}_edge; timing_sense : non_unate;
      ${['cell_rise', 'cell_fall'].map((kind) => table(kind, clockToOutput / 1000)).join(' ')}
      ${['rise_transition', 'fall_transition'].map((kind) => table(kind, 0.1)).join(' ')} }`;
  const register = (name: string, clock: string, edge: string): string =>
    `cell (${name}) { area : 10; ff (IQ, IQN) { clocked_on : "${clock}"; next_state : "D"; }
      pin (D) { direction : input; capacitance : 0.001; ${checks(edge)} }
      pin (C) { direction : input; clock : true; capacitance : 0.001; }
      pin (Q) { direction : output; function : "IQ"; ${output(edge)} } }`;
  const latchOutput = [output('falling').replace('non_unate', 'negative_unate'), output('falling')]
    .map((text, i) =>
      i === 0
        ? text
        : text.replace('"C"', '"D"').replace('timing_type : falling_edge; ', '').replace('non_unate', 'positive_unate'),
    )
    .join(' ');
  const latch = `cell (LATCHN) { area : 6; latch (IQ, IQN) { enable : "C'"; data_in : "D"; }
      pin (D) { direction : input; capacitance : 0.001; ${checks('rising')} }
      pin (C) { direction : input; clock : true; capacitance : 0.001; }
      pin (Q) { direction : output; function : "IQ"; ${latchOutput} } }`;
  const edges = ['rise', 'fall'];
  const thresholds = [
    ...edges.flatMap((edge) => ['input', 'output'].map((pin) => `${pin}_threshold_pct_${edge} : 50;`)),
    ...edges.map((edge) => `slew_lower_threshold_pct_${edge} : 20; slew_upper_threshold_pct_${edge} : 80;`),
  ];
  return `library (toy) { delay_model : table_lookup; time_unit : "1ns"; capacitive_load_unit (1, pf);
    ${thresholds.join(' ')}
    lu_table_template (t) { variable_1 : input_net_transition; variable_2 : total_output_net_capacitance;
      ${indices} }
    lu_table_template (c) { variable_1 : related_pin_transition; index_1 ("0.01"); }
    ${gate('INV', 1, ['A'], "A'", 'negative_unate')}
    ${gate('BUF', 2, ['A'], 'A', 'positive_unate')}
    ${gate('NAND', 2, ['A', 'B'], "(A B)'", 'negative_unate')}
    ${register('DFF', 'C', 'rising')}
    ${register('DFFN', "C'", 'falling')}
    ${latch} }\n`;
}

/**
 * A library of an inverter, an exclusive or, a NAND, a buffer and two flip-flops with power data in round numbers: 2 V, pF, ns, nW, so that energies
 * are in pJ. The inverter's rising output takes 10 fJ at 0.1 ns and no load, 4 fJ more at 0.3 ns and 1 fJ more per fF.
 */
export function powerLibraryText(): string {
  const one = (kind: string, value: number): string => `${kind} (scalar) { values ("${value}"); }`;
  const both = (rise: number, fall: number): string => `${one('rise_power', rise)} ${one('fall_power', fall)}`;
  const register = `internal_power () { related_pin : "C"; ${both(0.03, 0.02)} }`;
  const table = (kind: string, ns: number): string => `${kind} (t) { values ("${ns}, ${ns}", "${ns}, ${ns}"); }`;
  const delays = [table('cell_rise', 0.1), table('cell_fall', 0.1), table('rise_transition', 0.3)];
  const arc = (pin: string, sense: string): string =>
    `timing () { related_pin : "${pin}"; timing_sense : ${sense}; ${delays.join(' ')} ${table('fall_transition', 0.2)} }`;
  return `library (powered) { time_unit : "1ns"; voltage_unit : "1V"; leakage_power_unit : "1nW"; nom_voltage : 2;
    capacitive_load_unit (1, pf);
    lu_table_template (t) { variable_1 : input_net_transition; variable_2 : total_output_net_capacitance;
      index_1 ("0.01, 10"); index_2 ("0.001, 1"); }
    power_lut_template (p) { variable_1 : input_transition_time; variable_2 : total_output_net_capacitance;
      index_1 ("0.1, 0.3"); index_2 ("0, 0.01"); }
    cell (INV) { area : 1; cell_leakage_power : 3;
      leakage_power () { when : "!A"; value : 1; } leakage_power () { when : "A"; value : 5; }
      pin (A) { direction : input; capacitance : 0.002; }
      pin (Y) { direction : output; function : "!A"; ${arc('A', 'negative_unate')}
        internal_power () { related_pin : "A"; ${one('fall_power', 0.004)}
          rise_power (p) { values ("0.010, 0.020", \\
            "0.014, 0.024"); } } } }
    cell (XOR) { area : 3; cell_leakage_power : 2;
      pin (A) { direction : input; capacitance : 0.001; } pin (B) { direction : input; capacitance : 0.001; }
      pin (Y) { direction : output; function : "A ^ B"; ${arc('A', 'non_unate')} ${arc('B', 'non_unate')}
        internal_power () { related_pin : "A"; ${both(0.01, 0.02)} }
        internal_power () { related_pin : "B"; when : "A"; ${both(0.1, 0.2)} }
        internal_power () { related_pin : "B"; when : "!A"; ${both(1, 2)} } } }
    cell (DFF) { area : 10; cell_leakage_power : 4; ff ("IQ","IQN") { clocked_on : "C"; next_state : "D"; clear : "!R"; }
      pin (C) { direction : input; clock : true; capacitance : 0.003; internal_power () { ${both(0.005, 0.007)} } }
      pin (D) { direction : input; capacitance : 0.001; internal_power () { ${both(0.002, 0.002)} } }
      pin (R) { direction : input; capacitance : 0.001; }
      pin (Q) { direction : output; function : "IQ"; ${arc('C', 'non_unate')}
        ${register} } }
    cell (REG) { area : 8; cell_leakage_power : 4; ff ("IQ","IQN") { clocked_on : "C"; next_state : "D"; }
      pin (C) { direction : input; clock : true; capacitance : 0.003; internal_power () { ${both(0.005, 0.007)} } }
      pin (D) { direction : input; capacitance : 0.001; }
      pin (Q) { direction : output; function : "IQ"; ${arc('C', 'non_unate')} ${register} } }
    cell (LATCH) { area : 6; cell_leakage_power : 4; latch ("IQ","IQN") { enable : "G"; data_in : "D"; }
      pin (G) { direction : input; clock : true; capacitance : 0.003; }
      pin (D) { direction : input; capacitance : 0.001; }
      pin (Q) { direction : output; function : "IQ"; } }
    cell (BUF) { area : 2; cell_leakage_power : 3; pin (A) { direction : input; capacitance : 0.002; }
      pin (Y) { direction : output; function : "A"; ${arc('A', 'positive_unate')} } }
    cell (NAND) { area : 2; cell_leakage_power : 3;
      pin (A) { direction : input; capacitance : 0.002; } pin (B) { direction : input; capacitance : 0.002; }
      pin (Y) { direction : output; function : "(A B)'"; ${arc('A', 'negative_unate')} ${arc('B', 'negative_unate')}
        internal_power () { related_pin : "A"; ${both(0.01, 0.02)} }
        internal_power () { related_pin : "B"; ${both(0.01, 0.02)} } } } }\n`;
}
