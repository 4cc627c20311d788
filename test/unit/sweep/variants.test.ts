import { describe, expect, it } from 'vitest';
import { validateConfiguration } from '../../../gen/config/validate.js';
import type { Manifest } from '../../../gen/design/manifest.js';
import { timingOf } from '../../../gen/rtl/arch/table.js';
import { elaborate } from '../../../gen/rtl/design.js';
import { tilePeriod } from '../../../gen/rtl/timing.js';
import { layoutText } from '../../../scripts/sweep/layout.js';
import { streamFigures } from '../../../scripts/sweep/streams.js';
import { configurationOf, VARIANTS, type Variant } from '../../../scripts/sweep/variants/designs.js';
import type { VariantRow, VariantsReport } from '../../../scripts/sweep/variants/report.js';
import { DEFAULT_SELECTION, selectionCommand, selectionOf } from '../../../scripts/sweep/variants/request.js';
import { PAGE_MARK, variantsLayout, variantsMarkdown } from '../../../scripts/sweep/variants/table.js';
import type { TileEvents } from '../../../scripts/verify/simulator.js';
import { problemsOf } from '../../support/text.js';

describe('the variants', () => {
  it('have different names, and are legal designs', () => {
    expect(new Set(VARIANTS.map(({ name }) => name)).size).toBe(VARIANTS.length);
    const whole = ({ parameters, files }: Variant) => `${JSON.stringify(parameters)} ${files?.name}`;
    expect(new Set(VARIANTS.map(whole)).size).toBe(VARIANTS.length);
    const selection = { variants: VARIANTS, rows: 4, cols: 4, lengths: [4096] };
    for (const variant of VARIANTS) elaborate(configurationOf(variant, selection));
  });

  it('include the first version as frozen Verilog, in the size asked for', () => {
    const variant = VARIANTS.find(({ name }) => name === 'os_first') as Variant;
    const of = (rows: number, cols: number) => {
      const design = elaborate(configurationOf(variant, { rows, cols, lengths: [64] }));
      return { design, files: variant.files?.(design) ?? [] };
    };
    const { design, files } = of(3, 5);
    const textOf = (name: string) => files.find(({ path }) => path === name)?.text ?? '';
    const manifest: Manifest = JSON.parse(textOf('manifest.json'));
    expect(manifest.modules.map(({ file }) => file)).toEqual(manifest.compileOrder);
    for (const { name, file, ports } of manifest.modules) {
      expect(textOf(file).match(/^module \w+/gm)).toEqual([`module ${name}`]);
      expect(ports.length, name).toBe(textOf(file).match(/^ *(input|output) /gm)?.length);
    }
    expect(manifest.top).toBe('os_first_array');
    const parameters = textOf('rtl/os_first_array.v').match(/parameter \w+ = \d+/g);
    const bits = design.accumulator.bits;
    expect(parameters).toEqual(['parameter ROWS = 3', 'parameter COLS = 5', `parameter ACC_BITS = ${bits}`]);
    expect(textOf('rtl/os_first_pe.v')).toContain(`parameter ACC_BITS = ${bits}`);
    expect(textOf('rtl/os_first_delay.v')).toContain('parameter DEPTH = 1 ');
    expect(manifest.timing).toMatchObject({ latency: { cycles: 10 }, drain: { cycles: 2 }, macsPerCycle: 15 });
    expect(tilePeriod(manifest.timing, 7)).toBe(10);
    const { types } = manifest.ports.a;
    expect(types.map((type) => `os_first_decode_${type}`)).toEqual(
      manifest.modules.find(({ name }) => name === 'os_first_decode_a')?.parts,
    );
    expect(of(1, 1).files.length).toBe(files.length);
  });
});

