import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../../../gen/base/installed.js';
import { GENERATOR } from '../../../../gen/base/version.js';
import { validateEngine } from '../../../../gen/config/engine.js';
import { validateConfiguration } from '../../../../gen/config/validate.js';
import { renderEngine } from '../../../../gen/design/engine/generate.js';
import { renderDesign } from '../../../../gen/design/files.js';
import { elaborate } from '../../../../gen/rtl/design.js';
import { elaborateEngine } from '../../../../gen/rtl/engine/engine.js';
import { documentText } from '../../../../scripts/sweep/explorer/browser/unpack.js';
import { explorerData } from '../../../../scripts/sweep/explorer/build.js';
import { DocumentPacker, designDocuments } from '../../../../scripts/sweep/explorer/documents.js';
import { digestIn, pageDigest } from '../../../../scripts/sweep/explorer/picture.js';
import { explorerScript } from '../../../../scripts/sweep/explorer/script.js';
import type { SpaceReport } from '../../../../scripts/sweep/space/report.js';

const REPORT: SpaceReport = {
  ...{ generator: 'g', study: 's', command: 'c', axes: ['types', 'rows'], units: { area: 'GE', 'rate.n': '' } },
  ...{ derived: { density: 'rate / area' }, goals: [{ sense: 'minimise', of: 'area per rate' }] },
  ...{ conditions: ['rate >= 1'], provenance: {}, results: 'r' },
  measurements: { kept: 0, new: 0, failed: 0, left: 0 },
  points: [
    {
      ...{ at: { types: 'a,b/c', rows: '8' }, command: 'gen 8', state: 'measured', failures: [], meets: true },
      ...{ values: { area: 2, 'rate.n': 4, density: 2 }, goals: [0.5], rank: 1 },
    },
    {
      ...{ at: { rows: '10' }, command: 'gen 10', state: 'failed', values: { area: 3 } },
      failures: [{ metric: 'model', reason: 'no room\nat all' }],
    },
    { at: { types: 'd', rows: '12' }, command: 'gen 12', state: 'left', values: {}, failures: [] },
  ],
  impossible: [{ at: { types: 'd', rows: '0' }, reason: 'rows: too few' }],
};

describe('the points of a page', () => {
  const objective = { goals: [], conditions: [] };
  const values = new Map([
    ['area', { unit: 'GE', range: { least: 0, most: 1 } }],
    ['rate.n', { unit: '', range: { least: 0, most: 1 }, rises: true as const }],
  ]);
  const data = explorerData({ values, objective }, REPORT, [[0, 1], [2]]);

  it('are all there, with a reason where they have no values', () => {
    expect(data.points.map(({ state, reason }) => [state, reason])).toEqual([
      ['measured', undefined],
      ['failed', 'model: no room\nat all'],
      ['left', undefined],
      ['impossible', 'rows: too few'],
    ]);
    expect(data.points.map(({ cells }) => cells)).toEqual([
      ['a,b/c', 8, 2, 4, 2, 0.5],
      [null, 10, 3, null, null, null],
      ['d', 12, null, null, null, null],
      ['d', 0, null, null, null, null],
    ]);
    expect(data.points.map(({ documents }) => documents)).toEqual([[0, 1], [2], [], []]);
  });

  it('have names of their own, from their places on the axes', () => {
    expect(data.points.map(({ id }) => id)).toEqual(['a%2Cb%2Fc/8', '-/10', 'd/12', 'd/0']);
  });

  it('have columns with a kind and a better end', () => {
    expect(data.columns.map(({ name, kind, of, better }) => [name, kind, of, better])).toEqual([
      ['types', 'word', 'axis', 'low'],
      ['rows', 'number', 'axis', 'low'],
      ['area', 'number', 'value', 'low'],
      ['rate.n', 'number', 'value', 'high'],
      ['density', 'number', 'value', 'low'],
      ['area per rate', 'number', 'value', 'low'],
    ]);
    expect(data.objective.join()).toMatch(/area per rate.*rate >= 1/);
  });

  it('say that the best ones are an estimate where they were searched', () => {
    const search = { seed: 1, round: 8, asked: 9, of: 30, expected: 0.5, complete: true };
    const searched = explorerData({ values, objective }, { ...REPORT, search }, [[0, 1], [2]]);
    expect(searched.objective).toEqual([...data.objective, expect.stringMatching(/9 of 30.*estimate/)]);
  });
});

describe('the documents of a page', () => {
  const ARRAY = { rows: 4, cols: 2, dataflow: 'ws' };
  const DOT = { arch: 'dot', rows: 2, cols: 2, lanes: 4 };
  const ENGINE = { engine: true, rows: 4, cols: 4 };

  it('are those that the generator writes', () => {
    for (const parameters of [ARRAY, DOT]) {
      const written = renderDesign(elaborate(validateConfiguration(parameters)), GENERATOR);
      const shown = designDocuments(parameters);
      expect(shown.map(({ path }) => path)).toEqual(['datasheet.md', 'block-diagram.svg', 'timing.svg']);
      for (const document of shown) expect(written).toContainEqual(document);
    }
    const engine = designDocuments(ENGINE);
    expect(engine).toHaveLength(2);
    const written = renderEngine(elaborateEngine(validateEngine(ENGINE)));
    for (const document of engine) expect(written).toContainEqual(document);
  });

  it('are packed without a loss, and those of similar designs in little room', () => {
    const packer = new DocumentPacker();
    const files = [ARRAY, { ...ARRAY, rows: 8 }, ARRAY].flatMap(designDocuments);
    const numbers = files.map((file) => packer.add(file));
    const packed = packer.packed();
    expect(packed.names).toEqual(files.map(({ path }) => path));
    expect(numbers.map((number) => documentText(packed, number))).toEqual(files.map(({ text }) => text));
    const length = files.slice(0, 6).reduce((sum, { text }) => sum + text.length, 0);
    expect(packed.pieces.join('').length).toBeLessThan(0.6 * length);
  });
});

describe('the script of a page', () => {
  it('has the licence of every package in it, and nothing that ends its element', async () => {
    const script = await explorerScript();
    for (const name of ['preact', 'marked', 'd3-scale', 'd3-shape', 'd3-array', 'd3-interpolate']) {
      const licence = readFileSync(join(ROOT, `node_modules/${name}/LICENSE`), 'utf8').trim();
      expect(script.includes(`/*! ${name} `) && script.includes(licence), name).toBe(true);
    }
    expect(/<\/script|<!--/i.test(script)).toBe(false);
    expect(script.length).toBeLessThan(200_000);
  });
});

describe('the picture of docs/sweep.md', () => {
  it('was taken of the page as it is: npm run explorer:picture takes it again', () => {
    const png = readFileSync(join(ROOT, 'docs/explorer.png'));
    expect(png.length).toBeLessThan(300_000);
    expect(digestIn(png)).toBe(pageDigest());
  });
});
