import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { validateConfiguration } from '../../../../gen/config/validate.js';
import { schemes } from '../../../../scripts/network/accuracy/schemes.js';
import type { AccuracyTable } from '../../../../scripts/network/accuracy/table.js';
import type { InferReport } from '../../../../scripts/network/infer/infer.js';
import type { MatmulReport } from '../../../../scripts/network/matmul.js';
import type { QuantiseReport } from '../../../../scripts/network/quantise/report.js';
import type { ModelReport } from '../../../../scripts/perf/report.js';
import type { ComparisonReport } from '../../../../scripts/sweep/compare/report.js';
import {
  clusterTable,
  dataflowTable,
  dotTable,
  floatTable,
  laneTable,
  requantiserTable,
  stallTable,
} from '../../../../scripts/sweep/notebook/figures/area-tables.js';
import { dotTreesTable } from '../../../../scripts/sweep/notebook/figures/dot-trees-table.js';
import { LANE_FORMS, WS_FORMS } from '../../../../scripts/sweep/notebook/figures/lane-forms.js';
import { pePath, periodTable, wsLanesTable } from '../../../../scripts/sweep/notebook/figures/lane-tables.js';
import { costsTable, survivesTable } from '../../../../scripts/sweep/notebook/figures/model-tables.js';
import {
  accuracyInShort,
  inferenceText,
  int4Options,
  networkTable,
  optionsTable,
  productTable,
  productText,
} from '../../../../scripts/sweep/notebook/figures/network-tables.js';
import { SHORT_SCHEMES } from '../../../../scripts/sweep/notebook/figures/plan.js';
import { proofTimesTable, TIMED_DESIGNS } from '../../../../scripts/sweep/notebook/figures/proof-times.js';
import { netlistsLine } from '../../../../scripts/sweep/notebook/figures/proofs.js';
import { summaryTable } from '../../../../scripts/sweep/notebook/figures/summary-table.js';
import type { VariantRow, VariantsReport } from '../../../../scripts/sweep/variants/report.js';
import type { ProofReport, ProofResult } from '../../../../scripts/synth/equivalence/verdict.js';
import type { AreaReport } from '../../../../scripts/synth/report.js';
import type { RequantiserReport } from '../../../../scripts/synth/requantiser/measure.js';
import { cellsOf, figuresIn } from '../../../support/text.js';

const proofOf = (...results: ProofResult['result'][]): ProofReport => ({
  limitSeconds: 1,
  modules: results.map((result, i) => ({
    ...{ label: `m${i}`, netlist: `n${i}`, seconds: 1 },
    outcome: { result } as ProofResult,
  })),
});

const size = (gateEquivalents: number, area?: number) => ({
  gateEquivalents,
  flipFlopBits: 1,
  ...(area === undefined ? {} : { area }),
});

/** What the tables need of a report of areas. */
const areas = (pe: number, perMac: number, more: Partial<AreaReport> = {}): AreaReport =>
  ({
    ...{ design: 'd', pe: size(pe), perMac: size(perMac), modules: [], proof: proofOf('proved', 'simulated') },
    ...more,
  }) as unknown as AreaReport;

/** A report whose PEs have these paths, in ps. */
const pes = (...paths: number[]): AreaReport =>
  areas(1, 1, {
    modules: paths.map((ps) => ({ role: 'pe', path: { kind: 'delay', buffered: { ps } } })),
  } as unknown as AreaReport);

const rowsOf = (table: string): string[] =>
  table
    .split('\n')
    .slice(2)
    .filter((line) => line.startsWith('|'));
const lastOf = (table: string): string | undefined => table.split('\n').at(-1);