describe('the request', () => {
  it('is all variants on 16 x 16 unless said otherwise', () => {
    const selection = selectionOf(DEFAULT_SELECTION);
    expect(selection).toEqual({ variants: VARIANTS, rows: 16, cols: 16, lengths: [64, 576, 4096] });
    expect(selectionCommand(selection)).toBe('npm run variants -- --rows 16 --cols 16 --lengths 64,576,4096');
  });

  it('takes lengths in any order, once each, and some of the variants', () => {
    const selection = selectionOf({ rows: '2', cols: '3', lengths: '9,4,9', only: 'os_pipeline2' });
    expect(selection.lengths).toEqual([4, 9]);
    expect(selection.variants.map(({ name }) => name)).toEqual(['os_pipeline2']);
    expect(selectionCommand(selection)).toBe('npm run variants -- --rows 2 --cols 3 --lengths 4,9 --only os_pipeline2');
  });

  it('leaves out variants whose clusters of PEs do not fill the array, and refuses to be asked for them', () => {
    const names = (rows: string, cols: string) =>
      selectionOf({ rows, cols, lengths: '64' }).variants.map(({ name }) => name);
    expect(names('4', '4')).toEqual(VARIANTS.map(({ name }) => name));
    expect(names('6', '4')).toContain('os_cluster2x2');
    expect(names('6', '4')).not.toContain('os_cluster4x4');
    expect(names('3', '3').filter((name) => name.includes('cluster'))).toEqual([]);
    const only = () => selectionOf({ rows: '6', cols: '4', lengths: '64', only: 'os_cluster4x4' });
    expect(only).toThrow(/--rows, --cols: given 6 x 4; .*\bos_cluster4x4\b.*: 8 x 4/);
  });

  it.each(VARIANTS.map(({ name }) => name))('suggests a size that %s fills', (only) => {
    const of = (rows: string, cols: string) => selectionOf({ rows, cols, lengths: '64', only });
    try {
      of('3', '5');
    } catch (error) {
      const [, rows = '', cols = ''] = /legal value: (\d+) x (\d+)/.exec((error as Error).message) ?? [];
      expect(of(rows, cols).variants.map(({ name }) => name)).toEqual([only]);
    }
  });

  it.each(['', 'foo'])('suggests no variant for "%s", which is like none', (only) => {
    const request = () => selectionOf({ rows: '4', cols: '4', lengths: '64', only });
    expect(problemsOf(request)).toMatchObject([{ key: '--only', rule: expect.stringContaining('os') }]);
    expect(problemsOf(request)[0]).not.toHaveProperty('nearest');
  });

  it('names all that is wrong with it at once', () => {
    const request = () => selectionOf({ rows: '0', cols: '70', lengths: '5,x', only: 'oss' });
    expect(problemsOf(request)).toMatchObject([
      { key: '--rows', given: '"0"', nearest: '1' },
      { key: '--cols', given: '"70"', nearest: '64' },
      { key: '--lengths', given: '"x"' },
      { key: '--only', given: '"oss"', nearest: 'os' },
    ]);
    const lengths = (given: string) => problemsOf(() => selectionOf({ rows: '8', cols: '8', lengths: given }));
    expect(lengths('1,7')).toMatchObject([{ key: '--lengths', rule: expect.stringMatching(/\b8\b/) }]);
    expect(lengths('x')).toMatchObject([{ key: '--lengths', given: '"x"' }]);
  });
});

describe('a stream of tiles', () => {
  const timing = timingOf(validateConfiguration({ rows: 4, cols: 2 }));
  /** Tiles as the formulas have them: latency 2 + 1 + 4 = 7, drain 3, period K. */
  const tiles = (k: number, count: number): TileEvents[] =>
    Array.from({ length: count }, (_, i) => {
      const firstIn = 3 + i * k;
      const lastIn = firstIn + k - 1;
      return { firstIn, lastIn, firstOut: lastIn + 7, lastOut: lastIn + 10, firstLoad: 0 };
    });
  const figures = (k: number, events: readonly TileEvents[]) => streamFigures(timing, { k, macs: k * 8 }, events);

  it('has its utilisation measured, with and without fill and drain', () => {
    // 3 tiles of 12 beats: period 12, and 2 * 12 + 11 + 7 + 3 + 1 = 46 cycles from the first beat in to the last row out.
    expect(figures(12, tiles(12, 3))).toEqual({
      k: 12,
      tiles: 3,
      latency: 7,
      period: 12,
      cycles: 46,
      utilisation: 1,
      utilisationWithFill: 36 / 46,
    });
  });

  const moved = (index: number, change: Partial<TileEvents>): TileEvents[] =>
    tiles(12, 3).map((tile, i) => (i === index ? { ...tile, ...change } : tile));

  it.each([
    ['the latency', moved(0, { lastIn: 13 }), /^latency: .*\b7\b.*\b8$/],
    ['the drain', moved(1, { lastOut: 37 }), /^drain: .*\b3\b.*\b4$/],
    ['the period', tiles(13, 3), /^tile period: .*\b12\b.*\b13$/],
    ['one period alone', moved(2, { lastIn: 39, firstOut: 46, lastOut: 49 }), /^tile period: .*\b12\b.*\b13$/],
    ['the number of tiles', tiles(12, 1), /\btile\b/],
    ['everything', [], /\btile\b/],
  ])('is wrong where %s is', (_, events, problem) => {
    expect(figures(12, events)).toEqual({ problem: expect.stringMatching(problem) });
  });
});

