import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../../gen/base/errors.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { generate } from '../../../gen/design/generate.js';
import { loadDesign } from '../../../gen/design/manifest.js';
import { netlistModule } from '../../../scripts/synth/netlist.js';
import { type AreaItem, distinctItems } from '../../../scripts/synth/plan.js';
import { runSta, topNetlist } from '../../../scripts/synth/sta/check.js';
import { proveTop } from '../../../scripts/synth/sta/prove.js';
import { linkedItems } from '../../../scripts/synth/sta/top.js';
import { synthesise } from '../../../scripts/synth/synthesise.js';
import { measureCurves } from '../../../scripts/synth/timed/curve.js';
import { curvePlot } from '../../../scripts/synth/timed/plot.js';
import type { PeriodReport } from '../../../scripts/synth/timed/report.js';
import { allNetlists, type TimedNetlist } from '../../../scripts/synth/timed/synthesise.js';
import { findProgram, requireTool, TOOLS } from '../../../scripts/tools/find.js';
import { readLibrary } from '../../../scripts/tools/liberty/library.js';
import { mapLimit, TOOLS_AT_A_TIME } from '../../../scripts/tools/pool.js';
import type { Yosys } from '../../../scripts/tools/yosys/interface.js';
import { findYosys } from '../../../scripts/tools/yosys/yosys.js';
import { quickBudget } from '../../../scripts/verify/quick.js';
import { TOY_DELAYS, TOY_REGISTER, timedLibrary } from '../../support/liberty.js';
import { runProgram } from '../../support/program.js';

const root = mkdtempSync(join(tmpdir(), 'ant-rtl-timing-'));
afterAll(() => rmSync(root, { recursive: true }));

const libraryPath = join(root, 'toy.lib');
writeFileSync(libraryPath, timedLibrary());

let design = '';
beforeAll(() => {
  const types = { activations: ['int2'], weights: ['int2'] };
  design = generate(validateConfiguration({ rows: 2, cols: 1, dataflow: 'ws', name: 'stays', ...types }), root).folder;
});

const area = (args: string[], env: Record<string, string> = {}) => runProgram('area', args, { env, all: true });

/** A register, two NANDs and another register. */
const BETWEEN = `module between (input wire clk_i, input wire d_i, output reg b_o);
  reg a_q;
  always @(posedge clk_i) begin
    a_q <= d_i;
    b_o <= ~(~(a_q & d_i) & b_o);
  end
endmodule
`;

const hasSta = TOOLS.opensta.programs.some((name) => findProgram(name) !== undefined);
if (!hasSta) console.warn('SKIPPED, OpenSTA is not on the search path (npm run setup): the tests of setup checks');

