import { PLAIN_REGISTERS } from '../gates.js';
import { type Bit, type Module, mapValues } from './module.js';

/** A register of one bit. */
interface Register {
  readonly cell: string;
  readonly type: string;
  readonly connections: Readonly<Record<string, readonly Bit[]>>;
  /** Public names of the net it drives. */
  readonly names: readonly string[];
}

/** A register of the RTL with the one of the netlist that stands for it. */
interface Pair {
  readonly name: string;
  readonly gold: Register;
  readonly gate: Register;
}

/** A register of the RTL that the netlist lacks, with what it has to hold for that. */
interface Constant {
  readonly name: string;
  readonly register: Register;
  readonly value: '0' | '1';
}

/** Two modules without registers, to be proved equal, and how many registers of the RTL were cut. */
export interface CutPair {
  readonly gold: Module;
  readonly gate: Module;
  readonly registers: number;
  /** How many of them the netlist lacks: the modules agree only if these are constants. */
  readonly constants: number;
}

/**
 * Cuts both modules at their registers: a register's output becomes an input, what it stores an output, and so do its clock
 * and its reset. If the two modules agree on all outputs then, equal states stay equal with every clock edge and reset, and
 * so do the ports. Registers belong together that drive nets of the same name; several of the RTL may share one of the
 * netlist, where synthesis found that they always hold the same: they are one state then, in both modules. One that the
 * netlist lacks is a constant in the RTL, and what it stores becomes an output that has to be just that. What registers
 * without a reset hold at power-up is open in the RTL: the netlist is one of the cases.
 *
 * @param gold What synthesis began with, its registers mapped to plain ones of one bit.
 * @param gate The netlist, likewise.
 * @returns the modules, or what keeps them from being compared register by register.
 */
export function cutRegisters(gold: Module, gate: Module): CutPair | { readonly problem: string } {
  const others = [...otherState(gold), ...otherState(gate)];
  if (others.length > 0) return { problem: `state other than plain registers: ${[...new Set(others)].join(', ')}` };
  const mapped = registersOf(gate);
  const byName = new Map(mapped.flatMap((register) => register.names.map((name) => [name, register])));
  const pairs: Pair[] = [];
  const constants: Constant[] = [];
  const alone: string[] = [];
  for (const register of registersOf(gold)) {
    const partner = register.names.map((name) => byName.get(name)).find((found) => found !== undefined);
    const name = register.names[0] ?? register.cell;
    if (partner === undefined) constants.push({ name, register, value: constantOf(register) });
    else if (partner.type === register.type) pairs.push({ name, gold: register, gate: partner });
    else alone.push(name);
  }
  const paired = new Set(pairs.map((pair) => pair.gate));
  alone.push(...mapped.filter((register) => !paired.has(register)).map(({ names, cell }) => names[0] ?? cell));
  if (alone.length > 0) {
    return { problem: `${alone.length} registers have no counterpart, such as ${alone.slice(0, 3).join(', ')}` };
  }
  return {
    gold: cut(withSharedState(gold, pairs, constants), pairs, 'gold', constants),
    gate: cut(gate, pairs, 'gate', constants),
    registers: pairs.length + constants.length,
    constants: constants.length,
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

/** Types of cells that hold state, or may as far as is known, but are not what is cut. */
const otherState = ({ cells }: Module): string[] =>
  Object.values(cells)
    .map(({ type }) => type)
    .filter((type) => !PLAIN_REGISTERS.includes(type) && /ff|latch|mem|^\$_?sr|^[^$]/i.test(type));

function registersOf(module: Module): Register[] {
  const names = publicNames(module);
  return Object.entries(module.cells)
    .filter(([, { type }]) => PLAIN_REGISTERS.includes(type))
    .map(([cell, { type, connections }]) => ({
      ...{ cell, type, connections },
      names: names.get(connections.Q?.[0] ?? 'x') ?? [],
    }));
}

/** The public names of each net. */
function publicNames({ netnames }: Module): Map<Bit, string[]> {
  const names = new Map<Bit, string[]>();
  for (const [name, { hide_name, bits: nets }] of Object.entries(netnames)) {
    if (hide_name === 1) continue;
    nets.forEach((net, i) => {
      const known = names.get(net);
      if (known) known.push(`${name}[${i}]`);
      else names.set(net, [`${name}[${i}]`]);
    });
  }
  return names;
}

/** What a register holds that the netlist lacks: its reset value, the constant that it stores, or else 0. */
function constantOf({ type, connections }: Register): '0' | '1' {
  const reset = /([01])_$/.exec(type)?.[1] ?? connections.D?.[0];
  return reset === '1' ? '1' : '0';
}

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

const outputOf = ({ connections }: Pick<Register, 'connections'>): Bit => connections.Q?.[0] ?? 'x';

/** A module without its registers; `acc_q[3].Q` and the like are the new ports. */
function cut(module: Module, pairs: readonly Pair[], side: 'gold' | 'gate', constants: readonly Constant[]): Module {
  const states = new Set<Register>();
  const ports: [string, { direction: string; bits: Bit[] }][] = [];
  for (const pair of pairs) {
    const isFirst = !states.has(pair.gate);
    states.add(pair.gate);
    for (const [pin, nets] of Object.entries(module.cells[pair[side].cell]?.connections ?? {})) {
      if (pin === 'Q' && !isFirst) continue;
      ports.push([`${pair.name}.${pin}`, { direction: pin === 'Q' ? 'input' : 'output', bits: [...nets] }]);
    }
  }
  for (const { name, register, value } of constants) {
    const stored = module.cells[register.cell]?.connections.D ?? [];
    ports.push([`${name}.D`, { direction: 'output', bits: side === 'gold' ? [...stored] : [value] }]);
  }
  const gone = new Set(pairs.map((pair) => pair[side].cell));
  if (side === 'gold') for (const { register } of constants) gone.add(register.cell);
  return {
    ...module,
    ports: { ...module.ports, ...Object.fromEntries(ports) },
    cells: Object.fromEntries(Object.entries(module.cells).filter(([name]) => !gone.has(name))),
  };
}
