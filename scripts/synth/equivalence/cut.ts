import { type Bit, type Module, type ModulePair, mapValues } from '../../tools/yosys/module.js';
import { constantOf, type MergedNets, twinOf } from './merged.js';
import {
  connected,
  counterpart,
  nameOf,
  otherState,
  outputOf,
  type Register,
  registersByName,
  registersOf,
} from './registers.js';

/** A register of the RTL with the one of the netlist that stands for it. */
interface Pair {
  readonly name: string;
  readonly gold: Register;
  readonly gate: Register;
  /** The register of the RTL that the netlist has for both, where the netlist lacks this one's name. */
  readonly twin?: Register;
}

/** A register of the RTL that the netlist lacks, with what it has to hold for that. */
interface Constant {
  readonly name: string;
  readonly register: Register;
  readonly value: '0' | '1';
}

/** A module and its netlist, and how many registers of the RTL were cut. */
export interface CutPair extends ModulePair {
  readonly registers: number;
  /**
   * What has to be proved of the RTL alone before the two are compared, where the netlist lacks registers: `gold` has what
   * these get, `gate` what the registers get that stand for them, or the constants that they are taken for.
   */
  readonly assumed: ModulePair | undefined;
}

/**
 * Cuts both modules at their registers: a register's output becomes an input, what it stores an output, and so do its clock
 * and its reset. If the two modules agree on all outputs then, equal states stay equal with every clock edge and reset, and
 * so do the ports. Registers belong together that drive nets of the same name; several of the RTL may share one of the
 * netlist, where synthesis found that they always hold the same: they are one state then, in both modules. One whose name
 * the netlist lacks shares the register of another of the RTL, or is a constant there: `assumed` is to be proved of it. What
 * registers hold at power-up is open in the RTL: the netlist is one of the cases.
 *
 * @param gold What synthesis began with, its registers mapped to plain ones of one bit.
 * @param gate The netlist, likewise.
 * @param merged What synthesis seems to have made of the RTL's registers; nothing rests on it.
 * @returns the modules, or what keeps them from being compared register by register.
 */
export function cutRegisters(
  gold: Module,
  gate: Module,
  merged: MergedNets = new Map(),
): CutPair | { readonly problem: string } {
  const others = [...otherState(gold), ...otherState(gate)];
  if (others.length > 0) return { problem: `state other than plain registers: ${[...new Set(others)].join(', ')}` };
  const mapped = registersOf(gate);
  const byName = registersByName(mapped);
  const original = registersOf(gold);
  const originalByName = registersByName(original);
  const pairs: Pair[] = [];
  const constants: Constant[] = [];
  const alone: string[] = [];
  for (const register of original) {
    const name = nameOf(register);
    const twin = twinOf(register, byName, originalByName, merged);
    const partner = counterpart(twin ?? register, byName);
    if (partner === undefined) constants.push({ name, register, value: constantOf(register, merged) });
    else if (partner.type !== register.type) alone.push(name);
    else pairs.push({ name, gold: register, gate: partner, ...(twin ? { twin } : {}) });
  }
  const paired = new Set(pairs.map((pair) => pair.gate));
  alone.push(...mapped.filter((register) => !paired.has(register)).map(nameOf));
  if (alone.length > 0) {
    return { problem: `${alone.length} registers have no counterpart, such as ${alone.slice(0, 3).join(', ')}` };
  }
  const shared = withSharedState(gold, pairs, constants);
  return {
    gold: cut(shared, pairs, 'gold', constants),
    gate: cut(gate, pairs, 'gate', constants),
    registers: pairs.length + constants.length,
    assumed: assumptions(shared, pairs, constants),
  };
}

/** Cells of a netlist that are not Yosys' own gates: they have no model. */
export const unmodelledCells = ({ cells }: Module): string[] => [
  ...new Set(
    Object.values(cells)
      .map(({ type }) => type)
      .filter((type) => !type.startsWith('$')),
  ),
];

/**
 * The RTL with one state for all registers that share a register of the netlist (that of the first), and with constants for
 * registers that the netlist lacks.
 */
