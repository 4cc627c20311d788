import { designLines, SYNTHESIS_FILES } from '../flow.js';
import { type Family, familyDescription } from '../fpga/families.js';
import { LEGALISE } from '../gates.js';
import { netlistModule } from '../netlist.js';
import type { AreaItem } from '../plan.js';

/** What a netlist's cells are: Yosys' own gates, those of a library or those of a family of FPGAs. */
export type CellKind = 'gates' | 'library' | Family;

/** Names of the files of a proof, in its folder. */
export const PROOF_FILES = {
  models: 'models.v',
  netlist: SYNTHESIS_FILES.netlist,
  netlistJson: 'netlist.json',
  drivers: 'drivers.json',
  gold: 'gold.json',
  merged: 'merged.json',
  gate: 'gate.json',
  cut: 'cut.json',
  simulation: 'simulation.v',
} as const;

/** The two modules that are compared: what synthesis began with, and the netlist. */
export const GOLD = 'gold';
export const GATE = 'gate';

/** The script that turns a library's own cell functions into Verilog, for the proof and for simulation. */
export function modelsScript(): string {
  const { models } = PROOF_FILES;
  return [`read_liberty -ignore_miss_func ${SYNTHESIS_FILES.library}`, `write_verilog -noattr ${models}`, ''].join(
    '\n',
  );
}

