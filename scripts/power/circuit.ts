import { UserError } from '../../gen/base/errors.js';
import type { PowerCell, PowerGroup, PowerLibrary, PowerPin } from './library.js';
import type { FlatNetlist, Net } from './netlist.js';

/** A gate with its data in the library. */
export interface Gate {
  readonly name: string;
  readonly cell: PowerCell;
  readonly pins: Readonly<Record<string, Net>>;
  readonly register: boolean;
}

/** Energies of a pin of a gate. */
export interface PowerArc {
  readonly gate: Gate;
  readonly pin: PowerPin;
  readonly net: number;
  readonly group: PowerGroup;
}

/** A state of a gate with a leakage of its own. */
export interface LeakageState {
  readonly gate: Gate;
  readonly index: number;
}

/** A netlist with the library's data, without cell-internal knowledge beyond them. */
export interface Circuit {
  readonly netlist: FlatNetlist;
  readonly library: PowerLibrary;
  readonly gates: readonly Gate[];
  readonly arcs: readonly PowerArc[];
  /** Places of the arcs of each pin in `arcs`, pin by pin: those of one entry share their transitions. */
  readonly arcsOfPins: readonly (readonly number[])[];
  readonly states: readonly LeakageState[];
  /** Nets of clocks: they rise and fall in every cycle. */
  readonly clocks: ReadonlySet<number>;
  /** Nets that an input port drives. */
  readonly inputs: ReadonlySet<number>;
  /** Load of each net in farads: the pins on it, and what its output ports drive. Wires have no capacitance. */
  readonly loads: Float64Array;
}

/** Loads outside of output ports, in farads by net. */
export type OutputLoads = ReadonlyMap<number, number>;

/** Puts a netlist and its library together. @throws UserError for a pin that the library's cell does not have. */
export function linkCircuit(netlist: FlatNetlist, library: PowerLibrary, outside: OutputLoads = new Map()): Circuit {
  const gates = netlist.cells.map(({ name, type, pins }): Gate => {
    const cell = library.cells.get(type);
    if (!cell) throw new UserError(`the library ${library.name} has no cell ${type} (instance ${name})`);
    const strange = Object.keys(pins).filter((pin) => !cell.pins.has(pin));
    if (strange.length > 0) throw new UserError(`cell ${type} of ${library.name} has no pin ${strange.join(', ')}`);
    return { name, cell, pins, register: cell.clocks.length > 0 };
  });
  const arcs: PowerArc[] = [];
  const arcsOfPins: number[][] = [];
  const clocks = new Set<number>();
  const loads = new Float64Array(netlist.nets);
  for (const gate of gates) {
    for (const [name, net] of Object.entries(gate.pins)) {
      if (typeof net !== 'number') continue;
      const pin = gate.cell.pins.get(name) as PowerPin;
      loads[net] = (loads[net] as number) + pin.capacitance;
      if (gate.cell.clocks.includes(name)) clocks.add(net);
      if (pin.power.length === 0) continue;
      arcsOfPins.push(pin.power.map((_, i) => arcs.length + i));
      arcs.push(...pin.power.map((group) => ({ gate, pin, net, group })));
    }
  }
  for (const [net, load] of outside) loads[net] = (loads[net] as number) + load;
  const states = gates.flatMap((gate) => gate.cell.states.map((_, index) => ({ gate, index })));
  const inputs = netlist.ports
    .filter(({ direction }) => direction === 'input')
    .flatMap(({ bits }) => bits.filter((bit) => typeof bit === 'number'));
  const circuit = { netlist, library, gates, arcs, arcsOfPins, states, clocks, inputs: new Set(inputs), loads };
  requireDirectClocks(circuit);
  return circuit;
}

/** @throws UserError when a clock comes out of a gate: its transitions are not known from one value per cycle. */
function requireDirectClocks({ clocks, inputs, netlist }: Circuit): void {
  const gated = [...clocks].filter((net) => !inputs.has(net));
  if (gated.length > 0) {
    throw new UserError(`${netlist.module} has ${gated.length} clocks of its own; clocks must come through a port`);
  }
}

/**
 * What the outputs of a module drive outside where it stands among its like: port `x_o` drives what loads `x_i`, as in a
 * chain of processing elements.
 */
export function neighbourLoads(circuit: Circuit): OutputLoads {
  const { ports } = circuit.netlist;
  const loads = new Map<number, number>();
  for (const { name, direction, bits } of ports) {
    const partner = ports.find((port) => port.direction === 'input' && port.name === name.replace(/_o$/, '_i'));
    if (direction !== 'output' || !partner) continue;
    for (const [i, net] of bits.entries()) {
      const input = partner.bits[i];
      if (typeof net !== 'number' || typeof input !== 'number') continue;
      loads.set(net, (loads.get(net) ?? 0) + (circuit.loads[input] as number));
    }
  }
  return loads;
}
