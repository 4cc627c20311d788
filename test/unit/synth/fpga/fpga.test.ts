import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { harnessSize, harnessVerilog } from '../../../../gen/design/harness.js';
import { familyCommand, resourcesOf } from '../../../../scripts/synth/fpga/families.js';
import { fpgaScript } from '../../../../scripts/synth/fpga/flow.js';
import { PORTS, portsOf } from '../../../../scripts/synth/fpga/harness.js';
import { median, readPlacement } from '../../../../scripts/synth/fpga/placement.js';
import { renderFpgaText } from '../../../../scripts/synth/fpga/render.js';
import { buildFpgaReport, type FamilyFindings } from '../../../../scripts/synth/fpga/report.js';
import type { AreaItem } from '../../../../scripts/synth/plan.js';

describe('the cells of an FPGA', () => {
  // What Yosys 0.23 and 0.55 left of PEs of several designs.
  it.each([
    ['ice40', { SB_LUT4: 100, SB_CARRY: 29, SB_DFFE: 30, SB_DFFSR: 8 }, [100, 38, 29, 0, 0]],
    ['ice40', { SB_MAC16: 2, SB_RAM40_4K: 1 }, [0, 0, 0, 2, 1]],
    ['ecp5', { DP16KD: 3, TRELLIS_DPR16X4: 2 }, [12, 0, 0, 0, 3]],
    ['xilinx', { RAMB18E1: 3, RAM32M: 2, RAM64X1D: 1 }, [10, 0, 0, 0, 1.5]],
    ['ecp5', { CCU2C: 16, L6MUX21: 8, LUT4: 96, PFUMX: 20, TRELLIS_FF: 38 }, [128, 38, 32, 0, 0]],
    ['ecp5', { CCU2C: 12, LUT4: 82, MULT18X18D: 1, TRELLIS_FF: 38 }, [106, 38, 24, 1, 0]],
    ['xilinx', { CARRY4: 9, FDRE: 38, LUT2: 18, LUT6: 11, INV: 1, MUXF7: 4, RAMB18E1: 1 }, [30, 38, 36, 0, 0.5]],
    ['gowin', { ALU: 34, DFFE: 38, GND: 1, VCC: 1, LUT1: 1, LUT4: 21, MUX2_LUT5: 7 }, [56, 38, 34, 0, 0]],
    ['nexus', { CCU2: 18, FD1P3IX: 38, LUT4: 67, VHI: 1, VLO: 1, WIDEFN9: 6 }, [115, 38, 36, 0, 0]],
    ['intel_alm', { MISTRAL_ALUT2: 9, MISTRAL_ALUT_ARITH: 28, MISTRAL_FF: 38 }, [37, 38, 28, 0, 0]],
  ] as const)('%s: %j', (family, cells, [luts, flipFlops, carryBits, dsps, blockRams]) => {
    expect(resourcesOf(family, cells)).toEqual({ resources: { luts, flipFlops, carryBits, dsps, blockRams } });
  });

  it('that a family does not have are named, not skipped', () => {
    expect(resourcesOf('ice40', { SB_LUT4: 1, $_DLATCH_P_: 2, LUT4: 3 })).toEqual({ unknown: ['$_DLATCH_P_', 'LUT4'] });
  });
});

