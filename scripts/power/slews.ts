import { UserError } from '../../gen/base/errors.js';
import type { Circuit, Gate } from './circuit.js';
import type { PowerPin, TransitionArc } from './library.js';
import { lookUp } from './table.js';

/** Transition times of a net, in seconds. */
export interface Slew {
  readonly rise: number;
  readonly fall: number;
}

/** Transition times that nothing in the netlist tells, in seconds. */
export interface SlewAssumption {
  /** Of nets that input ports drive, other than clocks. */
  readonly input: number;
  readonly clock: number;
}

/**
 * The transition times of all nets: assumed at the ports, computed behind every gate from its inputs and its load by the
 * library's tables, the slowest where there are several (as static timing analysis takes them).
 *
 * @throws UserError for a loop of gates.
 */
export function netSlews(circuit: Circuit, assumed: SlewAssumption): Slew[] {
  const { netlist, clocks, loads } = circuit;
  const drivers = driversOf(circuit);
  const known: (Slew | 'open' | undefined)[] = new Array(netlist.nets).fill(undefined);
  const assumption = (net: number): Slew => {
    const slew = clocks.has(net) ? assumed.clock : assumed.input;
    return { rise: slew, fall: slew };
  };
  const slewOf = (net: number): Slew => {
    const before = known[net];
    if (before === 'open') throw new UserError(`${netlist.module} has a loop of gates without a register`);
    if (before !== undefined) return before;
    const driver = drivers.get(net);
    if (!driver) return assumption(net);
    known[net] = 'open';
    const slew = behind(driver, loads[net] as number, slewOf) ?? assumption(net);
    known[net] = slew;
    return slew;
  };
  return Array.from({ length: netlist.nets }, (_, net) => slewOf(net));
}

interface Driver {
  readonly gate: Gate;
  readonly pin: PowerPin;
}

function driversOf({ gates }: Circuit): Map<number, Driver> {
  const drivers = new Map<number, Driver>();
  for (const gate of gates) {
    for (const [name, net] of Object.entries(gate.pins)) {
      const pin = gate.cell.pins.get(name);
      if (pin?.direction === 'output' && typeof net === 'number') drivers.set(net, { gate, pin });
    }
  }
  return drivers;
}

/** The slew behind an output; undefined where the library does not tell, or all inputs are constant. */
function behind({ gate, pin }: Driver, load: number, slewOf: (net: number) => Slew): Slew | undefined {
  const arcs = pin.arcs.flatMap((arc) => {
    const net = gate.pins[arc.related];
    return typeof net === 'number' ? [{ arc, slew: slewOf(net) }] : [];
  });
  const worst = (edge: 'rise' | 'fall'): number =>
    arcs.reduce((most, { arc, slew }) => {
      const table = arc[edge];
      return table ? Math.max(most, lookUp(table, { slew: inputSlew(arc, edge, slew), load })) : most;
    }, 0);
  const [rise, fall] = [worst('rise'), worst('fall')];
  return rise > 0 && fall > 0 ? { rise, fall } : undefined;
}

/** The slew of the input's transition that makes an output's; the slower one where either may. */
export function inputSlew({ inverting }: Pick<TransitionArc, 'inverting'>, edge: 'rise' | 'fall', slew: Slew): number {
  if (inverting === undefined) return Math.max(slew.rise, slew.fall);
  return inverting === (edge === 'fall') ? slew.rise : slew.fall;
}
