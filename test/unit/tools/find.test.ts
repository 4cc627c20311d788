import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { EXIT, UserError } from '../../../gen/base/errors.js';
import { findProgram, findTool, requireTool, runTool, TOOL_NAMES, toolStatus } from '../../../scripts/tools/find.js';
import { compareVersions } from '../../../scripts/tools/version.js';

const folder = mkdtempSync(join(tmpdir(), 'ant-rtl-tools-'));
afterAll(() => rmSync(folder, { recursive: true }));

const shell = { name: 'sh', path: '/bin/sh' };

/** A search path with one program that prints a text. */
function pathWith(program: string, text: string): NodeJS.ProcessEnv {
  const place = mkdtempSync(join(folder, 'bin-'));
  writeFileSync(join(place, program), `#!/bin/sh\necho '${text}'\n`);
  chmodSync(join(place, program), 0o755);
  return { PATH: place };
}

async function failure(run: Promise<unknown>): Promise<UserError> {
  const error = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof UserError)) throw new Error(`expected a UserError, got ${String(error)}`);
  return error;
}

/** The command that installs what is missing. */
const SETUP = `npm run setup`;

const escaped = (text: string): string => text.replace(/[.+]/g, '\\$&');

describe('compareVersions', () => {
  it.each([
    ['5.006', '5.006', 0],
    ['5.024', '5.006', 1],
    ['4.228', '5.006', -1],
    ['0.9', '0.23', -1],
    ['0.55', '0.23', 1],
    ['11', '11.0', 0],
    ['12.2.0', '10', 1],
  ])('%s against %s', (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b))).toBe(sign);
    expect(Math.sign(compareVersions(b, a))).toBe(0 - sign);
  });
});

describe('a search for a tool', () => {
  it.each([
    ['verilator', 'verilator', 'Verilator 5.006 2023-01-22 rev (Debian 5.006-3)', '5.006'],
    ['verilator', 'verilator', 'Verilator 5.024 2024-04-05 rev v5.024', '5.024'],
    ['yosys', 'yosys', 'Yosys 0.23 (git sha1 7ce5011c24b)', '0.23'],
    ['yosys', 'yosys', 'Yosys 0.33+34 (git sha1 0000000)', '0.33'],
    ['iverilog', 'iverilog', 'Icarus Verilog version 11.0 (stable) ()', '11.0'],
    ['c++', 'g++', '12.2.0', '12.2.0'],
    ['c++', 'clang++', '14.0.6', '14.0.6'],
    ['make', 'make', 'GNU Make 4.3', '4.3'],
    ['ccache', 'ccache', 'ccache version 4.7.5', '4.7'],
    ['icepack', 'icepack', 'Usage: icepack [options]', ''],
  ] as const)('%s as %s that says %s', async (name, program, text, version) => {
    const env = pathWith(program, text);
    expect(await toolStatus(name, env)).toEqual({ state: 'ready', path: join(env.PATH as string, program), version });
    expect(await requireTool(name, env)).toMatchObject({ name, version });
  });

  it.each([
    ['verilator', 'verilator', 'Verilator 4.038 2020-07-11', '4.038', '5.006'],
    ['yosys', 'yosys', 'Yosys 0.9 (git sha1 1979e0b)', '0.9', '0.23'],
    ['iverilog', 'iverilog', 'Icarus Verilog version 10.3 (stable)', '10.3', '11'],
    ['c++', 'g++', '9.4.0', '9.4.0', '10'],
  ] as const)('a too old %s is an error that names both versions', async (name, program, text, found, needed) => {
    const env = pathWith(program, text);
    const error = await failure(requireTool(name, env));
    expect(error.exitCode).toBe(EXIT.toolBroken);
    expect(error.message).toMatch(
      new RegExp(`${escaped(join(env.PATH as string, program))} .*\\b${found}\\b.*\\b${needed}\\b`),
    );
    expect(error.message).toContain(SETUP);
    expect(await findTool(name, env)).toBeUndefined();
  });

  it.each(TOOL_NAMES)('a missing %s is an error that says how to install it', async (name) => {
    const error = await failure(requireTool(name, { PATH: folder }));
    expect(error.exitCode).toBe(EXIT.toolBroken);
    expect(error.message).toContain(SETUP);
  });

  it('a tool that does not tell its version is broken, and the error quotes it', async () => {
    const error = await failure(requireTool('yosys', pathWith('yosys', 'libtcl8.6.so: cannot open shared object')));
    expect(error.message).toMatch(/^Yosys .*libtcl8\.6\.so/);
    expect(error.exitCode).toBe(EXIT.toolBroken);
  });

  it('passes over what cannot be executed', () => {
    writeFileSync(join(folder, 'plain'), '');
    expect(findProgram('plain', { PATH: folder })).toBeUndefined();
    expect(findProgram('sh', { PATH: `${folder}:/bin` })).toBe('/bin/sh');
  });
});

describe('a run of a tool', () => {
  it('gives its output, apart and interleaved, and each line as it comes', async () => {
    const lines: string[] = [];
    const run = await runTool(shell, ['-c', 'echo one; echo two; echo three >&2'], { onLine: (l) => lines.push(l) });
    expect(run).toMatchObject({ exitCode: 0, stdout: 'one\ntwo', stderr: 'three' });
    expect(run.log.split('\n').sort()).toEqual(['one', 'three', 'two']);
    expect(lines).toEqual(['one', 'two']);
  });

  it('takes input, environment and working folder', async () => {
    const script = 'cat; pwd; echo $COLOUR';
    const { stdout } = await runTool(shell, ['-c', script], { input: 'text\n', cwd: '/', env: { COLOUR: 'blue' } });
    expect(stdout).toBe('text\n/\nblue');
  });

  it('ends with the tail of the log when it fails', async () => {
    const script = 'i=0; while [ $i -lt 50 ]; do echo line $i; i=$((i+1)); done; exit 7';
    const error = await failure(runTool(shell, ['-c', script]));
    expect(error.exitCode).toBe(EXIT.toolBroken);
    expect(error.message).toMatch(/^sh .*\b7\b/);
    expect(error.message).toContain('line 49');
    expect(error.message).not.toContain('line 29\n');
  });

  it('accepts the exit codes it is told to', async () => {
    expect((await runTool(shell, ['-c', 'exit 7'], { okCodes: [0, 7] })).exitCode).toBe(7);
    expect((await runTool(shell, ['-c', 'kill -KILL $$'], { okCodes: [0, 137] })).exitCode).toBe(137);
  });

  it.each([
    ['takes too long', ['-c', 'exec sleep 20'], { timeout: 100 }, /^sh .*\b0\.1 s\b/],
    ['is killed', ['-c', 'kill -9 $$'], { okCodes: [0, 1] }, /^sh .*\bSIGKILL\b/],
  ])('fails when it %s', async (_, args, options, text) => {
    expect((await failure(runTool(shell, args, options))).message).toMatch(text);
  });

  it('fails when the program is not there', async () => {
    const error = await failure(runTool({ name: 'ghost', path: join(folder, 'ghost') }, []));
    expect(error.message).toMatch(/^ghost .*ENOENT/);
  });
});
