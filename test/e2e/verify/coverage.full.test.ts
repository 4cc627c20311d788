/** @module-tag rest */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EXIT } from '../../../gen/base/errors.js';
import { MANIFEST_FILE, sha256 } from '../../../gen/design/manifest.js';
import { runProgram } from '../../support/program.js';

const root = mkdtempSync(join(tmpdir(), 'ant-rtl-coverage-'));
const design = join(root, 'small');
const SHAPE = ['--rows', '2', '--cols', '2', '--activations', 'int3', '--weights', 'int3', '--max-k', '40'];

beforeAll(async () => {
  const { exitCode, stderr } = await runProgram('gen', [...SHAPE, '--name', 'small', '--out', root]);
  expect(exitCode, stderr).toBe(EXIT.done);
});
afterAll(() => rmSync(root, { recursive: true }));

interface Counted {
  readonly coverage: readonly {
    readonly modules: readonly {
      readonly module: string;
      readonly lines: { readonly reached: number; readonly all: number };
      readonly bits: { readonly reached: number; readonly all: number };
      readonly missed: readonly { readonly line: number; readonly name: string }[];
      readonly constant: readonly { readonly name: string }[];
    }[];
  }[];
}

async function coverage() {
  const { exitCode, stdout, stderr } = await runProgram('verify', ['--design', design, '--coverage', '--json']);
  expect(exitCode, stderr).toBe(EXIT.done);
  return (JSON.parse(stdout) as Counted).coverage.flatMap(({ modules }) => modules);
}

it('npm run verify -- --coverage reaches all of a small design, and tells constants apart', async () => {
  const modules = await coverage();
  expect(modules.map(({ module }) => module)).toContain('small_pe');
  for (const { module, lines, bits, missed } of modules) {
    expect(missed, module).toEqual([]);
    expect([lines.reached, bits.reached], module).toEqual([lines.all, bits.all]);
    expect(bits.all, module).toBeGreaterThan(0);
  }
  expect(modules.flatMap(({ constant }) => constant.map(({ name }) => name))).toContain('test_en_i');
});

it('a bit that no simulation changes, and a branch that none takes, are told', async () => {
  const file = join('rtl', 'small_output.v');
  const text = readFileSync(join(design, file), 'utf8');
  const always = text.indexOf('  always @');
  const added = [
    '  // verilator lint_off UNUSED',
    '  reg [15:0] resets_q;',
    '  // verilator lint_on UNUSED',
    '  always @(posedge clk_i) begin',
    "    if (!rst_ni & ~resets_q[15]) resets_q <= resets_q + 16'd1;",
    "    if (resets_q == 16'hffff) resets_q <= 16'd0;",
    '  end',
    '',
  ];
  const changed = text.slice(0, always) + added.join('\n') + text.slice(always);
  writeFileSync(join(design, file), changed);
  const path = join(design, MANIFEST_FILE);
  writeFileSync(path, readFileSync(path, 'utf8').replace(sha256(text), sha256(changed)));
  const output = (await coverage()).find(({ module }) => module === 'small_output');
  const line = text.slice(0, always).split('\n').length;
  expect(output?.missed).toContainEqual(expect.objectContaining({ line: line + 1, name: 'resets_q[15]' }));
  expect(output?.missed).toContainEqual(
    expect.objectContaining({ line: line + 5, name: expect.stringContaining('if') }),
  );
});
