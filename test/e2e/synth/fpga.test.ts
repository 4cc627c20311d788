import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../../gen/base/errors.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { generate } from '../../../gen/design/generate.js';
import { loadDesign } from '../../../gen/design/manifest.js';
import { netlistFiles, prove, proveNetlists } from '../../../scripts/synth/equivalence/prove.js';
import { proofPasses } from '../../../scripts/synth/equivalence/verdict.js';
import { FAMILY_NAMES } from '../../../scripts/synth/fpga/families.js';
import { synthesiseFor } from '../../../scripts/synth/fpga/measure.js';
import type { FpgaReport } from '../../../scripts/synth/fpga/report.js';
import type { AreaItem } from '../../../scripts/synth/plan.js';
import { findProgram, TOOLS } from '../../../scripts/tools/find.js';
import { findYosys } from '../../../scripts/tools/yosys/yosys.js';
import { runProgram } from '../../support/program.js';

const root = mkdtempSync(join(tmpdir(), 'ant-rtl-fpga-'));
afterAll(() => rmSync(root, { recursive: true }));

const designs = { enable: '', gate: '' };
beforeAll(() => {
  const types = { activations: ['int4', 'flint4'], weights: ['int4'], maxK: 16 };
  for (const stall of ['enable', 'gate'] as const) {
    const raw = { rows: 1, cols: 2, name: stall, stall, ...types };
    designs[stall] = generate(validateConfiguration(raw), root).folder;
  }
});

const area = (args: string[], env: Record<string, string> = {}) => runProgram('area', args, { env, all: true });

const hasNextpnr = TOOLS.nextpnr.programs.some((name) => findProgram(name) !== undefined);
if (!hasNextpnr)
  console.warn('SKIPPED, nextpnr-ice40 is not on the search path (npm run setup): the test of placements');