describe('tables of areas', () => {
  it('have units by lane and design', () => {
    const table = dotTable([{ options: '`--lanes 4`', report: areas(1233.8, 580.52, { perLane: size(308.46) }) }]);
    expect(rowsOf(table)).toEqual(['| `--lanes 4` | 1234 | 308.5 | 580.5 |']);
    expect(figuresIn(lastOf(table))).toEqual([1, 1]);
  });

  it('say where integer PEs refuse types, and leave out what follows from them', () => {
    const table = floatTable([
      { types: 'int8; int8', int: areas(927, 1076.6), float: areas(1880, 2056.44) },
      { types: 'e4m3; e4m3', int: undefined, float: areas(1642, 1812.3) },
    ]);
    expect(rowsOf(table)).toEqual([
      '| int8; int8 | 927.0 | 1880.0 | 2.03 | 1076.6 | 2056.4 |',
      '| e4m3; e4m3 | refused | 1642.0 |  |  | 1812.3 |',
    ]);
    expect(figuresIn(lastOf(table))).toEqual([3, 3]);
  });

  it('are right that the generator refuses E4M3 on integer PEs', () => {
    const types = { activations: ['e4m3'], weights: ['e4m3'] };
    expect(() => validateConfiguration(types)).toThrow();
    expect(() => validateConfiguration({ ...types, pe: 'float' })).not.toThrow();
  });

  it('have what an enable costs', () => {
    const table = stallTable([{ gate: areas(470.4, 564.6), enable: areas(548, 678.9) }]);
    expect(rowsOf(table)).toEqual(['| 470 | 548 (+16 %) | 565 | 679 (+20 %) |']);
    expect(figuresIn(lastOf(table))).toEqual([2, 2]);
  });

  it('say how their netlists were checked, and are none where a netlist was not', () => {
    const table = (...proofs: Parameters<typeof netlistsLine>[0]) => netlistsLine(proofs);
    expect(table(proofOf('proved', 'proved'), { proved: 1200, simulated: 0 })).toMatch(/\b1,202 proved\b[^\d]*$/);
    expect(table(proofOf('simulated', 'simulated'))).toMatch(/\b2 simulated\b[^\d]*$/);
    expect(() => table(proofOf('proved'), undefined)).toThrow('without --prove');
    expect(() => table(proofOf('proved', 'different'))).toThrow(/: n1$/);
    for (const result of ['failed simulation', 'open'] as const) expect(() => table(proofOf(result))).toThrow('n0');
    expect(() => table(proofOf())).toThrow('no netlists');
    expect(() => table()).toThrow('no netlists');
  });

  it('compare clusters of PEs with single ones of the same dataflow', () => {
    const variant = (name: string, ge: number, ps: number): VariantRow =>
      ({
        name,
        perMac: { gateEquivalents: ge, flipFlopBits: 40 },
        criticalPath: { kind: 'delay', buffered: { ps } },
        streams: [{ latency: 1 }, { latency: 34 }],
        proof: { proved: 7, simulated: 0 },
      }) as unknown as VariantRow;
    const names = ['os', 'os_cluster2x2', 'os_cluster4x4', 'ws', 'ws_cluster2x2', 'ws_cluster4x1'];
    const report = {
      variants: names.map((name, i) => variant(name, 1000 + 100 * i, 5000)),
    } as unknown as VariantsReport;
    const rows = rowsOf(clusterTable(report));
    expect(rows[0]).toBe('| 1 x 1 | os | 1,000.0 | 40.0 | 5,000 ps | 34 |');
    expect(rows[2]).toBe('| 4 x 4 | os | 1,200.0 (+20 %) | 40.0 | 5,000 ps (+0 %) | 34 |');
    expect(rows[3]).toBe('| 1 x 1 | ws | 1,300.0 | 40.0 | 5,000 ps | 34 |');
    expect(rows[4]).toBe('| 4 x 1 | ws | 1,500.0 (+15 %) | 40.0 | 5,000 ps (+0 %) | 34 |');
    expect(figuresIn(lastOf(clusterTable(report)))).toEqual([42]);
    expect(() => clusterTable({ ...report, variants: report.variants.slice(1) })).toThrow(/\bos\b/);
    const lanes = ['os', 'os_lanes2', 'os_lanes4', 'ws', 'ws_lanes2', 'ws_lanes4'];
    const several = { variants: lanes.map((name, i) => variant(name, 1000 - 100 * i, 5000)) };
    const laneRows = rowsOf(laneTable(several as unknown as VariantsReport));
    expect(laneRows[1]).toBe('| 2 | os | 900.0 (-10 %) | 40.0 | 5,000 ps (+0 %) | 34 |');
    expect(laneRows[3]).toBe('| 1 | ws | 700.0 | 40.0 | 5,000 ps | 34 |');
    expect(() => laneTable(report)).toThrow(/\bos_lanes2\b/);
  });

  it('have what weights that stay save', () => {
    const variant = (name: string, accumulatorBits: number, gateEquivalents: number) => ({
      ...{ name, accumulatorBits, perMac: { gateEquivalents }, proof: { proved: 7, simulated: 0 } },
    });
    const report = { variants: [variant('os', 26, 500), variant('ws', 18, 440)] } as unknown as VariantsReport;
    const text = dataflowTable(report);
    expect(rowsOf(text).map((row) => cellsOf(row).slice(1))).toEqual([
      ['26', '500.0', ''],
      ['18', '440.0', '12 %'],
    ]);
    expect(figuresIn(lastOf(text))).toEqual([14]);
  });

  it('have the parts of a requantiser in two libraries', () => {
    const report = (scale: number): RequantiserReport =>
      ({
        ...{ design: 'r', lanes: 4, perLane: size(1500 * scale) },
        modules: [
          { module: 'r_encode', size: size(100 * scale) },
          { module: 'r_lane', size: size(1400 * scale) },
        ],
        criticalPath: { kind: 'delay', buffered: { ps: 6000 * scale } },
      }) as unknown as RequantiserReport;
    const text = requantiserTable([report(1), report(2)], ['osu018', 'sky130']);
    expect(rowsOf(text).map((row) => cellsOf(row).slice(1))).toEqual([
      ['100', '200'],
      ['1,400', '2,800'],
      ['1,500', '3,000'],
      ['6,000 ps', '12,000 ps'],
    ]);
    expect(() => requantiserTable([{ ...report(1), modules: [] }], ['osu018'])).toThrow('encode');
  });

  it('have paths by lanes, dataflow and stages, with the default periods of the designs', () => {
    expect(pePath(pes(3000, 4000))).toBe(4000);
    expect(() => pePath(pes())).toThrow('no paths');
    const rows = rowsOf(periodTable(LANE_FORMS.map((_, i) => pes(1000 * (i + 1))))).map(cellsOf);
    expect(rows.map(([lanes]) => lanes)).toEqual(['1', '2', '4', '8']);
    expect(rows.map((cells) => cells.slice(1).map((cell) => Number(cell.split(' ')[0])))).toEqual(
      [0, 4, 8, 12].map((first) => [1, 2, 3, 4].map((i) => first + i)),
    );
    for (const cell of rows.flatMap((cells) => cells.slice(1))) expect(cell).toMatch(/^\d+\.00 \(\d+\)$/);
  });

  it('have paths on the page that the default periods keep, with a quarter to spare', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../../docs/timing.md'), 'utf8');
    const [, part = ''] = page.split('<!-- begin: default periods -->');
    const rows = rowsOf((part.split('<!-- end')[0] ?? '').trim()).map((row) => cellsOf(row).slice(1));
    const paths = rows.map((cells) => cells.map((cell) => Number(cell.split(' ')[0])));
    const measured = LANE_FORMS.map((_, i) => paths[Math.floor(i / 4)]?.[i % 4] ?? Number.NaN);
    const periods = rowsOf(periodTable(measured.map((ns) => pes(1000 * ns)))).flatMap((row) => cellsOf(row).slice(1));
    expect(rows.flat()).toEqual(periods);
    for (const [i, cell] of periods.entries()) {
      expect(0.75 * Number(cell.match(/\((\d+)\)/)?.[1]), cell).toBeGreaterThan(measured[i] as number);
    }
  });

  it('have what a MAC takes where weights stay, by lanes', () => {
    const report = (lanes: number): AreaReport => {
      const part = (role: string, label: string, each: number) => ({
        ...{ role, label, module: label, path: { kind: 'wires' }, total: size(256 * each) },
      });
      return areas(1, 1, {
        ...{ rows: 16, cols: 16, whole: size(256 * 500) },
        modules: [
          part('pe', 'd_pe', 300 * lanes),
          part('delay', 'd_delay (skew of the activations)', 15),
          part('delay', 'd_delay (de-skew of the results)', 30),
        ],
      } as unknown as AreaReport);
    };
    const rows = rowsOf(wsLanesTable(WS_FORMS.map(({ lanes }) => report(lanes)))).map(cellsOf);
    expect(rows[0]).toEqual(['1', '300.0', '15.0', '30.0', '500.0']);
    expect(rows[1]).toEqual(['2', '300.0', '7.5', '15.0', '250.0']);
    expect(rows).toHaveLength(4);
  });

  it('have the seconds of proofs, a column per library', () => {
    const report = (seconds: number) =>
      TIMED_DESIGNS.map(({ name, netlists }) =>
        areas(1, 1, {
          design: name,
          proof: {
            limitSeconds: 1,
            modules: netlists.map(({ module }, i) => ({
              ...{ label: module, netlist: `${name}_${module}_p`, seconds: seconds + i },
              outcome: { result: 'proved', by: 'ABC &cec, register by register', registers: 1000 },
            })),
          },
        }),
      );
    const options = Object.fromEntries(TIMED_DESIGNS.map(({ name }) => [name, `--name ${name}`]));
    const table = proofTimesTable(options, [...report(1), ...report(50)], ['osu018', 'sky130']);
    const rows = rowsOf(table).map((row) => cellsOf(row));
    expect(rows).toHaveLength(TIMED_DESIGNS.flatMap(({ netlists }) => netlists).length);
    expect(rows[1]?.slice(1)).toEqual(['`--name ant_16x16`', '1,000', '2.0', '51.0']);
    expect(() => proofTimesTable(options, [areas(1, 1)], ['osu018'])).toThrow('decode_a');
  });

  it('sort trees by the smaller of two areas, and show those that the generator makes', () => {
    const tree = (title: string, options: string | null, alumacc: number, noalumacc: number) => ({
      ...{ name: title, title, options, beats: 3000 },
      gateEquivalents: { alumacc, noalumacc },
    });
    const report = {
      tool: { name: 'Yosys', version: '0.0', build: 'native' },
      library: null,
      trees: [
        tree('one', null, 4094.4, 4088),
        tree('sums', '--tree adders', 4083, 4759),
        tree('columns', '', 4092, 4096),
      ],
    } as const;
    const table = (...results: ProofResult['result'][]) => dotTreesTable({ ...report, proof: proofOf(...results) });
    expect(rowsOf(table('proved'))).toEqual([
      '| **sums** (`--tree adders`) | 4083 | 4759 |',
      '| one | 4094 | 4088 |',
      '| **columns** | 4092 | 4096 |',
    ]);
    expect(figuresIn(lastOf(table('proved', 'proved')))).toEqual([2]);
    expect(figuresIn(lastOf(table('proved', 'simulated')))).toEqual([1, 1]);
    expect(() => table('proved', 'open')).toThrow(/: n1$/);
    expect(() => table()).toThrow('no netlists');
  });

  it('sum up two libraries, one in µm², with the recorded comparison', () => {
    const conditions = { tool: { name: 'Yosys', version: '0.23' }, library: { file: 'l.lib', sha256: 'abc' } };
    const kind = (name: string, lanes: number, pe: number, core = 0, decoderShare = 0) => ({
      ...{ kind: name, lanes, measured: { pe, core, decoderShare } },
    });
    const compared = {
      ...conditions,
      size: 2,
      proof: { proved: 90, simulated: 10 },
      kinds: [
        ...[kind('ant', 1, 106), kind('ant4', 1, 0, 2172, 0.0024), kind('fused', 1, 100), kind('int8', 1, 163)],
        ...[kind('ant', 4, 321), kind('ant4', 4, 0, 6400), kind('fused', 4, 300), kind('int8', 4, 535)],
      ],
    } as unknown as ComparisonReport;
    const decoder = { module: 'd_decode_flint4', size: size(10.33, 38.79) };
    const array = {
      ...areas(559, 680.02),
      ...conditions,
      pe: size(559, 2098.3),
      modules: [{ ...decoder, module: 'd_decode_uflint4', size: size(1) }, decoder],
    } as unknown as AreaReport;
    const of = (micrometres: boolean, report = compared) => ({ title: 'L', micrometres, array, compared: report });
    const table = summaryTable([of(false), of(true)]);
    const rows = rowsOf(table).map(cellsOf);
    expect(rows.map(([, ...figures]) => figures)).toEqual([
      ['559 GE', '559 GE (2098 µm²)'],
      ['10.3 GE', '10.3 GE (38.8 µm²)'],
      ['680 GE', '680 GE'],
      ['543 GE', '543 GE'],
      ['400 GE', '400 GE'],
      ['0.24 %', '0.24 %'],
      ['1.06 (1.07)', '1.06 (1.07)'],
      ['0.65 (0.60)', '0.65 (0.60)'],
    ]);
    const titles = [
      /\bPE\b/,
      /\bflint4\b/,
      /\b16 x 16\b/,
      /\b2 x 2\b/,
      /\b4 lanes\b/,
      /decoders.*\b2 x 2\b/,
      /\bint4\/int8\b/,
      /\bint8\b/,
    ];
    titles.forEach((title, i) => {
      expect(rows[i]?.[0]).toMatch(title);
    });
    expect(figuresIn(lastOf(table))).toEqual([182, 22]);
    expect(() => summaryTable([of(true), of(true, { ...compared, size: 4 })])).toThrow('different sizes');
    expect(() => summaryTable([of(true, { ...compared, kinds: [] })])).toThrow(/\bant4\b/);
    const others = [
      { library: { file: 'l.lib', sha256: 'abd' } },
      { library: null },
      { tool: { name: 'Yosys', version: '0.24' } },
    ] as unknown as Partial<ComparisonReport>[];
    for (const other of others) {
      expect(() => summaryTable([of(true, { ...compared, ...other })])).toThrow(
        /^L: .*\bl\.lib \(sha256 abc\), Yosys 0\.23,/,
      );
    }
  });
});

