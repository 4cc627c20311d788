import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parsePackages } from '../../gen/config/packages.js';
import { parseConfiguration } from '../../gen/config/parse.js';
import type { RawConfiguration } from '../../gen/config/raw.js';
import { isEngine, validateEngine } from '../../gen/config/engine.js';
import { isRequantiser, validateRequantiser } from '../../gen/config/requantiser.js';
import { validateConfiguration } from '../../gen/config/validate.js';
import { renderAll } from '../../gen/design/generate.js';
import { MANIFEST, MANIFEST_FILE, type Manifest } from '../../gen/design/manifest.js';
import { numericType } from '../../gen/numerics/types/table.js';
import { elaborate } from '../../gen/rtl/design.js';
import { elaborateEngine } from '../../gen/rtl/engine/engine.js';
import { elaborateRequantiser } from '../../gen/rtl/requantise/design.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Folders that the project is made of; a path in a page that begins with one of them is a file here. */
const SOURCES = ['docs', 'examples', 'gen', 'models', 'scripts', 'tb', 'templates', 'test'];

const read = (page: string): string => readFileSync(join(ROOT, page), 'utf8');

/** All pages of Markdown, by their paths. */
const PAGES = [
  ...['.', 'rtl-out'].flatMap((folder) =>
    readdirSync(join(ROOT, folder)).map((name) => join(folder === '.' ? '' : folder, name)),
  ),
  ...SOURCES.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true }).map((name) => join(folder, String(name))),
  ),
].filter((path) => path.endsWith('.md'));

const PROGRAMS = Object.keys(JSON.parse(read('package.json')).scripts);

/** The anchors of a page's headings, as Markdown viewers make them. */
const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

/** What is named in a page but is not there. */
function missingIn(page: string, text: string): string[] {
  const links = [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].flatMap(([, path = '', anchor]) => {
    const file = path === '' ? page : relative(ROOT, resolve(ROOT, dirname(page), path));
    if (!existsSync(join(ROOT, file))) return [file];
    return anchor === undefined || anchorsOf(read(file)).includes(anchor) ? [] : [`${file}#${anchor}`];
  });
  const named = [...text.matchAll(/`([\w./*-]+)`/g)]
    .map(([, path = '']) => path)
    .filter((path) => SOURCES.includes(path.split('/')[0] ?? '') && path.includes('/'))
    .filter((path) => !isThere(path));
  return [...links, ...named];
}

/** Whether a file or folder is there; `*` in its name stands for anything. */
function isThere(path: string): boolean {
  if (!path.includes('*')) return existsSync(join(ROOT, path));
  const folder = join(ROOT, dirname(path));
  const name = new RegExp(
    `^${path
      .slice(dirname(path).length + 1)
      .replaceAll('.', '\\.')
      .replaceAll('*', '.*')}$`,
  );
  return existsSync(folder) && readdirSync(folder).some((each) => name.test(each));
}

describe('pages of Markdown', () => {
  it('are found wherever they lie', () => {
    expect(PAGES).toEqual(
      expect.arrayContaining(['README.md', 'docs/area.md', 'models/README.md', 'rtl-out/README.md']),
    );
  });

  it.each(PAGES)('%s names files, pages and headings that are there', (page) => {
    expect(missingIn(page, read(page))).toEqual([]);
  });

  it.each(PAGES)('%s names programs that package.json has', (page) => {
    const named = [...read(page).matchAll(/npm run (?:-s )?([a-z][\w:-]*)/g)].map(([, program = '']) => program);
    expect(named.filter((program) => !PROGRAMS.includes(program))).toEqual([]);
  });

  it('are found out where they name what is not there', () => {
    const text =
      '[a](area.md#units) [b](none.md) [c](area.md#none) `gen/none.ts` `docs/compare-*.json` `docs/none-*.json`';
    expect(missingIn('docs/x.md', text)).toEqual([
      'docs/none.md',
      'docs/area.md#none',
      'gen/none.ts',
      'docs/none-*.json',
    ]);
  });
});

