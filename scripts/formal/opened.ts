import { type Module, readModule } from '../tools/yosys/module.js';

/** The module that stands for one whose registers were taken out. */
export const OPENED = 'opened';

/** Registers by the names of their ports, with their bits. */
export type Registers = ReadonlyMap<string, number>;

/** A module without its registers: what one holds is an input, `acc_q`, what it stores an output, `acc_q_next`. */
export interface Opened {
  readonly json: string;
  readonly registers: Registers;
}

/** A register of one bit of the clock's rising edge. */
const REGISTER = '$_DFF_P_';

/** Names of registers in the RTL end so. */
const IS_REGISTER = /_q$/;

/**
 * Takes the registers out of a module.
 *
 * @param json As Yosys leaves it, of gates and of registers of one bit.
 * @throws Error where a register has no name of its own, or another clock than `clk_i`.
 */
export function opened(json: string): Opened {
  const module = readModule(json);
  const clock = module.ports.clk_i?.bits[0];
  const cells = Object.entries(module.cells);
  const stored = new Map(
    cells
      .filter(([, { type, connections }]) => type === REGISTER && connections.C?.[0] === clock)
      .map(([, { connections }]) => [connections.Q?.[0], connections.D?.[0]]),
  );
  const ports: Module['ports'] = {};
  const registers = new Map<string, number>();
  for (const [name, { bits }] of Object.entries(module.netnames)) {
    if (!IS_REGISTER.test(name) || !bits.every((bit) => stored.has(bit))) continue;
    const port = name.replace(/\W+/g, '_');
    ports[port] = { direction: 'input', bits };
    ports[`${port}_next`] = { direction: 'output', bits: bits.flatMap((bit) => stored.get(bit) ?? []) };
    registers.set(port, bits.length);
    for (const bit of bits) stored.delete(bit);
  }
  const others = cells.filter(([, { type }]) => type !== REGISTER && /ff|latch|mem|^\$_?sr/i.test(type));
  if (stored.size > 0 || others.length > 0)
    throw new Error(`${stored.size + others.length} registers cannot be taken out`);
  const gates = Object.fromEntries(cells.filter(([, { type }]) => type !== REGISTER));
  const free = { ...module, ports: { ...module.ports, ...ports }, cells: gates };
  return { json: JSON.stringify({ modules: { [OPENED]: free } }), registers };
}