describe('the flow for an FPGA', () => {
  it('allows DSP blocks where asked to, whichever way round Yosys has it', () => {
    expect([false, true].map((dsp) => familyCommand('ice40', dsp))).toEqual(['synth_ice40', 'synth_ice40 -dsp']);
    expect([false, true].map((dsp) => familyCommand('ecp5', dsp))).toEqual(['synth_ecp5 -nodsp', 'synth_ecp5']);
    expect(familyCommand('gowin', false)).toBe(familyCommand('gowin', true));
  });

  it('leaves out what is a black box', () => {
    const boxes = [{ module: 'd_ram', file: 'rtl/d_ram.v' }];
    const lines = fpgaScript({ module: 'd', files: ['rtl/d.v'], parameters: {}, boxes }, 'ecp5', false).split('\n');
    expect(lines[0]).toBe('read_verilog -lib rtl/d_ram.v');
    const [gone, counted] = ['delete t:*d_ram*', 'stat -json'].map((text) =>
      lines.findIndex((line) => line.includes(text)),
    );
    expect(gone).toBeGreaterThan(lines.findIndex((line) => line.startsWith('synth_')));
    expect(counted).toBeGreaterThan(gone ?? 0);
  });

  it('sets parameters, maps and counts', () => {
    const item = { module: 'd_delay', files: ['rtl/d_delay.v'], parameters: { WIDTH: 4, DEPTH: 1 } };
    expect(fpgaScript(item, 'gowin', false).split('\n')).toEqual([
      'read_verilog rtl/d_delay.v',
      'chparam -set WIDTH 4 -set DEPTH 1 d_delay',
      'synth_gowin -noiopads -top d_delay',
      'tee -q -o cells.json stat -json',
      'rename -top d_delay_width4_depth1',
      'write_verilog -noattr -noexpr netlist.v',
      '',
    ]);
  });
});

describe('the harness of a placement', () => {
  const ports = [
    { name: 'clk_i', direction: 'input', bits: 1 },
    { name: 'a_i', direction: 'input', bits: 7 },
    { name: 'a_o', direction: 'output', bits: 7 },
    { name: 'en_i', direction: 'input', bits: 1 },
    { name: 'acc_o', direction: 'output', bits: 24 },
  ] as const;

  it('gives every bit of the module a register of its own', () => {
    const text = harnessVerilog({ harness: 'h', module: 'd_pe', parameters: { SUM_BITS: 18 }, ports });
    expect(harnessSize(ports)).toEqual({ inputs: 8, outputs: 31 });
    for (const line of [
      'localparam INPUTS = 8;',
      'localparam OUTPUTS = 31;',
      'd_pe #(.SUM_BITS(18)) u_dut (',
      '.clk_i(clk_i)',
      '.a_i(in_q[0 +: 7])',
      '.en_i(in_q[7 +: 1])',
      '.a_o(out[0 +: 7])',
      '.acc_o(out[7 +: 24])',
    ]) {
      expect(text).toContain(line);
    }
  });

  it('needs a clock, inputs and outputs', () => {
    const harness = (some: readonly (typeof ports)[number][]) => () =>
      harnessVerilog({ harness: 'h', module: 'd', parameters: {}, ports: some });
    expect(harness(ports.slice(1))).toThrow(/^d .*\bclk_i\b/);
    expect(harness(ports.slice(0, 2))).toThrow(/\b7 input.*\b0 output/);
  });

  it('knows the ports as Yosys tells them', () => {
    const netlist = PORTS.parse({ modules: { d: { ports: { a_i: { direction: 'input', bits: [2, 3] } } } } });
    expect(portsOf(netlist, 'd')).toEqual([{ name: 'a_i', direction: 'input', bits: 2 }]);
  });
});

/** Written by nextpnr-ice40 0.4 for a register, a LUT and another register with a second LUT. */
const REPORT = readFileSync(new URL('../../../data/logs/nextpnr-0.4.json', import.meta.url), 'utf8');

