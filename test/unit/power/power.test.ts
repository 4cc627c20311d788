import { describe, expect, it } from 'vitest';
import { countActivity } from '../../../scripts/power/activity.js';
import { type Circuit, linkCircuit, neighbourLoads } from '../../../scripts/power/circuit.js';
import { estimateEnergy, totalOf } from '../../../scripts/power/estimate.js';
import { powerLibrary } from '../../../scripts/power/library.js';
import { readNetlist } from '../../../scripts/power/netlist.js';
import { activityVcd, asStaCounts, readStaPower, staNetlist, staScript } from '../../../scripts/power/opensta.js';
import { delayStages, portWaves } from '../../../scripts/power/port-waves.js';
import { type PortWaves, replay } from '../../../scripts/power/replay.js';
import { energyRows, wattsOf } from '../../../scripts/power/report.js';
import { netSlews } from '../../../scripts/power/slews.js';
import { lookUp } from '../../../scripts/power/table.js';
import type { Waves } from '../../../scripts/power/waves.js';
import { powerLibraryText } from '../../support/liberty.js';

const LIBRARY = powerLibrary(powerLibraryText(), ['INV', 'XOR', 'DFF'], 'powered.lib');
const SLEWS = { input: 0.1e-9, clock: 0.1e-9 };
const OPERATION = { period: 10e-9, slews: SLEWS };

/** clk_i, in, -> INV -> INV -> DFF -> q_o, in Yosys' JSON. */
const CHAIN = {
  modules: {
    chain: {
      ports: {
        clk_i: { direction: 'input', bits: [2] },
        in_i: { direction: 'input', bits: [3] },
        q_o: { direction: 'output', bits: [6] },
      },
      cells: {
        first: { type: 'INV', connections: { A: [3], Y: [4] } },
        second: { type: 'INV', connections: { A: [4], Y: [5] } },
        register: { type: 'DFF', connections: { C: [2], D: [5], R: ['1'], Q: [6] } },
      },
    },
  },
};

const chain = (): Circuit => linkCircuit(readNetlist(CHAIN, 'chain'), LIBRARY);

/** Waves of one-bit ports, a text of 0 and 1 per instance and port. */
function ports(values: Readonly<Record<string, readonly string[]>>): PortWaves {
  const instances = Object.values(values)[0]?.length ?? 0;
  const cycles = Object.values(values)[0]?.[0]?.length ?? 0;
  const stride = Math.ceil(instances / 32);
  const row = (lanes: readonly string[]): Int32Array => {
    const words = new Int32Array(cycles * stride);
    for (const [lane, text] of lanes.entries()) {
      for (const [cycle, bit] of [...text].entries()) {
        const at = cycle * stride + (lane >> 5);
        words[at] = (words[at] as number) | (Number(bit) << (lane & 31));
      }
    }
    return words;
  };
  const named = Object.entries(values).map(([name, lanes]): [string, Int32Array[]] => [name, [row(lanes)]]);
  return { cycles, instances, stride, ports: new Map(named) };
}

const CHAIN_PORTS = { clk_i: ['0000'], in_i: ['0110'], q_o: ['0011'] };

