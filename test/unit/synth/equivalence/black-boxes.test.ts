import { describe, expect, it } from 'vitest';
import { cutBlackBoxes } from '../../../../scripts/synth/equivalence/black-boxes.js';
import { MODULES, type Module } from '../../../../scripts/tools/yosys/module.js';

type Pins = Readonly<Record<string, readonly (number | string)[]>>;

const DIRECTIONS = { a_i: 'input', sum_o: 'output', unused_o: 'output' };

/** A module with an inverter and instances. */
function moduleOf(instances: Readonly<Record<string, { readonly type?: string; readonly pins: Pins }>>): Module {
  const blackBoxes = Object.entries(instances).map(([name, { type = 'd_pe', pins }]) => [
    name,
    { type, connections: pins, port_directions: DIRECTIONS },
  ]);
  const text = {
    modules: {
      m: {
        ports: { d_i: { direction: 'input', bits: [2] } },
        cells: {
          gate: { type: '$_NOT_', connections: { A: [2], Y: [3] } },
          ...Object.fromEntries(blackBoxes),
        },
        netnames: {},
      },
    },
  };
  return MODULES.parse(text).modules.m as Module;
}

const TYPES = new Set(['d_pe', 'd_control']);
const cut = (gold: Module, gate: Module) => cutBlackBoxes(gold, gate, TYPES);

describe('cutBlackBoxes', () => {
  it('makes outputs of what goes into an instance, and inputs of what comes out', () => {
    const gold = moduleOf({ u_pe: { pins: { a_i: [3], sum_o: [4, 5], unused_o: [6] } } });
    const gate = moduleOf({ u_pe: { pins: { sum_o: [14, 15], a_i: [13] } } });
    const open = cut(gold, gate);
    if ('problem' in open) throw new Error(open.problem);
    expect(open.blackBoxes).toBe(1);
    expect(open.gold.ports).toEqual({
      ...gold.ports,
      'u_pe.a_i': { direction: 'output', bits: [3] },
      'u_pe.sum_o': { direction: 'input', bits: [4, 5] },
      'u_pe.unused_o': { direction: 'input', bits: [6] },
    });
    // What nothing depends on may be left out; it becomes a net of its own.
    expect(open.gate.ports).toMatchObject({
      'u_pe.a_i': { direction: 'output', bits: [13] },
      'u_pe.sum_o': { direction: 'input', bits: [14, 15] },
      'u_pe.unused_o': { direction: 'input', bits: [16] },
    });
    for (const side of [open.gold, open.gate]) expect(Object.keys(side.cells)).toEqual(['gate']);
  });

  const whole = { pins: { a_i: [3], sum_o: [4] } };
  it.each([
    ['an instance is missing', {}, /^1 instances .* u_pe$/],
    ['there is one more', { u_pe: whole, u_two: whole }, /^1 instances .* u_two$/],
    ['it is of another module', { u_pe: { ...whole, type: 'd_control' } }, /^1 instances .* u_pe$/],
    ['an input is not connected', { u_pe: { pins: { sum_o: [4] } } }, /^1 pins .* u_pe.a_i$/],
    ['an output is wider', { u_pe: { pins: { a_i: [3], sum_o: [4, 5] } } }, /^1 pins .* u_pe.sum_o$/],
    ['a pin is not known', { u_pe: { pins: { ...whole.pins, b_i: [3] } } }, /^1 pins .* u_pe.b_i$/],
  ])('says so where %s', (_, instances, problem) => {
    expect(cut(moduleOf({ u_pe: whole }), moduleOf(instances))).toEqual({ problem: expect.stringMatching(problem) });
  });
});
