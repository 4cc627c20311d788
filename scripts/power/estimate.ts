import type { Activity } from './activity.js';
import type { Circuit, Gate, PowerArc } from './circuit.js';
import type { TransitionArc } from './library.js';
import { inputSlew, netSlews, type Slew, type SlewAssumption } from './slews.js';
import { lookUp } from './table.js';

/** Ways in which energy is spent. */
export const KINDS = ['internal', 'switching', 'leakage'] as const;

export type Kind = (typeof KINDS)[number];

/**
 * Where energy is spent: in registers and the nets they drive, likewise in combinational gates, at the clock pins and on
 * the clock's net, on the nets that input ports drive.
 */
export const GROUPS = ['registers', 'combinational', 'clock', 'inputs'] as const;

export type Group = (typeof GROUPS)[number];

/** Energy in joules, by group and kind. */
export type Energy = Readonly<Record<Group, Readonly<Record<Kind, number>>>>;

export interface Operation {
  /** Clock period in seconds; only leakage depends on it. */
  readonly period: number;
  readonly slews: SlewAssumption;
}

/**
 * The energy that an activity takes.
 *
 * - switching: C V^2 / 2 for each transition of a net, C the capacitances of the pins it drives;
 * - internal: the library's energy for each transition of a pin, at the slew of the input it comes from and the load of the
 *   output;
 * - leakage: the library's power in each state of a gate, times the time spent in it.
 */
export function estimateEnergy(circuit: Circuit, activity: Activity, { period, slews }: Operation): Energy {
  const spent = emptyEnergy();
  const transitions = netSlews(circuit, slews);
  for (const [i, arc] of circuit.arcs.entries()) {
    const [up, down] = [activity.arcRises[i] as number, activity.arcFalls[i] as number];
    const joules =
      energyOf(circuit, transitions, arc, 'rise') * up + energyOf(circuit, transitions, arc, 'fall') * down;
    spent[internalGroup(circuit, arc)].internal += joules;
  }
  const { voltage } = circuit.library;
  const driver = driverGroups(circuit);
  for (const [net, load] of circuit.loads.entries()) {
    const count = (activity.rises[net] as number) + (activity.falls[net] as number);
    spent[driver(net)].switching += 0.5 * load * voltage ** 2 * count;
  }
  for (const gate of circuit.gates) {
    spent[groupOf(gate)].leakage += gate.cell.leakage * activity.cycles * period;
  }
  // States that the library tells of differ from the cell's own value.
  for (const [i, { gate, index }] of circuit.states.entries()) {
    const difference = (gate.cell.states[index]?.watts ?? 0) - gate.cell.leakage;
    spent[groupOf(gate)].leakage += difference * (activity.states[i] as number) * period;
  }
  return spent;
}

/** All groups and kinds, or those of one kind or group, added up. */
export function totalOf(energy: Energy, only: { readonly group?: Group; readonly kind?: Kind } = {}): number {
  const groups = GROUPS.filter((group) => only.group === undefined || only.group === group);
  const kinds = KINDS.filter((kind) => only.kind === undefined || only.kind === kind);
  return groups.flatMap((group) => kinds.map((kind) => energy[group][kind])).reduce((sum, part) => sum + part, 0);
}

/** Each entry times a factor: from joules to watts, or to energy per operation. */
export function scaleEnergy(energy: Energy, factor: number): Energy {
  return mapEnergy((group, kind) => energy[group][kind] * factor);
}

export function addEnergy(x: Energy, y: Energy): Energy {
  return mapEnergy((group, kind) => x[group][kind] + y[group][kind]);
}

function mapEnergy(value: (group: Group, kind: Kind) => number): Energy {
  const result = emptyEnergy();
  for (const group of GROUPS) for (const kind of KINDS) result[group][kind] = value(group, kind);
  return result;
}

const emptyEnergy = (): Record<Group, Record<Kind, number>> => ({
  registers: { internal: 0, switching: 0, leakage: 0 },
  combinational: { internal: 0, switching: 0, leakage: 0 },
  clock: { internal: 0, switching: 0, leakage: 0 },
  inputs: { internal: 0, switching: 0, leakage: 0 },
});

const groupOf = ({ register }: Gate): Group => (register ? 'registers' : 'combinational');

function internalGroup({ clocks }: Circuit, { gate, net }: PowerArc): Group {
  return clocks.has(net) ? 'clock' : groupOf(gate);
}

function driverGroups({ gates, clocks, inputs }: Circuit): (net: number) => Group {
  const driven = new Map<number, Group>();
  for (const gate of gates) {
    for (const [name, net] of Object.entries(gate.pins)) {
      if (typeof net === 'number' && gate.cell.pins.get(name)?.direction === 'output') driven.set(net, groupOf(gate));
    }
  }
  return (net) => {
    if (clocks.has(net)) return 'clock';
    return inputs.has(net) ? 'inputs' : (driven.get(net) ?? 'combinational');
  };
}

/** Joules of one transition of an arc's pin. */
function energyOf({ loads }: Circuit, slews: readonly Slew[], arc: PowerArc, edge: 'rise' | 'fall'): number {
  const { gate, pin, net, group } = arc;
  const table = group[edge];
  if (!table) return 0;
  if (pin.direction === 'input') return lookUp(table, { slew: (slews[net] as Slew)[edge], load: 0 });
  const causes = group.related.flatMap((related) => {
    const from = gate.pins[related];
    if (typeof from !== 'number') return [];
    return [inputSlew(senseOf(pin.arcs, related), edge, slews[from] as Slew)];
  });
  const slew = causes.reduce((most, each) => Math.max(most, each), 0);
  return lookUp(table, { slew, load: loads[net] as number });
}

/** The sense of an input's arcs to an output; none where they differ, as in an exclusive or. */
function senseOf(arcs: readonly TransitionArc[], related: string): Pick<TransitionArc, 'inverting'> {
  const [first, ...others] = arcs.filter((arc) => arc.related === related);
  return first && others.every(({ inverting }) => inverting === first.inverting) ? first : {};
}