/** The options of a command as the generator's program reads them, without those that say where and with which packages. */
function flagsIn(words: string): Record<string, string | true> {
  const flags = [...words.matchAll(/--([a-z-]+)(?: (?!-)([^\s`]+))?/g)];
  return Object.fromEntries(
    flags
      .map(
        ([, flag = '', value]) => [flag.replace(/-./g, (text) => text.slice(1).toUpperCase()), value ?? true] as const,
      )
      .filter(([key]) => key !== 'out' && key !== 'package'),
  );
}

/** The options of all `npm run gen` commands of a page that are written out. */
const commandsOf = (text: string): string[] =>
  [...text.matchAll(/npm run gen -- ([^`\n#]*)/g)]
    .map(([, words = '']) => words.trim())
    .filter((words) => words.startsWith('--') && !/\.\.\.|[<[|]|[A-Z]{2}|--(config|schema|json|help)/.test(words));

describe('designs of the pages', () => {
  const commands = PAGES.flatMap((page) => commandsOf(read(page)).map((words) => [page, words] as const));

  it('are many', () => {
    expect(commands.length).toBeGreaterThan(30);
  });

  it.each(commands)('%s: %s is a design', (_, words) => {
    expect(() => elaborated(words)).not.toThrow();
    expect(() => parsePackages(/--package (\S+)/.exec(words)?.[1])).not.toThrow();
  });
});

/** The design of a command's options. */
function elaborated(words: string): object {
  const raw = parseConfiguration(flagsIn(words));
  if (isRequantiser(raw)) return elaborateRequantiser(validateRequantiser(raw));
  return isEngine(raw) ? elaborateEngine(validateEngine(raw)) : elaborate(validateConfiguration(raw));
}

describe('docs/types.md', () => {
  it('lists the values that the types have', () => {
    const rows = [...read('docs/types.md').matchAll(/^\| (u?[a-z]\w*\d) \| ([-\d ]+) \|$/gm)];
    expect(rows.length).toBe(8);
    for (const [, name = '', values] of rows) {
      const { bits, decode } = numericType(name);
      expect(Array.from({ length: 2 ** bits }, (_, code) => decode(code)).join(' '), name).toBe(values);
    }
  });
});

/** What programs are told of a design. */
function manifestOf(raw: RawConfiguration): Manifest {
  const files = renderAll(elaborate(validateConfiguration(raw)));
  return MANIFEST.parse(JSON.parse(files.find(({ path }) => path === MANIFEST_FILE)?.text ?? ''));
}

describe('the README', () => {
  const readme = read('README.md');

  /** A section's text. */
  const section = (heading: string): string => readme.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';

  it('is short', () => {
    expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(110);
  });

  it('has the two commands', () => {
    expect(readme).toContain('\n    npm ci && npm run gen -- --rows 16 --cols 16\n');
    expect(readme).toContain('\n    npm ci && npm run setup && npm test\n');
  });

  it('recommends designs that are designs', () => {
    const rows = section('Which design do I want')
      .split('\n')
      .filter((line) => line.startsWith('| '));
    const flags = rows.flatMap((row) => [...row.matchAll(/`(--[^`]*)`/g)].map(([, words = '']) => words));
    expect(flags.length).toBeGreaterThan(6);
    for (const words of flags) expect(() => elaborated(words)).not.toThrow();
  });

  it('instantiates the array by the ports it has, with types as it says', () => {
    const [, name, instance = ''] = /```verilog[\s\S]*?^ {2}(\w+) u_array \(([\s\S]*?)^ {2}\);/m.exec(readme) ?? [];
    const { top, modules, ports } = manifestOf({});
    expect(name).toBe(top);
    const connected = [...instance.matchAll(/\.(\w+)\(/g)].map(([, port]) => port);
    const own = modules.find((each) => each.name === top)?.ports.map((port) => port.name);
    expect(connected.sort()).toEqual(own?.sort());
    for (const key of ['a', 'w'] as const) {
      const [, code, type = ''] = new RegExp(`\\.${key}_type_i\\(\\d'd(\\d+)\\).*// (\\w+)`).exec(instance) ?? [];
      expect(ports[key].types.indexOf(type), key).toBe(Number(code));
    }
  });

  it('gives no figure that the page it names has not', () => {
    const lines = section('Results')
      .split('\n')
      .filter((line) => line.startsWith('- '));
    expect(lines.length).toBe(11);
    for (const line of lines) {
      const [, text = '', page = ''] = /^- (.*) \(\[[^\]]*\]\(([^)#]*).*\)\)\.$/.exec(line) ?? [];
      const figures = text.match(/\d[\d,]*\.\d+|\d[\d,]*\d(?= (?:GE|\/|%|LUTs|netlists|images))/g) ?? [];
      expect(figures.length, line).toBeGreaterThan(0);
      const there = (read(page).match(/\d[\d,]*(?:\.\d+)?/g) ?? []) as string[];
      expect(
        figures.filter((figure) => !there.includes(figure)),
        line,
      ).toEqual([]);
    }
  });

  it('shows a picture that any viewer can draw', () => {
    const [, picture = ''] = /!\[[^\]]+\]\(([^)]+\.svg)\)/.exec(readme) ?? [];
    const svg = read(picture);
    expect(svg).toMatch(
      /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 \d+ \d+" width="\d+" height="\d+"/,
    );
    expect(svg).not.toMatch(/<(script|foreignObject|image|style|use)|href=|@import/);
  });
});

describe('the table of what networks may hold', () => {
  const [, section = ''] = read('docs/quantisation.md').split('## What is supported');
  const rows = (section.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('| '));
  const folder = join(ROOT, 'test/unit/network');
  const sources = readdirSync(folder, { recursive: true })
    .filter((name) => String(name).endsWith('.test.ts'))
    .map((name) => readFileSync(join(folder, String(name)), 'utf8'))
    .join('\n');

  it.each(rows.slice(1))('%s has tests', (row) => {
    const [kind = '', what = '', tests = ''] = row.split('|').slice(1, -1);
    expect(kind.trim() && what.trim()).not.toBe('');
    const titles = [...tests.matchAll(/`([^`]+)`/g)].map(([, title = '']) => title);
    expect(titles.length).toBeGreaterThan(0);
    // A title stands in quotes, or as the key of a case.
    const missing = titles.filter((title) => !sources.includes(`'${title}'`) && !sources.includes(`  ${title}: {`));
    expect(missing).toEqual([]);
  });

  it('is found', () => {
    expect(rows.length).toBeGreaterThan(15);
  });
});
