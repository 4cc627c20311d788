import { describe, expect, it } from 'vitest';
import { cutRegisters, unmodelledCells } from '../../../../scripts/synth/equivalence/cut.js';
import { type MergedNets, mergedNets, withoutCounterpart } from '../../../../scripts/synth/equivalence/merged.js';
import { outcomeText, proofSummary } from '../../../../scripts/synth/equivalence/render.js';
import {
  gateScript,
  goldScripts,
  miterScript,
  simulationScript,
  usedModels,
} from '../../../../scripts/synth/equivalence/scripts.js';
import { type ProofResult, proofPasses, readCounterexample } from '../../../../scripts/synth/equivalence/verdict.js';
import { wrapper } from '../../../../scripts/synth/equivalence/wrapper.js';
import { hasVerdict, readVerdict, searchEnded } from '../../../../scripts/tools/yosys/cec.js';
import { MODULES, type Module } from '../../../../scripts/tools/yosys/module.js';

const item = { module: 'd_pe', files: ['rtl/d_pe.v'], parameters: { SUM_BITS: 14 } };

/** A module of registers, each with its data, output and public names of the output. */
function moduleOf(
  registers: readonly { names: readonly string[]; d: number | string; q: number; type?: string }[],
  outputs: Readonly<Record<string, number | string>> = {},
): Module {
  const text = {
    modules: {
      m: {
        ports: {
          clk_i: { direction: 'input', bits: [2] },
          ...Object.fromEntries(
            Object.entries(outputs).map(([name, net]) => [name, { direction: 'output', bits: [net] }]),
          ),
        },
        cells: {
          gate: { type: '$_NOT_', connections: { A: [registers[0]?.q ?? 2], Y: [90] } },
          ...Object.fromEntries(
            registers.map(({ d, q, type = '$_DFF_P_' }, i) => [
              `reg${i}`,
              { type, connections: { C: [2], D: [d], Q: [q] } },
            ]),
          ),
        },
        netnames: Object.fromEntries(
          registers.flatMap(({ names, q }) => names.map((name) => [name, { hide_name: 0, bits: [q] }])),
        ),
      },
    },
  };
  return MODULES.parse(text).modules.m as Module;
}

describe('the scripts of a proof', () => {
  it('read the RTL with its parameters and optimise nothing', () => {
    const script = goldScripts(item).gold;
    expect(script).toContain('chparam -set SUM_BITS 14 d_pe\nhierarchy -check -top d_pe\n');
    expect(script).not.toMatch(/^(opt|opt_expr|opt_dff|opt_merge|synth|alumacc|abc|share)\b(?!_clean)/m);
  });

  it('read the netlist by its own name, with cell models where there is a library', () => {
    expect(gateScript(item, 'library')).toContain('read_verilog models.v\nread_verilog -icells netlist.v\n');
    expect(gateScript(item, 'gates')).not.toContain('models.v');
    expect(gateScript(item, 'gates')).toContain('-top d_pe_sum_bits14');
    expect(simulationScript(item, 'library')).toContain('write_verilog');
  });

  it("read an FPGA's netlist with Yosys' models of its cells, and leave open what registers hold at first", () => {
    for (const script of [gateScript(item, 'ecp5'), simulationScript(item, 'ecp5')]) {
      expect(script).toContain('read_verilog -defer +/ecp5/cells_sim.v\nread_verilog -icells netlist.v\n');
      expect(script).toContain('hierarchy -top d_pe_sum_bits14\nproc\nflatten\nsetattr -unset init w:*\n');
    }
    expect(gateScript(item, 'library')).not.toContain('init');
  });

  it('let synthesis merge registers but keep all of their names', () => {
    expect(goldScripts(item).merged).toContain('synth -flatten');
    expect(goldScripts(item).merged).not.toContain('purge');
  });

  it('give ABC its limit', () => {
    expect(miterScript(7)).toMatch(/^select -assert-none .*\nabc .*&cec,-m,-T,7$/m);
  });

  it('take of a library the cells that are used', () => {
    const models = 'module A(X);\n  wire X;\nendmodule\n\nmodule AB(X);\nendmodule\n\nmodule \\B$ (X);\nendmodule\n';
    expect(usedModels(models, ['A', 'B$'])).toBe('module A(X);\n  wire X;\nendmodule\nmodule \\B$ (X);\nendmodule\n');
  });
});