describe('npm run area --fpga', () => {
  it.skipIf(!hasNextpnr)(
    'counts a design, proves it, and tells the frequency of its PE and of the whole',
    { tags: 'rest' },
    async () => {
      // One look-up table of the PE in its harness is changed behind Yosys' back; all else is as it should be.
      const place = mkdtempSync(join(root, 'bin-'));
      const change = `0,/"LUT_INIT": "[01]*1[01]*0"/s/("LUT_INIT": "[01]*1[01]*)0"/\\11"/`;
      const script = `#!/bin/sh
${findProgram('yosys')} "$@"
code=$?
[ -f place_harness.v ] && [ ! -f rtl/enable_array.v ] && [ -f cells.json ] && sed -Ei '${change}' netlist.json
exit $code
`;
      writeFileSync(join(place, 'yosys'), script, { mode: 0o755 });
      const env = { ANT_RTL_YOSYS: 'native', PATH: `${place}:${process.env.PATH}` };
      const flags = ['--design', designs.enable, '--fpga', 'ice40', '--place', 'pe,array', '--device', 'hx1k'];
      const run = await area([...flags, '--seeds', '2', '--prove', '--json'], env);
      expect(run.exitCode, run.all).toBe(EXIT.checkFailed);
      expect(run.stderr).toMatch(/^FAIL .*netlist/m);
      const report: FpgaReport = JSON.parse(run.stdout);
      expect(JSON.parse(readFileSync(join(designs.enable, 'fpga.json'), 'utf8'))).toEqual(report);
      const page = readFileSync(join(designs.enable, 'fpga.md'), 'utf8');
      expect(page).toMatch(/^## Place and route$[\s\S]*^### .*\bplaced$/m);
      expect(proofPasses(report.families[0]?.proof)).toBe(true);
      expect(report.proof?.modules).toMatchObject([
        { netlist: expect.stringMatching(/^enable_pe\b.*harness/), outcome: { result: 'different' } },
        { netlist: expect.stringMatching(/^enable_array\b.*harness/), outcome: { result: 'proved' } },
      ]);
      expect(report.structure.checked).toBe(true);
      const [ice40] = report.families;
      const counted = ice40?.modules.filter(({ partOfOther }) => !partOfOther) ?? [];
      expect(ice40?.whole.luts).toBe(counted.reduce((sum, { size, instances }) => sum + size.luts * instances, 0));
      // A multiplier of 4 x 3 bits, an adder of the accumulator's width, its registers and those of the operands.
      expect(ice40?.pe.luts).toBeGreaterThan(30);
      expect(ice40?.pe.carryBits).toBeGreaterThan(8);
      const [pe, array] = report.placements;
      expect(pe).toMatchObject({ what: 'pe', label: 'enable_pe', device: 'hx1k' });
      expect(array).toMatchObject({ what: 'array', label: 'enable_array' });
      for (const { runs, medianMhz, logicCells } of report.placements) {
        expect(runs.map(({ seed }) => seed)).toEqual([1, 2]);
        expect(medianMhz).toBeCloseTo(((runs[0]?.mhz ?? 0) + (runs[1]?.mhz ?? 0)) / 2, 6);
        expect(runs.every(({ logic, mhz }) => logic && mhz > 40 && mhz < 300)).toBe(true);
        expect(logicCells.available).toBe(1280);
      }
      // Nothing is optimised away: all flip-flops of the design, and those of the harness, are placed.
      const [, whole] = report.proof?.modules ?? [];
      const states = (ice40?.whole.flipFlops ?? 0) + (array?.harness.inputs ?? 0) + 2 * (array?.harness.outputs ?? 0);
      expect(whole?.outcome).toMatchObject({ registers: states });
      const registers = (placement = pe) => (placement?.harness.inputs ?? 0) + 2 * (placement?.harness.outputs ?? 0);
      expect(pe?.logicCells.used).toBeGreaterThanOrEqual(registers() + (ice40?.pe.flipFlops ?? 0));
      expect(array?.logicCells.used).toBeGreaterThanOrEqual(registers(array) + (ice40?.whole.flipFlops ?? 0));
    },
  );

  it.skipIf(!hasNextpnr || findProgram('icepack') === undefined)(
    'packs the fastest seed to a bitstream',
    { tags: 'rest' },
    async () => {
      const flags = [
        '--design',
        designs.enable,
        '--fpga',
        'ice40',
        '--place',
        'pe',
        '--device',
        'hx1k',
        '--seeds',
        '2',
      ];
      const run = await area([...flags, '--bitstream', '--json']);
      expect(run.exitCode, run.all).toBe(EXIT.done);
      const [placement] = (JSON.parse(run.stdout) as FpgaReport).placements;
      const bytes = readFileSync(join(designs.enable, 'fpga.bin'));
      const [one, two] = placement?.runs ?? [];
      expect(placement?.bitstream).toEqual({
        ...{ seed: (one?.mhz ?? 0) >= (two?.mhz ?? 0) ? 1 : 2, bytes: bytes.length },
        sha256: createHash('sha256').update(bytes).digest('hex'),
      });
      // The preamble by which an iCE40 knows a bitstream, behind the comment.
      expect(bytes.includes(Buffer.from([0x7e, 0xaa, 0x99, 0x7e]))).toBe(true);
      expect(bytes.length).toBeGreaterThan(30_000);
      expect(placement?.blockRams).toEqual({ used: 0, available: 16 });
    },
  );

  it('refuses to place a design whose clock passes a gate, and says what to do', async () => {
    const run = await area(['--design', designs.gate, '--fpga', 'ice40', '--place', 'array']);
    expect(run.exitCode).toBe(EXIT.badRequest);
    expect(run.stderr).toContain('--stall enable');
  });

  it('says what to install where nextpnr is missing, before anything runs', async () => {
    const empty = { PATH: mkdtempSync(join(root, 'bin-')) };
    const run = await area(['--design', designs.enable, '--fpga', 'ice40', '--place', 'pe'], empty);
    expect(run.exitCode).toBe(EXIT.toolBroken);
    expect(run.stderr).toContain('nextpnr-ice40');
    expect(run.stderr).toContain('npm run setup');
  });
});

describe('the cells of each family', () => {
  /** A sum, a multiplexer, an inverter, flip-flops with an enable, with a reset and with an asynchronous one. */
  const SAMPLE = `module sample (
    input wire clk_i, input wire rst_ni, input wire en_i, input wire [7:0] a_i, input wire [2:0] s_i,
    output reg [7:0] sum_o, output reg one_o, output reg two_o, output wire not_o
  );
    always @(posedge clk_i) if (en_i) sum_o <= sum_o + a_i;
    always @(posedge clk_i) one_o <= rst_ni & a_i[s_i];
    always @(posedge clk_i or negedge rst_ni) if (!rst_ni) two_o <= 1'b0; else two_o <= a_i[0];
    assign not_o = ~a_i[1];
  endmodule`;

  const PRODUCT = `module product (input wire [7:0] a_i, input wire [7:0] b_i, output wire [15:0] p_o);
    assign p_o = a_i * b_i;
  endmodule`;

  /** A netlist with all bits of one look-up table inverted. */
  const withOtherTable = (text: string): string =>
    text.replace(/(\.(?:LUT_INIT|INIT|LUT)\((?:\d+'h|"0x))([0-9a-f]+)/, (_, before: string, table: string) =>
      [before, ...table].map((digit, i) => (i === 0 ? digit : (15 - Number.parseInt(digit, 16)).toString(16))).join(''),
    );

  it.each(FAMILY_NAMES)('are known of %s, with what they do', { tags: 'rest' }, async (family) => {
    writeFileSync(join(root, 'sample.v'), SAMPLE);
    const names = { label: 'sample', module: 'sample', files: ['sample.v'], parameters: {} };
    const item: AreaItem = { ...names, role: 'periphery', instances: 1, partOfOther: false };
    const context = { folder: root, yosys: await findYosys(), limitSeconds: 60 };
    const { resources, netlist: text } = await synthesiseFor({ ...context, family, dsp: false }, item);
    expect(resources).toMatchObject({ flipFlops: 10, dsps: 0, blockRams: 0 });
    expect(resources.carryBits).toBeGreaterThanOrEqual(6);
    expect(resources.luts).toBeGreaterThanOrEqual(3);
    expect(resources.luts).toBeLessThanOrEqual(40);
    const netlist = { item, name: 'sample', text, family };
    expect(await prove(netlist, netlistFiles(netlist, undefined), context)).toMatchObject({ result: 'proved' });
    const changed = { ...netlist, text: withOtherTable(text) };
    expect(changed.text).not.toBe(text);
    expect(await prove(changed, netlistFiles(changed, undefined), context)).toMatchObject({
      result: 'different',
      outputs: expect.arrayContaining([expect.stringMatching(/\S/)]),
    });
  });

  it('are not proved where Yosys has no model of one, and not passed over either', async () => {
    writeFileSync(join(root, 'product.v'), PRODUCT);
    const names = { label: 'product', module: 'product', files: ['product.v'], parameters: {} };
    const item: AreaItem = { ...names, role: 'periphery', instances: 1, partOfOther: false };
    const context = { folder: root, yosys: await findYosys() };
    const { netlist: text } = await synthesiseFor({ ...context, family: 'ecp5', dsp: true }, item);
    const proof = await proveNetlists({
      ...{ ...context, manifest: loadDesign(designs.enable), library: undefined, limitSeconds: 60 },
      ...{ netlists: [{ item, name: 'product', text, family: 'ecp5' }], onProgress: () => undefined },
    });
    expect(proof.modules).toMatchObject([{ outcome: { result: 'open', unmodelled: ['MULT18X18D'] } }]);
    expect(proofPasses(proof)).toBe(false);
  });
});
