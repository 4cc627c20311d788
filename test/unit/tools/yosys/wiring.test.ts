import { describe, expect, it } from 'vitest';
import { MODULES, type Module } from '../../../../scripts/tools/yosys/module.js';
import { conflictsOf, withOpenInputs } from '../../../../scripts/tools/yosys/wiring.js';

const GATE = { A: 'input', B: 'input', Y: 'output' };

/** A module with an input a on net 2, an output y and and-gates. */
function moduleOf(
  y: number | string,
  gates: Record<string, [number | string, number | string, number | string]>,
): Module {
  const module = {
    ports: { a: { direction: 'input', bits: [2] }, y: { direction: 'output', bits: [y] } },
    cells: Object.fromEntries(
      Object.entries(gates).map(([name, [A, B, Y]]) => [
        name,
        { type: '$_AND_', port_directions: GATE, connections: { A: [A], B: [B], Y: [Y] } },
      ]),
    ),
    netnames: { a: { hide_name: 0, bits: [2] }, w: { hide_name: 0, bits: [3, 4] } },
  };
  return MODULES.parse({ modules: { module } }).modules.module as Module;
}

describe('conflictsOf', () => {
  it('finds none where each net has one driver', () => {
    expect(conflictsOf(moduleOf(4, { g: [2, 2, 3], h: [3, '1', 4] }))).toEqual([]);
  });

  it.each([
    ['two gates', { g: [2, 2, 3], h: [2, 2, 3], i: [2, 2, 3] }, ['w[0]']],
    ['a gate and a port', { g: [2, 2, 2] }, ['a']],
    ['a net without a name', { g: [2, 2, 9], h: [2, 2, 9] }, ['h.Y']],
    ['a constant', { g: [2, 2, '0'] }, [expect.stringMatching(/^g\.Y\b.*\b0$/)]],
  ] as const)('finds %s', (_, gates, nets) => {
    expect(conflictsOf(moduleOf(3, gates as never))).toEqual(nets);
  });
});

describe('withOpenInputs', () => {
  const gold = moduleOf(3, { g: [2, 2, 3] });

  it('leaves modules alone whose nets are all driven', () => {
    const gate = moduleOf(4, { g: [2, '1', 4] });
    expect(withOpenInputs({ gold, gate })).toEqual({ gold, gate });
  });

  it('makes an input of each net that nothing drives, of each x and of each z', () => {
    const gate = moduleOf(7, { g: [2, 'x', 4], h: ['z', 8, 5], i: [8, 'x', 6] });
    const open = withOpenInputs({ gold, gate });
    expect(Object.keys(open.gate.ports)).toEqual(['a', 'y', 'open[0]', 'open[1]', 'open[2]', 'open[3]', 'open[4]']);
    expect(Object.keys(open.gold.ports)).toEqual(Object.keys(open.gate.ports));
    const pins = ['g', 'h', 'i'].map((name) => open.gate.cells[name]?.connections);
    const [x, z, other] = [pins[0]?.B?.[0], pins[1]?.A?.[0], pins[2]?.B?.[0]];
    expect(new Set([2, 4, 5, 6, 7, 8, x, z, other]).size).toBe(9);
    expect(pins[1]?.B).toEqual([8]);
    expect(pins[2]?.A).toEqual([8]);
    const inputs = Object.values(open.gate.ports).filter(({ direction }) => direction === 'input');
    expect(new Set(inputs.flatMap(({ bits }) => bits))).toEqual(new Set([2, x, 8, z, other, 7]));
    const goldInputs = Object.values(open.gold.ports).filter(({ direction }) => direction === 'input');
    expect(new Set(goldInputs.flatMap(({ bits }) => bits)).size).toBe(6);
  });

  it('keeps what the RTL leaves open for the netlist to choose', () => {
    const loose = moduleOf('x', {});
    expect(withOpenInputs({ gold: loose, gate: moduleOf('0', {}) }).gold).toEqual(loose);
  });
});