const stream = { k: 64, tiles: 4, latency: 34, period: 80, cycles: 352, utilisation: 0.8, utilisationWithFill: 0.7273 };
const row: VariantRow = {
  name: 'os',
  description: 'the default',
  command: 'npm run gen -- --rows 16 --cols 16 --max-k 4096 --name os',
  configurationSha256: 'c0ffee',
  accumulatorBits: 26,
  macsPerCycle: 256,
  perMac: { gateEquivalents: 650.25, flipFlopBits: 61.5 },
  criticalPath: { kind: 'levels', levels: 30, module: 'os_clock_gate', from: 'x', to: 'y' },
  streams: [stream],
};
const report: VariantsReport = {
  generator: 'ant-rtl 0',
  command: 'npm run variants -- --rows 16',
  tool: { name: 'Yosys', version: '0.23', build: 'native' },
  library: null,
  gateEquivalent: 'gate equivalents (generic)',
  simulator: { name: 'Verilator', version: '5.006' },
  rows: 16,
  cols: 16,
  lengths: [64],
  variants: [row],
};
const ends = { from: 'a_i', to: 'a register' };
const timed: VariantsReport = {
  ...report,
  library: { file: 'l.lib', sha256: 'f00', name: 'lib', nand2: { cell: 'N', area: 3 } },
  variants: [
    {
      ...row,
      perMac: { ...row.perMac, area: 1950.75 },
      criticalPath: {
        kind: 'delay',
        buffered: { ps: 5073.06, module: 'os_pe', ...ends },
        leastArea: { ps: 12537.6, module: 'os_output', ...ends },
      },
    },
    { ...row, name: 'os_none', perMac: { ...row.perMac, area: 1 }, criticalPath: { kind: 'wires' } },
  ],
};

describe('the table of variants', () => {
  it('has a row of figures for each variant, in the columns of its library', () => {
    const page = variantsMarkdown(report);
    expect(page).toContain('| os | 650.3 | 61.5 | 26 | 30 (clock_gate) | 34 | 256 | 80.0 / 72.7 |');
    expect(page).not.toContain('| area ');
    const withLibrary = variantsMarkdown(timed);
    expect(withLibrary).toContain(
      '| os | 650.3 | 1,950.8 | 61.5 | 26 | 5,073 (pe) | 12,538 (output) | 34 | 256 | 80.0 / 72.7 |',
    );
    expect(withLibrary).toContain('| none | none |');
    const columns = withLibrary
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map((line) => line.split('|').length);
    expect(new Set(columns.slice(0, 4)).size).toBe(1);
  });

  it.each([
    ['as a page', variantsMarkdown],
    ['for a terminal', (report: VariantsReport) => layoutText(variantsLayout(report))],
  ])('%s says where its figures come from', (_, render) => {
    for (const text of [render(report), render(timed)]) {
      expect(text).toContain('Yosys 0.23 (native)');
      expect(text).toContain('Verilator 5.006');
      expect(text).not.toMatch(/undefined|NaN/);
    }
    expect(render(timed)).toContain('l.lib (lib), sha256 f00');
    expect(render(timed)).toMatch(/clock-to-output.*setup.*wires/);
  });

  it('as a page has the commands, and is known again', () => {
    expect(variantsMarkdown(report)).toContain('npm run variants -- --rows 16');
    expect(variantsMarkdown(report)).toContain(`| os | the default | \`${row.command}\` |`);
    expect(variantsMarkdown(report)).toContain(PAGE_MARK);
  });
});