describe('a path from register to register', () => {
  let least: TimedNetlist | undefined;
  const gates = 2 * TOY_DELAYS.NAND;
  const library = readLibrary(libraryPath);

  it('is the gates of it in ABC', async () => {
    writeFileSync(join(root, 'between.v'), BETWEEN);
    const names = { label: 'between', module: 'between', files: ['between.v'], parameters: {} };
    const item: AreaItem = { ...names, role: 'periphery', instances: 1, partOfOther: false };
    const { netlists } = await allNetlists({ yosys: await findYosys(), folder: root, library }, item, [700]);
    expect(netlists).toHaveLength(8);
    [least] = netlists;
    // In front of the gates ABC has the buffer that stands in for a register.
    expect([gates, gates + TOY_DELAYS.BUF]).toContain(least?.path?.ps);
  });

  it.skipIf(!hasSta)('is these with clock-to-output and setup in OpenSTA', async () => {
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
  it.skipIf(!hasSta)(
    'maps a design, links it, checks it with its constraints, and fails where it is too slow',
    async () => {
      // One gate of the control's netlists is changed behind Yosys' back; all others are as they should be.
      const place = mkdtempSync(join(root, 'bin-'));
      const change = `for file in *_500.v; do grep -qs '^module stays_control' "$file" && sed -i '0,/^  INV /s//  BUF /' "$file"; done`;
      const script = `#!/bin/sh\n${findProgram('yosys')} "$@"\ncode=$?\n${change}\nexit $code\n`;
      writeFileSync(join(place, 'yosys'), script, { mode: 0o755 });
      const env = { ANT_RTL_YOSYS: 'native', PATH: `${place}:${process.env.PATH}` };
      const flags = ['--design', design, '--liberty', libraryPath, '--period', '0.5', '--sta', '--netlists', '--prove'];
      const run = await area(flags, env);
      expect(run.exitCode, run.all).toBe(EXIT.checkFailed);
      expect(run.stderr).toMatch(/^FAIL .*\b0\.5 ns\b.*; .*netlist/m);
      const { modules, met, sta, proof }: PeriodReport = JSON.parse(readFileSync(join(design, 'period.json'), 'utf8'));
      expect(met).toBe(false);
      const wrong = proof?.modules.filter(({ outcome }) => outcome.result !== 'proved');
      expect(wrong).toMatchObject([{ netlist: 'stays_control', outcome: { result: 'different' } }]);
      expect(proof?.modules).toHaveLength(modules.length + 1);
      expect(proof?.modules.at(-1)).toMatchObject({ netlist: 'stays_array', outcome: { result: 'proved' } });
      expect(readFileSync(join(design, 'period.md'), 'utf8')).toMatch(/^## .*netlists$/m);
      expect(modules.filter(({ role }) => role === 'pe').length).toBeGreaterThan(1);
      for (const { path, slackPs } of modules) expect(slackPs).toBe(path === null ? null : 500 - path.ps);
      // What the whole takes is at least what its PE does, and that at least its critical path and its registers.
      const registers = TOY_REGISTER.clockToOutput + TOY_REGISTER.setUp;
      const [pe, whole] = [sta?.pe.minimumPs ?? Number.NaN, sta?.whole.minimumPs ?? Number.NaN];
      expect(pe).toBeGreaterThan(registers + TOY_DELAYS.NAND);
      expect(whole).toBeGreaterThanOrEqual(pe - 1);
      expect(sta?.whole.slackPs).toBeLessThan(0);
      expect(sta?.pe.slackPs).toBeCloseTo(500 - pe, 0);
      const kept = readFileSync(join(design, 'period', 'netlist', `${sta?.pe.module}.v`), 'utf8');
      expect(kept).toMatch(/^\/\/ Netlist .*, mapping [a-z]+, .*\b\d+ ps, .*\btoy\.lib\b/);
    },
  );

  it('says what to install where OpenSTA is missing, before anything runs', async () => {
    const empty = { PATH: mkdtempSync(join(root, 'bin-')) };
    const run = await area(['--design', design, '--liberty', libraryPath, '--period', '9', '--sta'], empty);
    expect(run.exitCode).toBe(EXIT.toolBroken);
    expect(run.stderr).toMatch(/^error: OpenSTA\b[\s\S]*npm run setup/m);
  });
});

describe('the netlist around the modules', () => {
  it('is proved, or else simulated with all others, and a pin that is connected otherwise is found by both', {
    tags: 'rest',
  }, async () => {
    const [yosys, library, manifest] = [await findYosys(), readLibrary(libraryPath), loadDesign(design)];
    const context = { yosys, folder: design, library };
    const netlists = await mapLimit(distinctItems(linkedItems(manifest)), TOOLS_AT_A_TIME, async (item) => {
      const { netlist: text } = await synthesise(context, item, 'alumacc');
      return { item, flow: 'alumacc' as const, name: netlistModule(item), text };
    });
    const whole = { ...context, manifest, netlists, limitSeconds: 60 };
    const top = await topNetlist(whole);
    expect(await proveTop({ ...whole, top })).toMatchObject({
      ...{ label: expect.stringContaining('stays_array'), netlist: 'stays_array' },
      outcome: { result: 'proved', registers: expect.toSatisfy((count: number) => count > 0) },
    });
    // A register of the skew gets the other bit of its code.
    const crossed = top.replace('.D(a_code[1])', '.D(a_code[0])');
    expect(crossed).not.toBe(top);
    expect((await proveTop({ ...whole, top: crossed })).outcome).toMatchObject({
      result: 'different',
      outputs: [expect.stringMatching(/^a_skewed\[\d\]\.D$/)],
    });
    // Without the names of their nets, registers have no counterparts.
    const nameless = (text: string): string => text.replaceAll('u_delay.g_stage[0].data_q', 'other_q');
    const budget = quickBudget(join(root, 'quick'));
    const simulated = await proveTop({ ...whole, top: nameless(top), budget });
    expect(simulated.outcome).toMatchObject({ result: 'simulated', why: expect.stringContaining('no counterpart') });
    expect(simulated.outcome.result === 'simulated' && simulated.outcome.vectors).toBeGreaterThan(100);
    const failed = await proveTop({ ...whole, top: nameless(crossed), budget });
    expect(failed.outcome).toMatchObject({ result: 'failed simulation', failure: expect.stringMatching(/^array, /) });
  });
});

describe('a curve', () => {
  it('gives the best netlists of a module, and draws them', { tags: 'rest' }, async () => {
    const real = await findYosys();
    // All inverters are buffers behind Yosys' back: no netlist is what its RTL is.
    const yosys: Yosys = {
      ...real,
      execute: async (...run) => {
        const outcome = await real.execute(...run);
        const changed = Object.entries(outcome.files).map(([name, text]) => [name, text.replaceAll(' INV ', ' BUF ')]);
        return { ...outcome, files: Object.fromEntries(changed) };
      },
    };
    const request = { folders: [design], yosys, library: readLibrary(libraryPath), onProgress: () => undefined };
    const report = await measureCurves({ ...request, module: 'decode_w', proveLimit: 60 });
    const [curve] = report.curves;
    expect(curve).toMatchObject({ module: 'stays_decode_w', tried: 8 * 11 });
    const points = curve?.points ?? [];
    expect(points.length).toBeGreaterThan(0);
    for (const [i, point] of points.slice(1).entries()) {
      expect(point.ps).toBeGreaterThan(points[i]?.ps ?? Number.NaN);
      expect(point.size.area).toBeLessThan(points[i]?.size.area ?? Number.NaN);
    }
    const results = curve?.proof?.modules.map(({ outcome }) => outcome.result) ?? [];
    expect(results).toEqual(points.map(() => 'different'));
    expect(await curvePlot(report)).toMatch(/^<svg [\s\S]*stays/);
    const nothing = measureCurves({ ...request, module: 'nothing' });
    await expect(nothing).rejects.toThrow(/\bnothing\b.*\bcontrol\b/);
  });
});
