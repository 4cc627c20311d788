import type { BooleanFunction } from '../tools/liberty/boolean.js';
import type { Circuit, Gate, PowerArc } from './circuit.js';
import { bitAt, countBits, falls, placesOf, rises, setBits, type Waves } from './waves.js';

/** What happened in a circuit, over all its instances. */
export interface Activity {
  /** Cycles times instances. */
  readonly cycles: number;
  /** Transitions of each net. A clock has one of each per cycle. */
  readonly rises: Float64Array;
  readonly falls: Float64Array;
  /** Transitions that count for each arc; of an output with several arcs, shares of them. */
  readonly arcRises: Float64Array;
  readonly arcFalls: Float64Array;
  /** Cycles in each leakage state. */
  readonly states: Float64Array;
}

/**
 * Counts what happened. Values are those between two rising edges of the clock, after everything has settled: a net has at
 * most one transition a cycle, glitches are not seen. In a condition the clock counts as high and as low for half of the time.
 */
export function countActivity(circuit: Circuit, waves: Waves): Activity {
  const { netlist, clocks, arcsOfPins, arcs, states } = circuit;
  const cycles = waves.cycles * waves.instances;
  const upwards = waves.rows.map((row) => rises(row, waves.stride));
  const downwards = waves.rows.map((row) => falls(row, waves.stride));
  const perNet = (edges: readonly Int32Array[]): Float64Array =>
    Float64Array.from({ length: netlist.nets }, (_, net) =>
      clocks.has(net) ? cycles : countBits(edges[net] as Int32Array),
    );
  const counter = new Counter(circuit, waves, upwards, downwards);
  const arcRises = new Float64Array(arcs.length);
  const arcFalls = new Float64Array(arcs.length);
  for (const places of arcsOfPins) {
    counter.countPin(places, upwards, arcRises);
    counter.countPin(places, downwards, arcFalls);
  }
  return {
    cycles,
    rises: perNet(upwards),
    falls: perNet(downwards),
    arcRises,
    arcFalls,
    states: Float64Array.from(states, ({ gate, index }) => counter.cyclesIn(gate, gate.cell.states[index]?.when)),
  };
}

class Counter {
  private readonly toggles: readonly Int32Array[];

  constructor(
    private readonly circuit: Circuit,
    private readonly waves: Waves,
    upwards: readonly Int32Array[],
    downwards: readonly Int32Array[],
  ) {
    this.toggles = upwards.map((up, net) => up.map((word, i) => word | (downwards[net]?.[i] as number)));
  }

  /** Shares the transitions of a pin among its arcs. */
  countPin(places: readonly number[], edges: readonly Int32Array[], into: Float64Array): void {
    const arcs = places.map((place) => this.circuit.arcs[place] as PowerArc);
    const { net, pin, gate } = arcs[0] as PowerArc;
    const add = (i: number, count: number): void => {
      const place = places[i] as number;
      into[place] = (into[place] as number) + count;
    };
    if (this.circuit.clocks.has(net)) {
      // A clock has a transition of each kind in every cycle.
      arcs.forEach((arc, i) => {
        add(i, this.cyclesIn(gate, arc.group.when));
      });
      return;
    }
    const own = edges[net] as Int32Array;
    if (pin.direction === 'input') {
      arcs.forEach(({ group: { when } }, i) => {
        add(i, when ? this.shareOf(gate, when, own) : countBits(own));
      });
      return;
    }
    this.countOutput(arcs, own, add);
  }

  /**
   * Each transition of an output counts for the arcs from inputs that changed with it, in equal parts; for all arcs where
   * none did, as in a register that is reset.
   */
  private countOutput(arcs: readonly PowerArc[], own: Int32Array, add: (i: number, count: number) => void): void {
    if (arcs.length === 1) {
      add(0, countBits(own));
      return;
    }
    const possible = arcs.map((arc) => this.possible(arc));
    for (const cycle of setBits(own)) {
      const chosen = possible.flatMap((words, i) => (bitAt(words, cycle) ? [i] : []));
      const shared = chosen.length > 0 ? chosen : arcs.map((_, i) => i);
      for (const i of shared) add(i, 1 / shared.length);
    }
  }

  /** Where an input that an arc begins at changed, and its condition was true. */
  private possible({ gate, group: { related, when } }: PowerArc): Int32Array {
    const length = this.waves.cycles * this.waves.stride;
    const changed = related.length === 0 ? new Int32Array(length).fill(-1) : new Int32Array(length);
    for (const pin of related) {
      const net = gate.pins[pin];
      if (typeof net !== 'number') continue;
      const clock = this.circuit.clocks.has(net);
      for (let i = 0; i < length; i++)
        changed[i] = (changed[i] as number) | (clock ? -1 : (this.toggles[net]?.[i] as number));
    }
    if (!when) return changed;
    const allowed = placesOf(when, this.waves, this.rowsOf(gate, true));
    const otherwise = placesOf(when, this.waves, this.rowsOf(gate, false));
    return changed.map((word, i) => word & ((allowed[i] as number) | (otherwise[i] as number)));
  }

  /** Cycles in a state of a gate; all of them where there is no condition. */
  cyclesIn(gate: Gate, when: BooleanFunction | undefined): number {
    return when ? this.shareOf(gate, when) : this.waves.cycles * this.waves.instances;
  }

  /** The cycles of `among` (all if it is not given) in which a condition is true. */
  private shareOf(gate: Gate, when: BooleanFunction, among?: Int32Array): number {
    const count = (clock: boolean): number => {
      const words = placesOf(when, this.waves, this.rowsOf(gate, clock));
      return countBits(among ? words.map((word, i) => word & (among[i] as number)) : words);
    };
    const clocked = gate.cell.clocks.length > 0;
    return clocked ? (count(true) + count(false)) / 2 : count(true);
  }

  private rowsOf({ pins }: Gate, clock: boolean): (pin: string) => Int32Array | boolean {
    return (pin) => {
      const net = pins[pin];
      if (net === undefined || typeof net === 'string') return net === '1';
      return this.circuit.clocks.has(net) ? clock : (this.waves.rows[net] as Int32Array);
    };
  }
}