describe('tables of networks', () => {
  const row = (scheme: string, top1: number) => ({ scheme, top1, likeFloat: 0, bits: 4, types: {} });
  const accuracy = (...rows: ReturnType<typeof row>[]): AccuracyTable => ({
    ...{ calibration: 1, test: 'images', networks: [{ name: 'vit', rows }] },
  });

  it('have some schemes, a row per network', () => {
    const table = accuracyInShort(accuracy(row('fp32', 88.96), row('int4', 78.929)), ['int4', 'fp32'], { vit: 'ViT' });
    expect(table).toBe('|  | int4 | fp32 |\n|---|---:|---:|\n| ViT | 78.93 | 88.96 |');
    expect(() => accuracyInShort(accuracy(), ['int4'], {})).toThrow(/\bint4\b/);
  });

  it('have the schemes of npm run accuracy alone', () => {
    const known = ['fp32', ...schemes().map(({ name }) => name)];
    for (const name of SHORT_SCHEMES) expect(known).toContain(name);
  });

  it('have options tried with one list of types or two', () => {
    const measured = accuracy(row('fp32', 93), row('--types int', 92), row('', 91), row('--wide first', 90));
    const tried = [
      { options: '', title: 'none', int4: true },
      { options: '--wide first', title: '`--wide first`', int4: false },
    ];
    expect(rowsOf(optionsTable(measured, tried))).toEqual([
      '| fp32 | 93.00 | 93.00 |',
      '| none | 92.00 | 91.00 |',
      '| `--wide first` |  | 90.00 |',
    ]);
    expect(int4Options('--wide first')).toBe('--types int --wide first');
  });

  const operand = (type: string, ...errors: [string, number][]) => ({
    ...{ file: 'A.npy', rows: 2, cols: 3, type, scales: { count: 1, least: 0.5, greatest: 0.5 } },
    relativeError: errors.find(([name]) => name === type)?.[1],
    considered: errors.map(([name, relativeError]) => ({ type: name, relativeError })),
  });
  const product: MatmulReport = {
    ...{ design: 'd', pe: 'int', exact: true, macs: 18, cycles: 1234, modelCycles: 1234, out: 'C.npy' },
    a: operand('pot4', ['int4', 0.556], ['flint4', 0.384], ['pot4', 0.206]),
    w: operand('int4', ['int4', 0.1]),
    error: { relativeFrobenius: 0.2244, maxAbsolute: 2.5, at: [1, 2] },
    tiling: { m: 2, n: 3, tiles: 1, rows: 2, cols: 3, partK: 3, parts: 1, blocksM: 1, blocksN: 1 },
    utilisation: 0.925,
    edgeUtilisation: 1,
    simulation: { seconds: 1, cyclesPerSecond: 1, macsPerSecond: 1 },
  } as unknown as MatmulReport;

  it('have products with the other types by their errors', () => {
    expect(rowsOf(productTable([{ design: 'default', report: product }]))).toEqual([
      '| default | pot4, 20.6 % (flint4 38.4 %, int4 55.6 %) | int4, 10.0 % | 22.4 % | 1,234 | 92.5 % |',
    ]);
  });

  it('have the lines of a product that are the same in every run', () => {
    const lines = productText(product).split('\n');
    expect(lines.map((line) => line.trim().split(/\s/)[0])).toEqual([
      'A',
      'W',
      'error',
      'cycles',
      'utilisation',
      'PASS',
    ]);
    expect(lines.every((line) => line.startsWith('    '))).toBe(true);
    const wrong = { ...product, mismatch: { count: 1, row: 0, col: 0, expected: 1n, got: 2n } };
    expect(() => productText(wrong)).toThrow(/\bPASS\b/);
  });

  it('have the lines of a network that are the same in every run', () => {
    const figures = {
      ...{ name: 'scores', type: 'float32', shape: [10, 4], elements: 40, equal: 40, note: '' },
      ...{ relativeError: 0, cosine: 1, largestError: 0 },
      agreement: { kind: 'classes' as const, alike: 10, decisions: 10 },
    };
    const report: InferReport = {
      ...{ design: 'd', model: 'm', samples: 10, right: 9, exact: true, sums: 77, wrongSums: 0 },
      ...{ layers: [], leftOut: [], macs: 5, cycles: 4, utilisation: 0.92 },
      outputs: [{ name: 'scores', exact: true, onnx: figures, float: figures }],
      seconds: { array: 1, reference: 1, total: 2 },
    };
    const lines = inferenceText(report).split('\n');
    expect(lines.map(figuresIn)).toEqual([
      [9, 10, 90],
      [10, 10, 100],
      [4, 5, 92],
      [77, 10],
    ]);
    expect(lines.at(-1)).toMatch(/^ {4}PASS d: /);
    expect(() => inferenceText({ ...report, exact: false })).toThrow(/\bPASS\b/);
  });

  it('have quantised networks with what is left in floating point', () => {
    const report = (outputError: number, leftOut: readonly string[] = [], heldOut?: number): QuantiseReport =>
      ({
        layers: [
          { activation: { type: 'uint4', considered: [] }, second: { kind: 'weights', type: 'int4', considered: [] } },
          {
            activation: { type: 'uflint4', considered: [] },
            second: { kind: 'weights', type: 'pot4', considered: [] },
          },
        ],
        leftOut: leftOut.map((op) => ({ op })),
        outputs: { calibration: { error: outputError }, heldOut: heldOut === undefined ? null : { error: heldOut } },
      }) as unknown as QuantiseReport;
    const [plain, left] = rowsOf(
      networkTable([
        { title: 'one', nearest: report(0.3364), compensated: report(1e-6), eightBits: report(0.0025) },
        {
          title: 'two',
          nearest: report(4.04, ['ConvTranspose', 'ConvTranspose']),
          compensated: report(1),
          eightBits: report(0.53),
        },
      ]),
    );
    expect(plain).toBe('| one | 2 | 2 / 1 / 1 | 58 % | 0.1 % | 5 % |');
    expect(left).toMatch(/^\| two \| 2, .*\b2 ConvTranspose\b.* \| 2 \/ 1 \/ 1 \| 201 % \| 100 % \| 73 % \|$/);
  });
});

