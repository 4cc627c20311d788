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

/** Writes Verilog of the user's as its module's file into the design's folder. */
function own(verilog: string): string {
  writeFileSync(join(folder, 'layer.v'), `\`default_nettype none\n${verilog}\`default_nettype wire\n`);
  return 'layer.v';
}

/** The files in both orders in which they may be compiled. */
const orders = (file: string): string[][] => [
  [file, '-f', 'ant_16x16.f'],
  ['-f', 'ant_16x16.f', file],
];

async function lint(files: readonly string[]): Promise<string> {
  const args = ['--lint-only', '-Wall', ...files, '--top-module', 'layer'];
  return (await runTool(await requireTool('verilator'), args, { cwd: folder })).log;
}

describe('the array in a design of its user, as the README shows it', () => {
  it('has no warning in Verilator', async () => {
    expect(snippet).toContain('ant_16x16_array');
    for (const files of orders(own(snippet))) expect(await lint(files)).toBe('');
  });

  it('has none in Icarus', async () => {
    for (const files of orders(own(snippet))) {
      const args = ['-g2005', '-Wall', '-s', 'layer', '-o', 'sim', ...files];
      expect((await runTool(await requireTool('iverilog'), args, { cwd: folder })).log).toBe('');
    }
  });

  it.each([
    ['a bus of another width', '[383:0]', '[379:0]', '380'],
    ['no time scale', '`timescale 1ns / 1ps', '', 'TIMESCALEMOD'],
  ])('is found out with %s', async (_, from, to, message) => {
    const [first = []] = orders(own(snippet.replace(from, to)));
    await expect(lint(first)).rejects.toThrow(message);
  });
});
