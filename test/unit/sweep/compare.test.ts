import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../gen/base/errors.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { elaborate } from '../../../gen/rtl/design.js';
import {
  configurationOf,
  KINDS,
  LANES,
  OPTIONS,
  whyOneLane,
  withLanes,
} from '../../../scripts/sweep/compare/designs.js';
import { eightBitRate, fitting, goalsOf, type Measured, perProduct } from '../../../scripts/sweep/compare/figures.js';
import { checkAgainst, checkText, readRecord } from '../../../scripts/sweep/compare/record.js';
import { type ComparisonReport, formsOf, type KindRow, type OptionRow } from '../../../scripts/sweep/compare/report.js';
import { type ComparisonFlags, NAMES, selectionCommand, selectionOf } from '../../../scripts/sweep/compare/request.js';
import { comparisonLayout, comparisonMarkdown, publishedMarkdown } from '../../../scripts/sweep/compare/table.js';
import { layoutText } from '../../../scripts/sweep/layout.js';

const measured = (pe: number, rest: Partial<Measured> = {}): Measured => ({
  command: 'npm run gen',
  accumulatorBits: 24,
  pe,
  decoder: 10,
  decoderShare: 0.01,
  core: 4 * pe,
  ...rest,
});

const kind = (name: string, pe: number, rest: Partial<KindRow> = {}): KindRow => ({
  kind: name,
  lanes: 1,
  description: name,
  measured: measured(pe),
  peRatio: pe / 100,
  coreRatio: pe / 100,
  perProduct: pe,
  perEightBitProduct: null,
  published: null,
  ...rest,
});

const option = (name: string, without: number, having: number): OptionRow => ({
  option: name,
  description: `what ${name} is`,
  without: measured(without),
  having: measured(having),
  pe: having - without,
  corePerPe: having - without,
  share: (having - without) / without,
});

const PAPER = { what: 'it', node: 28, pes: 1000, coreMm2: 0.3, source: 'a paper' };

const report: ComparisonReport = {
  generator: 'ant-rtl 0',
  command: 'npm run area -- --compare',
  tool: { name: 'Yosys', version: '0.23', build: 'native' },
  library: { file: 'toy.lib', name: 'toy', sha256: 'c0ffee', nand2: { cell: 'NAND', area: 2 } },
  gateEquivalent: 'gate equivalents (NAND of toy)',
  size: 2,
  optionsSize: 2,
  longest: 256,
  reference: 'ant',
  lanes: [1, 2],
  kinds: [
    kind('ant', 100, { published: PAPER, perEightBitProduct: 400 }),
    kind('fused', 80, { published: { ...PAPER, pes: 500 } }),
    kind('ant', 150, { lanes: 2, published: PAPER, perProduct: 75, perEightBitProduct: 300 }),
    kind('fused', 90, { lanes: 2, published: { ...PAPER, pes: 500 }, perProduct: 45, perEightBitProduct: 150 }),
  ],
  oneLane: [{ kind: 'ant4', reason: 'order matters' }],
  isoArea: [
    { kind: 'ant', lanes: 1, pes: 4, peAreaGe: 100, coreAreaGe: 400, library: 'toy' },
    { kind: 'fused', lanes: 1, pes: 5, peAreaGe: 80, coreAreaGe: 320, library: 'toy' },
    { kind: 'ant', lanes: 2, pes: 4, peAreaGe: 150, coreAreaGe: 600, library: 'toy' },
    { kind: 'fused', lanes: 2, pes: 6, peAreaGe: 90, coreAreaGe: 360, library: 'toy' },
  ],
  goals: [{ what: 'PE over another', lanes: 2, most: 1.05, measured: 1.25, met: false }],
  options: [option('wide', 100, 110), option('a_pot4', 100, 95)],
};

