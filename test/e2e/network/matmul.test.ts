import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Matrix } from '../../../gen/base/matrix.js';
import { formatNpy, parseNpy } from '../../../gen/base/npy.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { generate } from '../../../gen/design/generate.js';
import { loadDesign, MANIFEST_FILE, sha256 } from '../../../gen/design/manifest.js';
import { randomSource } from '../../../gen/golden/vectors.js';
import { type MatmulRequest, matmul } from '../../../scripts/network/matmul.js';
import { openArraySimulator } from '../../../scripts/verify/simulator.js';
import { runProgram } from '../../support/program.js';

const root = mkdtempSync(join(tmpdir(), 'ant-rtl-matmul-'));
const path = (name: string): string => join(root, name);
const design = (parameters: Record<string, unknown>): string =>
  generate(validateConfiguration(parameters), path('rtl')).folder;

/** Reals between -1 and 1, or 0 and 1, with a few large ones. */
function write(name: string, rows: number, cols: number, seed: number, low = -1): Matrix {
  const random = randomSource(seed);
  const data = Float64Array.from({ length: rows * cols }, () => {
    const x = low + ((1 - low) * random.below(2 ** 24)) / 2 ** 24;
    return random.below(20) === 0 ? 5 * x : x;
  });
  const matrix = { rows, cols, data };
  writeFileSync(path(name), formatNpy(matrix));
  return matrix;
}

const program = (...args: string[]) => runProgram('matmul', args);

/** Takes the sign of a product wrongly and makes the manifest agree, as a bug of the generator would. */
function breakSign(broken: string): void {
  const manifest = loadDesign(broken);
  const file = 'rtl/broken_pe.v';
  const text = readFileSync(join(broken, file), 'utf8');
  expect(text).toContain('a_sign ^ w_sign');
  const changed = text.replace('a_sign ^ w_sign', 'a_sign | w_sign');
  writeFileSync(join(broken, file), changed);
  const files = manifest.files.map((entry) => (entry.path === file ? { ...entry, sha256: sha256(changed) } : entry));
  writeFileSync(join(broken, MANIFEST_FILE), JSON.stringify({ ...manifest, files }));
}

let folder: string;

