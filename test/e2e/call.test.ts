import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { OPTIONS_OF_NPM } from '../../gen/base/npm.js';
import { GENERATOR } from '../../gen/base/version.js';
import { loadDesign } from '../../gen/design/manifest.js';
import { mapLimit } from '../../scripts/tools/pool.js';
import { PROGRAMS, runProgram } from '../support/program.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const temporary = () => realpathSync(mkdtempSync(join(tmpdir(), 'ant-rtl-call-')));

/** npm as a user calls it, from another directory. */
function npm(cwd: string, args: string[], input = '') {
  return execa('npm', ['--prefix', root, 'run', ...args], { cwd, input, reject: false });
}

describe('npm run', () => {
  it('prints JSON alone with -s, and says so where its own lines stand before it', async () => {
    const out = temporary();
    const silent = await npm(out, ['-s', 'gen', '--', '--rows', '2', '--json']);
    expect(JSON.parse(silent.stdout)).toMatchObject({ name: 'ant_2x16' });
    expect(silent.stderr).toBe('');
    const plain = await npm(out, ['gen', '--', '--rows', '2', '--json']);
    expect(() => JSON.parse(plain.stdout)).toThrow();
    expect(plain.stderr).toContain('npm run -s');
  });

  it('shows errors with -s, too', async () => {
    const { exitCode, stderr, stdout } = await npm(temporary(), ['-s', 'gen', '--', '--rows', '0', '--json']);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain('rows: given 0');
  });

  it('takes relative paths from where the user stands, and prints them so', async () => {
    const here = temporary();
    writeFileSync(join(here, 'small.yaml'), 'rows: 2\ncols: 3\n');
    const made = await npm(here, ['-s', 'gen', '--', '--config', 'small.yaml', '--json']);
    expect(JSON.parse(made.stdout).folder).toBe('rtl-out/ant_2x3');
    expect(loadDesign(join(here, 'rtl-out/ant_2x3')).top).toBe('ant_2x3_array');
    mkdirSync(join(here, 'empty'));
    const verified = await npm(here, ['-s', 'verify', '--', '--design', 'empty']);
    expect(verified.stderr).toMatch(/\bempty\b.*\bmanifest\.json\b/);
    const modelled = await npm(here, ['-s', 'model', '--', '--networks', 'AlexNet', '--out', 'small.yaml']);
    expect(modelled.stderr).toContain(`${here}/small.yaml`);
  });

  it('refuses options before the --, which npm keeps', async () => {
    for (const words of [['--reset=async'], ['--rows', '4'], ['--max-k=64']]) {
      const { exitCode, stderr } = await npm(temporary(), ['-s', 'gen', ...words]);
      expect(exitCode, words.join(' ')).toBe(2);
      expect(stderr).toContain(`npm run gen -- ${words[0]?.replace(/=.*/, '')}`);
    }
    const verified = await npm(temporary(), ['-s', 'verify', '--design=d']);
    expect([verified.exitCode, verified.stderr.includes('npm run verify -- --design')]).toEqual([2, true]);
  });

  it('knows which of its options npm has, too', { tags: 'rest' }, async () => {
    const { stdout } = await execa('npm', ['config', 'ls', '-l', '--json'], { cwd: root });
    const own = Object.keys(JSON.parse(stdout));
    expect(PROGRAMS.length).toBeGreaterThan(10);
    const helps = await mapLimit(PROGRAMS, 2, (name) => runProgram(name, ['--help']));
    const flags = helps.flatMap(({ stdout: help }) =>
      [...help.matchAll(/^ +(--[a-z-]+)/gm)].map(([, flag = '']) => flag),
    );
    expect(flags).toContain('--bus-segment');
    const shared = [...new Set(flags)].filter((flag) => own.includes(flag.slice(2)));
    expect(OPTIONS_OF_NPM).toEqual(expect.arrayContaining(shared));
    // Each of the list is one of a program and one of npm; --help and --version are of every program.
    for (const flag of OPTIONS_OF_NPM) expect(flags).toContain(flag);
  });

  it('tells the version', async () => {
    const { exitCode, stdout } = await npm(root, ['-s', 'gen', '--', '--version']);
    expect([exitCode, stdout]).toEqual([0, GENERATOR]);
  });
});

describe('a configuration on standard input', () => {
  it('is JSON or YAML', async () => {
    const here = temporary();
    const gen = async (input: string) =>
      npm(here, ['-s', 'gen', '--', '--config', '-', '--cols', '3', '--json'], input);
    for (const input of ['rows: 2\nreset: async\n', '{\n\t"rows": 2,\n\t"reset": "async"\n}']) {
      expect(JSON.parse((await gen(input)).stdout).name).toBe('ant_2x3_async');
    }
    const wrong = await gen('rows: 0');
    expect(wrong.stderr).toContain('rows (in standard input): given 0');
    expect(wrong.exitCode).toBe(2);
  });
});

describe('a signal while a folder is written', () => {
  const folderModule = pathToFileURL(join(root, 'gen/base/folder.ts')).href;
  /** Enough files that the signal comes before the last. */
  const writing = `
    import { replaceFolder } from '${folderModule}';
    const files = Array.from({ length: 5000 }, (_, i) => ({ path: 'file_' + i, content: 'new' }));
    replaceFolder(process.argv[2], files);
    setTimeout(() => {}, 60000);
  `;

  it.each(['SIGINT', 'SIGTERM'] as const)('%s leaves a whole folder and nothing beside it', async (signal) => {
    const out = temporary();
    const folder = join(out, 'design');
    mkdirSync(folder);
    writeFileSync(join(folder, 'file_0'), 'old');
    const script = join(temporary(), 'write.ts');
    writeFileSync(script, writing);
    const run = execa(process.execPath, ['--import', import.meta.resolve('tsx'), script, folder], {
      reject: false,
      forceKillAfterDelay: false,
    });
    while (readdirSync(out).length === 1) await setTimeout(1);
    expect(existsSync(join(folder, 'file_4999'))).toBe(false);
    run.kill(signal);
    expect((await run).signal).toBe(signal);
    expect(readdirSync(out)).toEqual(['design']);
    const [first, count] = [readFileSync(join(folder, 'file_0'), 'utf8'), readdirSync(folder).length];
    expect([
      ['old', 1],
      ['new', 5000],
    ]).toContainEqual([first, count]);
  });
});
