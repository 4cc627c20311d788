import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { flagOf, PARAMETER_KEYS } from '../../gen/config/parameters.js';
import { PROGRAMS, runProgram } from '../support/program.js';
import { ROOT } from '../../gen/base/installed.js';

const temporary = () => mkdtempSync(join(tmpdir(), 'ant-rtl-cli-'));

function allFiles(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(folder.length), readFileSync(path, 'utf8')];
    }),
  );
}

describe('npm run gen', () => {
  it('gives the same bytes in two runs', async () => {
    const [one, two] = [temporary(), temporary()];
    for (const out of [one, two]) {
      const args = ['--rows', '16', '--cols', '16', '--out', out];
      const { exitCode, stdout } = await execa('npm', ['run', '--silent', 'gen', '--', ...args], { cwd: ROOT });
      expect(exitCode).toBe(0);
      expect(stdout).toContain('16 x 16 PEs');
    }
    const files = allFiles(one);
    expect(Object.keys(files).length).toBeGreaterThan(15);
    expect(allFiles(two)).toEqual(files);
  });

  it('needs nothing but Node', async () => {
    const out = temporary();
    const tsx = join(ROOT, 'node_modules/tsx/dist/cli.mjs');
    const run = await execa(process.execPath, [tsx, 'gen/cli.ts', '--rows', '2', '--out', out, '--json'], {
      cwd: ROOT,
      env: { PATH: dirname(process.execPath) },
      extendEnv: false,
    });
    expect(JSON.parse(run.stdout)).toMatchObject({ name: 'ant_2x16', macsPerCycle: 32 });
  });

  it('explains every flag', async () => {
    const { stdout, exitCode } = await runProgram('gen', ['--help']);
    expect(exitCode).toBe(0);
    for (const key of PARAMETER_KEYS) expect(stdout).toContain(flagOf(key));
  });

  it('prints the schema of a configuration', async () => {
    const { stdout } = await runProgram('gen', ['--schema']);
    expect(Object.keys(JSON.parse(stdout).properties)).toEqual(PARAMETER_KEYS);
  });

  it.each([
    [['--rows', '0'], /rows: given 0\b/],
    [['--weights', 'flimt4'], /weights: given .*: flint4$/m],
    [['--accumulator-bits', '20'], /accumulatorBits: given 20\b.*\b24 bits/],
    [['--frobnicate'], /'--frobnicate'/],
    [['--rwos', '4', '--cols', '0'], /'--rwos'.*--rows\b.*\nerror: .*\n {2}cols: given 0\b/],
    [['--config', 'nowhere.json'], /nowhere\.json.*ENOENT/],
    [['--out', '/dev/null'], /\/dev\/null/],
  ])('%j is refused without a stack, and nothing is written', async (args, message) => {
    const out = temporary();
    const { exitCode, stderr, stdout } = await runProgram(
      'gen',
      args.includes('--out') ? args : [...args, '--out', out],
    );
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stdout).toBe('');
    expect(readdirSync(out)).toEqual([]);
  });
});