describe('figures', () => {
  it('8-bit products per PE and cycle: one, a quarter or none', () => {
    const rate = (raw: Record<string, unknown>): number => eightBitRate(validateConfiguration(raw));
    expect(rate({ pe: 'int8' })).toBe(1);
    expect(rate({ pe: 'int8', lanes: 4 })).toBe(4);
    expect(rate({ pe: 'fused' })).toBe(1 / 4);
    expect(rate({ pe: 'fused', lanes: 2 })).toBe(1 / 2);
    expect(rate({ pe: 'olaccel' })).toBe(0);
    expect(rate({ wideActivations: ['int8'] })).toBe(0);
    expect(rate({})).toBe(0);
  });

  it('core per product, and PEs that fit into an area', () => {
    expect(perProduct(400, 4, 1)).toBe(100);
    expect(perProduct(400, 4, 1 / 4)).toBe(400);
    expect(perProduct(400, 4, 0)).toBeUndefined();
    expect(fitting(400, 400, 4)).toBe(4);
    expect(fitting(400, 250, 4)).toBe(6);
  });

  it('goals are those whose kinds were measured, and the decoders only in the core they are meant for', () => {
    const all = new Map([
      ['ant', measured(104, { decoderShare: 0.003 })],
      ['fused', measured(100)],
      ['int8', measured(150)],
    ]);
    expect(goalsOf(all, 64, 2).map(({ lanes, measured, met }) => [lanes, measured, met])).toEqual([
      [2, 1.04, true],
      [2, 104 / 150, false],
      [2, 0.003, false],
    ]);
    expect(goalsOf(all, 16, 1)).toHaveLength(2);
    all.delete('int8');
    expect(goalsOf(all, 16, 1)).toHaveLength(1);
    all.delete('ant');
    expect(goalsOf(all, 64, 1)).toEqual([]);
  });
});

describe('kinds and options', () => {
  it('are valid designs with names of their own; accumulators are equal wherever they suffice', () => {
    expect(new Set(NAMES).size).toBe(NAMES.length);
    const bits = (parameters: Record<string, unknown>): number =>
      elaborate(configurationOf(parameters, 4)).accumulator.bits;
    const ofKinds = KINDS.map(({ name, parameters }) => [name, bits(parameters)]);
    expect(Object.fromEntries(ofKinds)).toEqual({
      ant: 24,
      ant4: 24,
      int4: 24,
      int8: 24,
      fused: 24,
      olaccel: 24,
      biscaled: 24,
      fp8: 31,
      mxfp4: 24,
      fp8_float: 32,
    });
    for (const { without, having } of OPTIONS) {
      expect(configurationOf(without, 4)).not.toEqual(configurationOf(having, 4));
      expect([bits(without), bits(having)]).toEqual([24, 24]);
    }
  });

  it('have the same accumulators with several lanes, which all but the floating-point PE can have', () => {
    const forms = formsOf({ kinds: KINDS, lanes: LANES });
    const ofForms = forms.map(({ kind: { name, parameters }, lanes }) => {
      const configuration = configurationOf(parameters, 4, lanes);
      expect(configuration.lanes).toBe(lanes);
      return [withLanes(name, lanes), elaborate(configuration).accumulator.bits] as const;
    });
    expect(ofForms).toHaveLength(KINDS.length * LANES.length - 2);
    const bits = new Map(ofForms);
    for (const { kind } of forms) {
      if (kind.name === 'fp8_float') continue;
      for (const lanes of LANES) expect(bits.get(withLanes(kind.name, lanes)), kind.name).toBe(bits.get(kind.name));
    }
    expect(forms.filter(({ kind }) => kind.name === 'fp8_float').map(({ lanes }) => lanes)).toEqual([1]);
    const [float] = KINDS.filter(({ name }) => name === 'fp8_float');
    expect(float && whyOneLane(float)).toMatch(/\bbinary32\b/);
    expect(float && (() => configurationOf(float.parameters, 4, 2))).toThrow(/\blanes\b/);
  });

  it('a type has a price on each port, and the options of the tables are there', () => {
    const names = OPTIONS.map(({ name }) => name);
    const expected = ['a_flint4_first', 'a_flint4', 'w_pot4', 'wide', 'stall_enable'];
    expect(names).toEqual(expect.arrayContaining(expected));
  });
});

