import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { generate } from '../../../gen/design/generate.js';
import { loadDesign } from '../../../gen/design/manifest.js';
import { requireTool, runTool, type Tool } from '../../../scripts/tools/find.js';
import { yosysCheck } from '../../../scripts/verify/fuzz/lint.js';
import { DEFAULT_MATRIX } from '../../../scripts/verify/matrix.js';
import { kindsOf } from '../../support/kinds.js';
import { splitByFeatures } from '../../support/sample.js';

const out = mkdtempSync(join(tmpdir(), 'ant-rtl-lint-'));
let verilator: Tool;
let iverilog: Tool;
let yosys: Tool;

beforeAll(async () => {
  [verilator, iverilog, yosys] = await Promise.all([
    requireTool('verilator'),
    requireTool('iverilog'),
    requireTool('yosys'),
  ]);
});

/** Blank lines that nobody would write, and spaces that nobody sees. */
const UNTIDY = /\n\n\n|[ \t]\n|\n\n *(end|endgenerate|\);)\n|\bbegin( : \w+)?\n\n/;

describe('generated Verilog passes three front ends without a warning', () => {
  const { sample, rest } = splitByFeatures(DEFAULT_MATRIX, kindsOf);
  const named = (designs: readonly RawConfiguration[]) => designs.map((raw) => [String(raw.name), raw] as const);
  const expectToPass = async (name: string, raw: RawConfiguration): Promise<void> => {
    const { folder } = generate(validateConfiguration(raw), out);
    const manifest = loadDesign(folder);
    const files = manifest.compileOrder;
    expect(files.length).toBeGreaterThan(7);
    for (const file of files) expect(readFileSync(join(folder, file), 'utf8')).not.toMatch(UNTIDY);

    const lint = await runTool(verilator, ['--lint-only', '-Wall', '--top-module', manifest.top, '-f', `${name}.f`], {
      cwd: folder,
    });
    expect(lint.log).toBe('');

    const icarus = await runTool(
      iverilog,
      ['-g2005', '-Wall', '-o', '/dev/null', '-s', manifest.top, '-f', `${name}.f`],
      {
        cwd: folder,
      },
    );
    expect(icarus.log).toBe('');

    const check = await runTool(yosys, ['-p', yosysCheck(manifest)], { cwd: folder });
    expect(check.log).toMatch(/\b0 problems\b/);
    expect(check.log).not.toMatch(/warning/i);
  };

  it.each(named(sample))('%s', expectToPass);
  it.each(named(rest))('%s', { tags: 'rest' }, expectToPass);
});

it('no construct of SystemVerilog: the whole matrix parses as Verilog-2005 with nets declared', async () => {
  const { folder } = generate(validateConfiguration({ rows: 2, cols: 2, name: 'strict' }), out);
  const manifest = loadDesign(folder);
  const args = [
    '--lint-only',
    '-Wall',
    '--default-language',
    '1364-2005',
    '--top-module',
    manifest.top,
    '-f',
    'strict.f',
  ];
  expect((await runTool(verilator, args, { cwd: folder })).log).toBe('');
});
