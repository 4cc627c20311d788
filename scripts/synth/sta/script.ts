/** What OpenSTA is to check. */
export interface StaJob {
  /** Files in the folder it runs in. */
  readonly library: string;
  readonly netlists: readonly string[];
  readonly top: string;
  /** Constraints: a file that reads the variable CLOCK_PERIOD, in ns; without, the clock alone. */
  readonly constraints: string | undefined;
  /** The period asked for, in ns. */
  readonly period: number;
}

/** The longest period that is searched, in ns. */
export const LONGEST_SEARCHED = 1024;
/** Halvings of the search for the least period: to well below a picosecond. */
const STEPS = 24;

/** Marks before what is read, so that nothing else is taken for it. */
export const MARKS = { slack: 'ANT-RTL slack', minimum: 'ANT-RTL minimum', path: 'ANT-RTL path', end: 'ANT-RTL end' };

/**
 * The Tcl script that links a design, gives its worst setup slack for a period and the path that has it, and searches the
 * least period without a negative slack. Half-cycle paths and delays of ports grow with the period, so that the least
 * period is not the period less the slack.
 */
export function staScript({ library, netlists, top, constraints, period }: StaJob): string {
  const clock =
    constraints === undefined
      ? 'create_clock -name clk -period $CLOCK_PERIOD [get_ports clk_i]'
      : `uplevel #0 [list source ${constraints}]`;
  return [
    `read_liberty ${library}`,
    ...netlists.map((file) => `read_verilog ${file}`),
    `link_design ${top}`,
    'proc slack_at {period} {',
    '  global CLOCK_PERIOD',
    '  set CLOCK_PERIOD $period',
    `  ${clock}`,
    '  return [worst_slack -max]',
    '}',
    `puts "${MARKS.slack} [slack_at ${period}]"`,
    `puts "${MARKS.path}"`,
    'report_checks -path_delay max -format full -fields {net} -digits 4',
    `puts "${MARKS.end}"`,
    'set low 0.0',
    `set high ${LONGEST_SEARCHED}.0`,
    'if {[slack_at $high] < 0} { puts "no period is long enough"; exit 1 }',
    `for {set i 0} {$i < ${STEPS}} {incr i} {`,
    '  set middle [expr {($low + $high) / 2}]',
    '  if {[slack_at $middle] < 0} { set low $middle } else { set high $middle }',
    '}',
    `puts "${MARKS.minimum} $high"`,
    `slack_at $high`,
    `puts "${MARKS.path}"`,
    'report_checks -path_delay max -format full -fields {net} -digits 4',
    `puts "${MARKS.end}"`,
    'exit 0',
    '',
  ].join('\n');
}
