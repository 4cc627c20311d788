import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../../gen/base/errors.js';
import { loadDesign } from '../../../gen/design/manifest.js';
import { findMutants } from '../../../scripts/mutate/kill.js';
import { mutantsOf } from '../../../scripts/mutate/mutant.js';
import type { MutantResult } from '../../../scripts/mutate/mutate.js';
import type { MutateReport } from '../../../scripts/mutate/report.js';
import { findYosys } from '../../../scripts/tools/yosys/yosys.js';
import { runProgram } from '../../support/program.js';

const root = mkdtempSync(join(tmpdir(), 'ant-rtl-mutate-'));
const design = join(root, 'ant');
afterAll(() => rmSync(root, { recursive: true }));
beforeAll(async () => {
  const generated = await runProgram('gen', ['--rows', '2', '--cols', '2', '--name', 'ant', '--out', root]);
  expect(generated.exitCode, generated.stderr).toBe(EXIT.done);
});

async function mutate(...args: string[]) {
  const { stdout, stderr, exitCode } = await runProgram('mutate', ['--design', design, '--json', ...args]);
  const mutants = stdout === '' ? [] : (JSON.parse(stdout) as MutateReport).designs.flatMap((each) => each.mutants);
  return { mutants, stderr, exitCode };
}

const fates = (mutants: readonly MutantResult[]): Record<string, number> =>
  Object.fromEntries(
    ['killed', 'equivalent', 'survived'].map((fate) => [fate, mutants.filter((each) => each.fate === fate).length]),
  );

describe('npm run mutate', () => {
  it('finds every change of the output buffer, one for a consumer that waits among them', {
    tags: 'rest',
  }, async () => {
    const { mutants, stderr, exitCode } = await mutate('--module', 'output', '--operators', 'condition,operand');
    expect(exitCode, stderr).toBe(EXIT.done);
    const { killed = 0, ...others } = fates(mutants);
    expect(others).toEqual({ equivalent: 0, survived: 0 });
    expect(killed).toBeGreaterThan(20);
    const waits = mutants.find(({ to }) => to === 'out_ready_i');
    expect(waits?.by).toMatch(/nothing moves/);
  });

  it('proves equivalent what codes of zero mean, and says what survives', { tags: 'rest' }, async () => {
    const decoder = await mutate('--module', 'decode_pot4', '--operators', 'constant');
    expect(decoder.exitCode, decoder.stderr).toBe(EXIT.done);
    expect(fates(decoder.mutants).equivalent).toBeGreaterThan(0);
    expect(decoder.mutants.find(({ fate }) => fate === 'equivalent')?.by).toContain('npm run formal');
    // A reset value that nothing reads.
    const control = await runProgram('mutate', ['--design', design, '--module', 'control', '--operators', 'constant']);
    expect(control.exitCode, control.stderr).toBe(EXIT.checkFailed);
    expect(control.stdout).toMatch(/survived {2}\S+ant_control\.v:\d+: 3'd0 -> 3'd7/);
  });

  it('finds by properties what simulation does not: codes of one side without a beat', { tags: 'rest' }, async () => {
    const input = ['--module', 'input', '--operators', 'condition', '--check', 'verify,formal'];
    const { mutants, stderr, exitCode } = await mutate(...input);
    expect(exitCode, stderr).toBe(EXIT.done);
    const proved = mutants.filter(({ check }) => check === 'formal');
    expect(proved.map(({ from, to }) => [from, to])).toEqual([
      ['fire', "1'b1"],
      ['fire', "1'b1"],
    ]);
    expect(proved[0]?.by).toContain('ant_input.codes');
  });

  it('counts nothing where the design itself fails', async () => {
    const manifest = loadDesign(design);
    const file = 'rtl/ant_output.v';
    const text = readFileSync(join(design, file), 'utf8');
    const wrong = text.replace('assign out_data_o = head_data_q', 'assign out_data_o = tail_data_q');
    expect(wrong).not.toBe(text);
    const source = mutantsOf(file, wrong, 1);
    const request = { folder: design, manifest, sources: [source], mutants: source.mutants.slice(0, 2), seed: 1 };
    const terms = { scratch: root, yosys: await findYosys(), progress: () => {} };
    const failing = { exitCode: EXIT.checkFailed, message: expect.stringContaining('itself') };
    await expect(findMutants({ ...request, ...terms, checks: ['testbench'] })).rejects.toMatchObject(failing);
    const broken = join(root, 'broken');
    cpSync(design, broken, { recursive: true });
    writeFileSync(join(broken, file), wrong);
    const there = { ...request, ...terms, folder: broken };
    await expect(findMutants({ ...there, checks: ['formal'] })).rejects.toMatchObject(failing);
  });

  it('simulates with the bench of the design, too', async () => {
    const { mutants, stderr } = await mutate('--check', 'testbench', '--module', 'correct');
    const { killed = 0, survived } = fates(mutants);
    expect(survived, stderr).toBe(0);
    expect(killed).toBeGreaterThan(2);
    expect(mutants[0]?.by).toMatch(/FAIL/);
  });

  it('refuses modules and kinds that are none, all at once', async () => {
    const { stderr, exitCode } = await mutate(
      '--module',
      'contrl',
      '--operators',
      'operand,sign',
      '--every',
      '0',
      '--check',
      'lint',
    );
    expect(exitCode).toBe(EXIT.badRequest);
    for (const wrong of ['control', '"sign"', '--every', 'testbench']) expect(stderr).toContain(wrong);
    const { exitCode: none } = await runProgram('mutate', ['--design', join(root, 'none')]);
    expect(none).toBe(EXIT.badRequest);
  });
});
