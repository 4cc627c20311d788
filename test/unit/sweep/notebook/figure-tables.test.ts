import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Figure, preparationOf } from '../../../../scripts/sweep/notebook/figures/figure.js';
import { renderFamilies, renderPlaced } from '../../../../scripts/sweep/notebook/figures/fpga-tables.js';
import { shownStep } from '../../../../scripts/sweep/notebook/figures/make.js';
import { growth } from '../../../../scripts/sweep/notebook/figures/markdown.js';
import { FIGURES } from '../../../../scripts/sweep/notebook/figures/plan.js';
import { fastestAim, renderTiming } from '../../../../scripts/sweep/notebook/figures/timing-tables.js';
import { ENGINE, type ModuleProof, type ProofReport } from '../../../../scripts/synth/equivalence/verdict.js';
import type { Placement } from '../../../../scripts/synth/fpga/placement.js';
import type { FpgaReport } from '../../../../scripts/synth/fpga/report.js';
import type { StaResult } from '../../../../scripts/synth/sta/log.js';
import type { Curve, CurvePoint, CurveReport, PeriodReport } from '../../../../scripts/synth/timed/report.js';
import type { LibraryIdentity } from '../../../../scripts/tools/liberty/identity.js';
import type { ToolIdentity } from '../../../../scripts/tools/yosys/identity.js';
import { figuresIn } from '../../../support/text.js';

/** Figures of a page that are made of few designs: those of many have one command for all. */
const figuresOf = (page: string): Figure[] =>
  FIGURES.filter((figure) => figure.page === page && preparationOf(figure).length <= 2);

const tool: ToolIdentity = { name: 'Yosys', version: '0.23', build: 'native' };
const library: LibraryIdentity = { file: 'l.lib', sha256: 'abc', name: 'cells', nand2: { cell: 'nand2', area: 2 } };
const measurement = {
  ...{ generator: 'g', design: 'd', top: 'd_array', configurationSha256: 'abc', tool },
  ...{ rows: 4, cols: 4, lanes: 1 },
  names: { whole: 'array', size: '2 x 3', one: 'PE', multipliers: 'PEs' },
  structure: { checked: true, ownLogic: {} },
} as const;

const proved: ProofReport = {
  limitSeconds: 1,
  modules: ['one', 'two'].map((netlist) => ({
    ...{ label: netlist, netlist, seconds: 1 },
    outcome: { result: 'proved', by: ENGINE, registers: 1 },
  })),
};

const size = (area: number) => ({ gateEquivalents: area / 2, area, flipFlopBits: 3 });
const point = (ps: number, area: number, aim: number): CurvePoint => ({
  ...{ ps, size: size(area), aim },
  ...{ flow: 'alumacc', strategy: 'fast' },
});
const curve = (pipeline: number, points: CurvePoint[]): Curve => ({
  ...{ design: 'd', command: 'c', module: 'd_pe', pipeline, configurationSha256: 'abc', flow: 'synth' },
  ...{ aims: [1000, 5000], tried: 9, points, proof: proved },
});
const curves: CurveReport = {
  ...{ generator: 'g', tool, library },
  curves: [
    curve(1, [point(3143, 14_429, 1017), point(3541, 13_294, 1017), point(4628, 11_506, 1e6)]),
    curve(2, [point(2072, 15_421, 2077), point(3889, 13_052, 1e6)]),
  ],
};

function period(pe: number, array: number, area: number, end = 'in_ready_o'): PeriodReport {
  const result = (minimumPs: number, to: string): StaResult => {
    const path = { from: 'w_q[0]', to, group: 'clk', slackPs: 0, cells: 9 };
    return { slackPs: -1, path: { ...path, to: 'elsewhere' }, minimumPs, minimumPath: path };
  };
  return {
    ...{ ...measurement, library, periodPs: 1017, marginPs: 0, flow: 'synth', modules: [], warnings: [], met: false },
    ...{ pe: size(area), whole: size(9 * area), perMac: size(area), proof: proved },
    sta: {
      tool: { name: 'OpenSTA', version: '2.0.17' },
      ...{ whole: result(array, end), pe: { ...result(pe, '_789_/D'), module: 'd_pe' }, scripts: [] },
    },
  };
}

