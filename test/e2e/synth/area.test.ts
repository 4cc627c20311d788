import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../../gen/base/errors.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { generate } from '../../../gen/design/generate.js';
import { MANIFEST_FILE, type Manifest, sha256 } from '../../../gen/design/manifest.js';
import { area, copy, expectSameInWasm, fakeYosys, libraryFile, noYosys, original, reportOf, root } from './area.js';

describe('npm run area', () => {
  it('writes the same bytes twice, prints what it writes, and adds up', async () => {
    const folder = copy();
    const first = await area(['--design', folder], { ANT_RTL_YOSYS: 'native' });
    expect(first.exitCode, first.all).toBe(EXIT.done);
    const bytes = (): string[] => ['area.json', 'area.md'].map((file) => readFileSync(join(folder, file), 'utf8'));
    const before = bytes();
    const second = await area(['--design', folder, '--json'], { ANT_RTL_YOSYS: 'native' });
    expect(bytes()).toEqual(before);
    expect(`${second.stdout}\n`).toBe(before[0]);
    const report = reportOf(folder);
    expect(report.structure).toEqual({ checked: true, ownLogic: { $and: 1 } });
    const total = report.modules
      .filter(({ partOfOther }) => !partOfOther)
      .reduce((sum, { size, instances }) => sum + size.gateEquivalents * instances, 0);
    expect(report.whole.gateEquivalents).toBeCloseTo(total, 3);
    expect(first.stdout).toContain('tiny_pe');
    expect(first.stderr).toMatch(/\[\d+\/\d+\] tiny_pe/);
  });

  it('counts the flip-flops the Verilog has', async () => {
    const folder = copy();
    expect((await area(['--design', folder])).exitCode).toBe(EXIT.done);
    const manifest: Manifest = JSON.parse(readFileSync(join(folder, MANIFEST_FILE), 'utf8'));
    const { pe, modules } = reportOf(folder);
    const { a, w } = manifest.ports;
    const [swap, carry] = [1, 1];
    expect(pe.flipFlopBits).toBe(a.operand.bits + w.operand.bits + swap + carry + manifest.accumulator.bits);
    for (const { role, parameters, size } of modules) {
      if (role === 'delay') expect(size.flipFlopBits).toBe(parameters.WIDTH);
      if (role.includes('decoder')) expect(size.flipFlopBits).toBe(0);
    }
  });

  it.each(['os', 'ws'] as const)(
    'counts clusters of PEs and what they hold, dataflow %s',
    { tags: 'rest' },
    async (dataflow) => {
      const types = { activations: ['int4', 'flint4'], weights: ['int4'], ...(dataflow === 'os' ? { maxK: 16 } : {}) };
      const raw = { rows: 6, cols: 4, clusterRows: 3, clusterCols: 2, dataflow, name: `tiles_${dataflow}`, ...types };
      const { folder } = generate(validateConfiguration(raw), root);
      const run = await area(['--design', folder], { ANT_RTL_YOSYS: 'native' });
      expect(run.exitCode, run.all).toBe(EXIT.done);
      const { modules, structure, pe, whole } = reportOf(folder);
      expect(structure.checked).toBe(true);
      const manifest: Manifest = JSON.parse(readFileSync(join(folder, MANIFEST_FILE), 'utf8'));
      const [a, w] = [manifest.ports.a.operand.bits, manifest.ports.w.operand.bits];
      const tiles = modules.filter(({ role }) => role === 'pe');
      expect(tiles.reduce((sum, { instances }) => sum + instances, 0)).toBe(4);
      for (const { size, parameters } of tiles) {
        const bits = parameters.SUM_BITS ?? manifest.accumulator.bits;
        const expected = dataflow === 'os' ? 3 * a + 2 * w + 1 + 6 * (bits + 1) : 3 * a + 6 * 2 * w + 2 + 2 * bits;
        expect(size.flipFlopBits).toBe(expected);
      }
      const inTiles = modules.filter(({ role }) => role === 'pe of a cluster');
      expect(inTiles.every(({ partOfOther }) => partOfOther)).toBe(true);
      expect(inTiles.reduce((sum, { instances }) => sum + instances, 0)).toBe(24);
      const all = tiles.reduce((sum, { total }) => sum + total.gateEquivalents, 0);
      expect(pe.gateEquivalents).toBeCloseTo(all / 24, 3);
      const counted = modules.filter(({ partOfOther }) => !partOfOther);
      expect(whole.gateEquivalents).toBeCloseTo(
        counted.reduce((sum, { total }) => sum + total.gateEquivalents, 0),
        3,
      );
    },
  );

  it('fails when a tile holds a PE less than the manifest says', async () => {
    const raw = { rows: 2, cols: 4, clusterCols: 2, activations: ['int4'], weights: ['int4'], name: 'fewer' };
    const { folder } = generate(validateConfiguration(raw), root);
    const [file, manifestFile] = ['rtl/fewer_cluster.v', join(folder, MANIFEST_FILE)];
    const text = readFileSync(join(folder, file), 'utf8').replace('c < CLUSTER_COLS', 'c < CLUSTER_COLS - 1');
    writeFileSync(join(folder, file), text);
    const manifest: Manifest = JSON.parse(readFileSync(manifestFile, 'utf8'));
    const files = manifest.files.map((entry) => (entry.path === file ? { ...entry, sha256: sha256(text) } : entry));
    writeFileSync(manifestFile, JSON.stringify({ ...manifest, files }));
    const run = await area(['--design', folder], { ANT_RTL_YOSYS: 'native' });
    expect(run.exitCode, run.all).toBe(EXIT.checkFailed);
    expect(run.stderr).toMatch(/\bfewer_pe: 8\b.*\b4\b/);
  });

  it('gives the same in WebAssembly, where no native Yosys is on the search path', { tags: 'rest' }, () =>
    expectSameInWasm(noYosys(), []),
  );

  it("gives a library's areas as the sum of its cells, and its NAND as the unit", async () => {
    const folder = copy();
    const run = await area(['--design', folder, '--liberty', libraryFile()]);
    expect(run.exitCode, run.all).toBe(EXIT.done);
    const { modules, library, criticalPath } = reportOf(folder);
    expect(criticalPath).toEqual({ kind: 'unknown' });
    expect(run.stdout).toMatch(/^critical path +unknown\b/m);
    expect(library).toMatchObject({ file: 'toy.lib', name: 'toy', nand2: { cell: 'NAND', area: 2 } });
    const areas: Record<string, number> = { INV: 1, BUF: 2, NAND: 2, DFF: 10, DFFN: 10, LATCH: 6 };
    for (const { cells, size } of modules) {
      const sum = Object.entries(cells).reduce(
        (total, [cell, count]) => total + count * (areas[cell] ?? Number.NaN),
        0,
      );
      expect(size.area).toBe(sum);
      expect(size.gateEquivalents).toBe(sum / 2);
    }
  });

  it('uses WebAssembly, and says so, where there is no native Yosys or one too old', { tags: 'rest' }, async () => {
    const old = fakeYosys('echo Yosys 0.9');
    const none = mkdtempSync(join(root, 'bin-'));
    for (const [place, why] of [
      [old, '\\b0\\.9\\b.*\\b0\\.23\\b'],
      [none, 'missing'],
    ] as const) {
      const folder = join(root, 'nothing');
      const run = await area(['--design', folder], { PATH: place });
      expect(run.stderr).toMatch(new RegExp(`^note: Yosys .*${why}.*\\bWebAssembly\\b`));
      const forced = await area(['--design', folder], { PATH: place, ANT_RTL_YOSYS: 'native' });
      expect(forced.exitCode).toBe(EXIT.toolBroken);
      expect(forced.stderr).toContain('npm run setup');
    }
  });

  it('fails with the tail of the log when Yosys does, and leaves the last report', async () => {
    const folder = copy();
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'area.json'), 'old');
    const place = fakeYosys('[ "$1" = -V ] && echo Yosys 0.99 && exit\necho ERROR: bad_luck > yosys.log; exit 1');
    const run = await area(['--design', folder], { PATH: `${place}:${process.env.PATH}`, ANT_RTL_YOSYS: 'native' });
    expect(run.exitCode).toBe(EXIT.toolBroken);
    expect(run.stderr).toContain('ERROR: bad_luck');
    expect(run.stderr).not.toContain('    at ');
    expect(readFileSync(join(folder, 'area.json'), 'utf8')).toBe('old');
    expect(existsSync(join(folder, 'area.md'))).toBe(false);
  });

  it.each(['native', 'wasm'])(
    'fails with the tail of the log when a library cannot be read by Yosys, %s',
    { tags: 'rest' },
    async (build) => {
      const file = libraryFile();
      writeFileSync(file, `${readFileSync(file, 'utf8')}}}}`.replace('cell (DFF)', 'cell (DFF) :'));
      const run = await area(['--design', copy(), '--liberty', file], { ANT_RTL_YOSYS: build });
      expect(run.exitCode).toBe(EXIT.toolBroken);
      expect(run.stderr).toMatch(/^error: Yosys .*\b1\b.*[\s\S]*:\n[\s\S]*ERROR/m);
    },
  );

  it('refuses a clock gate that is no cell before anything runs', async () => {
    const raw = { rows: 1, cols: 1, name: 'buffered', clockGate: 'bufgce' };
    const { folder } = generate(validateConfiguration(raw), mkdtempSync(join(root, 'gate-')));
    const run = await area(['--design', folder]);
    expect(run.exitCode).toBe(EXIT.badRequest);
    expect(run.stderr).toMatch(/BUFGCE.*--fpga xilinx.*--clock-gate latch/);
  });

  it('refuses a library without flip-flops instead of leaving them out', async () => {
    const run = await area(['--design', copy(), '--liberty', libraryFile(['inverter', 'buffer', 'nand'])]);
    expect(run.exitCode).toBe(EXIT.badRequest);
    expect(run.stderr).toMatch(/^error: .*\b3 cells\b.*flip-flop/m);
  });

  it('fails when the array holds something the sum does not', async () => {
    const folder = copy();
    const file = 'rtl/tiny_array.v';
    const text = readFileSync(join(folder, file), 'utf8');
    const changed = text.replace(
      'assign in_ready_o =',
      'reg late;\n  always @(posedge clk_i) late <= run;\n  assign in_ready_o = late &',
    );
    expect(changed).not.toBe(text);
    writeFileSync(join(folder, file), changed);
    const path = join(folder, MANIFEST_FILE);
    writeFileSync(path, readFileSync(path, 'utf8').replace(sha256(text), sha256(changed)));
    const run = await area(['--design', folder]);
    expect(run.exitCode).toBe(EXIT.checkFailed);
    expect(run.stderr).toMatch(/\$dff cells\b.*: 0\b.*\b1\b/);
    expect(existsSync(join(folder, 'area.json'))).toBe(false);
  });

  it.each([
    ['no design', () => ['--design', join(root, 'nothing')], /\/nothing\b/],
    ['no folder', () => [], /^error: --design\b/],
    ['an unknown option', () => ['--design', original, '--fast'], /'--fast'/],
    ['a library that is not there', () => ['--design', original, '--liberty', 'none.lib'], /\bnone\.lib\b/],
    [
      'a design that was changed by hand',
      () => {
        const folder = copy();
        writeFileSync(join(folder, 'rtl/tiny_pe.v'), 'module tiny_pe; endmodule\n');
        return ['--design', folder];
      },
      /\brtl\/tiny_pe\.v\b.*changed/,
    ],
  ])('refuses %s', async (_, args, message) => {
    const run = await area(args());
    expect(run.exitCode).toBe(EXIT.badRequest);
    expect(run.stderr).toMatch(message);
  });

  it('refuses a build of Yosys that it does not know', async () => {
    const run = await area(['--design', original], { ANT_RTL_YOSYS: 'fast' });
    expect(run.exitCode).toBe(EXIT.badRequest);
    expect(run.stderr).toMatch(/\bnative\b.*\bwasm\b/);
  });
});
