import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { generate } from '../../../gen/design/generate.js';
import { findProgram, requireTool, runTool, type Tool } from '../../../scripts/tools/find.js';

const out = mkdtempSync(join(tmpdir(), 'ant-rtl-bench-'));
let iverilog: Tool;
let verilator: Tool;

beforeAll(async () => {
  [iverilog, verilator] = await Promise.all([requireTool('iverilog'), requireTool('verilator')]);
});

/** A design in a place of its own: some are changed, and not generated again there then. */
function folderOf(raw: RawConfiguration): string {
  return generate(validateConfiguration(raw), mkdtempSync(join(out, 'design-'))).folder;
}

interface BenchRun {
  readonly exitCode?: number | undefined;
  readonly stdout: string;
}

/** The test bench of a design's folder under Icarus, run as its head says. */
async function runIcarus(folder: string, name: string, plusargs: string[] = []): Promise<BenchRun> {
  const files = ['-f', `${name}.f`, `tb/${name}_tb.v`];
  const compile = await runTool(iverilog, ['-g2005', '-Wall', '-o', 'sim', ...files], { cwd: folder });
  expect(compile.log).toBe('');
  const vvp = findProgram('vvp');
  if (!vvp) throw new Error('vvp is missing beside iverilog');
  return execa(vvp, ['sim', ...plusargs], { cwd: folder, reject: false });
}

/** The same under Verilator, whose runs that fail are ended by a signal. */
async function buildVerilator(folder: string, name: string, cwd = folder, flags: string[] = []): Promise<string> {
  const [list, bench] = [`${name}.f`, `tb/${name}_tb.v`];
  const files = cwd === folder ? ['-f', list, bench] : ['-F', join(folder, list), join(folder, bench)];
  const args = ['--binary', '--timing', ...flags, '-Mdir', 'sim_dir', ...files, '--top-module', `${name}_tb`];
  const build = await runTool(verilator, args, { cwd });
  expect(build.log).not.toContain('%Warning');
  return join(cwd, 'sim_dir', `V${name}_tb`);
}

const PASSED = { exitCode: 0, stdout: expect.stringMatching(/^PASS /m) };

/** A run that failed: of FAIL and a reason, and an exit code other than 0. */
function expectFailure({ exitCode, stdout }: BenchRun, reason: RegExp): void {
  expect(stdout).toMatch(reason);
  expect(stdout).not.toMatch(/^PASS /m);
  expect(exitCode).not.toBe(0);
}

const DESIGNS: RawConfiguration[] = [
  { name: 'tb_default', rows: 4, cols: 4 },
  { name: 'tb_bus', rows: 3, cols: 5, busSegment: 2, pipeline: 2 },
  { name: 'tb_cluster', rows: 4, cols: 4, clusterRows: 2, clusterCols: 2, wideActivations: ['int8'] },
  { name: 'tb_one', rows: 1, cols: 1, stall: 'enable', reset: 'async' },
  { name: 'tb_float', rows: 3, cols: 2, pe: 'float', activations: ['e5m2', 'int4'], weights: ['e4m3'] },
  { name: 'tb_dot', arch: 'dot', rows: 2, cols: 3, lanes: 5, pipeline: 4 },
  { name: 'tb_dot_adders', arch: 'dot', lanes: 3, tree: 'adders', stall: 'enable', reset: 'async' },
  { name: 'tb_clusters', rows: 6, cols: 4, clusterRows: 3, clusterCols: 2 },
  { name: 'tb_clusters_ws', rows: 4, cols: 6, clusterRows: 2, clusterCols: 3, dataflow: 'ws', stall: 'enable' },
  { name: 'tb_axis', rows: 3, cols: 3, maxK: 100, scan: true, ports: 'axis' },
  { name: 'tb_plain', rows: 2, cols: 3, activations: ['int8'], weights: ['flint5'] },
];

