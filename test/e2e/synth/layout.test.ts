import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../../gen/base/errors.js';
import { proveNetlist } from '../../../scripts/synth/layout/proof.js';
import type { LayoutReport } from '../../../scripts/synth/layout/report.js';
import { findYosys } from '../../../scripts/tools/yosys/yosys.js';
import { timedLibrary } from '../../support/liberty.js';
import { runProgram } from '../../support/program.js';

const root = mkdtempSync(join(tmpdir(), 'ant-rtl-layout-'));
const design = join(root, 'ant');
afterAll(() => rmSync(root, { recursive: true }));

const generate = (...args: string[]) =>
  runProgram('gen', [
    ...'--rows 2 --cols 2 --activations int4 --weights int4 --max-k 16 --name ant --out'.split(' '),
    root,
    ...args,
  ]);

describe('npm run layout', () => {
  it('makes GDS of the smallest PE, without a broken rule, the same as its netlist and its RTL', {
    tags: 'rest',
  }, async () => {
    expect((await generate()).exitCode).toBe(EXIT.done);
    const { stdout, stderr, exitCode } = await runProgram('layout', ['--design', design, '--json']);
    expect(exitCode, stderr).toBe(EXIT.done);
    const report: LayoutReport = JSON.parse(stdout);
    expect(report).toMatchObject({
      module: 'ant_pe',
      openNets: 0,
      ruleViolations: [],
      netlistDifferences: 0,
      netlist: 'proved',
    });
    expect(report.utilisation).toBeGreaterThan(0.8);
    expect(report.utilisation).toBeLessThanOrEqual(1);
    expect(report.core.area).toBeLessThan(report.die.area);
    expect(report.wireLength.total).toBeGreaterThan(report.die.width * 5);
    expect(report.timing.wires.delay).toBeGreaterThan(report.timing.cells.delay);
    expect(report.timing.wires.frequency).toBeCloseTo(1e6 / report.timing.wires.delay, 0);
    const out = join(design, 'layout/ant_pe');
    expect(readFileSync(join(out, 'ant_pe.gds')).subarray(0, 4)).toEqual(Buffer.from([0, 6, 0, 2]));
    expect(readFileSync(join(out, 'layout.svg'), 'utf8')).toContain('ant_pe');
    expect(JSON.parse(readFileSync(join(out, 'layout.json'), 'utf8'))).toEqual(report);
    // A layout is a by-product: the generator takes it away with the design, and says so.
    const again = await generate('--accumulator-bits', '16', '--replace');
    expect(again.exitCode, again.stderr).toBe(EXIT.done);
    expect(again.stdout + again.stderr).toContain('layout/ant_pe/');
    expect(existsSync(out)).toBe(false);
  });

  it('proves a netlist, decides nothing of another one, and names a Yosys that breaks', async () => {
    const source = 'module m (input wire clk, a, b, output reg q); always @(posedge clk) q <= a & b; endmodule\n';
    const netlistOf = (gates: string): string =>
      `module m (input clk, a, b, output q); wire n, d; ${gates} DFF q_reg (.D(d), .C(clk), .Q(q)); endmodule\n`;
    const proof = (netlist: string) =>
      findYosys().then((yosys) => proveNetlist(yosys, { module: 'm', source, netlist, liberty: timedLibrary() }));
    const nand = 'NAND g (.A(a), .B(b), .Y(n));';
    expect(await proof(netlistOf(`${nand} INV i (.A(n), .Y(d));`))).toBe('proved');
    expect(await proof(netlistOf(`${nand} BUF i (.A(n), .Y(d));`))).toBe('undecided');
    await expect(proof(netlistOf('NAND g (.A(a)'))).rejects.toMatchObject({ exitCode: EXIT.toolBroken });
  });

  it('refuses modules and folders that are none, and writes nothing', async () => {
    await generate('--replace');
    const module = await runProgram('layout', ['--design', design, '--module', 'ant_pee']);
    expect(module.exitCode).toBe(EXIT.badRequest);
    expect(module.stderr).toContain('ant_pe');
    writeFileSync(join(root, 'mine'), '');
    const folder = await runProgram('layout', ['--design', design, '--out', root]);
    expect(folder.exitCode).toBe(EXIT.badRequest);
    expect(folder.stderr).toContain('--out');
    const none = await runProgram('layout', []);
    expect(none.exitCode).toBe(EXIT.badRequest);
  });
});
