import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

/** What the test bench of a design's folder prints under Icarus, run as its head says. */
async function runIcarus(folder: string, name: string): Promise<string> {
  const files = ['-f', `${name}.f`, `tb/${name}_tb.v`];
  const compile = await runTool(iverilog, ['-g2005', '-Wall', '-o', 'sim', ...files], { cwd: folder });
  expect(compile.log).toBe('');
  const vvp = findProgram('vvp');
  if (!vvp) throw new Error('vvp is missing beside iverilog');
  return (await runTool({ name: 'vvp', path: vvp }, ['sim'], { cwd: folder })).stdout;
}

const DESIGNS: RawConfiguration[] = [
  { name: 'tb_default', rows: 4, cols: 4 },
  { name: 'tb_double', rows: 3, cols: 5, drain: 'double', pipeline: 2 },
  { name: 'tb_one', rows: 1, cols: 1, stall: 'enable', reset: 'async' },
  { name: 'tb_float', rows: 3, cols: 2, pe: 'float', activations: ['e5m2', 'int4'], weights: ['e4m3'] },
  { name: 'tb_dot', arch: 'dot', rows: 2, cols: 3, lanes: 5, pipeline: 4 },
  { name: 'tb_dot_adders', arch: 'dot', lanes: 3, tree: 'adders', stall: 'enable', reset: 'async' },
  { name: 'tb_tiles', rows: 6, cols: 4, tileRows: 3, tileCols: 2 },
  { name: 'tb_tiles_ws', rows: 4, cols: 6, tileRows: 2, tileCols: 3, dataflow: 'ws', stall: 'enable' },
  { name: 'tb_plain', rows: 2, cols: 3, activations: ['int8'], weights: ['flint5'] },
];

describe('the test bench in a design folder', () => {
  it.each(DESIGNS.map((raw) => [String(raw.name), raw] as const))('%s passes under Icarus', async (name, raw) => {
    expect(await runIcarus(folderOf(raw), name)).toMatch(
      new RegExp(`PASS ${name}: [1-9]\\d* beats, [1-9]\\d* results`),
    );
  });

  it('passes under Verilator', async () => {
    const folder = folderOf({ name: 'tb_verilator', rows: 3, cols: 2, drain: 'double' });
    const top = 'tb_verilator_tb';
    const args = [
      '--binary',
      '--timing',
      '-Mdir',
      'sim_dir',
      '-f',
      'tb_verilator.f',
      `tb/${top}.v`,
      '--top-module',
      top,
    ];
    const build = await runTool(verilator, args, { cwd: folder });
    expect(build.log).not.toContain('%Warning');
    const run = await runTool({ name: 'the test bench', path: join(folder, 'sim_dir', `V${top}`) }, [], {
      cwd: folder,
    });
    expect(run.stdout).toMatch(/PASS tb_verilator: /);
  });

  it.each([
    ['decode_flint4', "2'b01: zeros = 2'd1", "2'b01: zeros = 2'd0"],
    ['array', '.DEPTH(p)', '.DEPTH(1)'],
    ['output', 'row_valid_i & ~tail_valid_q', 'row_valid_i'],
    ['output', 'if (advance) begin\n      head_last_q', 'if (advance | push) begin\n      head_last_q'],
    ['input', "issue ? w_data_q : 12'd0", 'w_data_q'],
    ['control', "discard_q <= 1'b1", "discard_q <= 1'b0"],
  ])('fails on a broken %s', async (module, piece, replacement) => {
    const name = `broken_${module}`;
    const folder = folderOf({ name, rows: 4, cols: 3 });
    const file = join(folder, 'rtl', `${name}_${module}.v`);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(piece);
    writeFileSync(file, text.replace(piece, replacement));
    expect(await runIcarus(folder, name)).toMatch(new RegExp(`^FAIL ${name}: `, 'm'));
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
    expect(await runIcarus(folder, name)).toMatch(new RegExp(`^FAIL ${name}: `, 'm'));
  });

  it('fails without its vectors', async () => {
    const folder = folderOf({ name: 'no_vectors', rows: 2, cols: 2 });
    writeFileSync(join(folder, 'tb/expected.hex'), '');
    expect(await runIcarus(folder, 'no_vectors')).toMatch(/^FAIL no_vectors: .*\btb\/expected\.hex\b/m);
  });
});