describe('the test bench in a design folder', () => {
  it.each(DESIGNS.map((raw) => [String(raw.name), raw] as const))('%s passes under Icarus', async (name, raw) => {
    const run = await runIcarus(folderOf(raw), name);
    expect(run.stdout).toMatch(new RegExp(`PASS ${name}: [1-9]\\d* beats, [1-9]\\d* results`));
    expect(run.exitCode).toBe(0);
  });

  it('is found by other folders under Verilator, with its vectors, and writes a waveform', {
    tags: 'rest',
  }, async () => {
    const name = 'tb_verilator';
    const folder = folderOf({ name, rows: 3, cols: 2, scan: true });
    const elsewhere = mkdtempSync(join(out, 'elsewhere-'));
    const bench = await buildVerilator(folder, name, elsewhere, ['--trace']);
    const run = (args: string[]) => execa(bench, args, { cwd: elsewhere, reject: false });
    expect(await run([`+folder=${folder}`])).toMatchObject(PASSED);
    expect(existsSync(join(elsewhere, `${name}_tb.vcd`))).toBe(false);
    expect(await run([`+folder=${folder}`, '+dump'])).toMatchObject(PASSED);
    expect(readFileSync(join(elsewhere, `${name}_tb.vcd`), 'utf8')).toContain('$var');
    expectFailure(await run([]), /^FAIL tb_verilator: .*\bmissing\b/m);
  });

  it('writes a waveform under Icarus where it is told to', async () => {
    const folder = folderOf({ name: 'tb_dump', rows: 2, cols: 2, scan: true });
    expect(await runIcarus(folder, 'tb_dump', ['+dump=waves.vcd'])).toMatchObject(PASSED);
    expect(readFileSync(join(folder, 'waves.vcd'), 'utf8')).toMatch(/\$var .* test_en_i /);
    expect(existsSync(join(folder, 'tb_dump_tb.vcd'))).toBe(false);
  });

  it('is read as SystemVerilog, too', async () => {
    const folder = folderOf({ name: 'tb_sv', rows: 1, cols: 2 });
    const files = ['-f', 'tb_sv.f', 'tb/tb_sv_tb.v'];
    expect((await runTool(iverilog, ['-g2012', '-Wall', '-o', 'sim', ...files], { cwd: folder })).log).toBe('');
  });

  /** Three ways to fail: a wrong result, results that never come, and none that are compared. */
  const FAILURES: [what: string, path: string, piece: RegExp, replacement: string, reason: RegExp][] = [
    ['a wrong result', 'tb/expected.hex', /(?<=^[01]_\w*)[1-9a-f]$/m, '0', /^FAIL \w+: tile \d+ row \d+ column \d+/m],
    [
      'a timeout',
      'rtl/NAME_control.v',
      /assign row_valid_o = .*;/,
      "assign row_valid_o = 1'b0;",
      /^FAIL \w+: 0 of \d+ beats/m,
    ],
    ['nothing compared', 'tb/NAME_tb.v', /compared = compared \+ 1;/, '', /^FAIL \w+: nothing was compared$/m],
  ];

  it.each(FAILURES)('ends with an error after %s', { tags: 'rest' }, async (what, path, piece, replacement, reason) => {
    const name = `tb_${what.replaceAll(' ', '_')}`;
    const folder = folderOf({ name, rows: 2, cols: 2, activations: ['int4'], weights: ['int4'] });
    const file = join(folder, path.replace('NAME', name));
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(piece);
    writeFileSync(file, text.replace(piece, replacement));
    const simulated = await runIcarus(folder, name);
    expectFailure(simulated, reason);
    const bench = await buildVerilator(folder, name);
    const verilated = await execa('sh', ['-c', `${bench}; exit $?`], { cwd: folder, reject: false });
    expectFailure(verilated, reason);
    // A signal ends the program of Verilator, of which a shell makes 128 and its number.
    const sheet = readFileSync(join(folder, 'datasheet.md'), 'utf8');
    const [, icarusCode, verilatorCode] = /(\d+) under Icarus Verilog, (\d+) under Verilator/.exec(sheet) ?? [];
    expect([simulated.exitCode, verilated.exitCode]).toEqual([Number(icarusCode), Number(verilatorCode)]);
  });

  it.each([
    ['decode_flint4', "3'd5: {exponent, significand} = {1'd1, 3'd1}", "3'd5: {exponent, significand} = {1'd1, 3'd2}"],
    ['array', '.DEPTH(p)', '.DEPTH(1)'],
    ['output', 'row_valid_i & ~tail_valid_q', 'row_valid_i'],
    ['output', 'if (advance) begin\n      head_last_q', 'if (advance | push) begin\n      head_last_q'],
    ['input', "fire ? w_data_q : 12'd0", 'w_data_q'],
    ['control', "flush_q <= 1'b1", "flush_q <= 1'b0"],
  ])('fails on a broken %s', async (module, piece, replacement) => {
    const name = `broken_${module}`;
    const folder = folderOf({ name, rows: 4, cols: 3 });
    const file = join(folder, 'rtl', `${name}_${module}.v`);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(piece);
    writeFileSync(file, text.replace(piece, replacement));
    expectFailure(await runIcarus(folder, name), new RegExp(`^FAIL ${name}: `, 'm'));
  });

  it.each([
    ['(s_axis_in_tdata[11:0])', '(s_axis_in_tdata[15:4])', ''],
    ["tdata[63:60] = 4'd0", "tdata[63:60] = 4'd8", ' the padding of m_axis_out_tdata'],
  ])('fails on broken ports: %s', async (piece, replacement, reason) => {
    const name = 'broken_top';
    const folder = folderOf({ name, rows: 3, cols: 3, maxK: 100, ports: 'axis' });
    const file = join(folder, 'rtl', `${name}_top.v`);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(piece);
    writeFileSync(file, text.replace(piece, replacement));
    expectFailure(await runIcarus(folder, name), new RegExp(`^FAIL ${name}:${reason}`, 'm'));
  });

  it.each([
    ['unit', 'acc_q & {23{~first_i}}', 'acc_q & {23{first_i | ~first_i}}'],
    ['unit', 'if (add_i) acc_q', 'acc_q'],
    ['column', '(x & y) | (z & (x ^ y))', '(x & y) | (z & x)'],
    ['dot', '(c*LANES+l)*W_BITS', '(c*LANES+LANES-1-l)*W_BITS'],
  ])('fails on a broken dot-product %s', async (module, piece, replacement) => {
    const name = `broken_${module}`;
    const folder = folderOf({ name, arch: 'dot', rows: 2, cols: 2, lanes: 3, maxK: 512 });
    const file = join(folder, 'rtl', `${name}_${module}.v`);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(piece);
    writeFileSync(file, text.replace(piece, replacement));
    expectFailure(await runIcarus(folder, name), new RegExp(`^FAIL ${name}: `, 'm'));
  });

  it('fails without its vectors', async () => {
    const folder = folderOf({ name: 'no_vectors', rows: 2, cols: 2 });
    writeFileSync(join(folder, 'tb/expected.hex'), '');
    expectFailure(await runIcarus(folder, 'no_vectors'), /^FAIL no_vectors: .*\btb\/expected\.hex\b/m);
  });
});