describe('readVerdict', () => {
  const said = (...words: string[]): string =>
    words.map((word) => `ABC: Networks are ${word}  Time =     0.08 sec\n`).join('');
  it.each([
    ['equivalent', said('equivalent.')],
    ['equivalent', said('UNDECIDED after the new CEC engine.', 'equivalent.')],
    ['different', said('NOT EQUIVALENT.')],
    ['different', said('UNDECIDED after the new CEC engine.', 'NOT EQUIVALENT.')],
    ['undecided', said('UNDECIDED after the new CEC engine.', 'UNDECIDED.')],
    ['undecided', said('equivalent.', 'UNDECIDED.')],
    ['undecided', 'ABC: Timed out after 1 seconds.\n'],
    ['not understood', ''],
    ['not understood', 'ABC: Timed out after all.\n'],
    ['different', `${said('NOT EQUIVALENT.')}ABC: Timed out after 1 seconds.\n`],
    ['not understood', "Don't call ABC as there is nothing to map.\n"],
    ['not understood', 'echo Networks are equivalent.  Time = 1\n'],
    ['not understood', said('nearly equivalent.')],
  ])('reads "%s"', (verdict, log) => {
    expect(readVerdict(log)).toBe(verdict);
    expect(hasVerdict(log)).toBe(verdict === 'equivalent' || verdict === 'different');
  });

  it.each([
    [true, 'SAT proof finished - no model found: SUCCESS!\n'],
    [true, 'SAT proof finished - model found: FAIL!\n'],
    [true, 'SAT solving finished - model found:\n'],
    [true, 'SAT solving finished - no model found.\n'],
    [false, 'Interrupted SAT solver: TIMEOUT!\n'],
    [false, 'Interrupted SAT solver: TIMEOUT!\nSAT proof finished - no model found: SUCCESS!\n'],
    [false, ''],
  ])('knows whether sat ended: %s, "%s"', (ended, log) => {
    expect(searchEnded(log)).toBe(ended);
  });

  it('reads the outputs that differ in the model of sat', () => {
    const log =
      '  Signal Name    Dec  Hex  Bin\n  \\cmp_acc_q[3].D    0    0    0\n  \\cmp_q    1    1    1\n  \\trigger  1 1 1\n';
    expect(readCounterexample(log)).toEqual(['acc_q[3].D']);
    expect(readCounterexample('timed out')).toEqual([]);
  });
});

