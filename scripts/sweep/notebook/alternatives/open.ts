import { UserError } from '../../../../gen/base/errors.js';
import type { Module } from '../../../tools/yosys/module.js';

/** The registers of a PE of one stage, without the `_q` of their names; an inverted accumulator is `acc_n_q`. */
const REGISTERS = ['a', 'w', 'swap', 'acc'] as const;

/** The register between the accumulator's lower part and its late one, where it has them. */
const CARRY = 'carry';

/** A register of one bit without reset and enable, set by the rising edge. */
const PLAIN = '$_DFF_P_';

/**
 * A PE without its registers: what `a_q` and the others hold is an input of that name, what they store an output, `a_d`.
 *
 * @param name The name of its module.
 * @param pe As `goldScripts` leaves it.
 * @throws UserError where it has other state, or a register another clock than `clk_i`.
 */
export function opened(name: string, pe: Module): Module {
  const names = REGISTERS.map((register) => `${register}_q`).join(', ');
  const problem = (what: string) =>
    new UserError(`${name}: ${what}; its registers must be ${names}, of the clock clk_i, without reset or enable`);
  const clock = pe.ports.clk_i?.bits[0];
  const isRegister = ({ type, connections }: Module['cells'][string]): boolean =>
    type === PLAIN && connections.C?.[0] === clock;
  const stored = new Map(
    Object.values(pe.cells)
      .filter(isRegister)
      .map(({ connections: { Q = [], D = [] } }) => [Q[0], D[0]]),
  );
  const registers = pe.netnames[`${CARRY}_q`] === undefined ? REGISTERS : [...REGISTERS, CARRY];
  const ports = registers.flatMap((register) => {
    const inverted = pe.netnames[`${register}_n_q`];
    const held = (inverted ?? pe.netnames[`${register}_q`])?.bits ?? [];
    const next = held.flatMap((bit) => stored.get(bit) ?? []);
    if (held.length === 0 || next.length !== held.length) throw problem(`${register}_q is no register`);
    for (const bit of held) stored.delete(bit);
    return [
      [`${register}_q`, { direction: 'input', bits: held }],
      [`${register}_d`, { direction: 'output', bits: next }],
    ] as const;
  });
  const cells = Object.entries(pe.cells).filter(([, cell]) => !isRegister(cell));
  if (stored.size > 0 || cells.some(([, { type }]) => /ff|latch|mem|^\$_?sr/i.test(type))) {
    throw problem('it has other state');
  }
  return { ...pe, ports: { ...pe.ports, ...Object.fromEntries(ports) }, cells: Object.fromEntries(cells) };
}

/** A PE without its registers, for Verilog that instantiates it. */
export interface OpenedPe {
  readonly module: string;
  /** Widths of its operands and of its accumulator, in bits. */
  readonly a: number;
  readonly w: number;
  readonly acc: number;
  /** Whether its accumulator has a late part. */
  readonly late: boolean;
}

export function openedWidths(module: string, { ports }: Module): OpenedPe {
  const width = (name: string): number => ports[name]?.bits.length ?? 0;
  return { module, a: width('a_q'), w: width('w_q'), acc: width('acc_q'), late: width(`${CARRY}_q`) > 0 };
}