beforeAll(() => {
  folder = design({ rows: 4, cols: 3, maxK: 16, name: 'small' });
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('a real product on the simulated array', () => {
  it('is bit-exact over ragged edges and parts of K, and near the real product', { tags: 'rest' }, async () => {
    const a = write('A.npy', 21, 700, 1);
    const w = write('W.npy', 700, 10, 2);
    const { stdout, stderr, exitCode } = await program(
      ...['--design', folder, '--a', path('A.npy'), '--w', path('W.npy'), '--json'],
    );
    expect(stderr).toMatch(/simulating tiles/);
    expect(exitCode).toBe(0);
    const report = JSON.parse(stdout);
    const { provenK } = loadDesign(folder).accumulator;
    expect(report).toMatchObject({
      exact: true,
      out: path('C.npy'),
      macs: 21 * 700 * 10,
      tiling: { blocksM: 6, blocksN: 4, parts: Math.ceil(700 / provenK), partK: provenK },
    });
    expect(report.tiling.parts).toBeGreaterThan(1);
    expect(report.utilisation).toBeLessThan(report.edgeUtilisation);
    expect(report.utilisation).toBeCloseTo(report.macs / (report.cycles * 12), 12);
    const c = parseNpy(readFileSync(path('C.npy')), 'C.npy');
    let [squares, total] = [0, 0];
    for (let m = 0; m < 21; m++) {
      for (let n = 0; n < 10; n++) {
        let sum = 0;
        for (let k = 0; k < 700; k++) sum += (a.data[m * 700 + k] as number) * (w.data[k * 10 + n] as number);
        squares += (sum - (c.data[m * 10 + n] as number)) ** 2;
        total += sum ** 2;
      }
    }
    expect(Math.sqrt(squares / total)).toBeCloseTo(report.error.relativeFrobenius, 9);
    expect(report.error.relativeFrobenius).toBeLessThan(0.35);
  });

  it('is that of sequential binary32 sums on floating-point PEs, and a wrong PE shows', { tags: 'rest' }, async () => {
    write('A.npy', 6, 700, 7);
    write('W.npy', 700, 5, 8);
    const files = { a: path('A.npy'), w: path('W.npy') };
    const raw = { rows: 4, cols: 3, pe: 'float', activations: ['e4m3'], weights: ['e4m3'] };
    const report = await matmul({ design: design({ ...raw, name: 'floating' }), ...files });
    expect(report).toMatchObject({ exact: true, pe: 'float', tiling: { parts: 1, partK: 700 } });
    expect(report.error.relativeFrobenius).toBeLessThan(0.1);
    const broken = design({ ...raw, name: 'broken' });
    breakSign(broken);
    const wrong = await matmul({ design: broken, ...files });
    expect(wrong.exact).toBe(false);
    expect(wrong.mismatch?.count).toBeGreaterThan(20);
    rmSync(broken, { recursive: true });
  });

  it('takes cycles by the formulas of the manifest', { tags: 'rest' }, async () => {
    write('A.npy', 16, 12, 3);
    write('W.npy', 12, 9, 4);
    const report = await matmul({ design: folder, a: path('A.npy'), w: path('W.npy') });
    const { timing } = loadDesign(folder);
    const period = 12 + timing.tilePeriod.bubble;
    expect(report.tiling.tiles).toBe(12);
    // First beat to last beat of the last tile, its latency, its rows; both ends counted.
    expect(report.cycles).toBe(11 * period + (12 - 1) + timing.latency.cycles + (4 - 1) + 1);
  });

  it('runs tiles of weights back to back where weights stay: 99.9 % of the cycles of 512 rows', async () => {
    const stays = design({ rows: 4, cols: 3, dataflow: 'ws', name: 'stays' });
    write('A.npy', 512, 64, 7);
    write('W.npy', 64, 9, 8);
    const report = await matmul({ design: stays, a: path('A.npy'), w: path('W.npy') });
    expect(report).toMatchObject({ exact: true, tiling: { tiles: 48, parts: 16, partK: 4, rows: 512 } });
    const { timing } = loadDesign(stays);
    // The first beat of activations waits for the weights; then all rows go back to back, to the last row of results.
    expect(report.cycles).toBe(4 + 48 * 512 - 1 + timing.latency.cycles + 1);
    expect(report.utilisation).toBeGreaterThan(0.999);
  });

  it('fills up the lanes of PEs with zeros where the reduction has too few steps', async () => {
    const lanes = design({ rows: 2, cols: 3, dataflow: 'ws', lanes: 4, name: 'lanes_ws' });
    write('A.npy', 7, 10, 5);
    write('W.npy', 10, 4, 6);
    const report = await matmul({ design: lanes, a: path('A.npy'), w: path('W.npy') });
    expect(report).toMatchObject({ exact: true, tiling: { tiles: 4, parts: 2, partK: 8, rows: 7 } });
    const { timing } = loadDesign(lanes);
    expect(report.cycles).toBe(2 + 4 * 7 - 1 + timing.latency.cycles + 1);
  });

  it('streams whole beats where sums stay, the last one filled up', async () => {
    const lanes = design({ rows: 2, cols: 3, lanes: 4, name: 'lanes_os' });
    write('A.npy', 7, 10, 5);
    write('W.npy', 10, 4, 6);
    const report = await matmul({ design: lanes, a: path('A.npy'), w: path('W.npy') });
    expect(report).toMatchObject({ exact: true, tiling: { tiles: 8, parts: 1, partK: 10, rows: 2 } });
    const { timing } = loadDesign(lanes);
    // A tile has 3 beats.
    expect(report.cycles).toBe(7 * 3 + (3 - 1) + timing.latency.cycles + (2 - 1) + 1);
  });

  it.each(['os', 'ws'])(
    'multiplies 8-bit integers on 4-bit PEs, alone and with a 4-bit type, dataflow %s',
    async (dataflow) => {
      const parameters = { rows: 4, cols: 6, dataflow, wideActivations: ['int8', 'uint8'], wideWeights: ['int8'] };
      const wide = design({ ...parameters, name: `wide_${dataflow}` });
      write('A.npy', 11, 30, 9);
      write('W.npy', 30, 8, 10);
      const request = { design: wide, a: path('A.npy'), w: path('W.npy') };
      const errors = [];
      for (const [a, w] of [
        [true, true],
        [true, false],
        [false, true],
        [false, false],
      ] as const) {
        const report = await matmul({ ...request, wide: { a, w } });
        expect(report.exact).toBe(true);
        expect([report.a.type, report.w.type]).toEqual([
          a ? 'int8' : expect.not.stringContaining('8'),
          w ? 'int8' : expect.not.stringContaining('8'),
        ]);
        expect(report.tiling.cols).toBe(w ? 3 : 6);
        expect(report.utilisation).toBeLessThanOrEqual(report.edgeUtilisation);
        expect(report.utilisation).toBeGreaterThan(report.edgeUtilisation / 5);
        errors.push(report.error.relativeFrobenius as number);
      }
      expect(errors[0]).toBeLessThan(0.03);
      expect(errors[0] as number).toBeLessThan(errors[1] as number);
      expect(errors[1] as number).toBeLessThan(errors[3] as number);
      await expect(matmul({ ...request, design: folder, wide: { a: true, w: false } })).rejects.toThrow(
        /activation port.*--wide-activations/,
      );
    },
  );

  it('chooses an unsigned type for activations without a sign', async () => {
    write('P.npy', 9, 40, 5, 0);
    write('W.npy', 40, 5, 6);
    const report = await matmul({ design: folder, a: path('P.npy'), w: path('W.npy') });
    expect(report.exact).toBe(true);
    expect(report.a.type).toMatch(/^u/);
    expect(report.a.considered).toHaveLength(5);
  });

  it.each([
    { rows: 2, cols: 5, name: 'two' },
    { rows: 4, cols: 6, clusterRows: 2, clusterCols: 3, name: 'clusters' },
  ])('is exact with $name, one type per port, 1 x 1 matrices and zeros', async (raw) => {
    const other = design({ ...raw, activations: ['flint4'], weights: ['int3'] });
    for (const [m, k, n] of [
      [1, 1, 1],
      [7, 3, 11],
    ] as const) {
      write('A.npy', m, k, 7);
      write('W.npy', k, n, 8);
      expect((await matmul({ design: other, a: path('A.npy'), w: path('W.npy') })).exact).toBe(true);
    }
    writeFileSync(path('Z.npy'), formatNpy({ rows: 3, cols: 4, data: new Float64Array(12) }));
    write('W.npy', 4, 2, 9);
    const zero = await matmul({ design: other, a: path('Z.npy'), w: path('W.npy') });
    expect(zero).toMatchObject({ exact: true, error: { maxAbsolute: 0, relativeFrobenius: undefined } });
  });
});

describe('the example of the README', () => {
  it('multiplies a real layer bit-exactly, and an adaptive type beats int4 on its activations', async () => {
    const { stdout, exitCode } = await runProgram('example', ['--out', path('layer')], {
      env: { FASHION_MNIST: 'test/data/fashion-mnist' },
    });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/conv2d_89\.tmp_0, a 1 x 1 convolution from 200 to 32 channels/);
    const report = await matmul({ design: folder, a: path('layer/A.npy'), w: path('layer/W.npy') });
    expect(report).toMatchObject({ exact: true, a: { rows: 1536, cols: 200 }, w: { rows: 200, cols: 32 } });
    const int4 = report.a.considered.find(({ type }) => type === 'int4')?.relativeError as number;
    expect(report.a.relativeError).toBeLessThan(int4);
  });
});

describe('a result that differs', () => {
  it('is told with its place, writes nothing and leaves what was there', async () => {
    write('A.npy', 8, 20, 1);
    write('W.npy', 20, 6, 2);
    writeFileSync(path('kept.npy'), 'as it was');
    const open: MatmulRequest['open'] = async (...args) => {
      const simulator = await openArraySimulator(...args);
      return {
        run: async (tiles) => {
          const run = await simulator.run(tiles);
          run.results[12 + 4] = (run.results[12 + 4] as bigint) ^ 1n;
          return run;
        },
      };
    };
    const report = await matmul({ design: folder, a: path('A.npy'), w: path('W.npy'), out: path('kept.npy'), open });
    expect(report.exact).toBe(false);
    const [row, col] = [report.mismatch?.row, report.mismatch?.col];
    expect(report.mismatch?.count).toBe(1);
    // Place 4 of a 4 x 3 tile is row 1, column 1; the second tile is the second part of K or the next block of columns.
    expect([row, col]).toEqual(report.tiling.parts > 1 ? [1, 1] : [1, 4]);
    expect(report.out).toBeUndefined();
    expect(readFileSync(path('kept.npy'), 'utf8')).toBe('as it was');
  });

  it('ends the program with 1 when the array is wrong', async () => {
    write('A.npy', 8, 20, 1);
    write('W.npy', 20, 6, 2);
    const broken = design({ rows: 4, cols: 3, maxK: 16, name: 'broken' });
    breakSign(broken);
    rmSync(path('C.npy'), { force: true });
    const { stdout, exitCode } = await program(...['--design', broken, '--a', path('A.npy'), '--w', path('W.npy')]);
    expect(stdout).toMatch(/FAIL broken: .*\n.*\bC\[\d+, \d+\]: expected -?\d+, got -?\d+/);
    expect(exitCode).toBe(1);
    expect(existsSync(path('C.npy'))).toBe(false);
  });
});

describe('bad requests end with 2 and one line that says why', () => {
  beforeAll(() => {
    write('A.npy', 4, 5, 1);
    write('W.npy', 5, 6, 2);
    write('V.npy', 6, 6, 2);
    writeFileSync(path('text.npy'), 'no matrix');
    writeFileSync(path('N.npy'), formatNpy({ rows: 2, cols: 5, data: new Float64Array(10).fill(Number.NaN, 7) }));
    writeFileSync(path('U.npy'), formatNpy({ rows: 1, cols: 5, data: Float64Array.of(1, 2, 3, 4, -5) }));
    design({ rows: 2, cols: 2, activations: ['uint4'], name: 'unsigned' });
    const changed = design({ rows: 2, cols: 2, name: 'changed' });
    writeFileSync(join(changed, 'rtl/changed_pe.v'), '// edited\n');
  });

  const request = (overrides: Record<string, string>): string[] =>
    Object.entries({ design: folder, a: path('A.npy'), w: path('W.npy'), ...overrides }).flatMap(([key, value]) => [
      `--${key}`,
      value,
    ]);

  it.each<[string, () => string[], RegExp]>([
    ['inner dimensions', () => request({ w: path('V.npy') }), /\b4 x 5\b.*\b6 x 6\b/],
    ['NaN', () => request({ a: path('N.npy') }), /N\.npy: element \[1, 2\] is NaN/],
    ['no matrix', () => request({ w: path('text.npy') }), /\btext\.npy\b.*\bNumPy\b/],
    ['no such file', () => request({ a: path('none.npy') }), /\bnone\.npy\b/],
    ['no such design', () => request({ design: path('rtl/none') }), /rtl\/none\b/],
    ['a changed design', () => request({ design: path('rtl/changed') }), /\brtl\/changed_pe\.v\b.*changed/],
    [
      'negative values, unsigned port',
      () => request({ design: path('rtl/unsigned'), a: path('U.npy') }),
      /only unsigned/,
    ],
    ['no such output folder', () => request({ out: path('none/C.npy') }), /--out\b.*\/none\b/],
    ['a folder as output', () => request({ out: root }), /--out\b.*folder/],
    ['an input as output', () => request({ out: path('W.npy') }), /--out\b.*\binput\b/],
  ])('%s', async (_, args, message) => {
    const { stderr, stdout, exitCode } = await program(...args());
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/internal error|\n {4}at /);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });

  it('a missing option, and --help', async () => {
    const { stderr, exitCode } = await program('--design', folder, '--a', path('A.npy'));
    expect(stderr).toMatch(/^error: --w\b/);
    expect(exitCode).toBe(2);
    const help = await program('--help');
    expect(help.stdout).toMatch(/--design <folder>[\s\S]*Exit codes/);
    expect(help.exitCode).toBe(0);
  });

  it('a missing Verilator ends with 3, before the search for types', async () => {
    const { stderr, exitCode } = await runProgram('matmul', request({}), { env: { PATH: root } });
    expect(stderr).toMatch(/^error: Verilator\b/);
    expect(exitCode).toBe(3);
  });
});
