/**
 * Transistors of Yosys' internal gates in static CMOS: what Yosys and ABC themselves minimise with `abc -g cmos`
 * (kernel/cost.h), with 16 for a D flip-flop, half of them for a latch, and two NANDs for two inverters (4 more) where it
 * has a reset.
 */
const TRANSISTORS: Readonly<Record<string, number>> = {
  $_NOT_: 2,
  $_NAND_: 4,
  $_NOR_: 4,
  $_AOI3_: 6,
  $_OAI3_: 6,
  $_AOI4_: 8,
  $_OAI4_: 8,
  $_NMUX_: 10,
  $_MUX_: 12,
  $_XNOR_: 12,
  $_XOR_: 12,
  $_DLATCH_N_: 8,
  $_DFF_P_: 16,
  $_DFF_N_: 16,
  $_DFF_PN0_: 20,
  $_DFF_PN1_: 20,
};

/** Transistors of a 2-input NAND, the unit of gate equivalents. */
const NAND2_TRANSISTORS = TRANSISTORS.$_NAND_ as number;

/** The latch of the clock gate: open while its enable is low. */
export const LATCH = '$_DLATCH_N_';

/** The registers the flows keep: flip-flops and the latch. */
export const PLAIN_REGISTERS: readonly string[] = [
  ...Object.keys(TRANSISTORS).filter((gate) => gate.includes('DFF')),
  LATCH,
];

/** The command that turns all other registers into these and gates. */
export const LEGALISE = `dfflegalize ${PLAIN_REGISTERS.map((gate) => `-cell ${gate} x`).join(' ')}`;

/** How many of each cell a netlist holds. */
export type CellCounts = Readonly<Record<string, number>>;

/** Gate equivalents of a netlist of generic gates. @throws Error for a gate without a weight. */
export function genericGateEquivalents(cells: CellCounts): number {
  return Object.entries(cells).reduce((sum, [gate, count]) => {
    const transistors = TRANSISTORS[gate];
    if (transistors === undefined) throw new Error(`no weight for gate ${gate}`);
    return sum + (count * transistors) / NAND2_TRANSISTORS;
  }, 0);
}

/** Flip-flops, in bits, of a netlist of Yosys' internal gates. */
export function flipFlopBits(cells: CellCounts): number {
  return Object.entries(cells).reduce(
    (sum, [gate, count]) => (/^\$_\w*(DFF|FF)\w*_$/.test(gate) ? sum + count : sum),
    0,
  );
}