describe('the report of nextpnr', () => {
  it('gives the frequency and the slowest path', () => {
    const read = readPlacement(REPORT);
    if ('problem' in read) throw new Error(read.problem);
    expect(read.path).toMatchObject({ from: 'a_q[0]', to: 'q_o', logic: true });
    expect(read.path.mhz).toBeCloseTo(390.32, 2);
    expect(read.path.routing).toBeCloseTo(1.176 / 2.562, 3);
    expect(read.logicCells).toEqual({ used: 14, available: 1280 });
  });

  type Report = {
    fmax: Record<string, { achieved: unknown }>;
    critical_paths: { path: { type: string; delay: number; net?: string }[]; from: string }[];
    utilization: Record<string, unknown>;
  };
  const changed = (change: (report: Report) => void): string => {
    const report: Report = JSON.parse(REPORT);
    change(report);
    return JSON.stringify(report);
  };

  it('tells a path without gates', () => {
    const read = readPlacement(
      changed(({ critical_paths: [first] }) => {
        for (const step of first?.path ?? []) if (step.type === 'logic') step.type = 'clk-to-q';
      }),
    );
    expect(read).toMatchObject({ path: { logic: false } });
  });

  it.each([
    ['it is cut off', () => REPORT.slice(0, 500), /\bJSON\b/],
    ['there are two clocks', () => changed((r) => Object.assign(r.fmax, { other: { achieved: 1 } })), /\b2 clocks/],
    ['there is no clock', () => changed((r) => Object.assign(r, { fmax: {} })), /\b0 clocks/],
    ['the frequency is none', () => changed((r) => Object.assign(r, { fmax: { clk: { achieved: 'inf' } } })), /: fmax/],
    ['the frequency is another', () => REPORT.replace('390.32', '290.32'), /\b2\.562 ns\b.*\b290\.32\b/],
    ['the path is missing', () => changed((r) => r.critical_paths.shift()), /\b0 .*paths/],
    ['a step is missing', () => changed((r) => r.critical_paths[0]?.path.splice(1, 1)), /\b1\.974 ns\b/],
    ['there are no logic cells', () => changed((r) => Object.assign(r, { utilization: {} })), /ICESTORM_LC/],
  ])('is a problem where %s', (_, text, problem) => {
    expect(readPlacement(text())).toEqual({ problem: expect.stringMatching(problem) });
  });

  it('gives the median over seeds', () => {
    expect(median([3, 100, 1])).toBe(3);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(() => median([])).toThrow();
  });
});

describe('the report of a design on an FPGA', () => {
  const item = (rest: Partial<AreaItem>): AreaItem => ({
    ...{ label: 'd_x', module: 'd_x', files: [], parameters: {}, role: 'periphery', instances: 1, partOfOther: false },
    ...rest,
  });
  const size = (luts: number, flipFlops: number) => ({
    resources: { luts, flipFlops, carryBits: 1, dsps: 0, blockRams: 0 },
    cells: {},
  });
  const findings: FamilyFindings = {
    family: 'ice40',
    flow: 'synth_ice40',
    items: [
      { item: item({ label: 'd_pe', role: 'pe', instances: 6 }), result: size(100, 38) },
      { item: item({ label: 'd_int', role: 'type decoder', instances: 5, partOfOther: true }), result: size(7, 0) },
      { item: item({ label: 'd_control' }), result: size(11, 5) },
    ],
    warnings: [],
  };
  const report = buildFpgaReport(
    {
      ...{
        generator: 'g',
        design: 'd',
        top: 'd_array',
        configurationSha256: 'abc',
        names: { whole: 'array', size: '2 x 3', one: 'PE', multipliers: 'PEs' },
        stall: 'gate',
      },
      ...{ rows: 2, cols: 3, lanes: 1, dsp: false, structure: { checked: true, ownLogic: {} } },
      tool: { name: 'Yosys', version: '0.23', build: 'native' },
    },
    [findings],
    [],
  );

  it('adds up what is no part of another module', () => {
    expect(report.families[0]?.whole).toMatchObject({ luts: 611, flipFlops: 233, carryBits: 7 });
    expect(report.families[0]?.perMac.luts).toBeCloseTo(611 / 6, 5);
    expect(report.families[0]?.pe).toMatchObject({ luts: 100, flipFlops: 38 });
  });

  it('warns of a clock gate', () => {
    expect(renderFpgaText(report)).toContain('--target fpga');
    expect(renderFpgaText({ ...report, stall: 'enable' })).not.toContain('--target fpga');
  });
});