describe('the tables of docs/timing.md', () => {
  const commands = ['npm run area -- --curve', 'npm run area -- --period 1.017', 'npm run area -- --period 2.077'];
  const text = renderTiming(
    [curves, period(3443, 3454, 14_429, 'g_col[0].u_pe/_789_/D'), period(2422, 2596, 15_421)],
    commands,
    'p.svg',
  );

  it('ask for what the fastest netlists of the curves were made for', () => {
    expect([fastestAim(curves, 1), fastestAim(curves, 2)]).toEqual(['1.017', '2.077']);
    expect(() => fastestAim(curves, 3)).toThrow(/\b3 stages/);
    expect(() => fastestAim(undefined, 1)).toThrow(/\b1 stages/);
  });

  it('have the ends of both curves', () => {
    expect(text).toContain('| fastest | 3,143 | 14,429 | 2,072 | 15,421 | 1.52 | +7 % |');
    expect(text).toContain('| smallest | 4,628 | 11,506 | 3,889 | 13,052 | 1.19 | +13 % |');
    const turned = { ...curves, curves: [...curves.curves].reverse() };
    expect(renderTiming([turned, period(1, 1, 1), period(1, 1, 1)], commands, 'p.svg')).toContain('| 3,143 | 14,429 |');
  });

  it('have the least periods, and the paths that set them', () => {
    for (const line of [
      '| PE | 3.443 ns, 290.4 MHz | 2.422 ns, 412.9 MHz | 1.42 | +7 % |',
      '| whole 4 × 4 array | 3.454 ns, 289.5 MHz | 2.596 ns, 385.2 MHz | 1.33 |  |',
      '| PE | `w_q[0]` to a register, 9 cells | `w_q[0]` to a register, 9 cells |',
      '| whole 4 × 4 array | `w_q[0]` to a register of `g_col[0].u_pe`, 9 cells | `w_q[0]` to `in_ready_o`, 9 cells |',
    ]) {
      expect(text).toContain(`\n${line}\n`);
    }
    const { sta: _, ...unchecked } = period(1, 1, 1);
    expect(() => renderTiming([curves, unchecked, unchecked], commands, 'p.svg')).toThrow(/\bsetup\b/);
  });

  it('have each command before its table, and all tools', () => {
    for (const command of commands) expect(text).toContain(`    ${command}\n`);
    expect(text.indexOf('--curve')).toBeLessThan(text.indexOf('| fastest'));
    expect(text.indexOf('| smallest')).toBeLessThan(text.indexOf('--period 1.017'));
    expect(text.indexOf('--period 2.077')).toBeLessThan(text.indexOf('| PE |'));
    expect(text).toContain('(p.svg)');
    expect(text).toContain('Yosys 0.23 (native), OpenSTA 2.0.17; l.lib (cells), sha256 abc.');
    expect(figuresIn(text.split('\n').at(-1))).toEqual([8]);
  });

  it('take a missed period for a result, and a netlist that is not its RTL for none', () => {
    const report = period(1, 1, 1);
    const of = (proof: ProofReport | undefined): PeriodReport => ({ ...report, proof }) as PeriodReport;
    const [netlist] = proved.modules;
    const wrong = { ...netlist, outcome: { result: 'different', by: ENGINE, outputs: [] } } as ModuleProof;
    const figures = figuresOf('docs/timing.md');
    expect(figures).toHaveLength(2);
    for (const { measured } of figures) {
      const rules = measured.flatMap((each) => ('mayFail' in each && each.mayFail ? [each.mayFail] : []));
      expect(rules).toHaveLength(2);
      for (const mayFail of rules) {
        expect(mayFail(of(proved))).toBe(true);
        expect(mayFail(of({ ...proved, modules: [...proved.modules, wrong] }))).toBe(false);
        expect(mayFail(of({ ...proved, modules: [] }))).toBe(false);
        expect(mayFail(of(undefined))).toBe(false);
      }
    }
  });
});