describe('a power library', () => {
  it('is read in SI units, with functions, states and registers', () => {
    expect(LIBRARY.voltage).toBe(2);
    const inverter = LIBRARY.cells.get('INV');
    expect(inverter?.pins.get('A')?.capacitance).toBeCloseTo(2e-15, 25);
    expect(inverter?.states.map(({ watts }) => watts)).toEqual([1e-9, 5e-9]);
    expect(LIBRARY.cells.get('DFF')?.clocks).toEqual(['C']);
    expect(LIBRARY.cells.get('DFF')?.flipFlop).toMatchObject({ state: 'IQ', inverse: 'IQN', next: { name: 'D' } });
  });

  it('has tables that are linear between their points and beyond', () => {
    const rise = LIBRARY.cells.get('INV')?.pins.get('Y')?.power[0]?.rise;
    const at = (slew: number, load: number): number =>
      rise ? lookUp(rise, { slew: slew * 1e-9, load: load * 1e-15 }) * 1e15 : Number.NaN;
    expect(at(0.1, 0)).toBeCloseTo(10, 9);
    expect(at(0.2, 5)).toBeCloseTo(17, 9);
    expect(at(0.5, 20)).toBeCloseTo(38, 9);
  });

  it('reads tables whose first variable is the load, and default axes from templates', () => {
    const text = powerLibraryText()
      .replace(
        'variable_1 : input_transition_time; variable_2 : total_output_net_capacitance',
        'variable_1 : total_output_net_capacitance; variable_2 : input_transition_time',
      )
      .replace('index_1 ("0.1, 0.3"); index_2 ("0, 0.01")', 'index_1 ("0, 0.01"); index_2 ("0.1, 0.3")');
    const rise = powerLibrary(text, ['INV'], 'x.lib').cells.get('INV')?.pins.get('Y')?.power[0]?.rise;
    expect(rise?.values.map((row) => row.map((value) => Math.round(value * 1e15)))).toEqual([
      [10, 14],
      [20, 24],
    ]);
  });

  it.each([
    ['units', /time_unit : "1ns";/, '', /x\.lib.*time_unit/],
    ['a supply', /nom_voltage : 2;/, '', /x\.lib.*nom_voltage|supply/],
    ['internal power', /internal_power/g, 'other', /x\.lib.*internal power/],
    ['whole tables', /"0.010, 0.020"/, '"0.010"', /\b3\b.*\b4\b/],
    ['conditions', /when : "!A"/, 'when : "!(A"', /: !\(A/],
  ])('is refused without %s', (_, from, to, message) => {
    expect(() => powerLibrary(powerLibraryText().replace(from, to), ['INV'], 'x.lib')).toThrow(message);
  });

  it('is refused when it lacks cells of the netlist', () => {
    expect(() => powerLibrary(powerLibraryText(), ['INV', 'NOR'], 'x.lib')).toThrow(/x\.lib.*\bNOR\b/);
  });
});

describe('two inverters and a flip-flop', () => {
  it('have the energy that a hand computes', () => {
    const circuit = chain();
    const waves = replay(circuit, ports(CHAIN_PORTS), 0);
    expect(waves.difference).toBeUndefined();
    const energy = estimateEnergy(circuit, countActivity(circuit, waves), OPERATION);
    const femto = (value: number): number => value * 1e15;
    // Half of C V^2 is 2 fJ per fF. Nets: clock 3 fF and 8 transitions, input 2 fF, first inverter 2 fF, second 1 fF, 2 each.
    expect(femto(energy.clock.switching)).toBeCloseTo(48, 9);
    expect(femto(energy.inputs.switching)).toBeCloseTo(8, 9);
    expect(femto(energy.combinational.switching)).toBeCloseTo(8 + 4, 9);
    expect(femto(energy.registers.switching)).toBe(0);
    // First inverter: slew 0.1 ns, 2 fF. Second: behind a falling net, 0.2 ns, 1 fF.
    expect(femto(energy.combinational.internal)).toBeCloseTo(12 + 4 + (13 + 4), 9);
    // Data twice, output once; the clock rises and falls in each of four cycles.
    expect(femto(energy.registers.internal)).toBeCloseTo(2 * 2 + 30, 9);
    expect(femto(energy.clock.internal)).toBeCloseTo(4 * (5 + 7), 9);
    // Each inverter's input is high for two cycles of 10 ns and low for two.
    expect(femto(energy.combinational.leakage)).toBeCloseTo(2 * (2 * 0.01 + 2 * 0.05), 9);
    expect(femto(energy.registers.leakage)).toBeCloseTo(4 * 0.04, 9);
    expect(femto(totalOf(energy))).toBeCloseTo(48 + 8 + 12 + 33 + 34 + 48 + 0.24 + 0.16, 9);
    expect(femto(totalOf(energy, { kind: 'internal', group: 'clock' }))).toBeCloseTo(48, 9);
  });

  it('take as much in each of 40 instances', () => {
    const circuit = chain();
    const energyOf = (instances: number): number => {
      const same = (text: string): string[] => Array.from({ length: instances }, () => text);
      const recorded = ports({ clk_i: same('0000'), in_i: same('0110'), q_o: same('0011') });
      const waves = replay(circuit, recorded, 0);
      expect(waves.difference).toBeUndefined();
      return totalOf(estimateEnergy(circuit, countActivity(circuit, waves), OPERATION));
    };
    expect(energyOf(40)).toBeCloseTo(40 * energyOf(1), 20);
  });

  it('have slews: assumed at ports, the library behind gates', () => {
    const slews = netSlews(chain(), { input: 1e-10, clock: 5e-11 });
    const nano = slews.map(({ rise, fall }) => [rise, fall].map((value) => Number((value * 1e9).toFixed(6))));
    // Nets in the order of ports, then of the pins of cells.
    expect(nano).toEqual([
      [0.05, 0.05],
      [0.1, 0.1],
      [0.3, 0.2],
      [0.3, 0.2],
      [0.3, 0.2],
    ]);
  });

  it('show where the netlist differs from what was recorded', () => {
    const { difference } = replay(chain(), ports({ ...CHAIN_PORTS, q_o: ['0010'] }), 0);
    expect(difference).toEqual({ port: 'q_o', bit: 0, cycle: 3 });
    expect(replay(chain(), ports({ ...CHAIN_PORTS, q_o: ['1011'] }), 1).difference).toBeUndefined();
  });

  it('drive what loads the input of the same name', () => {
    const json = structuredClone(CHAIN) as unknown as { modules: { chain: { ports: Record<string, unknown> } } };
    json.modules.chain.ports = { ...json.modules.chain.ports, in_o: { direction: 'output', bits: [6] } };
    const circuit = linkCircuit(readNetlist(json, 'chain'), LIBRARY);
    expect([...neighbourLoads(circuit).values()]).toEqual([circuit.loads[1]]);
  });
});

describe('a flip-flop with a clear', () => {
  it('is cleared at once', () => {
    const json = structuredClone(CHAIN) as { modules: { chain: (typeof CHAIN)['modules']['chain'] } };
    json.modules.chain.cells.register.connections.R = [3] as unknown as string[];
    const circuit = linkCircuit(readNetlist(json, 'chain'), LIBRARY);
    const waves = replay(circuit, ports({ clk_i: ['00000'], in_i: ['01101'], q_o: ['00100'] }), 0);
    expect(waves.difference).toBeUndefined();
  });
});

describe('an output with several arcs', () => {
  const JSON_XOR = {
    modules: {
      x: {
        ports: {
          a_i: { direction: 'input', bits: [2] },
          b_i: { direction: 'input', bits: [3] },
          y_o: { direction: 'output', bits: [4] },
        },
        cells: { x: { type: 'XOR', connections: { A: [2], B: [3], Y: [4] } } },
      },
    },
  };

  it.each([
    ['the first input', '01', '00', [1, 0, 0], [0, 0, 0]],
    ['the second input in one state', '11', '01', [0, 0, 0], [0, 1, 0]],
    ['the second input in the other state', '00', '01', [0, 0, 1], [0, 0, 0]],
    ['both, after which the first is high: no transition', '01', '01', [0, 0, 0], [0, 0, 0]],
  ])('counts a transition for %s', (_, a, b, rising, falling) => {
    const circuit = linkCircuit(readNetlist(JSON_XOR, 'x'), LIBRARY);
    const y = [...a].map((bit, i) => String(Number(bit) ^ Number(b[i]))).join('');
    const waves = replay(circuit, ports({ a_i: [a], b_i: [b], y_o: [y] }), 0);
    const activity = countActivity(circuit, waves);
    expect([[...activity.arcRises], [...activity.arcFalls]]).toEqual([rising, falling]);
  });

  it('shares a transition between inputs that change together', () => {
    const circuit = linkCircuit(readNetlist(JSON_XOR, 'x'), LIBRARY);
    // A wave in which both inputs change and the output as well, as no exclusive or has it.
    const waves: Waves = {
      cycles: 2,
      instances: 1,
      stride: 1,
      rows: ['01', '01', '01'].map((t) => Int32Array.from(t, Number)),
    };
    expect([...countActivity(circuit, waves).arcRises]).toEqual([0.5, 0.5, 0]);
  });
});

describe('netlists that are not understood', () => {
  it('has a loop of gates', () => {
    const json = structuredClone(CHAIN);
    json.modules.chain.cells.first.connections.A = [5];
    const circuit = linkCircuit(readNetlist(json, 'chain'), LIBRARY);
    expect(() => replay(circuit, ports(CHAIN_PORTS), 0)).toThrow(/loop/);
    expect(() => netSlews(circuit, SLEWS)).toThrow(/loop/);
  });

  it('has a clock out of a gate, or an unknown pin', () => {
    const gated = structuredClone(CHAIN);
    gated.modules.chain.cells.register.connections.C = [5];
    expect(() => linkCircuit(readNetlist(gated, 'chain'), LIBRARY)).toThrow(/\b1 clocks/);
    const strange = structuredClone(CHAIN) as unknown as {
      modules: { chain: { cells: { first: { connections: object } } } };
    };
    strange.modules.chain.cells.first.connections = { Z: [3] };
    expect(() => linkCircuit(readNetlist(strange, 'chain'), LIBRARY)).toThrow(/\bINV\b.*\bpowered\b.*\bZ\b/);
  });
});

describe('records of ports', () => {
  const PORTS = [
    { name: 'clk_i', width: 1 },
    { name: 'd_i', width: 2 },
    { name: 'q_o', width: 2 },
  ];

  it('become waves, an instance per bit', () => {
    // {q, d, clk} in two cycles of two instances.
    const waves = portWaves(PORTS, [Int32Array.of(0b01_10_0, 0b10_01_1), Int32Array.of(0b00_11_0, 0b11_00_0)]);
    expect(waves).toMatchObject({ cycles: 2, instances: 2, stride: 1 });
    expect(waves.ports.get('clk_i')).toEqual([Int32Array.of(0b00, 0b01)]);
    expect(waves.ports.get('d_i')).toEqual([Int32Array.of(0b10, 0b01), Int32Array.of(0b11, 0b00)]);
    expect(waves.ports.get('q_o')).toEqual([Int32Array.of(0b01, 0b10), Int32Array.of(0b00, 0b11)]);
  });

  it('of a delay line become those of its registers', () => {
    const word = (q: number, d: number): number => (q << 3) | (d << 1);
    const line = Int32Array.of(word(0, 1), word(0, 2), word(1, 3), word(2, 0));
    expect(delayStages(PORTS, line, 2)).toEqual([
      Int32Array.of(word(0, 1), word(1, 2), word(2, 3), word(3, 0)),
      Int32Array.of(word(0, 0), word(0, 1), word(1, 2), word(2, 3)),
    ]);
  });
});

describe('the report', () => {
  it('adds modules up per multiply-accumulate', () => {
    const circuit = chain();
    const joules = estimateEnergy(circuit, countActivity(circuit, replay(circuit, ports(CHAIN_PORTS), 0)), OPERATION);
    const { pe, whole } = energyRows(
      [
        { label: 'x', role: 'pe', instances: 1, joules },
        { label: 'y', role: 'periphery', instances: 1, joules },
      ],
      10,
    );
    expect(totalOf(pe)).toBeCloseTo((totalOf(joules) * 1e12) / 10, 12);
    expect(totalOf(whole)).toBeCloseTo(2 * totalOf(pe), 12);
    expect(wattsOf(totalOf(pe), { macs: 10, cycles: 4, period: 10e-9 })).toBeCloseTo(totalOf(joules) / 40e-9, 12);
  });
});

describe('what OpenSTA is given', () => {
  const circuit = chain();
  const waves = replay(circuit, ports(CHAIN_PORTS), 0);

  it('is the netlist with single-bit ports', () => {
    const text = staNetlist(circuit);
    expect(text).toContain('module chain (n0, n1, n2);');
    expect(text).toContain('  INV u0 (.A(n1), .Y(n3));');
    expect(text).toContain("  DFF u2 (.C(n0), .D(n4), .R(1'b1), .Q(n2));");
  });

  it('is every change of every net', () => {
    const lines = activityVcd(circuit, waves, 10e-9).split('\n');
    expect(lines.filter((line) => line.startsWith('$var'))).toHaveLength(5);
    const changes = (id: string): number => lines.filter((line) => line === `0${id}` || line === `1${id}`).length;
    // The clock rises and falls in four cycles; the others have a value at first and their transitions.
    expect(['i0', 'i1', 'i2', 'i3', 'i4'].map(changes)).toEqual([8, 3, 2, 3, 3]);
    expect(lines).toContain('#30000');
    expect(lines.at(-2)).toBe('#40000');
  });

  it('is told the conditions of the estimate', () => {
    const loaded = linkCircuit(circuit.netlist, LIBRARY, new Map([[2, 5e-15]]));
    const script = staScript(loaded, circuit, OPERATION);
    expect(script).toContain('create_clock -name clock -period 10 n0\nset_clock_transition 0.1 clock');
    expect(script).toContain('set_input_transition 0.1 {n1}');
    expect(script).toContain('set_load 0.00500000000 n2');
    expect(script).toContain('read_vcd -scope chain activity.vcd\nreport_power');
  });

  it('is compared by what its gates drive', () => {
    const energy = estimateEnergy(circuit, countActivity(circuit, waves), OPERATION);
    const { internal, switching, leakage } = asStaCounts(energy, 40e-9);
    expect(internal * 40).toBeCloseTo((33 + 34 + 48) * 1e-6, 12);
    expect(switching * 40).toBeCloseTo(12e-6, 12);
    expect(leakage * 40).toBeCloseTo(0.4e-6, 12);
    const printed =
      'Group Internal\nTotal                 1.707173e-03 4.062162e-04 2.666349e-08 2.113416e-03 100.0%\n';
    expect(readStaPower(printed)).toEqual({ internal: 1.707173e-3, switching: 4.062162e-4, leakage: 2.666349e-8 });
    expect(readStaPower('Error: no such file')).toBeUndefined();
  });
});
