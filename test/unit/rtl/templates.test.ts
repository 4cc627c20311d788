import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { renderTemplate } from '../../../gen/rtl/render/templates.js';

/** How deep conditions may lie in one another, and how many all templates may have together. */
const DEEPEST = 2;
const MOST_CONDITIONS = 215;

const TEMPLATES = readdirSync('templates', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.hbs'))
  .map((file) => ({ file, text: readFileSync(`templates/${file}`, 'utf8') }));

/** What stands in the braces of a template, in order. */
const tagsOf = (text: string): string[] =>
  [...text.matchAll(/\{\{\{?~?(.*?)~?\}?\}\}/gs)].map(([, tag]) => (tag as string).trim());

const isCondition = (tag: string): boolean => /^#(if|unless)\b/.test(tag);

function deepest(text: string): number {
  let [depth, most] = [0, 0];
  for (const tag of tagsOf(text)) {
    if (isCondition(tag)) depth += 1;
    if (/^\/(if|unless)$/.test(tag)) depth -= 1;
    most = Math.max(most, depth);
  }
  return most;
}

/** Tags that do more than name a value, a list, a condition or a partial, or write a declaration. */
function computing(text: string): string[] {
  const value = String.raw`(@root\.|\.\./)?[A-Za-z_@][\w./]*`;
  const argument = `(${value}|'[^']*')`;
  const allowed = [
    value,
    String.raw`#(if|unless|each|with) ${value}( as \|\w+\|)?`,
    '/(if|unless|each|with)',
    'else',
    `(decl|reg|ports|connections|wired)( ${argument})+`,
    String.raw`> [\w-]+( ${value})?( \w+=${argument})*`,
    // A partial that the view names.
    String.raw`> \(lookup \w+ '\w+'\) \w+`,
    '!.*',
  ].map((form) => new RegExp(`^${form}$`, 's'));
  return tagsOf(text).filter((tag) => !allowed.some((form) => form.test(tag)));
}

describe('templates', () => {
  it(`have at most ${MOST_CONDITIONS} conditions`, () => {
    const all = TEMPLATES.flatMap(({ text }) => tagsOf(text).filter(isCondition));
    expect(all.length).toBeLessThanOrEqual(MOST_CONDITIONS);
  });

  it.each(TEMPLATES)('$file: conditions are booleans computed before, at most two deep', ({ text }) => {
    expect(deepest(text)).toBeLessThanOrEqual(DEEPEST);
    expect(computing(text)).toEqual([]);
  });

  it('that compute, compare or nest deeper are found', () => {
    expect(deepest('{{#if a}}{{#unless b}}{{#if c}}x{{/if}}{{/unless}}{{/if}}')).toBe(3);
    for (const tag of ['#if (gt rows 1)', 'add rows 1', '#if rows 1', 'lookup list 0', '#compare a b']) {
      expect(computing(`{{${tag}}}`)).toEqual([tag]);
    }
  });

  it('fail on a name that the view does not have', () => {
    expect(() => renderTemplate('rtl/partials/header', {})).toThrow();
  });
});
