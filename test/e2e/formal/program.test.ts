import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../../gen/base/errors.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { generate } from '../../../gen/design/generate.js';
import type { FormalReport } from '../../../scripts/formal/formal.js';
import { findProgram } from '../../../scripts/tools/find.js';
import { runProgram } from '../../support/program.js';

const root = mkdtempSync(join(tmpdir(), 'ant-rtl-formal-program-'));
afterAll(() => rmSync(root, { recursive: true }));

let design = '';
beforeAll(() => {
  const raw = { name: 'small', rows: 1, cols: 1, activations: ['int2'], weights: ['int2'], maxK: 2 };
  design = generate(validateConfiguration(raw), root).folder;
});

const formal = (args: readonly string[], env: Record<string, string> = {}) =>
  runProgram('formal', ['--design', design, '--module', 'output', ...args], {
    env: { ANT_RTL_YOSYS: 'native', ...env },
  });

/** A folder with a Yosys in it that does something before or instead of the real one. */
function yosysThat(lines: string): string {
  const place = mkdtempSync(join(root, 'bin-'));
  writeFileSync(join(place, 'yosys'), `#!/bin/sh\nreal=${findProgram('yosys')}\n${lines}\n`);
  chmodSync(join(place, 'yosys'), 0o755);
  return `${place}:${process.env.PATH}`;
}

describe('npm run formal', () => {
  it('proves the properties of a module', async () => {
    const run = await formal(['--json']);
    expect(run.exitCode, run.stderr).toBe(EXIT.done);
    const report: FormalReport = JSON.parse(run.stdout);
    expect(report.failed).toEqual([]);
    expect(report.designs.map(({ results }) => results.map(({ outcome }) => outcome.result))).toEqual([
      ['proved', 'proved', 'proved', 'proved'],
    ]);
  });

  it('passes nothing that the solver does not decide, unless it is allowed by name', { tags: 'rest' }, async () => {
    // ABC says nothing at all.
    const PATH = yosysThat(
      '"$real" "$@"; code=$?; [ ! -f yosys.log ] || sed -i "/^ABC: [INOP]/d" yosys.log; exit $code',
    );
    const run = await formal([], { PATH });
    expect(run.exitCode, run.stderr).toBe(EXIT.checkFailed);
    expect(run.stdout).toMatch(/^small_output +count .* NOT DECIDED: .*\bABC\b/m);
    const allow = ['count', 'order', 'stable', 'room'].map((name) => `small_output.${name}`);
    const allowed = await formal(['--allow', allow.join(',')], { PATH });
    expect(allowed.exitCode, allowed.stderr).toBe(EXIT.done);
    expect(allowed.stdout).toMatch(/\b0 proved\b/);
  });

  it('names a solver that is missing, or dies', async () => {
    const missing = await formal([], { PATH: mkdtempSync(join(root, 'none-')) });
    expect(missing.exitCode).toBe(EXIT.toolBroken);
    expect(missing.stderr).toMatch(/^error: Yosys\b/m);
    const dies = await formal([], { PATH: yosysThat('[ ! -f model.json ] || kill -SEGV $$\nexec "$real" "$@"') });
    expect(dies.exitCode).toBe(EXIT.toolBroken);
    expect(dies.stderr).toMatch(/^error: yosys\b/im);
    const killed = await formal([], { PATH: yosysThat('[ ! -f model.json ] || kill -KILL $$\nexec "$real" "$@"') });
    expect(killed.exitCode).toBe(EXIT.checkFailed);
    expect(killed.stdout).toMatch(/^small_output +count .* NOT DECIDED: .*\bABC\b.*\bkilled\b/m);
  });

  it('names what it does not know, with what is near', async () => {
    const run = await runProgram('formal', ['--design', design, '--module', 'outptu', '--allow', 'x', '--limit', '0']);
    expect(run.exitCode).toBe(EXIT.badRequest);
    expect(run.stderr).toMatch(/3 problems/);
    expect(run.stderr).toMatch(/--module: given "outptu".*: output$/m);
  });
});
