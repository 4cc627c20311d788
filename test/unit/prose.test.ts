import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const TESTS = join(import.meta.dirname, '..');

/** A matcher up to its argument, or what a row of a table is matched by. */
const MATCHER = /\b(?:to(?:Be|Equal|Contain|Match|Throw)|string(?:Containing|Matching))\(\[?$|\b(?:message|problem):$/;
const TOKEN = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;
/** Where a regular expression may begin. */
const REGEX = /(?<=[(,=:[!&|?;]\s*)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\//g;
/** Four words of prose, one after another. */
const SENTENCE = /(?<![\w-])[a-z]{2,}(?: [a-z]{2,}){3,}(?![\w-])/;

/** The sentences that a test matches: in a regular expression, or as the argument of a matcher. Commands are none. */
function pinned(source: string): string[] {
  const strings = [...source.matchAll(TOKEN)]
    .filter(({ index }) => MATCHER.test(source.slice(0, index).trimEnd()))
    .map(([text]) => text);
  const regexes = [...source.replace(TOKEN, (text) => ' '.repeat(text.length)).matchAll(REGEX)].map(([text]) => text);
  return [...strings, ...regexes].filter((text) => !text.includes('npm run ') && SENTENCE.test(text));
}

it('tests match figures, names and structure, never a sentence', () => {
  const files = readdirSync(TESTS, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  expect(files.length).toBeGreaterThan(50);
  const sentences = files.flatMap((file) =>
    pinned(readFileSync(join(TESTS, file), 'utf8')).map((text) => `${file}: ${text}`),
  );
  expect(sentences).toEqual([]);
});

it('a sentence is found wherever a test matches one, and nothing else is', () => {
  const found = [
    'toContain("%")',
    "toThrow(\n  '%'",
    'toMatch(/^%$/m)',
    'stringContaining(`a: %`)',
    "['x', /% \\d+/]",
    "({ message: '%' })",
  ];
  const sentence = ['the', 'array', 'is', 'too', 'wide'].join(' ');
  for (const form of found) expect(pinned(`expect(x).${form.replace('%', sentence)});`), form).toHaveLength(1);
  const fine = [
    `it('%', () => {})`,
    `// expect(x).toContain('%')`,
    `const text = '%';`,
    `toContain('rows: given 3; 4')`,
  ];
  for (const form of fine) expect(pinned(form.replace('%', sentence)), form).toEqual([]);
});