describe('tables of models', () => {
  const model = (ratios: Readonly<Record<string, readonly [number, number]>>): ModelReport =>
    ({
      ratios: Object.entries(ratios).map(([rival, [speed, energy]]) => ({ rival, speed, energy })),
    }) as unknown as ModelReport;

  it('set the published comparison beside the corrected one and own designs of each number of lanes', () => {
    const published = model({ Rival: [2.816, 2.49] });
    const corrected = model({ Rival: [2.64, 2.55] });
    const own = [
      { lanes: 1, report: model({ A: [1, 1.09], B: [0.97, 1.04] }) },
      {
        lanes: 4,
        report: model({ 'A-N4': [2, 2.09], 'B-N4': [1.97, 2.04] }),
        oneLane: model({ 'ANT-OS': [1.3, 1.42] }),
      },
    ];
    const rivals = [
      { title: 'R', published: 'Rival', own: [{ name: 'A', what: 'its codes' }, { name: 'B' }] },
      { title: 'S', own: 'not built' },
    ];
    expect(rowsOf(survivesTable(rivals, { published, corrected, own }))).toEqual([
      '| R | 2.82 / 2.49 | 2.64 / 2.55 | 1.00 / 1.09 (its codes); 0.97 / 1.04 | 2.00 / 2.09; 1.97 / 2.04 |',
      '| S |  |  | not built | not built |',
      '| ANT-OS with one lane |  |  |  | 1.30 / 1.42 |',
    ]);
    expect(() => survivesTable(rivals, { published: model({}), corrected, own })).toThrow(/\bRival\b/);
    const empty = (lanes: number) => ({ published, corrected, own: [{ lanes, report: model({}) }] });
    expect(rowsOf(survivesTable(rivals, empty(4)))[0]).toBe('| R | 2.82 / 2.49 | 2.64 / 2.55 | - |');
    expect(() => survivesTable(rivals, empty(1))).toThrow(/\bA$/);
  });

  it('have areas and energies of own designs', () => {
    const designOf = (gateEquivalents: number, picojoulesPerMac?: number, lanes = 1) => ({
      ...{ configurationSha256: '', rows: 2, cols: 2, lanes, gateEquivalents, netlists: { proved: 9, simulated: 0 } },
      ...(picojoulesPerMac === undefined ? {} : { picojoulesPerMac }),
    });
    const costs = { command: '', generator: '', tool: '', library: '' };
    const designs = { A: designOf(2593.2, 20.415), 'A-N4': designOf(1600, 9.5, 4), B: designOf(4) };
    const table = costsTable({ ...costs, designs });
    expect(table.split('\n').slice(0, 4)).toEqual([
      '|  | GE per MAC, N = 1 | GE per MAC, N = 4 | pJ per MAC, N = 1 | pJ per MAC, N = 4 |',
      '|---|---:|---:|---:|---:|',
      '| A | 648.3 | 100.0 | 20.41 | 9.50 |',
      '| B | 1.0 |  |  |  |',
    ]);
    expect(figuresIn(lastOf(table))).toEqual([27]);
  });
});