describe('the request', () => {
  const problems = (...given: Parameters<typeof selectionOf>): string[] => {
    try {
      selectionOf(...given);
    } catch (error) {
      if (error instanceof ConfigurationError) return error.problems.map(({ key }) => key);
      throw error;
    }
    return [];
  };
  const check = (flags: ComparisonFlags, library = 'c0ffee'): string[] =>
    problems({ check: 'record.json', ...flags }, report, library);

  it('is everything by default, and always has the reference', () => {
    expect(selectionOf({})).toEqual({ kinds: KINDS, options: OPTIONS, size: 64, lanes: [1, 2, 4] });
    const { kinds, options, size, lanes } = selectionOf({ size: '8', lanes: '4, 1', only: 'int8, wide' });
    expect(lanes).toEqual([1, 4]);
    expect([...kinds, ...options].map(({ name }) => name)).toEqual(['ant', 'int8', 'wide']);
    expect(size).toBe(8);
  });

  it('tells all that is wrong at once', () => {
    expect(problems({ size: '3', only: 'int5,wide,hexagons' })).toEqual(['--size', '--only', '--only']);
    for (const size of ['0', '66', 'many', '2.5', '']) expect(problems({ size })).toEqual(['--size']);
    for (const lanes of ['0', '3', 'many', '2,,4', '']) expect(problems({ lanes })).toEqual(['--lanes']);
    expect(problems({ lanes: '2,4', only: 'fp8_float,int8' })).toEqual(['--lanes']);
    expect(problems({ lanes: '2,4', only: 'wide' })).toEqual([]);
  });

  it('of a check is what the record holds', () => {
    const { kinds, options, size, lanes } = selectionOf({ check: 'record.json' }, report, 'c0ffee');
    expect(lanes).toEqual([1, 2]);
    expect([...kinds, ...options].map(({ name }) => name)).toEqual(['ant', 'fused', 'a_pot4', 'wide']);
    expect(size).toBe(2);
    expect(check({ only: 'fused' })).toEqual([]);
  });

  it('of a check must fit the record', () => {
    expect(check({ size: '4' })).toEqual(['--size']);
    expect(check({ lanes: '2' })).toEqual([]);
    expect(check({ lanes: '4' })).toEqual(['--lanes']);
    expect(check({}, 'coffee')).toEqual(['--liberty']);
    expect(problems({ check: 'record.json' }, report)).toEqual(['--liberty']);
    expect(() => selectionOf({ check: 'record.json' }, report)).toThrow(/--liberty: .*\brecord\.json\b/);
    expect(check({ only: 'int8' })).toEqual(['--only']);
    expect(check({ size: '4', only: 'hexagons', write: 'page.md', record: 'new.json' }, 'coffee')).toEqual([
      '--size',
      '--liberty',
      '--record',
      '--write',
      '--only',
    ]);
    const renamed = { ...report, options: [option('gone', 1, 2)] };
    expect(problems({ check: 'record.json' }, renamed, 'c0ffee')).toEqual(['--check']);
  });

  it('gives the command that measures the same', () => {
    expect(selectionCommand(selectionOf({}))).toBe('npm run area -- --compare');
    expect(selectionCommand(selectionOf({ size: '8', lanes: '2', only: 'int8' }))).toBe(
      'npm run area -- --compare --size 8 --lanes 2 --only ant,int8',
    );
  });
});

