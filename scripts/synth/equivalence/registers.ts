import type { Bit, Module } from '../../tools/yosys/module.js';
import { PLAIN_REGISTERS } from '../gates.js';

/** A register of one bit. */
export interface Register {
  readonly cell: string;
  readonly type: string;
  readonly connections: Readonly<Record<string, readonly Bit[]>>;
  /** Public names of the net it drives. */
  readonly names: readonly string[];
}

/** Types of cells that hold state, or may as far as is known, but are not what is cut. */
export const otherState = ({ cells }: Module): string[] =>
  Object.values(cells)
    .map(({ type }) => type)
    .filter((type) => !PLAIN_REGISTERS.includes(type) && /ff|latch|mem|^\$_?sr|^[^$]/i.test(type));

/** The registers of a module, with all public names. */
export function registersOf(module: Module): Register[] {
  const names = publicNames(module);
  return Object.entries(module.cells)
    .filter(([, { type }]) => PLAIN_REGISTERS.includes(type))
    .map(([cell, { type, connections }]) => ({
      ...{ cell, type, connections },
      names: names.get(connections.Q?.[0] ?? 'x') ?? [],
    }));
}

/** The public names of each net. */
export function publicNames({ netnames }: Module): Map<Bit, string[]> {
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

/** A register's name in messages and of its ports. */
export const nameOf = ({ names, cell }: Register): string => names[0] ?? cell;

/** Registers by each of their names. */
export const registersByName = (registers: readonly Register[]): Map<string, Register> =>
  new Map(registers.flatMap((register) => register.names.map((name) => [name, register])));

/** The register of a netlist that drives a net of one of a register's names. */
export const counterpart = ({ names }: Register, byName: ReadonlyMap<string, Register>): Register | undefined =>
  names.map((name) => byName.get(name)).find((found) => found !== undefined);

/** The net that a register drives. */
export const outputOf = ({ connections }: Pick<Register, 'connections'>): Bit => connections.Q?.[0] ?? 'x';

/** A register as it is connected in a module. */
export const connected = ({ cells }: Module, { cell }: Register): Pick<Register, 'connections'> => ({
  connections: cells[cell]?.connections ?? {},
});
