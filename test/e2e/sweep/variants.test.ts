import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../../gen/base/errors.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { generate } from '../../../gen/design/generate.js';
import { loadDesign, MANIFEST_FILE, type Manifest, sha256 } from '../../../gen/design/manifest.js';
import { randomSource } from '../../../gen/golden/vectors.js';
import { tilePeriod } from '../../../gen/rtl/timing.js';
import { designSubject } from '../../../scripts/sweep/metrics.js';
import { measureStream } from '../../../scripts/sweep/streams.js';
import { configurationOf, VARIANTS, type Variant } from '../../../scripts/sweep/variants/designs.js';
import type { VariantsReport } from '../../../scripts/sweep/variants/report.js';
import { checkedStructure } from '../../../scripts/synth/checked-structure.js';
import type { AreaReport } from '../../../scripts/synth/report.js';
import { announcedYosys } from '../../../scripts/tools/yosys/yosys.js';
import { verifyArray } from '../../../scripts/verify/array.js';
import { quickBudget } from '../../../scripts/verify/quick.js';
import { openArrayModel } from '../../../scripts/verify/simulator.js';
import { timedLibrary } from '../../support/liberty.js';
import { runProgram } from '../../support/program.js';

const root = mkdtempSync(join(tmpdir(), 'ant-rtl-variants-'));
afterAll(() => rmSync(root, { recursive: true }));

const variants = (...args: string[]) => runProgram('variants', args, { all: true });

describe('npm run variants', () => {
  const page = join(root, 'variants.md');
  const designs = join(root, 'designs');
  const lengths = [1, 5, 40];
  const tiny = ['--rows', '2', '--cols', '3', '--lengths', lengths.join(','), '--only', 'os_int4,os_pipeline2'];
  let report: VariantsReport;
  let manifests: Manifest[];

  beforeAll(async () => {
    const library = join(root, 'toy.lib');
    writeFileSync(library, timedLibrary());
    const run = await variants(...tiny, '--liberty', library, '--out', designs, '--write', page, '--json');
    expect(run.exitCode, run.all).toBe(EXIT.done);
    expect(run.stderr).toContain('os_pipeline2: ');
    report = JSON.parse(run.stdout);
    manifests = report.variants.map(({ name }) => loadDesign(join(designs, name)));
  });

  it('measures the variants that were asked for', () => {
    expect(report.variants.map(({ name }) => name)).toEqual(['os_pipeline2', 'os_int4']);
    for (const [i, { configuration, configurationSha256, accumulator }] of manifests.entries()) {
      expect(configuration).toMatchObject({ rows: 2, cols: 3, maxK: 40 });
      expect(report.variants[i]).toMatchObject({ configurationSha256, accumulatorBits: accumulator.bits });
      expect(accumulator.provenK).toBeGreaterThanOrEqual(40);
    }
  });

  it('has area, flip-flops and critical path of the area report', () => {
    for (const { name, perMac, macsPerCycle, criticalPath } of report.variants) {
      const area: AreaReport = JSON.parse(readFileSync(join(designs, name, 'area.json'), 'utf8'));
      expect(perMac.gateEquivalents * macsPerCycle).toBeCloseTo(area.whole.gateEquivalents, 3);
      expect((perMac.area ?? 0) * macsPerCycle).toBeCloseTo(area.whole.area ?? Number.NaN, 3);
      expect(perMac.flipFlopBits * macsPerCycle).toBeCloseTo(area.whole.flipFlopBits, 6);
      expect(area.criticalPath).toEqual(criticalPath);
      expect(criticalPath).toMatchObject({ kind: 'delay', leastArea: { module: `${name}_pe` } });
      expect(area.library).toEqual(report.library);
    }
  });

  it("measures what the manifest's formulas say", () => {
    for (const [i, { timing }] of manifests.entries()) {
      const { streams, macsPerCycle } = report.variants[i] as (typeof report.variants)[number];
      expect(macsPerCycle).toBe(6);
      expect(streams.map(({ k }) => k)).toEqual(lengths);
      expect(streams.at(-1)?.latency).toBe(timing.latency.cycles);
      for (const { k, tiles, period, cycles, utilisation, utilisationWithFill } of streams) {
        expect(period).toBe(tilePeriod(timing, k));
        expect(utilisation).toBeCloseTo(k / tilePeriod(timing, k), 10);
        expect(utilisationWithFill).toBeCloseTo((tiles * k) / cycles, 10);
        const filled = k + timing.latency.cycles + (tiles - 1) * period + (timing.drain.cycles ?? k - 1);
        if (k >= timing.latency.minimumK) expect(cycles).toBe(filled);
      }
    }
    const busy = report.variants.map(({ streams }) => streams.map(({ utilisation }) => utilisation));
    expect(busy).toEqual([
      [1 / 2, 1, 1],
      [1 / 2, 1, 1],
    ]);
  });

  it('writes the page, and no other file', async () => {
    const text = readFileSync(page, 'utf8');
    expect(text).toContain(`toy.lib (toy), sha256 ${sha256(timedLibrary())}`);
    expect(text).toContain(report.command);
    expect(text).not.toContain(root);
    for (const { name, command } of report.variants)
      expect(text).toMatch(new RegExp(`^\\| ${name} \\| .* \\| .${command}. \\|$`, 'm'));
    const other = join(root, 'other.md');
    writeFileSync(other, 'mine');
    const run = await variants(...tiny, '--write', other);
    expect(run.exitCode).toBe(EXIT.badRequest);
    expect(run.stderr).toContain('npm run variants');
    expect(readFileSync(other, 'utf8')).toBe('mine');
  });

  it('refuses a wrong request with all that is wrong', async () => {
    const run = await variants('--rows', '0', '--lengths', '1', '--only', 'os_dubble');
    expect(run.exitCode).toBe(EXIT.badRequest);
    expect(run.stderr).toMatch(/3 problems:[\s\S]*--rows[\s\S]*--lengths[\s\S]*--only.*: os_enable/);
  });
});

