import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { render } from '../../api/generator.js';
import { GENERATOR, VERSION } from '../../gen/base/version.js';
import { quantise } from '../../gen/numerics/codec.js';
import { numericType } from '../../gen/numerics/types/table.js';
import { COMMAND_NAMES, OF_THE_REPOSITORY } from '../../scripts/tools/commands.js';
import { PROGRAMS, runProgram } from '../support/program.js';
import { ROOT } from '../../gen/base/installed.js';

/** A folder outside the repository, in which the tarball is installed. */
const place = mkdtempSync(join(tmpdir(), 'ant-rtl-installed-'));
const installed = join(place, 'node_modules/ant-rtl');

/** The installed program, as its name on the command line. */
const antRtl = (words: readonly string[], env: Record<string, string> = {}) =>
  execa(join(place, 'node_modules/.bin/ant-rtl'), words, { cwd: place, reject: false, env });

beforeAll(async () => {
  const built = join(mkdtempSync(join(tmpdir(), 'ant-rtl-build-')), 'package');
  const { exitCode, stderr } = await runProgram('build', ['--out', built]);
  expect([exitCode, stderr]).toEqual([0, '']);
  const { stdout } = await execa('npm', ['pack', '--json', built], { cwd: place });
  const [{ filename }] = JSON.parse(stdout);
  writeFileSync(join(place, 'package.json'), '{ "name": "user", "private": true, "type": "module" }\n');
  await execa('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', `./${filename}`], { cwd: place });
});

describe('the installed package', () => {
  it('is JavaScript and types, without tsx', () => {
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' });
    expect(files.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))).toEqual([]);
    expect(existsSync(join(place, 'node_modules/tsx'))).toBe(false);
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'tb/array_tb.cpp', 'models/residual.onnx']));
    for (const name of OF_THE_REPOSITORY) expect(files).not.toContain(`scripts/${name}.js`);
  });

  it('tells its version and commands, and the nearest of one that is none', async () => {
    expect((await antRtl(['--version'])).stdout).toBe(GENERATOR);
    const { stdout, exitCode } = await antRtl(['--help']);
    expect(exitCode).toBe(0);
    for (const name of COMMAND_NAMES) expect(stdout).toContain(`  ${name} `);
    const wrong = await antRtl(['verfy']);
    expect([wrong.exitCode, wrong.stdout]).toEqual([2, '']);
    expect(wrong.stderr).toMatch(/\bverfy\b.*\bverify\b/);
    expect((await antRtl([])).exitCode).toBe(2);
  });

  it('writes designs that are the same to the byte, by npx', async () => {
    const words = ['--rows', '2', '--cols', '3', '--package', 'all'];
    const run = await execa('npx', ['ant-rtl', 'gen', ...words, '--json'], { cwd: place });
    const { folder, files } = JSON.parse(run.stdout);
    expect(folder).toBe('rtl-out/ant_2x3');
    const expected = render({ rows: 2, cols: 3 }, { packages: 'all' });
    expect(files).toEqual(expected.map(({ path }) => path));
    for (const { path, text } of expected) expect(readFileSync(join(place, folder, path), 'utf8'), path).toBe(text);
    const engine = await antRtl(['gen', '--engine', '--rows', '2', '--cols', '2', '--json']);
    expect(JSON.parse(engine.stdout).name).toBe('ant_engine_2x2');
  });

  it('names its commands in errors and help as it is called', async () => {
    const refused = await antRtl(['gen', '--rows', '0', '--cols', 'x']);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toMatch(/rows: given 0\b[\s\S]*cols: given "x"/);
    const missing = await antRtl(['verify', '--design', 'nowhere']);
    expect(missing.stderr).toContain('npx ant-rtl gen');
    expect(missing.stderr).not.toContain('npm run');
    const { stdout } = await antRtl(['gen', '--help']);
    expect(stdout).toMatch(/^Usage: npx ant-rtl gen /);
    expect(stdout).not.toContain('npm run');
    const plots = await antRtl(['model', '--networks', 'AlexNet', '--out', 'model']);
    expect([plots.exitCode, plots.stderr]).toEqual([3, expect.stringContaining('npm install vega')]);
  });

  it('verifies a design with the test benches in it, and compiles below the folder of the user', {
    tags: 'rest',
  }, async () => {
    await antRtl(['gen', '--rows', '2', '--cols', '3', '--package', 'all']);
    const { exitCode, stdout } = await antRtl(['verify', '--design', 'rtl-out/ant_2x3']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^PASS +ant_2x3 /m);
    expect(existsSync(join(place, 'build'))).toBe(true);
    expect(existsSync(join(installed, 'build'))).toBe(false);
  });

  it('completes commands and options in bash', { tags: 'rest' }, async () => {
    const { stdout: script } = await antRtl(['completion', 'bash']);
    writeFileSync(join(place, 'completion.bash'), script);
    const complete = async (line: string): Promise<string[]> => {
      const words = line.split(' ');
      const program = `source ./completion.bash
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; COMP_LINE='${line}'
_ant_rtl; echo "\${COMPREPLY[*]}"`;
      const { stdout } = await execa('bash', ['-c', program], { cwd: place });
      return stdout.split(' ');
    };
    expect(await complete('ant-rtl ver')).toEqual(['verify']);
    expect(await complete('ant-rtl gen --requ')).toEqual(['--requantise-lanes']);
    expect(await complete('ant-rtl quantize --cal')).toEqual(['--calib']);
    expect(await complete('ant-rtl verify --cal')).toEqual(['']);
    expect(await complete('ant-rtl completion f')).toEqual(['fish']);
    for (const name of COMMAND_NAMES) expect(script).toMatch(new RegExp(`^    ${name}\\) words='--`, 'm'));
    const wrong = await antRtl(['completion', 'tcsh']);
    expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringMatching(/tcsh.*bash, zsh, fish/)]);
  });
});

