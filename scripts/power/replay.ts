import { UserError } from '../../gen/base/errors.js';
import { type BooleanFunction, onWords, type Words } from '../tools/liberty/boolean.js';
import type { Circuit, Gate } from './circuit.js';
import { emptyWaves, laneMask, type Waves, wordsOf } from './waves.js';

/** Values of a module's ports, by name, in every cycle of its instances: rows as of `Waves`, the lowest bit first. */
export interface PortWaves extends Pick<Waves, 'cycles' | 'instances' | 'stride'> {
  readonly ports: ReadonlyMap<string, readonly Int32Array[]>;
}

/** A port bit whose value in the netlist differs from the recorded one. */
export interface Difference {
  readonly port: string;
  readonly bit: number;
  readonly cycle: number;
}

/**
 * Simulates a netlist gate by gate on recorded inputs, from registers of 0, and compares its outputs in every cycle with the
 * recorded ones. Gates are functions of the library; nets settle without delay between two edges of the clock.
 *
 * @param settled The first cycle whose outputs are compared; earlier ones may show what registers held at the start.
 * @throws UserError for cells without a function, and registers other than rising-edge flip-flops.
 */
export function replay(circuit: Circuit, recorded: PortWaves, settled: number): Waves & { difference?: Difference } {
  const { stride, cycles } = recorded;
  const waves = emptyWaves(circuit.netlist.nets, recorded);
  const inputs = circuit.netlist.ports.filter(({ direction }) => direction === 'input');
  const outputs = circuit.netlist.ports.filter(({ direction }) => direction === 'output');
  const rowOf = (port: string, bit: number): Int32Array => {
    const row = recorded.ports.get(port)?.[bit];
    if (!row) throw new UserError(`bit ${bit} of port ${port} of ${circuit.netlist.module} was not recorded`);
    return row;
  };
  for (const { name, bits } of inputs) {
    for (const [i, net] of bits.entries()) if (typeof net === 'number') waves.rows[net]?.set(rowOf(name, i));
  }
  const words = (pins: Gate['pins'], pin: string): Words => {
    const net = pins[pin] ?? '0';
    return wordsOf(typeof net === 'number' ? (waves.rows[net] as Int32Array) : net === '1');
  };
  const registers = circuit.gates
    .filter(({ register }) => register)
    .map((gate) => new Register(gate, stride, (pin) => words(gate.pins, pin), waves.rows));
  const logic = settlingOrder(circuit).map(({ net, fn, pins }) => ({
    row: waves.rows[net] as Int32Array,
    value: onWords(fn, (pin) => words(pins, pin)),
  }));
  const overruled = registers.some(({ overrules }) => overrules);
  for (let place = 0; place < cycles * stride; place++) {
    const settle = (): void => {
      for (const register of registers) register.drive(place);
      for (const { row, value } of logic) row[place] = value(place);
    };
    settle();
    if (overruled && registers.filter((register) => register.overrule(place)).length > 0) settle();
    for (const register of registers) register.sample(place);
  }
  maskLanes(waves);
  for (const { name, bits } of outputs) {
    for (const [bit, net] of bits.entries()) {
      const expected = rowOf(name, bit);
      const row = typeof net === 'number' ? (waves.rows[net] as Int32Array) : undefined;
      for (let i = settled * stride; i < expected.length; i++) {
        const mine = row ? (row[i] as number) : net === '1' ? -1 : 0;
        if (((mine ^ (expected[i] as number)) & laneMask(waves, i)) === 0) continue;
        return { ...waves, difference: { port: name, bit, cycle: Math.floor(i / stride) } };
      }
    }
  }
  return waves;
}

/** Functions leave ones where there are no instances. */
function maskLanes(waves: Waves): void {
  const mask = laneMask(waves, waves.stride - 1);
  if (mask === -1) return;
  for (const row of waves.rows) {
    for (let i = waves.stride - 1; i < row.length; i += waves.stride) row[i] = (row[i] as number) & mask;
  }
}

/** A flip-flop of all instances. */
class Register {
  readonly overrules: boolean;
  private readonly state: Int32Array;
  private readonly next: Words;
  private readonly clear: Words | undefined;
  private readonly preset: Words | undefined;
  private readonly outputs: readonly { readonly row: Int32Array; readonly value: Words }[];

  constructor(
    { cell, pins }: Gate,
    private readonly stride: number,
    words: (pin: string) => Words,
    rows: readonly Int32Array[],
  ) {
    const { flipFlop, name } = cell;
    if (!flipFlop) throw new UserError(`cell ${name} is not a rising-edge flip-flop; its power cannot be estimated`);
    const state = new Int32Array(stride);
    const source = (pin: string): Words => {
      if (pin === flipFlop.state) return (place) => state[place % stride] as number;
      if (pin === flipFlop.inverse) return (place) => ~(state[place % stride] as number);
      return words(pin);
    };
    this.state = state;
    this.next = onWords(flipFlop.next, source);
    this.clear = flipFlop.clear && onWords(flipFlop.clear, source);
    this.preset = flipFlop.preset && onWords(flipFlop.preset, source);
    this.overrules = this.clear !== undefined || this.preset !== undefined;
    this.outputs = Object.entries(pins).flatMap(([pin, net]) => {
      const fn = cell.pins.get(pin)?.fn;
      return fn && typeof net === 'number' ? [{ row: rows[net] as Int32Array, value: onWords(fn, source) }] : [];
    });
  }

  /** Puts the state on the outputs. */
  drive(place: number): void {
    for (const { row, value } of this.outputs) row[place] = value(place);
  }

  /** Clears and presets; whether the state changed. */
  overrule(place: number): boolean {
    const at = place % this.stride;
    const before = this.state[at] as number;
    const cleared = this.clear ? before & ~this.clear(place) : before;
    this.state[at] = this.preset ? cleared | this.preset(place) : cleared;
    return this.state[at] !== before;
  }

  /** Takes the next state over, which only this register's outputs show, and they only when driven. */
  sample(place: number): void {
    this.state[place % this.stride] = this.next(place);
  }
}

interface Logic {
  readonly net: number;
  readonly fn: BooleanFunction;
  readonly pins: Gate['pins'];
}

/** The outputs of combinational gates, each behind those it depends on. */
function settlingOrder({ gates, netlist }: Circuit): Logic[] {
  const drivers = new Map<number, { gate: Gate; fn: BooleanFunction }>();
  for (const gate of gates.filter(({ register }) => !register)) {
    for (const [name, net] of Object.entries(gate.pins)) {
      const pin = gate.cell.pins.get(name);
      if (pin?.direction !== 'output' || typeof net !== 'number') continue;
      if (!pin.fn) throw new UserError(`the library tells no function of pin ${name} of cell ${gate.cell.name}`);
      drivers.set(net, { gate, fn: pin.fn });
    }
  }
  const order: Logic[] = [];
  const seen = new Map<number, 'open' | 'done'>();
  const visit = (net: number): void => {
    const driver = drivers.get(net);
    if (!driver || seen.get(net) === 'done') return;
    if (seen.get(net) === 'open') throw new UserError(`${netlist.module} has a loop of gates without a register`);
    seen.set(net, 'open');
    for (const [name, input] of Object.entries(driver.gate.pins)) {
      if (typeof input === 'number' && driver.gate.cell.pins.get(name)?.direction === 'input') visit(input);
    }
    seen.set(net, 'done');
    order.push({ net, fn: driver.fn, pins: driver.gate.pins });
  };
  for (const net of drivers.keys()) visit(net);
  return order;
}