describe('cutRegisters', () => {
  const cut = (gold: Module, gate: Module, merged?: MergedNets) => {
    const result = cutRegisters(gold, gate, merged);
    if ('problem' in result) throw new Error(result.problem);
    return result;
  };

  it('makes ports of the registers whose nets have a name in common', () => {
    const gold = moduleOf([
      { names: ['acc_q', 'u.acc_o'], d: 10, q: 11 },
      { names: ['w_q'], d: 12, q: 13 },
    ]);
    const gate = moduleOf([
      { names: ['w_q'], d: 22, q: 23 },
      { names: ['u.acc_o'], d: 20, q: 21 },
    ]);
    const result = cut(gold, gate);
    expect(result.registers).toBe(2);
    expect(result.gold.ports).toMatchObject({
      'acc_q[0].Q': { direction: 'input', bits: [11] },
      'acc_q[0].D': { direction: 'output', bits: [10] },
      'acc_q[0].C': { direction: 'output', bits: [2] },
    });
    expect(result.gate.ports).toMatchObject({ 'acc_q[0].Q': { bits: [21] }, 'w_q[0].D': { bits: [22] } });
    expect(Object.keys(result.gate.ports).sort()).toEqual(Object.keys(result.gold.ports).sort());
    expect(Object.keys(result.gate.cells)).toEqual(['gate']);
  });

  it('makes one state of registers that synthesis made one', () => {
    const gold = moduleOf(
      [
        { names: ['x'], d: 10, q: 11 },
        { names: ['y'], d: 12, q: 13 },
      ],
      { y_o: 13 },
    );
    const gate = MODULES.parse({ modules: { m: moduleOf([{ names: ['x'], d: 20, q: 21 }], { y_o: 21 }) } }).modules
      .m as Module;
    const both = { ...gate, netnames: { ...gate.netnames, y: { hide_name: 0, bits: [21] } } };
    const result = cut(gold, both);
    expect(result.gold.ports.y_o?.bits).toEqual([11]);
    expect(result.gold.ports['y[0].Q']).toBeUndefined();
    expect(result.gold.ports['y[0].D']?.bits).toEqual([12]);
    expect(result.gate.ports['y[0].D']?.bits).toEqual([20]);
  });

  it('takes a register whose name the netlist lacks for another, which has to get the same', () => {
    const registers = [
      { names: ['x'], d: 10, q: 11 },
      { names: ['y'], d: 11, q: 13 },
      { names: ['z'], d: 14, q: 15 },
    ];
    const gold = moduleOf(registers, { y_o: 13 });
    const gate = moduleOf([{ names: ['x'], d: 20, q: 21 }], { y_o: 21 });
    expect(withoutCounterpart(gold, gate)).toEqual(['y[0]', 'z[0]']);
    const synthesised = moduleOf([{ names: ['x', 'y'], d: 30, q: 31 }]);
    const merged = mergedNets({
      ...synthesised,
      netnames: { ...synthesised.netnames, z: { hide_name: 0, bits: ['1'] } },
    });
    const result = cut(gold, gate, merged);
    expect(result.registers).toBe(3);
    expect(result.gold.ports).toMatchObject({
      y_o: { bits: [11] },
      'y[0].D': { bits: [11] },
      'z[0].D': { bits: [14] },
    });
    expect(result.gate.ports).toMatchObject({
      y_o: { bits: [21] },
      'y[0].D': { bits: [20] },
      'z[0].D': { bits: ['1'] },
    });
    const { gold: left, gate: right } = result.assumed ?? {};
    expect(left?.ports).toMatchObject({ 'y[0].D': { bits: [11] }, 'y[0].C': { bits: [2] }, 'z[0].D': { bits: [14] } });
    expect(right?.ports).toMatchObject({
      'y[0].D': { bits: [10] },
      'y[0].C': { bits: [2] },
      'z[0].D': { bits: ['1'] },
    });
    expect(Object.keys(left?.ports ?? {})).toEqual(Object.keys(right?.ports ?? {}));
    expect(left?.ports.y_o).toBeUndefined();
  });

  it('makes constants of registers that the netlist lacks, which have to store just that', () => {
    const registers = [
      { names: ['x'], d: 10, q: 11, type: '$_DFF_PN1_' },
      { names: ['y'], d: 11, q: 13 },
      { names: ['z'], d: '1', q: 14 },
    ];
    const result = cut(moduleOf(registers, { y_o: 13 }), moduleOf([], { y_o: '0' }));
    expect(result.registers).toBe(3);
    expect(result.gold.ports).toMatchObject({
      'x[0].D': { direction: 'output', bits: [10] },
      'y[0].D': { direction: 'output', bits: ['1'] },
      'z[0].D': { direction: 'output', bits: ['1'] },
      y_o: { bits: ['0'] },
    });
    const stored = ['x[0].D', 'y[0].D', 'z[0].D'].map((port) => result.gate.ports[port]?.bits);
    expect(stored).toEqual([['1'], ['0'], ['1']]);
    const assumed = ['x[0].D', 'y[0].D', 'z[0].D'].map((port) =>
      [result.assumed?.gold, result.assumed?.gate].map((module) => module?.ports[port]?.bits),
    );
    expect(assumed).toEqual([
      [[10], ['1']],
      [['1'], ['0']],
      [['1'], ['1']],
    ]);
    expect(Object.keys(result.gold.ports).sort()).toEqual(Object.keys(result.gate.ports).sort());
    expect(Object.keys(result.gold.cells)).toEqual(['gate']);
  });

  it('pairs latches that are open while their enable is low, like flip-flops', () => {
    const [gold, gate] = [10, 20].map((d) =>
      moduleOf([{ names: ['enable_q'], d, q: 11, type: '$_DLATCH_N_' }], { clk_o: 11 }),
    ) as [Module, Module];
    const result = cut(gold, gate);
    expect(result.registers).toBe(1);
    expect([result.gold, result.gate].map(({ ports }) => ports['enable_q[0].D']?.bits)).toEqual([[10], [20]]);
  });

  it.each(['$_DLATCH_P_', '$dff', '$_DFFSR_PNN_', '$mem_v2', '$_SR_PP_', 'FOREIGN'])('refuses %s', (type) => {
    const odd = moduleOf([{ names: ['x'], d: 1, q: 11, type }]);
    expect(cutRegisters(odd, odd)).toEqual({
      problem: expect.stringMatching(new RegExp(`: ${type.replaceAll('$', '\\$')}$`)),
    });
  });

  it.each([
    ['the netlist has one more', [], [{ names: ['x'], d: 1, q: 11 }]],
    ['they are of different kinds', [{ names: ['x'], d: 1, q: 11 }], [{ names: ['x'], d: 1, q: 11, type: '$_DFF_N_' }]],
    ['names differ', [{ names: ['x'], d: 1, q: 11 }], [{ names: ['y'], d: 1, q: 11 }]],
  ])('says so where %s', (_, gold, gate) => {
    expect(cutRegisters(moduleOf(gold), moduleOf(gate))).toEqual({
      problem: expect.stringMatching(/^[12] registers .*\b[xy]\[0\]/),
    });
  });
});