describe('the library', () => {
  const values = [0.3, -1.7, 2.5, 100];

  it('exports codec, selection and generator', async () => {
    const program = `
import { numericType, quantise, codeValues } from 'ant-rtl/codec';
import { quantiseWeights } from 'ant-rtl/selection';
import { generate, render, ConfigurationError, PACKAGE_NAMES } from 'ant-rtl/generator';
import * as all from 'ant-rtl';
const codes = quantise(numericType('flint4'), ${JSON.stringify(values)}, { scale: 0.5 });
const matrix = { rows: 4, cols: 1, data: Float64Array.from([1, 2, 4, 8]) };
const { type, squaredError } = quantiseWeights(matrix, ['int4', 'pot4'].map(numericType));
const { folder, top } = generate({ rows: 1, cols: 2 }, 'from-library', { packages: ['bender'] });
let problems = [];
try { render({ rows: 0, cols: 0 }); } catch (error) { if (error instanceof ConfigurationError) problems = error.problems; }
console.log(JSON.stringify({
  codes: [...codes], type: type.name, squaredError, top, problems: problems.map(({ key }) => key),
  same: all.quantise === quantise && all.generate === generate, packages: PACKAGE_NAMES.length,
  rendered: render({ arch: 'requantise' }).length, values: codeValues(numericType('pot4')).length, folder,
}));
`;
    writeFileSync(join(place, 'use.js'), program);
    const { stdout } = await execa(process.execPath, ['use.js'], { cwd: place });
    const used = JSON.parse(stdout);
    expect(used.codes).toEqual([...quantise(numericType('flint4'), values, { scale: 0.5 })]);
    expect([used.type, used.squaredError < 1e-9]).toEqual(['pot4', true]);
    expect(used).toMatchObject({
      top: 'ant_1x2_array',
      problems: ['rows', 'cols'],
      same: true,
      packages: 10,
      values: 16,
    });
    expect(used.rendered).toBe(render({ arch: 'requantise' }).length);
    expect(existsSync(join(used.folder, 'Bender.yml'))).toBe(true);
  });

  it('has types: a program that uses it rightly compiles, one that does not is refused', async () => {
    const compile = async (name: string, text: string) => {
      writeFileSync(join(place, `${name}.ts`), text);
      const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
      const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2023'];
      return execa(process.execPath, [tsc, ...options, `${name}.ts`], { cwd: place, reject: false, all: true });
    };
    const right = await compile(
      'right',
      `import { type NumericType, numericType, quantise, render, type QuantisedMatrix } from 'ant-rtl';
const type: NumericType = numericType('int4');
const codes: Uint8Array = quantise(type, [1, 2], { scale: 1 });
const paths: string[] = render({ rows: 2 }).map(({ path }) => path);
export const use = (matrix: QuantisedMatrix): number => matrix.squaredError + codes.length + paths.length;
`,
    );
    expect([right.all, right.exitCode]).toEqual(['', 0]);
    const wrong = await compile(
      'wrong',
      "import { quantise } from 'ant-rtl/codec';\nquantise('int4', [1], { scale: 1 });\n",
    );
    expect(wrong.all).toMatch(/wrong\.ts\(2,\d+\): error TS2345/);
  });
});

it('every program of the repository is a command but those that work on it', () => {
  expect([...PROGRAMS].sort()).toEqual([...COMMAND_NAMES, ...OF_THE_REPOSITORY].sort());
  expect(VERSION).toMatch(/^\d+\.\d+\.\d+$/);
});
