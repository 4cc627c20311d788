import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CHECKS, FIGURES } from '../../scripts/lib/figures/plan.js';
import { makeFigure, shownStep, sourceOf } from '../../scripts/lib/figures/run.js';
import { readPage, withPart } from '../../scripts/lib/page.js';

const ROOT = join(import.meta.dirname, '../..');

describe('the figures of docs/', () => {
  it('have different names, and programs and pages that are there', () => {
    const all = [...FIGURES, ...CHECKS];
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    for (const { page, before = [], step } of all) {
      expect(existsSync(join(ROOT, page)), page).toBe(true);
      for (const [program] of [...before, step]) expect(existsSync(join(ROOT, sourceOf(program))), program).toBe(true);
    }
  });

  it('go between marks that their pages have', () => {
    const parts = FIGURES.flatMap(({ page, into }) => (into ? [{ page, ...into }] : []));
    expect(parts.length).toBeGreaterThan(4);
    for (const { page, part } of parts) {
      expect(withPart(readPage(join(ROOT, page)), part, 'new text', page)).toContain('\nnew text\n');
    }
  });

  it('are what their pages hold: each part is filled', () => {
    for (const { page, into } of FIGURES) {
      if (!into) continue;
      const text = readFileSync(join(ROOT, page), 'utf8');
      const [, part = ''] = text.split(`<!-- begin: ${into.part} -->`);
      expect(part.split('<!-- end')[0]?.trim().length, `${page}, ${into.part}`).toBeGreaterThan(200);
    }
  });

  it('need the library that their commands name, and no other', () => {
    for (const { name, library, step } of [...FIGURES, ...CHECKS]) {
      expect(step.includes('LIBRARY'), name).toBe(library !== undefined);
    }
  });

  it('are shown as a user types them', () => {
    expect(shownStep(['area', '--design', 'd'])).toBe('npm run area -- --design d');
    expect(() => sourceOf('nothing')).toThrow('package.json has no program nothing');
  });

  it('fail with the exit code of their program, and leave the page', async () => {
    const page = 'docs/area.md';
    const before = readFileSync(join(ROOT, page), 'utf8');
    const figure = {
      name: 'wrong',
      page,
      step: ['gen', '--rows', '0'],
      into: { part: 'osu018', markdown: false },
    } as const;
    await expect(makeFigure(figure, {})).rejects.toMatchObject({ exitCode: 2 });
    expect(readFileSync(join(ROOT, page), 'utf8')).toBe(before);
  });
});
