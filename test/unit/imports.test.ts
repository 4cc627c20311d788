import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/**
 * The rooms from the top down. A file imports from its own room and from rooms of lower rows; rooms of one row do not
 * import from each other.
 */
const ROWS: readonly (readonly string[])[] = [
  ['scripts', 'gen', 'api'], // the programs, which lie in no room, and what the package exports
  ['scripts/sweep'],
  ['scripts/perf'],
  ['scripts/power', 'scripts/mutate'],
  ['scripts/synth', 'scripts/network'],
  ['scripts/verify', 'scripts/formal'],
  ['scripts/tools'],
  ['gen/design'],
  ['gen/golden'],
  ['gen/rtl'],
  ['gen/config'],
  ['gen/commands'],
  ['gen/numerics'],
  ['gen/base'],
];

/** The room of a file: its first two folders, or the first where it lies directly in that. */
function roomOf(file: string): string {
  const parts = posix.dirname(file).split('/');
  return parts.slice(0, 2).join('/');
}

const rowOf = (room: string): number => ROWS.findIndex((row) => row.includes(room));

type Imports = ReadonlyMap<string, readonly string[]>;

/** What a TypeScript file imports: packages by name, files by their path from the root. Types count. */
function importsOf(file: string, text: string): string[] {
  const found = text.matchAll(/\bfrom\s+'([^']+)'|\bimport\(\s*'([^']+)'|^import\s+'([^']+)'/gm);
  return [...found].map((match) => {
    const name = match[1] ?? match[2] ?? match[3] ?? '';
    if (!name.startsWith('.')) return name;
    return posix.join(posix.dirname(file), name).replace(/\.js$/, '.ts');
  });
}

/** Every import that points up, or to another room of the same row. */
function arrowsUp(imports: Imports): string[] {
  return [...imports].flatMap(([file, targets]) => {
    const row = rowOf(roomOf(file));
    const wrong = targets.filter((target) => {
      if (!imports.has(target) || roomOf(target) === roomOf(file)) return false;
      return row < 0 || rowOf(roomOf(target)) <= row;
    });
    return wrong.map((target) => `${file} -> ${target}`);
  });
}

/** A circle of imports, as the files one passes, or none. */
function circle(imports: Imports): string[] {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): string[] => {
    const at = path.indexOf(file);
    if (at >= 0) return [...path.slice(at), file];
    if (done.has(file)) return [];
    path.push(file);
    for (const target of imports.get(file) ?? []) {
      const found = visit(target);
      if (found.length > 0) return found;
    }
    path.pop();
    done.add(file);
    return [];
  };
  for (const file of imports.keys()) {
    const found = visit(file);
    if (found.length > 0) return found;
  }
  return [];
}

const sources = ['api', 'gen', 'scripts'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => posix.join(folder, path)),
);
const imports: Imports = new Map(
  sources.map((file) => [file, importsOf(file, readFileSync(join(ROOT, file), 'utf8'))] as const),
);

describe('the imports of gen/ and scripts/', () => {
  it('are all seen', () => {
    expect(sources.length).toBeGreaterThan(300);
    const inside = [...imports.values()].flat().filter((target) => imports.has(target));
    expect(inside.length).toBeGreaterThan(1000);
    const broken = [...imports].flatMap(([file, targets]) =>
      targets
        .filter((target) => /^(api|gen|scripts)\//.test(target) && !imports.has(target))
        .map((t) => `${file} -> ${t}`),
    );
    expect(broken).toEqual([]);
  });

  it('come from files in a room, or from programs', () => {
    expect(sources.filter((file) => rowOf(roomOf(file)) < 0)).toEqual([]);
  });

  it('point down, from a higher room to a lower one', () => {
    expect(arrowsUp(imports)).toEqual([]);
  });

  it('make no circle, types included', () => {
    expect(circle(imports)).toEqual([]);
  });

  it('start no external tool below scripts/', () => {
    const tools = ['execa', 'child_process', 'node:child_process'];
    const users = [...imports].filter(
      ([file, targets]) => file.startsWith('gen/') && targets.some((t) => tools.includes(t)),
    );
    expect(users.map(([file]) => file)).toEqual([]);
  });
});

describe('the checks of imports', () => {
  const withArrow = (from: string, to: string): Imports =>
    new Map([...imports, [from, [...(imports.get(from) ?? []), to]] as const]);

  it('name an arrow that points up', () => {
    const arrow = ['gen/numerics/codec.ts', 'gen/design/manifest.ts'] as const;
    expect(imports.has(arrow[0]) && imports.has(arrow[1])).toBe(true);
    expect(arrowsUp(withArrow(...arrow))).toEqual([arrow.join(' -> ')]);
  });

  it('name an arrow between rooms of one row', () => {
    const arrow = ['scripts/synth/measure.ts', 'scripts/network/matmul.ts'] as const;
    expect(imports.has(arrow[0]) && imports.has(arrow[1])).toBe(true);
    expect(arrowsUp(withArrow(...arrow))).toEqual([arrow.join(' -> ')]);
  });

  it('name the files of a circle', () => {
    const found = circle(withArrow('gen/numerics/types/table.ts', 'gen/rtl/core.ts'));
    expect(found.at(0)).toBe(found.at(-1));
    expect(found).toContain('gen/rtl/core.ts');
  });

  it('see every form of import', () => {
    const text =
      "import type { A } from './a.js';\nexport { b } from '../b.js';\nawait import('./c.js');\nimport './d.js';\n";
    expect(importsOf('gen/x/y.ts', text)).toEqual(['gen/x/a.ts', 'gen/b.ts', 'gen/x/c.ts', 'gen/x/d.ts']);
  });
});
