import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { generate } from '../../../gen/design/generate.js';
import { requireTool, runTool } from '../../../scripts/tools/find.js';

const readme = readFileSync(fileURLToPath(new URL('../../../README.md', import.meta.url)), 'utf8');
const [, snippet = ''] = /```verilog\n([\s\S]*?)```/.exec(readme) ?? [];

let folder: string;

beforeAll(() => {
  ({ folder } = generate(validateConfiguration({}), mkdtempSync(join(tmpdir(), 'ant-rtl-readme-'))));
});

/** Writes Verilog of the user's as its module's file into the design's folder, with a time scale as the design has. */
function own(verilog: string): string {
  const head = '`timescale 1ns / 1ps\n`default_nettype none\n';
  writeFileSync(join(folder, 'layer.v'), `${head}${verilog}\`default_nettype wire\n`);
  return 'layer.v';
}

async function lint(verilog: string): Promise<string> {
  const args = ['--lint-only', '-Wall', '-f', 'ant_16x16.f', own(verilog), '--top-module', 'layer'];
  return (await runTool(await requireTool('verilator'), args, { cwd: folder })).log;
}

describe('the array in a design of its user, as the README shows it', () => {
  it('has no warning in Verilator', async () => {
    expect(snippet).toContain('ant_16x16_array');
    expect(await lint(snippet)).toBe('');
  });

  it('has none in Icarus', async () => {
    const args = ['-g2005', '-Wall', '-s', 'layer', '-o', 'sim', '-f', 'ant_16x16.f', own(snippet)];
    expect((await runTool(await requireTool('iverilog'), args, { cwd: folder })).log).toBe('');
  });

  it('is found out with a bus of another width', async () => {
    await expect(lint(snippet.replace('[383:0]', '[379:0]'))).rejects.toThrow('380');
  });
});
