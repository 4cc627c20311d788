import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AreaUnit } from '../../gen/area/plan.js';
import type { CurveReport, PeriodReport } from '../../gen/area/timed/report.js';
import { validateConfiguration } from '../../gen/config/validate.js';
import { EXIT } from '../../gen/errors.js';
import { generate } from '../../gen/generate.js';
import { readLibrary } from '../../scripts/lib/area/library.js';
import { runSta } from '../../scripts/lib/area/sta/check.js';
import { allNetlists } from '../../scripts/lib/area/timed/synthesise.js';
import { requireTool } from '../../scripts/lib/tools.js';
import { findYosys } from '../../scripts/lib/yosys.js';
import { TOY_DELAYS, TOY_REGISTER, timedLibrary } from '../support/liberty.js';

const root = mkdtempSync(join(tmpdir(), 'ant-rtl-timing-'));
afterAll(() => rmSync(root, { recursive: true }));

const libraryPath = join(root, 'toy.lib');
writeFileSync(libraryPath, timedLibrary());

let design = '';
beforeAll(() => {
  const types = { activations: ['int2'], weights: ['int2'] };
  design = generate(validateConfiguration({ rows: 2, cols: 1, dataflow: 'ws', name: 'stays', ...types }), root).folder;
});

const area = (args: string[], env: Record<string, string> = {}) =>
  execa(process.execPath, ['--import', createRequire(import.meta.url).resolve('tsx'), 'scripts/area.ts', ...args], {
    env,
    reject: false,
    all: true,
  });

/** A register, two NANDs and another register. */
const BETWEEN = `module between (input wire clk_i, input wire d_i, output reg b_o);
  reg a_q;
  always @(posedge clk_i) begin
    a_q <= d_i;
    b_o <= ~(~(a_q & d_i) & b_o);
  end
endmodule
`;

describe('a path from register to register', () => {
  it('is the gates of it in ABC, and with clock-to-output and set-up in OpenSTA', async () => {
    writeFileSync(join(root, 'between.v'), BETWEEN);
    const names = { label: 'between', module: 'between', files: ['between.v'], parameters: {} };
    const unit: AreaUnit = { ...names, role: 'edge', instances: 1, partOfOther: false };
    const library = readLibrary(libraryPath);
    const { netlists } = await allNetlists({ yosys: await findYosys(), folder: root, library }, unit, [700]);
    expect(netlists).toHaveLength(8);
    const gates = 2 * TOY_DELAYS.NAND;
    const [least] = netlists;
    // In front of the gates ABC has the buffer that stands in for a register.
    expect([gates, gates + TOY_DELAYS.BUF]).toContain(least?.path?.ps);
    const sta = await requireTool('opensta');
    const files = { 'toy.lib': library.text, 'between.v': least?.netlist ?? '' };
    const job = { library: 'toy.lib', netlists: ['between.v'], top: 'between', constraints: undefined, period: 1 };
    const expected = TOY_REGISTER.clockToOutput + gates + TOY_REGISTER.setUp;
    const result = await runSta(sta, job, files);
    expect(result.minimumPs).toBeCloseTo(expected, 0);
    expect(result.slackPs).toBeCloseTo(1000 - expected, 0);
    expect(result.minimumPath).toMatchObject({ from: 'a_q', cells: 3, group: 'clk' });
    await expect(runSta(sta, { ...job, top: 'other' }, files)).rejects.toMatchObject({ exitCode: EXIT.toolBroken });
  });
});

describe('npm run area --period', () => {
  const reportOf = (): PeriodReport => JSON.parse(readFileSync(join(design, 'period.json'), 'utf8'));

  it('maps a design, links it and checks it with its constraints', async () => {
    const run = await area(['--design', design, '--liberty', libraryPath, '--period', '20', '--sta', '--netlists']);
    expect(run.exitCode, run.all).toBe(EXIT.done);
    const { modules, met, sta } = reportOf();
    expect(met).toBe(true);
    expect(modules.filter(({ role }) => role === 'pe').length).toBeGreaterThan(1);
    for (const { path, slackPs } of modules) expect(slackPs).toBe(path === null ? null : 20_000 - path.ps);
    // What the whole takes is at least what its PE does, and that at least its longest path and its registers.
    const registers = TOY_REGISTER.clockToOutput + TOY_REGISTER.setUp;
    expect(sta?.pe.minimumPs).toBeGreaterThan(registers);
    expect(sta?.whole.minimumPs).toBeGreaterThanOrEqual((sta?.pe.minimumPs ?? Number.NaN) - 1);
    expect(sta?.whole.slackPs).toBeGreaterThan(0);
    // A period that the logic alone could not keep is missed, with the same netlists or others.
    const short = String((sta?.whole.minimumPs ?? 0) / 2 / 1000);
    const failing = await area(['--design', design, '--liberty', libraryPath, '--period', short, '--sta']);
    expect(failing.exitCode, failing.all).toBe(EXIT.checkFailed);
    expect(failing.stderr).toContain(`FAIL the period of`);
    expect(reportOf().sta?.whole.slackPs).toBeLessThan(0);
  });

  it('says what to install where OpenSTA is missing, before anything runs', async () => {
    const empty = { PATH: mkdtempSync(join(root, 'bin-')) };
    const run = await area(['--design', design, '--liberty', libraryPath, '--period', '9', '--sta'], empty);
    expect(run.exitCode).toBe(EXIT.toolBroken);
    expect(run.stderr).toMatch(/OpenSTA is missing: no sta or opensta on the search path[\s\S]*npm run setup/);
  });
});

describe('npm run area --curve', () => {
  it('gives the best netlists of a module, and draws them', async () => {
    const plot = join(root, 'curve.svg');
    const args = ['--design', design, '--liberty', libraryPath, '--curve', '--module', 'control', '--plot', plot];
    const run = await area([...args, '--json']);
    expect(run.exitCode, run.all).toBe(EXIT.done);
    const [curve]: CurveReport['curves'] = JSON.parse(run.stdout).curves;
    expect(curve).toMatchObject({ module: 'stays_control', tried: 8 * 11 });
    const points = curve?.points ?? [];
    expect(points.length).toBeGreaterThan(0);
    for (const [i, point] of points.slice(1).entries()) {
      expect(point.ps).toBeGreaterThan(points[i]?.ps ?? Number.NaN);
      expect(point.size.area).toBeLessThan(points[i]?.size.area ?? Number.NaN);
    }
    expect(readFileSync(plot, 'utf8')).toMatch(/^<svg [\s\S]*stays/);
    const none = await area(['--design', design, '--liberty', libraryPath, '--curve', '--module', 'nothing']);
    expect(none.exitCode).toBe(EXIT.badRequest);
    expect(none.stderr).toMatch(/stays has no module nothing; there are .*control/);
  });
});
