import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { generate } from '../../../gen/design/generate.js';
import { realValues } from '../../../gen/numerics/real.js';
import { numericType } from '../../../gen/numerics/types/table.js';
import {
  EXAMPLES,
  findIcarus,
  firstPage,
  type Icarus,
  numberOf,
  outputsOf,
  signalOf,
  simulate,
  type Table,
  tableOf,
} from '../../support/first-page.js';

const out = mkdtempSync(join(tmpdir(), 'ant-rtl-first-page-'));
let icarus: Icarus;

beforeAll(async () => {
  icarus = await findIcarus();
});

const DESIGNS: readonly RawConfiguration[] = [
  {},
  { rows: 2, cols: 2, scan: true },
  { rows: 2, cols: 2, clockGate: 'bufgce' },
  { rows: 3, cols: 2, pipeline: 2, stall: 'enable', reset: 'async' },
  { rows: 6, cols: 4, clusterRows: 3, clusterCols: 2 },
  { rows: 8, cols: 2, busSegment: 3 },
  { rows: 5, cols: 3, pipeline: 3 },
  { rows: 1, cols: 1, stall: 'enable', reset: 'async' },
  { rows: 4, cols: 4, wideActivations: ['int8'], wideWeights: ['int8'] },
  { rows: 2, cols: 4, wideActivations: ['uint8', 'int8'] },
  { rows: 3, cols: 4, wideWeights: ['int8'] },
  { dataflow: 'ws', rows: 4, cols: 4, wideActivations: ['int8'], wideWeights: ['uint8'] },
  { dataflow: 'ws', rows: 6, cols: 2, wideActivations: ['int8'] },
  { rows: 2, cols: 2, pe: 'float', activations: ['e2m1', 'int4'], weights: ['e2m3'] },
  { rows: 2, cols: 3, activations: ['e3m1', 'int8'], weights: ['flint5'] },
  { rows: 1, cols: 1, activations: ['uint2'], weights: ['pot4'], maxK: 1 },
  { dataflow: 'ws', rows: 4, cols: 2 },
  { dataflow: 'ws', rows: 1, cols: 3, pipeline: 2, stall: 'enable' },
  { dataflow: 'ws', rows: 4, cols: 6, clusterRows: 2, clusterCols: 3, weights: ['e2m1'] },
  { rows: 3, cols: 2, lanes: 3 },
  { rows: 4, cols: 4, lanes: 2, wideActivations: ['int8'], wideWeights: ['int8'] },
  { dataflow: 'ws', rows: 3, cols: 2, lanes: 3 },
  { dataflow: 'ws', rows: 4, cols: 4, lanes: 2, wideActivations: ['int8'], wideWeights: ['uint8'] },
  { arch: 'dot' },
  { arch: 'dot', rows: 2, cols: 2, lanes: 4, pipeline: 4, activations: ['e2m1'], weights: ['e2m1'] },
  { arch: 'dot', rows: 1, cols: 3, lanes: 1 },
];

/** Each design with each of its examples. */
const PAGES = DESIGNS.flatMap((raw) => {
  const wide = raw.wideActivations !== undefined || raw.wideWeights !== undefined;
  return EXAMPLES.slice(0, wide ? 2 : 1).map((title) => [raw, title] as const);
});

describe.each(PAGES)('the first page of the datasheet of %j, %s', (raw, title) => {
  const { folder, design } = generate(validateConfiguration(raw), mkdtempSync(join(out, 'design-')));
  const sheet = readFileSync(join(folder, 'datasheet.md'), 'utf8');
  const page = firstPage(sheet, title);

  it('declares and connects every port of the top', () => {
    for (const { name, width } of design.top.ports) {
      expect(page.instance).toMatch(new RegExp(`^  \\.${name} *\\(\\w+\\),?$`, 'm'));
      const range = width === 1 ? '' : `\\[${Number(width) - 1}:0\\] `;
      expect(page.instance).toMatch(
        new RegExp(`^(reg|wire) ${range}${signalOf(name).replace('rst_ni', 'rst_n')};`, 'm'),
      );
    }
  });

  it('has an example whose sums are those of its codes', () => {
    const values = (type: string): string[] => {
      const shown =
        tableOf(sheet, 'type')
          .find(([name]) => name === type)
          ?.at(-1)
          ?.split(' ') ?? [];
      return shown.includes('...') ? realValues(numericType(type)) : shown;
    };
    const matrix = (table: Table, type: string): number[][] =>
      table.slice(1).map(([, ...cells]) =>
        cells.map((cell) => {
          const [code = '', value = ''] = cell.split(' = ');
          expect(values(type)[Number.parseInt(code.replace(/.*'h/, ''), 16)]).toBe(value);
          return Number(value);
        }),
      );
    const { config } = design;
    const wide = title !== 'Example';
    const first = (types: readonly string[], wideTypes: readonly string[]) =>
      wide && wideTypes.length > 0 ? wideTypes[0] : types[0];
    expect(page.types).toEqual([
      first(config.activations, config.wideActivations),
      first(config.weights, config.wideWeights),
    ]);
    const a = matrix(page.activations, page.types[0]);
    const w = matrix(page.weights, page.types[1]);
    const sums = a.flatMap((row) =>
      (w[0] ?? []).map((_, c) => row.reduce((sum, value, k) => sum + value * (w[k]?.[c] as number), 0)),
    );
    expect(sums.some((sum) => sum !== 0)).toBe(true);
    expect(page.sums.slice(1).flatMap(([, ...cells]) => cells.map((cell) => Number(cell.split(' = ')[1])))).toEqual(
      sums,
    );
    const results = outputsOf(page).flatMap(([valid, , ...cells]) => (valid === '1' ? cells.map(numberOf) : []));
    expect(results.slice(0, sums.length).map((result) => result * page.step)).toEqual(sums);
    expect(results.slice(sums.length).filter((result) => result !== 0)).toEqual([]);
  });

  it('has cycles that the design has when it is driven so', async () => {
    const run = await simulate(icarus, { folder, name: design.config.name, page });
    expect(run).toEqual({ outputs: outputsOf(page), quiet: true, accepted: true, stalled: false });
  });

  it('has the same results, later, when the first beat comes earlier', async () => {
    const { outputs } = await simulate(icarus, { folder, name: design.config.name, page, early: true });
    const offered = (lines: string[][]) => lines.filter(([valid]) => valid === '1');
    expect(offered(outputs)).toEqual(offered(outputsOf(page)));
  });
});

it('another code in the example gives other outputs', async () => {
  const { folder, design } = generate(validateConfiguration({ rows: 2, cols: 2 }), mkdtempSync(join(out, 'design-')));
  const page = firstPage(readFileSync(join(folder, 'datasheet.md'), 'utf8'));
  const cycles = page.cycles.map((cells) => cells.map((cell) => (cell === "8'h31" ? "8'h32" : cell)));
  expect(cycles).not.toEqual(page.cycles);
  const { outputs } = await simulate(icarus, { folder, name: design.config.name, page: { ...page, cycles } });
  expect(outputs).not.toEqual(outputsOf(page));
});