describe('npm run verify', () => {
  it('refuses a folder that is no design', async () => {
    const { exitCode, stderr } = await runProgram('verify', ['--design', temporary()]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('manifest.json');
  });

  it('says what to do where Verilator is missing', async () => {
    const tsx = join(ROOT, 'node_modules/tsx/dist/cli.mjs');
    const run = await execa(process.execPath, [tsx, 'scripts/verify.ts'], {
      cwd: ROOT,
      env: { PATH: temporary() },
      extendEnv: false,
      reject: false,
    });
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toMatch(/^error: Verilator\b/m);
    expect(run.stderr).toContain('npm run setup');
  });
});

describe('a file or folder that cannot be written is refused before anything is read or measured', () => {
  const inFile = join('README.md', 'x');
  const none = ['--liberty', 'none.lib'];
  it.each([
    ['variants', ['--write', 'none/x.md', ...none], /^error: --write: .*none\/x\.md\b/],
    ['variants', ['--write', 'docs', ...none], /^error: --write: .*\bdocs\b.*folder/],
    ['variants', ['--out', inFile, ...none], /\bREADME\.md\b/],
    ['alternatives', ['--write', 'docs', ...none], /\bdocs\b.*folder/],
    ['area', ['--compare', '--write', 'docs', ...none], /\bdocs\b.*folder/],
    ['area', ['--compare', '--record', 'docs', ...none], /\bdocs\b.*folder/],
    ['area', ['--design', 'none', '--curve', '--plot', 'docs', ...none], /--plot: given docs; .*folder/],
    ['power', ['--design', 'none', '--sta', 'README.md', ...none], /\bREADME\.md\b/],
    ['model', ['--networks', 'none', '--out', inFile], /\bREADME\.md\b/],
    ['model:costs', ['--out', 'docs', ...none], /\bdocs\b.*folder/],
    ['quantize', ['none.onnx', '--calib', 'none.npy', '--out', inFile], /\bREADME\.md\b/],
    ['example', ['--out', 'README.md'], /\bREADME\.md\b/],
  ])('%s %j', async (program, args, message) => {
    const { exitCode, stderr, stdout } = await runProgram(program, args);
    expect(stderr).toMatch(message);
    expect(stderr.match(/error/g)).toHaveLength(1);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });
});

describe('a slip in the name of an option is named, also where without it a required one is missing', () => {
  it.each([
    ['area', ['--desgin', 'd'], /^error: .*'--desgin'\s.*--design\b.*$/],
    ['power', ['--libery', 'l', '--compare'], /^error: .*'--libery'\s.*--liberty\b.*$/],
    ['model:costs', ['--libery', 'l'], /^error: .*'--libery'\s.*--liberty\b.*$/],
    ['infer', ['--desgin', 'd', '--model', 'm'], /^error: .*'--desgin'\s.*--design\b.*$/],
    ['quantize', ['m.onnx', '--clib', 'c'], /^error: .*'--clib'\s.*--calib\b.*$/],
    ['matmul', ['--desgin', 'd', '--a', 'a', '--w', 'w'], /^error: .*'--desgin'.*--design\b.*$/m],
  ])('%s %j', async (program, args, message) => {
    const { exitCode, stderr } = await runProgram(program, args);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(2);
  });

  it.each([
    ['area', ['--period', 'x'], ['--design', '--period']],
    ['power', ['--period', '0'], ['--liberty', '--design', '--period']],
    ['model:costs', [], ['--liberty']],
    ['model', ['--samples', '0', '--only', 'nope', '--markdown'], ['nope', '--samples', '--markdown']],
    ['infer', ['--samples', '0', '--batch', 'x'], ['--design', '--model', '--samples', '--batch']],
    [
      'quantize',
      ['m.onnx', '--bits', '9', '--group-size', '0', '--budget', 'q'],
      ['--calib', '--bits', '--group-size', '--budget'],
    ],
    ['quantize', ['m.onnx', '--calib', 'none.npy', '--design', 'none'], ['none', 'm.onnx', 'none.npy']],
  ])('%s %j names all that is missing or wrong', async (program, args, missing) => {
    const { exitCode, stderr } = await runProgram(program, args);
    const errors = stderr
      .trim()
      .split(/^error: /m)
      .slice(1);
    expect(errors).toEqual(missing.map((option) => expect.stringContaining(option)));
    expect(exitCode).toBe(2);
  });
});

describe('npm run figures', () => {
  it('lists what a run leaves out as left out', async () => {
    const list = async (...args: string[]) => (await runProgram('figures', ['--check', '--list', ...args])).stdout;
    expect(await list()).toMatch(/^check-sky130: .*json \(.* --sky130\)$/m);
    expect(await list('--sky130', 'package.json')).toMatch(/^check-sky130: .*json$/m);
  });

  it('names the pages, too, that may be made alone', async () => {
    const { exitCode, stderr } = await runProgram('figures', ['--only', 'docs/nope.md']);
    expect(stderr).toMatch(/--only: given "docs\/nope\.md"; .*\barea-generic, .*\bdocs\/area\.md, /);
    expect(exitCode).toBe(2);
  });
});

describe('every program', () => {
  const page = readFileSync(join(ROOT, 'docs/commands.md'), 'utf8');
  const exceptions = /all but (.*) have `--json`/.exec(page)?.[1]?.match(/[\w:-]+(?=`)/g);

  it('has --json but for those that docs/commands.md excepts, which are some', () => {
    expect(PROGRAMS).toEqual(expect.arrayContaining(exceptions ?? ['an exception']));
  });

  it.each(PROGRAMS)(
    'is in a table of docs/commands.md, and its --help says which exit codes it has: %s',
    async (program) => {
      expect(page).toMatch(new RegExp(`^\\|.*\`npm run ${program}[ \`].*\\|$`, 'm'));
      const { exitCode, stdout } = await runProgram(program, ['--help']);
      expect(exitCode).toBe(0);
      expect(stdout).toContain('Exit codes: 0 ');
      expect(stdout).toContain('--version');
      expect(stdout.includes('--json')).toBe(!exceptions?.includes(program));
    },
  );
});
