import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { layoutText } from '../../../scripts/sweep/layout.js';
import { publishedCircuits } from '../../../scripts/sweep/published/circuits.js';
import { requireSources, sourceTexts } from '../../../scripts/sweep/published/read.js';
import { circuitRow, type PublishedReport, sourceRows } from '../../../scripts/sweep/published/report.js';
import { requestOf, selectionCommand } from '../../../scripts/sweep/published/request.js';
import type { PublishedSource } from '../../../scripts/sweep/published/source.js';
import { publishedLayout } from '../../../scripts/sweep/published/table.js';
import { ROOT } from '../../../gen/base/installed.js';
import { problemsOf } from '../../support/text.js';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';

const SOURCE: PublishedSource = {
  repository: 'someone/something',
  licence: 'MIT',
  files: ['rtl/one.sv', 'rtl/two.sv'].map((path) => ({ path, commit: COMMIT })),
  edits: [{ path: 'rtl/two.sv', from: /logic (\w+)/g, to: 'wire $1' }],
  edited: 'logic as wire',
  added: { 'rtl/added.svh': '`define ADDED' },
};

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'ant-rtl-published-'));
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, SOURCE.repository, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return folder;
}

describe('published circuits', () => {
  const circuits = publishedCircuits(8);

  it('have different names, a whole commit, a licence, and a bench that is there', () => {
    expect(new Set(circuits.map(({ name }) => name)).size).toBe(circuits.length);
    const benches = readdirSync(join(ROOT, 'scripts/sweep/published/benches'));
    for (const { source, bench } of circuits) {
      expect(source.licence).not.toBe('');
      for (const { commit } of source.files) expect(commit).toMatch(/^[0-9a-f]{40}$/);
      expect(benches).toContain(bench.file);
    }
    expect(new Set(circuits.map(({ bench }) => bench.file))).toEqual(new Set(benches));
  });

  it('are of several sources, whose edits are of files they have', () => {
    const sources = new Set(circuits.map(({ source }) => source));
    expect(sources.size).toBeGreaterThanOrEqual(5);
    for (const { files, edits = [] } of sources) {
      for (const { path } of edits) expect(files.map((file) => file.path)).toContain(path);
    }
  });
});

describe('the sources', () => {
  it('that are missing are all named, with the commit and what fetches them', () => {
    const folder = folderWith({ 'rtl/one.sv': '' });
    expect(() => requireSources(folder, [SOURCE, SOURCE])).toThrow(
      expect.objectContaining({
        exitCode: 2,
        message: expect.stringMatching(
          /^--sources: \S+\/someone\/something\/rtl\/two\.sv .*https:\/\/github\.com\/someone\/something .*0123456789abcdef\S+\n.*git clone .*\n.*git -C \S+ checkout \S+ -- rtl\/two\.sv$/,
        ),
      }),
    );
    expect(() => requireSources(join(folder, 'none'), [SOURCE])).toThrow(/one\.sv[\s\S]*\nerror: [\s\S]*two\.sv/);
  });

  it('are edited, with what is added before them', () => {
    const folder = folderWith({ 'rtl/one.sv': 'logic a;\r\n', 'rtl/two.sv': 'logic b; logic c;' });
    requireSources(folder, [SOURCE]);
    expect(Object.entries(sourceTexts(folder, SOURCE))).toEqual([
      ['rtl/added.svh', '`define ADDED'],
      ['rtl/one.sv', 'logic a;\n'],
      ['rtl/two.sv', 'wire b; wire c;'],
    ]);
  });

  it('are refused where an edit does not find its place', () => {
    const folder = folderWith({ 'rtl/one.sv': '', 'rtl/two.sv': 'wire b;' });
    expect(() => sourceTexts(folder, SOURCE)).toThrow(/two\.sv .*0123456789abcdef/);
  });
});

describe('the request', () => {
  it('needs no sources for designs of this project', () => {
    const request = requestOf({ sources: '/none', size: '4', only: 'int4,dot_int8' });
    expect(request.own.map(({ name }) => name)).toEqual(['int4', 'dot_int8']);
    expect(request.circuits).toEqual([]);
    expect(selectionCommand(request)).toBe('npm run published -- --sources FOLDER --size 4 --only int4,dot_int8');
  });

  it('names everything wrong at once', () => {
    expect(problemsOf(() => requestOf({ size: '1', only: 'ita_int9' }))).toMatchObject([
      { key: '--size', nearest: '2' },
      { key: '--only', nearest: 'ita_int8' },
      { key: '--sources' },
    ]);
  });
});

it('the table gives areas per product and cycle, and where each circuit is from', () => {
  const circuit = publishedCircuits(4).find(({ name }) => name === 'axis_int8');
  if (!circuit) throw new Error('no axis_int8');
  const module = (gateEquivalents: number, flipFlopBits: number) => ({
    size: { gateEquivalents, flipFlopBits },
    path: { kind: 'wires' } as const,
  });
  const row = circuitRow(circuit, { whole: module(1600, 800), pe: module(70, 30), checked: 5 });
  expect(row).toMatchObject({ products: 16, whole: 100, pe: 70, flipFlops: 50 });
  const report = {
    ...{ generator: 'g', command: 'c', library: null, gateEquivalent: 'u' },
    tool: { name: 'Yosys', version: '0', build: 'native' },
    rows: [row],
    sources: sourceRows([circuit]),
  } as unknown as PublishedReport;
  const text = layoutText(publishedLayout(report));
  expect(text).toMatch(/^axis_int8 +int8 x int8 +24 +16 +100\.0 +70\.0 +50\.0 +none +5$/m);
  expect(text).toContain('abarajithan11/axis-systolic-array');
});