function withSharedState(module: Module, pairs: readonly Pair[], constants: readonly Constant[]): Module {
  const first = new Map<Register, Pair>();
  const state = new Map<Bit, Bit>(constants.map(({ register, value }) => [outputOf(register), value]));
  for (const pair of pairs) {
    const known = first.get(pair.gate);
    if (known === undefined) first.set(pair.gate, pair);
    else state.set(outputOf(pair.gold), outputOf(known.gold));
  }
  if (state.size === 0) return module;
  const renamed = (nets: readonly Bit[]): Bit[] => nets.map((net) => state.get(net) ?? net);
  return {
    ...module,
    ports: mapValues(module.ports, (port) => ({ ...port, bits: renamed(port.bits) })),
    cells: mapValues(module.cells, (cell) => ({ ...cell, connections: mapValues(cell.connections, renamed) })),
    netnames: mapValues(module.netnames, (net) => ({ ...net, bits: renamed(net.bits) })),
  };
}

/** What the RTL's registers get that the netlist lacks, and what stands for that, as outputs of two modules. */
function assumptions(shared: Module, pairs: readonly Pair[], constants: readonly Constant[]): CutPair['assumed'] {
  const twins = pairs.flatMap(({ name, gold, twin }) => (twin ? [{ name, gold, twin }] : []));
  if (twins.length === 0 && constants.length === 0) return undefined;
  const states = [...new Set(pairs.map(({ gold }) => outputOf(connected(shared, gold))))];
  const gone = new Set([...pairs.map(({ gold }) => gold.cell), ...constants.map(({ register }) => register.cell)]);
  const inputs = Object.entries(shared.ports).filter(([, { direction }]) => direction === 'input');
  const side = (choice: 'gold' | 'gate'): Module => ({
    ...shared,
    ports: Object.fromEntries([
      ...inputs,
      ...states.map((net, i) => [`state[${i}]`, { direction: 'input', bits: [net] }] as const),
      ...twins.flatMap(({ name, gold, twin }) => inputPorts(name, shared, choice === 'gold' ? gold : twin)),
      ...constantPorts(constants, choice, shared),
    ]),
    cells: Object.fromEntries(Object.entries(shared.cells).filter(([name]) => !gone.has(name))),
  });
  return { gold: side('gold'), gate: side('gate') };
}

type Port = readonly [string, { direction: string; bits: Bit[] }];

/** What a register gets, its clock and its reset, as outputs. */
const inputPorts = (name: string, module: Module, register: Register): Port[] =>
  Object.entries(connected(module, register).connections)
    .filter(([pin]) => pin !== 'Q')
    .map(([pin, nets]) => [`${name}.${pin}`, { direction: 'output', bits: [...nets] }]);

/** What registers store that are taken for constants, and these constants. */
const constantPorts = (constants: readonly Constant[], side: 'gold' | 'gate', module: Module): Port[] =>
  constants.map(({ name, register, value }) => {
    const stored = connected(module, register).connections.D ?? [];
    return [`${name}.D`, { direction: 'output', bits: side === 'gold' ? [...stored] : [value] }];
  });

/** A module without its registers; `acc_q[3].Q` and the like are the new ports. */
function cut(module: Module, pairs: readonly Pair[], side: 'gold' | 'gate', constants: readonly Constant[]): Module {
  const states = new Set<Register>();
  const ports: Port[] = [];
  for (const pair of pairs) {
    const register = pair[side];
    if (!states.has(pair.gate)) {
      ports.push([`${pair.name}.Q`, { direction: 'input', bits: [outputOf(connected(module, register))] }]);
    }
    states.add(pair.gate);
    ports.push(...inputPorts(pair.name, module, register));
  }
  ports.push(...constantPorts(constants, side, module));
  const gone = new Set(pairs.map((pair) => pair[side].cell));
  if (side === 'gold') for (const { register } of constants) gone.add(register.cell);
  return {
    ...module,
    ports: { ...module.ports, ...Object.fromEntries(ports) },
    cells: Object.fromEntries(Object.entries(module.cells).filter(([name]) => !gone.has(name))),
  };
}
