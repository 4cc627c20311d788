import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readPage, withPart } from '../../../../gen/base/page.js';
import { ENGINE_SIZES } from '../../../../scripts/sweep/notebook/figures/engine-areas.js';
import { type Figure, figureOf, librariesOf, stepsOf } from '../../../../scripts/sweep/notebook/figures/figure.js';
import {
  makeFigure,
  missingFor,
  type Outputs,
  shownStep,
  sourceOf,
} from '../../../../scripts/sweep/notebook/figures/make.js';
import { CHECKS, FIGURES } from '../../../../scripts/sweep/notebook/figures/plan.js';

const ROOT = join(import.meta.dirname, '../../../..');

/** What `npm run gen -- --json` reports, in part. */
interface Macs {
  readonly macsPerCycle: number;
}

const folders: string[] = [];
afterEach(() => {
  for (const each of folders.splice(0)) rmSync(each, { recursive: true });
});

/** A page with the marks of some parts, in a folder of its own. */
function pageOf(...parts: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'ant-rtl-figures-'));
  folders.push(folder);
  const file = join(folder, 'page.md');
  writeFileSync(file, parts.map((part) => `<!-- begin: ${part} -->\n<!-- end: ${part} -->\n`).join(''));
  return file;
}

describe('the figures of docs/', () => {
  it('have different names, and programs and pages that are there', () => {
    const all = [...FIGURES, ...CHECKS];
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    for (const figure of all) {
      expect(existsSync(join(ROOT, figure.page)), figure.page).toBe(true);
      for (const [program] of stepsOf(figure)) expect(existsSync(join(ROOT, sourceOf(program))), program).toBe(true);
    }
  });

  it('go between marks that their pages have', () => {
    const parts = FIGURES.flatMap(({ page, parts }) => Object.keys(parts).map((part) => ({ page, part })));
    expect(parts.length).toBeGreaterThan(4);
    expect(new Set(parts.map(({ page, part }) => `${page}, ${part}`)).size).toBe(parts.length);
    for (const { page, part } of parts) {
      expect(withPart(readPage(join(ROOT, page)), part, 'new text', page)).toContain('\nnew text\n');
    }
  });

  it('are what their pages hold: each part is filled', () => {
    for (const figure of FIGURES) {
      const text = readFileSync(join(ROOT, figure.page), 'utf8');
      for (const part of Object.keys(figure.parts)) {
        const [, content = ''] = text.split(`<!-- begin: ${part} -->`);
        expect(content.split('<!-- end')[0]?.trim().length, `${figure.page}, ${part}`).toBeGreaterThan(150);
      }
    }
  });

  it('need the library that their commands name, and no other', () => {
    for (const figure of [...FIGURES, ...CHECKS]) {
      const named = stepsOf(figure).some((step) => step.includes('LIBRARY'));
      expect(named, figure.name).toBe(librariesOf(figure).length > 0);
    }
  });

  it('give a design of a name the same options wherever they make it: its report may serve several', () => {
    const made = new Map<string, string>();
    for (const [program, ...args] of FIGURES.flatMap(stepsOf)) {
      const name = args[args.indexOf('--name') + 1];
      if (program !== 'gen' || name === undefined) continue;
      expect(made.get(name) ?? args.join(' '), name).toBe(args.join(' '));
      made.set(name, args.join(' '));
    }
    expect(made.size).toBeGreaterThan(10);
  });

  it('prove the netlists of all areas', () => {
    const proving = ['area', 'variants', 'model:costs'];
    const steps = FIGURES.flatMap(stepsOf).filter(([program]) => proving.includes(program));
    expect(new Set(steps.map(([program]) => program))).toEqual(new Set(proving));
    // ABC does not decide the multipliers of a requantiser, which an engine has, too.
    const undecided = steps.filter((step) => /\/(requantise|ant_engine)_/.test(step.join(' ')));
    expect(undecided).toHaveLength(2 + ENGINE_SIZES.length);
    for (const step of steps.filter((each) => !undecided.includes(each))) {
      expect(step, step.join(' ')).toContain('--prove');
    }
  });

  it('write a page by one command, of which tables are made, too', () => {
    const commands = FIGURES.flatMap(stepsOf).filter((step) => step.includes('docs/variants.md'));
    expect(commands.length).toBeGreaterThan(1);
    expect(new Set(commands.map((step) => step.filter((word) => word !== '--json').join(' '))).size).toBe(1);
  });

  it('make each design that they measure', () => {
    for (const figure of FIGURES) {
      const steps = stepsOf(figure);
      const made = steps.filter(([program]) => program === 'gen').map((args) => args[args.indexOf('--name') + 1]);
      const measured = steps.flatMap((args) => (args.includes('--design') ? [args[args.indexOf('--design') + 1]] : []));
      for (const path of measured) expect(made, figure.name).toContain(basename(path ?? ''));
    }
  });

  it('read only records that are there', () => {
    const records = FIGURES.flatMap(({ measured }) => measured).flatMap((each) =>
      'record' in each ? [each.record] : [],
    );
    expect(records.length).toBeGreaterThan(0);
    for (const record of records) expect(existsSync(join(ROOT, record)), record).toBe(true);
  });

  it('are left out for want of a library, of whichever program', () => {
    const figure = FIGURES.find(({ name }) => name === 'areas-in-short') as Figure;
    expect(missingFor(figure, { osu018: 'o', sky130: 's' })).toEqual([]);
    expect(missingFor(figure, { osu018: 'o' })).toEqual([expect.stringContaining('--sky130')]);
    expect(missingFor(figure, {})).toHaveLength(2);
    const trees = FIGURES.find(({ name }) => name === 'dot-trees') as Figure;
    expect(missingFor(trees, { sky130: 's' }, { PATH: '/nowhere' })).toEqual([expect.stringContaining('python3')]);
  });

  it('are shown as a user types them', () => {
    expect(shownStep(['area', '--design', 'd'])).toBe('npm run area -- --design d');
    expect(shownStep(['accuracy', '--with', '', '--with', '--types int'])).toBe(
      'npm run accuracy -- --with "" --with "--types int"',
    );
    expect(() => sourceOf('nothing')).toThrow(/package\.json .*\bnothing$/);
  });

  it('fail with the exit code of their program, and leave the page', async () => {
    const page = 'docs/area.md';
    const before = readFileSync(join(ROOT, page), 'utf8');
    const figure = figureOf<[string]>({
      name: 'wrong',
      page,
      measured: [{ step: ['gen', '--rows', '0'], text: true }],
      parts: { osu018: ([text]) => text },
    });
    await expect(makeFigure(figure, {})).rejects.toMatchObject({ exitCode: 2 });
    expect(readFileSync(join(ROOT, page), 'utf8')).toBe(before);
  });

  it('take what a program prints for its report where that is text, and give it back where the page has no part', async () => {
    const file = pageOf('one');
    const figure = (parts: Figure<[string]>['parts']) =>
      figureOf<[string]>({
        name: 'text',
        page: relative(ROOT, file),
        measured: [{ step: ['gen', '--version'], text: true }],
        parts,
      });
    const printed = await makeFigure(figure({}), {});
    expect(printed).toMatch(/^ant-rtl \d+\.\d+\.\d+$/);
    await makeFigure(figure({ one: ([text]) => text.trim() }), {});
    expect(readFileSync(file, 'utf8')).toContain(`<!-- begin: one -->\n\n${printed}\n\n`);
  });

  it('have tables of several reports, with words that an earlier one gives', async () => {
    const file = pageOf('one', 'two');
    const gen = (name: string) => ['gen', '--out', dirname(file), '--rows', '2', '--name', name, '--cols'] as const;
    const figure = figureOf<[Macs, Macs]>({
      name: 'made here',
      page: relative(ROOT, file),
      measured: [
        { step: [...gen('first'), '3'] },
        { step: [...gen('second'), { shown: '<more>', from: ([first]) => String((first?.macsPerCycle ?? 0) + 1) }] },
      ],
      parts: {
        one: ([first, second]) => `${first.macsPerCycle} and ${second.macsPerCycle}`,
        two: (_, commands) => commands.join('\n'),
      },
    });
    expect(stepsOf(figure).map((step) => step.at(-1))).toEqual(['3', '<more>']);
    await makeFigure(figure, {});
    const page = readFileSync(file, 'utf8');
    expect(page).toContain('<!-- begin: one -->\n\n6 and 14\n\n');
    expect(page).toMatch(/npm run gen -- .*--name first --cols 3\nnpm run gen -- .*--name second --cols 7\n/);
  });

  it('run a command that several need once, and read records', async () => {
    const file = pageOf('one', 'two');
    const outputs: Outputs = new Map();
    const figure = (part: string) =>
      figureOf<[Macs, { name: string }]>({
        name: part,
        page: relative(ROOT, file),
        measured: [
          { step: ['gen', '--out', dirname(file), '--rows', '2', '--cols', '3', '--name', 'once'] },
          { record: 'package.json' },
        ],
        parts: { [part]: ([{ macsPerCycle }, { name }], [, record]) => `${macsPerCycle}, ${name}, ${record}` },
      });
    await makeFigure(figure('one'), {}, outputs);
    expect(outputs.size).toBe(1);
    // Whatever runs the command again makes the design again.
    rmSync(join(dirname(file), 'once'), { recursive: true });
    await makeFigure(figure('two'), {}, outputs);
    expect(existsSync(join(dirname(file), 'once'))).toBe(false);
    const page = readFileSync(file, 'utf8');
    for (const part of ['one', 'two']) {
      expect(page).toContain(`<!-- begin: ${part} -->\n\n6, ant-rtl, package.json\n`);
    }
  });

  it('refuse a request that is wrong where a failed check would be a result', async () => {
    const file = pageOf('one');
    const figure = figureOf<[object]>({
      name: 'wrong',
      page: relative(ROOT, file),
      measured: [{ step: ['gen', '--rows', '0'], mayFail: () => true }],
      parts: { one: () => 'never' },
    });
    await expect(makeFigure(figure, {})).rejects.toMatchObject({ exitCode: 2 });
    expect(readFileSync(file, 'utf8')).not.toContain('never');
  });

  it('take a failed check for a result where its report says so, and no other', async () => {
    const file = pageOf('one');
    const step = ['gen', '--out', dirname(file)] as const;
    const failed = (stdout: string): Outputs =>
      new Map([[JSON.stringify([...step, '--json']), { exitCode: 1, stdout }]]);
    const figure = figureOf<[{ missed: boolean }]>({
      name: 'failed',
      page: relative(ROOT, file),
      measured: [{ step, mayFail: ({ missed }) => missed }],
      parts: { one: ([{ missed }]) => `missed: ${missed}` },
    });
    await expect(makeFigure(figure, {}, failed('{"missed":false}'))).rejects.toMatchObject({ exitCode: 1 });
    await expect(makeFigure(figure, {}, failed(''))).rejects.toMatchObject({ exitCode: 1 });
    await expect(makeFigure(figure, {}, failed('none'))).rejects.toThrow('no JSON');
    expect(readFileSync(file, 'utf8')).not.toContain('missed');
    await makeFigure(figure, {}, failed('{"missed":true}'));
    expect(readFileSync(file, 'utf8')).toContain('missed: true');
  });
});
