import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigurationError, UserError } from '../../../gen/base/errors.js';
import { FlagReader } from '../../../gen/base/flag-reader.js';
import { type Layout, layoutMarkdown, layoutText, section } from '../../../scripts/sweep/layout.js';
import { commandText } from '../../../scripts/sweep/metrics.js';
import { crossed, type Metric, measurePlan, type Tools } from '../../../scripts/sweep/study.js';
import { jsonTarget, pageTarget, partsTarget, requireWritable } from '../../../scripts/sweep/targets.js';

describe('the runner of studies', () => {
  interface Square {
    readonly name: string;
    readonly side: number;
  }
  const squares: readonly Square[] = [
    { name: 'small', side: 2 },
    { name: 'large', side: 3 },
  ];
  const shown: string[] = [];
  const tools = { progress: (text: string) => shown.push(text) } as unknown as Tools;
  const area: Metric<Square, number> = async ({ side }, { progress }) => {
    progress('area');
    return side ** 2;
  };

  it('measures every metric of every subject, and reports rows in the order of the subjects', async () => {
    const slowFirst: Metric<Square, string> = async ({ name, side }) => {
      await new Promise((done) => setTimeout(done, side === 2 ? 20 : 0));
      return name.toUpperCase();
    };
    for (const atATime of [1, 2]) {
      const metrics = { area, title: slowFirst };
      const rows = await measurePlan({ subjects: squares, metrics, atATime, report: (all) => all }, tools);
      expect(rows).toEqual([
        { subject: squares[0], area: 4, title: 'SMALL' },
        { subject: squares[1], area: 9, title: 'LARGE' },
      ]);
    }
    expect(shown).toEqual(['small: area', 'large: area', 'small: area', 'large: area']);
  });

  it('stops at a metric that fails', async () => {
    const measured: string[] = [];
    const failing: Metric<Square, void> = async ({ name }) => {
      measured.push(name);
      throw new UserError('wrong');
    };
    const plan = { subjects: squares, metrics: { failing }, report: () => 'a report' };
    await expect(measurePlan(plan, tools)).rejects.toThrow('wrong');
    expect(measured).toEqual(['small']);
  });

  it('crosses axes, the last the fastest', () => {
    expect(crossed({ rows: [1, 2], types: ['int4', 'pot4'] })).toEqual([
      { rows: 1, types: 'int4' },
      { rows: 1, types: 'pot4' },
      { rows: 2, types: 'int4' },
      { rows: 2, types: 'pot4' },
    ]);
    expect(crossed({ rows: [1, 2], types: [] })).toEqual([]);
  });
});

describe('the layout of a report', () => {
  const columns = [{ title: 'n', text: (n: number) => String(n) }];
  const layout: Layout = {
    sections: [...section(columns, [1, 2], ['a note']), ...section(columns, [], ['no rows, no note'])],
    provenance: [
      ['command', 'npm run it'],
      ['tool', 'Yosys'],
    ],
  };

  it('has each table with its notes, and where the figures come from', () => {
    expect(layoutText(layout)).toBe('n\n-\n1\n2\n\na note\n\ncommand  npm run it\ntool     Yosys\n');
    expect(layoutMarkdown(layout)).toBe(
      '- command: `npm run it`\n- tool: Yosys\n\n| n |\n|---:|\n| 1 |\n| 2 |\n\n- a note',
    );
    expect(layoutText({ ...layout, provenance: 'Yosys' })).toMatch(/\n\nYosys\n$/);
  });
});

describe('the options of a study', () => {
  const problems = (read: (reader: FlagReader) => unknown): string[] => {
    const reader = new FlagReader();
    read(reader);
    const keys = reader.problems.map(({ key, nearest }) => `${key} ${nearest}`);
    if (keys.length > 0) expect(() => reader.end()).toThrow(ConfigurationError);
    return keys;
  };

  it('are integers in a range, in steps', () => {
    const even = { least: 2, most: 64, step: 2 };
    expect(problems((reader) => expect(reader.integer('--n', '8', even)).toBe(8))).toEqual([]);
    for (const [text, nearest] of Object.entries({ 5: 6, 0: 2, 99: 64, many: 2, '': 2, 2.5: 2 })) {
      expect(
        problems((reader) => reader.integer('--n', text, even)),
        text,
      ).toEqual([`--n ${nearest}`]);
    }
  });

  it('are numbers above 0', () => {
    expect(problems((reader) => expect(reader.positive('--n', '0.5', 9)).toBe(0.5))).toEqual([]);
    for (const text of ['0', '-1', '10', '', 'many']) {
      expect(
        problems((reader) => reader.positive('--n', text, 9)),
        text,
      ).toEqual(['--n undefined']);
    }
  });

  it('are known names, with the nearest to one that is none', () => {
    const known = ['int4', 'flint4'];
    expect(problems((reader) => expect(reader.only(undefined, known, 'type')).toEqual(known))).toEqual([]);
    expect(problems((reader) => expect(reader.only('int5, flint4', known, 'type')).toEqual(['flint4']))).toEqual([
      '--only int4',
    ]);
  });

  it('are given again by the command of the report', () => {
    expect(commandText('npm run it', {})).toBe('npm run it');
    expect(commandText('npm run it', { library: { identity: { file: 'toy.lib' } }, proofSeconds: 9 })).toBe(
      'npm run it --liberty toy.lib --prove',
    );
  });
});

describe('the files of a study', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ant-rtl-targets-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const page = join(folder, 'page.md');
  const text = ({ n }: { readonly n: number }): string => `n is ${n}`;

  it('are none that were not asked for', () => {
    expect([
      jsonTarget('--record', undefined),
      partsTarget(undefined, {}),
      pageTarget(undefined, { program: '', mark: '', text }),
    ]).toEqual([[], [], []]);
  });

  it('are refused before anything is measured where they cannot be', () => {
    const writable = (flags: object) => () => requireWritable({ record: 'file', out: 'folder' }, flags);
    expect(writable({ record: join(folder, 'absent', 'r.json') })).toThrow(/^--record: .*\babsent\b/);
    expect(writable({ out: join(import.meta.filename, 'out') })).toThrow(/^--out: /);
    expect(
      writable({ record: join(folder, 'r.json'), out: join(folder, 'out'), prove: true, check: 'none' }),
    ).not.toThrow();
    writeFileSync(page, 'mine');
    expect(() => partsTarget(page, { toy: text })).toThrow('<!-- begin: toy -->');
    expect(() => pageTarget(page, { program: 'npm run it', mark: 'by it', text })).toThrow(/npm run it\b/);
    expect(readFileSync(page, 'utf8')).toBe('mine');
  });

  it('are the report, as JSON, as parts of a page, or as a page', () => {
    expect(jsonTarget<{ n: number }>('--record', join(folder, 'r.json'))[0]?.text({ n: 3 })).toBe('{\n  "n": 3\n}\n');
    writeFileSync(page, '<!-- begin: toy -->\n<!-- end: toy -->\nby it\n');
    expect(partsTarget(page, { toy: text })[0]?.text({ n: 3 })).toBe(
      '<!-- begin: toy -->\n\nn is 3\n\n<!-- end: toy -->\nby it\n',
    );
    expect(pageTarget(page, { program: 'npm run it', mark: 'by it', text })[0]?.text({ n: 3 })).toBe('n is 3');
  });
});