describe('the tables', () => {
  it('have a row for every kind, goal and option, next to published figures', () => {
    const text = layoutText(comparisonLayout(report));
    const rows = (start: string): string[][] =>
      text
        .split('\n')
        .filter((line) => line.startsWith(`${start} `))
        .map((line) => line.split(/ {2,}/));
    const row = (start: string): string[] => rows(start)[0] ?? [];
    expect(row('ant')).toEqual(['ant', '1.00 (28 nm)', '1.00', '1.00', '1.00', '1.00']);
    expect(row('fused')).toEqual(['fused', '2.00 (28 nm)', '0.80', '0.60', '-', '0.50']);
    expect(rows('ant')[1]).toEqual([
      'ant',
      '1',
      '100.0',
      '1.00',
      '24',
      '10.0',
      '10.00 %',
      '1.00 %',
      '100.0',
      '400.0',
      '4',
      '1.00',
      '1,000',
    ]);
    expect(rows('fused')[1]?.slice(8)).toEqual(['80.0', '-', '5', '0.80', '500']);
    // A PE of two lanes has two decoders of each port.
    expect(rows('fused')[2]?.slice(1, 7)).toEqual(['2', '90.0', '0.90', '24', '10.0', '22.22 %']);
    expect(rows('fused')[2]?.slice(8)).toEqual(['45.0', '150.0', '6', '0.90', '500']);
    expect(text).toMatch(/^ant4\b.*\border matters\.$/m);
    expect(row(report.goals[0]?.what ?? '').slice(1)).toEqual(['2', '105.00 %', '125.00 %', 'no']);
    expect(row('wide').slice(2)).toEqual(['+10.0', '+10.0', '+10.00 %']);
    expect(row('a_pot4').slice(2)).toEqual(['-5.0', '-5.0', '-5.00 %']);
    expect(text).toContain('a paper');
    expect(text).toContain('sha256 c0ffee');
  });

  it('are the same on a page; what was not measured is left out', () => {
    const page = comparisonMarkdown(report);
    expect(page).toContain('- command: `npm run area -- --compare`');
    expect(page).toMatch(/\| wide \| .* \| \+10\.0 \| \+10\.0 \| \+10\.00 % \|/);
    const short = comparisonMarkdown({ ...report, goals: [], options: [], library: null });
    expect(short).not.toContain('| goal |');
    expect(short).not.toContain('| option |');
    expect(short).toMatch(/^- library: none\b/m);
    expect(publishedMarkdown()).toContain('| ANT, decoder | 28 | 4.9 |');
  });
});

describe('the check', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ant-rtl-record-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const fresh = (scale: number): ComparisonReport => ({
    ...report,
    kinds: report.kinds.map((row) => (row.kind === 'fused' && row.lanes === 1 ? kind('fused', 80 * scale) : row)),
  });

  it('compares every area of the record that was measured', () => {
    expect(checkAgainst(report, report)).toEqual({ tolerance: 0.03, compared: 24, grown: [], shrunk: [] });
    const part = checkAgainst(report, { kinds: report.kinds.slice(0, 1), options: [] });
    expect(part.compared).toBe(3);
    expect(checkAgainst(report, { kinds: [], options: [] }).compared).toBe(0);
  });

  it('finds what grew or shrank by more than 3 %, and nothing less', () => {
    expect(checkAgainst(report, fresh(1.029))).toMatchObject({ grown: [], shrunk: [] });
    expect(checkAgainst(report, fresh(0.98))).toMatchObject({ grown: [], shrunk: [] });
    const grown = checkAgainst(report, fresh(1.05));
    expect(grown.grown).toEqual([
      { what: 'fused: PE', recorded: 80, measured: 84 },
      { what: 'fused: core', recorded: 320, measured: 336 },
    ]);
    expect(checkText(grown)).toContain('fused: PE: 84.0 GE, recorded 80.0, 5.0 %');
    expect(checkAgainst(report, fresh(0.9)).shrunk).toHaveLength(2);
    const options = [{ ...option('wide', 100, 110), having: measured(120) }];
    expect(checkAgainst(report, { kinds: [], options }).grown.map(({ what }) => what)).toEqual([
      'wide: PE',
      'wide: core',
    ]);
  });

  it('finds an area where there was none', () => {
    const record = { ...report, kinds: [kind('ant', 150, { lanes: 2, measured: measured(150, { decoder: 0 }) })] };
    expect(checkAgainst(record, report).grown).toEqual([{ what: 'ant, 2 lanes: decoder', recorded: 0, measured: 10 }]);
  });

  it('reads the JSON of a report, and nothing else', () => {
    const file = join(folder, 'record.json');
    writeFileSync(file, JSON.stringify(report));
    expect(readRecord(file)).toMatchObject({
      size: 2,
      kinds: report.kinds.map(({ kind, lanes }) => ({ kind, lanes })),
    });
    for (const content of ['{}', JSON.stringify({ ...report, kinds: [] }), '[', '']) {
      writeFileSync(file, content);
      expect(() => readRecord(file)).toThrow(/--check/);
    }
    expect(() => readRecord(join(folder, 'absent.json'))).toThrow(/cannot read/);
  });
});