describe('what the report says', () => {
  const by = 'ABC &cec, register by register';
  const outcomes: [ProofResult, boolean, RegExp][] = [
    [{ result: 'proved', by, registers: 3 }, true, /^proved .*\bABC\b/],
    [{ result: 'simulated', why: 'too large', vectors: 1234 }, true, /^simulated, 1,234 .*; too large$/],
    [{ result: 'different', by, outputs: ['a', 'b', 'c', 'd', 'e'] }, false, /^DIFFERENT .*\ba, b, c, d\b.*\b1\b/],
    [{ result: 'conflicting', nets: ['q[1]', 'd'] }, false, /^CONFLICT.*: q\[1\], d$/],
    [{ result: 'failed simulation', why: 'too large', failure: 'row 1' }, false, /^FAILED.*: row 1/],
    [{ result: 'open', why: 'no time' }, false, /^NOT PROVED: no time/],
  ];
  const report = (list: readonly ProofResult[]) => ({
    limitSeconds: 1,
    modules: list.map((outcome) => ({ label: 'm', netlist: 'm', outcome, seconds: 1 })),
  });

  it.each(outcomes)('%o', (outcome, passes, text) => {
    expect(outcomeText(outcome)).toMatch(text);
    expect(proofPasses(report([outcome]))).toBe(passes);
  });

  it('passes without a proof only where none was asked for', () => {
    expect(proofPasses(undefined)).toBe(true);
    expect(proofPasses(report([]))).toBe(false);
    expect(proofPasses(report(outcomes.map(([outcome]) => outcome)))).toBe(false);
    expect(proofSummary(report(outcomes.map(([outcome]) => outcome)))).toMatch(
      /^6 netlists .*\b1 proved, 1 simulated, 4 failed$/,
    );
  });
});

describe('cells without a model', () => {
  it('are those that are no gates of Yosys, each once', () => {
    const module = moduleOf([{ names: ['q'], d: 3, q: 4 }]);
    expect(unmodelledCells(module)).toEqual([]);
    const dsp = { type: 'MULT18X18D', connections: {} };
    expect(unmodelledCells({ ...module, cells: { ...module.cells, one: dsp, two: dsp } })).toEqual(['MULT18X18D']);
  });
});

describe('a module that stands in for some of its instances', () => {
  const RTL = `module d_pe #(
  parameter SUM_BITS = 18  // bits, at least 16
) (
  input  wire                clk_i,  // clock
  input  wire          [6:0] a_i,    // activation {sign, exp[1:0]}, of all
  output wire [SUM_BITS-1:0] sum_o   // partial sum
);
  assign sum_o = 0;
endmodule
`;
  it('is the netlist with its parameters, and the RTL with others', () => {
    const text = wrapper(RTL, 'module d_pe_sum_bits14(clk_i, a_i, sum_o);\nendmodule\n', item) ?? '';
    expect(text.match(/^module \S+/gm)).toEqual(['module d_pe_sum_bits14(clk_i,', 'module d_pe_rtl', 'module d_pe']);
    expect(text).toContain('if (SUM_BITS == 14) begin');
    const ports = '(.clk_i(clk_i), .a_i(a_i), .sum_o(sum_o));';
    expect(text).toContain(`d_pe_sum_bits14 u_netlist ${ports}`);
    expect(text).toContain(`d_pe_rtl #(.SUM_BITS(SUM_BITS)) u_rtl ${ports}`);
  });

  it('is none where a port is not understood', () => {
    expect(wrapper(RTL.replace('input  wire          [6:0]', 'inout'), '', item)).toBeUndefined();
    expect(wrapper(RTL.replace('d_pe', 'other'), '', item)).toBeUndefined();
  });
});
