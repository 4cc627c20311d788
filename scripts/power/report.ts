import type { AreaRole } from '../synth/plan.js';
import type { LibraryIdentity } from '../tools/liberty/identity.js';
import type { ToolIdentity } from '../tools/yosys/identity.js';
import { addEnergy, type Energy, scaleEnergy } from './estimate.js';
import type { SlewAssumption } from './slews.js';

/** The energy of one kind of module, of all its instances together. */
export interface PowerRow {
  readonly label: string;
  readonly role: AreaRole;
  readonly instances: number;
  /** Picojoules per multiply-accumulate of the whole array. */
  readonly perMac: Energy;
}

/** What a run of real operands took. */
export interface PowerReport {
  readonly design: string;
  readonly rows: number;
  readonly cols: number;
  readonly tool: ToolIdentity;
  readonly simulator: { readonly name: 'Verilator'; readonly version: string };
  readonly library: LibraryIdentity;
  /** Supply, in volts. */
  readonly voltage: number;
  /** Clock period in seconds, and transition times assumed at ports. */
  readonly period: number;
  readonly slews: SlewAssumption;
  /** The critical path of any module in seconds, with buffers and sized gates; undefined where the library tells none. */
  readonly criticalPath?: number;
  readonly tiles: { readonly run: number; readonly all: number };
  readonly cycles: number;
  /** Useful multiply-accumulates of the tiles run. */
  readonly macs: number;
  /** Results compared with the reference. */
  readonly results: number;
  readonly modules: readonly PowerRow[];
  /** Picojoules per multiply-accumulate: of the PEs (or dot-product units, or clusters of PEs), and of all modules. */
  readonly pe: Energy;
  readonly whole: Energy;
  /** Watts at the period, likewise. */
  readonly watts: { readonly pe: number; readonly whole: number };
}

const PICO = 1e12;

/** Joules of modules as rows per multiply-accumulate, with their sums. */
export function energyRows(
  modules: readonly (Omit<PowerRow, 'perMac'> & { readonly joules: Energy })[],
  macs: number,
): Pick<PowerReport, 'modules' | 'pe' | 'whole'> {
  const rows = modules.map(({ joules, ...row }) => ({ ...row, perMac: scaleEnergy(joules, PICO / macs) }));
  const zero = scaleEnergy(rows[0]?.perMac as Energy, 0);
  const sum = (some: readonly PowerRow[]): Energy => some.reduce((total, { perMac }) => addEnergy(total, perMac), zero);
  return { modules: rows, pe: sum(rows.filter(({ role }) => role === 'pe')), whole: sum(rows) };
}

/** The watts of an energy per multiply-accumulate in picojoules. */
export function wattsOf(
  perMac: number,
  { macs, cycles, period }: Pick<PowerReport, 'macs' | 'cycles' | 'period'>,
): number {
  return ((perMac / PICO) * macs) / (cycles * period);
}