describe('the figures of a stream', () => {
  /** A design with a piece of a module replaced, and a manifest that agrees, as a bug of the generator would make it. */
  function broken(
    name: string,
    module: string,
    piece: string,
    replacement: string,
  ): { folder: string; manifest: Manifest } {
    const { folder } = generate(validateConfiguration({ name, rows: 2, cols: 3, maxK: 40 }), join(root, 'broken'));
    const path = `rtl/${name}_${module}.v`;
    const text = readFileSync(join(folder, path), 'utf8');
    expect(text).toContain(piece);
    const changed = text.replace(piece, replacement);
    writeFileSync(join(folder, path), changed);
    const file = join(folder, MANIFEST_FILE);
    writeFileSync(file, readFileSync(file, 'utf8').replace(sha256(text), sha256(changed)));
    return { folder, manifest: loadDesign(folder) };
  }

  it.each([
    [
      'the tiles lie further apart',
      'b1',
      'control',
      "bubble_q - 1'd1",
      'bubble_q & ~flush_q & last_pipe_q[0]',
      1,
      /tile period: .*\b2\b.*\b3\b/,
    ],
    ['a result is wrong', 'b2', 'pe', 'a_sign ^ w_sign', 'a_sign | w_sign', 12, /\bresult\b/],
  ])('are refused where %s', async (_, name, module, piece, replacement, k, message) => {
    const { folder, manifest } = broken(name, module, piece, replacement);
    const { tuning, builds } = quickBudget(join(root, 'quick'));
    const model = await openArrayModel(folder, manifest, { tuning, builds });
    await expect(measureStream(model, manifest, k)).rejects.toMatchObject({
      exitCode: EXIT.checkFailed,
      message: expect.stringMatching(message),
    });
  });
});

describe('the first version', () => {
  const variant = VARIANTS.find(({ name }) => name === 'os_first') as Variant;
  const first = (rows: number, cols: number) =>
    designSubject(
      variant.name,
      configurationOf(variant, { rows, cols, lengths: [40] }),
      join(root, `first-${rows}x${cols}`),
      variant.files,
    );

  it.each([
    [1, 1],
    [3, 2],
    [4, 5],
  ])('still computes what the reference model does, %s x %s, by the formulas of its manifest', async (rows, cols) => {
    const { folder, manifest } = first(rows, cols);
    const budget = quickBudget(join(root, 'quick'));
    const { failure, vectors } = await verifyArray(folder, manifest, randomSource(1), { budget });
    expect(failure).toBeUndefined();
    expect(vectors).toBeGreaterThan(100);
  });

  it('holds what its manifest says', async () => {
    const { folder, manifest } = first(4, 5);
    const structure = await checkedStructure(await announcedYosys(), folder, manifest, () => {});
    expect(structure?.instances).toMatchObject({ os_first_pe: 20, os_first_decode_int4: 9 });
  });
});
