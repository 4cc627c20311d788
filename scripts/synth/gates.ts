/**
 * Transistors of Yosys' internal gates in static CMOS: what Yosys and ABC themselves minimise with `abc -g cmos`
 * (kernel/cost.h), with 16 for a D flip-flop and two NANDs for two inverters (4 more) where it has a reset.
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
  $_DFF_P_: 16,
  $_DFF_N_: 16,
  $_DFF_PN0_: 20,
  $_DFF_PN1_: 20,
};

/** Transistors of a 2-input NAND, the unit of gate equivalents. */
const NAND2_TRANSISTORS = TRANSISTORS.$_NAND_ as number;

/** The flip-flops the flows keep; they turn all others into these and gates. */
export const PLAIN_FLIP_FLOPS: readonly string[] = Object.keys(TRANSISTORS).filter((gate) => gate.includes('DFF'));

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