describe('the tables of docs/fpga.md', () => {
  const resources = (luts: number, blockRams = 0) => ({ luts, flipFlops: 38, carryBits: 29, dsps: 0, blockRams });
  const family = (name: 'ice40' | 'xilinx' | 'gowin', luts: number, blockRams?: number) => ({
    ...{ family: name, flow: 'synth', modules: [], warnings: [], proof: proved },
    ...{ pe: resources(luts), whole: resources(20 * luts, blockRams), perMac: resources((20 * luts) / 16) },
  });
  const placement = (what: 'pe' | 'array', mhz: readonly number[], medianMhz: number, used: number): Placement => ({
    ...{ what, label: `d_${what}`, device: 'hx8k', package: 'ct256', flow: 'place', medianMhz },
    tool: { name: 'nextpnr-ice40', version: '0.4' },
    harness: { inputs: 3, outputs: 4 },
    logicCells: { used, available: 7680 },
    blockRams: { used: 0, available: 32 },
    runs: mhz.map((each, seed) => ({ mhz: each, seed, from: `w_q_${seed}`, to: 'acc_q', routing: 0.512, logic: true })),
  });
  const report = (families: FpgaReport['families'], placements: readonly Placement[] = []): FpgaReport => ({
    ...measurement,
    ...{ stall: 'enable', dsp: false, families, placements },
    proof: { limitSeconds: 1, modules: proved.modules.slice(0, placements.length) },
  });

  it('have a row for each family, those with equal LUTs together', () => {
    const all = [family('ice40', 111), family('xilinx', 77, 0.5), family('gowin', 119)];
    const lines = renderFamilies([report(all)], ['npm run area -- --fpga all']).split('\n');
    expect(lines[0]).toBe('    npm run area -- --fpga all');
    expect(lines.filter((line) => line.includes(', LUT'))).toEqual([
      '| Lattice iCE40, LUT4 | 111 | 38 | 29 | 2,220 | 38 | 29 | 138.8 | 0 | 0 |',
      '| Gowin, LUT4 | 119 | 38 | 29 | 2,380 | 38 | 29 | 148.8 | 0 | 0 |',
      '| Xilinx 7 series, LUT6 | 77 | 38 | 29 | 1,540 | 38 | 29 | 96.3 | 0 | 0.5 |',
    ]);
    expect(lines.at(-3)).toMatch(/^Yosys 0\.23 \(native\),.*\bDSP\b/);
    expect(figuresIn(lines.at(-1))).toEqual([6]);
  });

  it('have what was placed, beside a PE of one stage', () => {
    const pe = placement('pe', [71.4, 67.6, 71.1], 71.1, 246);
    const oneStage = report([family('ice40', 111)], [placement('array', [61.7, 64.2, 66.1], 64.2, 2857), pe]);
    const twoStages = report([family('ice40', 111)], [placement('pe', [110.1, 105.7, 112.3], 110.1, 251)]);
    const lines = renderPlaced([oneStage, twoStages], ['one', 'two']).split('\n');
    expect(lines.slice(0, 2)).toEqual(['    one', '    two']);
    expect(lines).toContain('| one PE | 71.1 | 67.6 to 71.4 | 1.00 | 246 | `w_q_0` to `acc_q`, 51 % wires |');
    expect(lines).toContain('| 4 × 4 array | 64.2 | 61.7 to 66.1 | 0.90 | 2,857 | `w_q_0` to `acc_q`, 51 % wires |');
    expect(lines.find((line) => line.includes('| 110.1 |'))).toContain('| 1.55 | 251 |');
    expect(lines.at(-5)).toMatch(/^iCE40HX8K, .*\b3 seeds; Yosys 0\.23 \(native\), nextpnr-ice40 0\.4\.$/);
    expect([lines.at(-3), lines.at(-1)].map(figuresIn)).toEqual([[4], [3]]);
    expect(() => renderPlaced([twoStages, oneStage], [])).toThrow(/\barray\b/);
  });
});

describe('tables of reports', () => {
  it('say how much more a figure is', () => {
    expect([growth(100, 107), growth(100, 99), growth(3, 3)]).toEqual(['+7 %', '-1 %', '+0 %']);
  });

  it.each([...figuresOf('docs/timing.md'), ...figuresOf('docs/fpga.md')])(
    '$name: its page has the commands that make its designs',
    (figure: Figure) => {
      const page = readFileSync(join(import.meta.dirname, '../../../..', figure.page), 'utf8');
      const steps = preparationOf(figure);
      expect(steps.length).toBeGreaterThan(0);
      for (const step of steps) expect(page).toContain(`    ${shownStep(step)}\n`);
    },
  );
});