/** The models of the cells a netlist instantiates, out of those of a whole library. */
export function usedModels(models: string, cells: readonly string[]): string {
  const used = new Set(cells);
  const modules = [...models.matchAll(/^module (\S+)\s*\([\s\S]*?^endmodule$/gm)];
  return `${modules
    .filter(([, name]) => used.has((name ?? '').replace(/^\\/, '')))
    .map(([text]) => text)
    .join('\n')}\n`;
}

/** How a module's RTL is read for a proof. */
export interface GoldScripts {
  /** Does no more than a proof register by register needs: no optimisation, words remain words, registers become plain ones. */
  readonly gold: string;
  /** As synthesis leaves it before its names are purged: equal registers are one net there, with the names of all. */
  readonly merged: string;
}

/** The scripts that read an item's RTL. */
export function goldScripts(item: Pick<AreaItem, 'module' | 'files' | 'parameters'>): GoldScripts {
  return goldScriptsAround(designLines(item), []);
}

/**
 * The scripts of `goldScripts` for a design around its modules.
 *
 * @param design Reads it, its modules as black boxes.
 * @param linking Names the black boxes as the netlists are named.
 */
export function goldScriptsAround(design: readonly string[], linking: readonly string[]): GoldScripts {
  const gold = [...design, ...PLAIN, ...linking, `rename -top ${GOLD}`, `write_json ${PROOF_FILES.gold}`, ''];
  const merged = [...design, 'synth -flatten -noabc', `rename -top ${GOLD}`, `write_json ${PROOF_FILES.merged}`, ''];
  return { gold: gold.join('\n'), merged: merged.join('\n') };
}

/** RTL as words, flat, with plain registers. */
const PLAIN: readonly string[] = [
  ...['proc', 'flatten', 'opt_clean', 'memory -nomap', 'memory_map', 'simplemap t:$*dff* t:$*latch*'],
  ...[LEGALISE, 'opt_clean'],
];

/** The script that reads RTL in place of a netlist, to compare it with other RTL. */
export function rtlAsGateScript(item: Pick<AreaItem, 'module' | 'files' | 'parameters'>): string {
  const { drivers, gate } = PROOF_FILES;
  return [
    ...designLines(item),
    ...PLAIN,
    `rename -top ${GATE}`,
    ...[drivers, gate].map((file) => `write_json ${file}`),
    '',
  ].join('\n');
}

/** How a netlist is read, where it is not Verilog that stands alone. */
export interface Reading {
  /** Files of modules of which the netlist has instances; these remain. */
  readonly blackBoxes?: readonly string[];
  /** Whether it is in the file of JSON instead of that of Verilog. */
  readonly json?: boolean;
}

/** Reads a netlist with the models of its cells, or as Yosys' own gates; cells of FPGAs that have no model stay as they are. */
function netlistLines(
  item: Pick<AreaItem, 'module' | 'parameters'>,
  cells: CellKind,
  { blackBoxes = [], json = false }: Reading,
): string[] {
  const onFpga = cells !== 'gates' && cells !== 'library';
  return [
    ...(blackBoxes.length > 0 ? [`read_verilog -icells -lib ${blackBoxes.join(' ')}`] : []),
    ...(cells === 'library' ? [`read_verilog ${PROOF_FILES.models}`] : []),
    // Of these, only the models of cells that are there are elaborated.
    ...(onFpga ? [`read_verilog -defer ${familyDescription(cells).models.join(' ')}`] : []),
    json ? `read_json ${PROOF_FILES.netlistJson}` : `read_verilog -icells ${PROOF_FILES.netlist}`,
    `hierarchy ${onFpga ? '' : '-check '}-top ${netlistModule(item)}`,
    'proc',
    'flatten',
    // What an FPGA's registers hold at power-up, the RTL leaves open.
    ...(onFpga ? ['setattr -unset init w:*'] : []),
  ];
}

/** The script that reads a netlist: all that drives its nets, and its cells as gates and plain registers. */
export function gateScript(
  item: Pick<AreaItem, 'module' | 'parameters'>,
  cells: CellKind,
  reading: Reading = {},
): string {
  return [
    ...netlistLines(item, cells, reading),
    `rename -top ${GATE}`,
    `write_json ${PROOF_FILES.drivers}`,
    // Set and reset pins that are tied off make a register of another kind. Nothing that is undefined is made use of.
    'opt_expr -keepdc',
    'opt_dff -keepdc',
    'simplemap t:$*dff* t:$*latch*',
    LEGALISE,
    'opt_clean',
    `write_json ${PROOF_FILES.gate}`,
    '',
  ].join('\n');
}

/** Two modules to compare, of the file of cut modules or of Verilog that instantiates those. */
export interface Compared {
  readonly gold: string;
  readonly gate: string;
  readonly verilog: readonly string[];
}

/** A module and its netlist. */
const CUT: Compared = { gold: GOLD, gate: GATE, verilog: [] };

function comparisonLines({ gold, gate, verilog }: Compared, options: string): string[] {
  return [
    `read_json ${PROOF_FILES.cut}`,
    ...(verilog.length > 0 ? [`read_verilog ${verilog.join(' ')}`, 'proc'] : []),
    `miter -equiv ${options}${gold} ${gate} miter`,
    'hierarchy -check -top miter',
    'flatten',
  ];
}

/** The script that has ABC prove that two modules without registers agree on all outputs. @param seconds ABC's limit. */
export function miterScript(seconds: number, compared: Compared = CUT): string {
  return [
    ...comparisonLines(compared, ''),
    'techmap',
    // ABC gets gates alone: anything else would be left out, and what it feeds taken for an input. `$scopeinfo`, the
    // name that newer releases keep of a flattened module, feeds nothing.
    'select -assert-none t:* t:$_*_ %d t:$scopeinfo %d',
    `abc -script +strash;&get,-n;&cec,-m,-T,${seconds}`,
    '',
  ].join('\n');
}

/** The script that shows an input for which two modules that are not equal differ, and in what. */
export function counterexampleScript(seconds: number, compared: Compared = CUT): string {
  const search = `sat -timeout ${seconds} -prove trigger 0 -show-outputs miter`;
  return [...comparisonLines(compared, '-make_outcmp '), search, ''].join('\n');
}

/** The script that writes a netlist as Verilog without cells, under the netlist's own name, for a simulator. */
export function simulationScript(
  item: Pick<AreaItem, 'module' | 'parameters'>,
  cells: CellKind,
  reading: Reading = {},
): string {
  return [
    ...netlistLines(item, cells, reading),
    'opt_clean',
    `write_verilog -noattr ${PROOF_FILES.simulation}`,
    '',
  ].join('\n');
}
