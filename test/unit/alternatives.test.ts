import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ALTERNATIVES, equalityScript, ideaOf, proofWrappers, widthsOf } from '../../gen/area/alternatives.js';
import { UserError } from '../../gen/errors.js';
import { alternativesMarkdown, alternativesText } from '../../scripts/lib/alternatives/table.js';
import { readPage, withPart } from '../../scripts/lib/page.js';
import { writeWhole } from '../../scripts/lib/whole-file.js';

const FOLDER = join(import.meta.dirname, '../../docs/microarchitecture');

describe('alternatives to the PE', () => {
  it('are the files of the folder, each with a module of its name and an idea', () => {
    const names = ALTERNATIVES.map(({ name }) => name);
    expect(readdirSync(FOLDER).sort()).toEqual(names.map((name) => `${name}.v`).sort());
    for (const name of names) {
      const text = readFileSync(join(FOLDER, `${name}.v`), 'utf8');
      expect(ideaOf(text), name).toMatch(/\.$/);
      expect(text).toMatch(new RegExp(`^module ${name} \\(`, 'm'));
    }
  });

  it('say in their first comment what they are', () => {
    expect(ideaOf('// One\n// idea.\n\n// not this\nmodule x ();\n')).toBe('One idea.');
    expect(() => ideaOf('module x ();\n')).toThrow('does not begin with a comment');
  });

  it('are proved with the generated PE as the reference', () => {
    const script = equalityScript({ file: 'g.v', module: 'g' }, { file: 'a.v', module: 'a' }, 'same operands').split(
      '\n',
    );
    expect(script).toContain('read_verilog -formal g.v a.v');
    expect(script).toContain('prep -flatten -top g');
    expect(script).toContain('miter -equiv -flatten gold gate miter');
    expect(script.at(-2)).toMatch(/^sat -verify -set-assumes -tempinduct .*-prove trigger 0 miter$/);
  });

  it('are proved between converters where they have operands of their own', () => {
    const script = equalityScript({ file: 'g.v', module: 'g' }, { file: 'a.v', module: 'a' }, 'own operands');
    expect(script).toContain('prep -flatten -top generated_side');
    const wrappers = proofWrappers('g', 'a', { a: 9, w: 9, sum: 24 }, { a: 8, w: 8, sum: 24 });
    expect(wrappers).toContain('a_operand #(.WEIGHT(1)) u_w_in (.generated_i(w_i)');
    expect(wrappers).toContain('always @* assume (');
    expect(widthsOf('input  wire  [8:0] a_i, input wire [3:0] w_i, input wire [23:0] acc_i')).toEqual({
      ...{ a: 9, w: 4, sum: 24 },
    });
    expect(() => widthsOf('input wire [8:0] a_i')).toThrow('no port w_i');
  });

  it('stand in a table beside the generated PE', () => {
    const row = { of: 'unified', flipFlopBits: 38, recipe: 'alumacc', path: { kind: 'wires' } } as const;
    const report = {
      tool: { name: 'Yosys', version: '0.0', build: 'native' },
      library: null,
      rows: [
        { ...row, name: 'generated', idea: 'As it is.', proof: 'generated', gateEquivalents: 500, ratio: 1 },
        { ...row, name: 'other', idea: 'An idea.', proof: 'none', gateEquivalents: 450, ratio: 0.9 },
      ],
    } as const;
    const cells = ['other', '450.0', '0.900', '38', 'none', 'another contract', 'An idea.'];
    expect(alternativesMarkdown(report)).toContain(`\n| ${cells.join(' | ')} |`);
    expect(alternativesText(report)).toMatch(/^other +450\.0 +0\.900 +38 +none +another contract +An idea\.$/m);
  });
});

describe('a part of a page', () => {
  const page = 'a\n<!-- begin: x -->\nold\n<!-- end: x -->\nb\n';
  const folder = mkdtempSync(join(tmpdir(), 'ant-rtl-page-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is replaced between its marks, and nothing else is', () => {
    const changed = withPart(page, 'x', 'new', 'p.md');
    expect(changed).toBe('a\n<!-- begin: x -->\n\nnew\n\n<!-- end: x -->\nb\n');
    expect(withPart(changed, 'x', 'new', 'p.md')).toBe(changed);
  });

  it.each([
    ['has no marks', 'a\n'],
    ['has a mark twice', `${page}${page}`],
    ['has them the wrong way round', '<!-- end: x -->\n<!-- begin: x -->\n'],
  ])('is refused where the page %s', (_, text) => {
    expect(() => withPart(text, 'x', 'new', 'p.md')).toThrow(UserError);
  });

  it('is written to its page whole', () => {
    const file = join(folder, 'p.md');
    writeFileSync(file, page);
    writeWhole(file, withPart(readPage(file), 'x', 'new', file));
    expect(readPage(file)).toContain('\nnew\n');
    expect(readdirSync(folder)).toEqual(['p.md']);
    expect(() => readPage(join(folder, 'none.md'))).toThrow('cannot read');
    expect(() => writeWhole(join(folder, 'none', 'p.md'), '', '--write')).toThrow('--write: cannot write');
  });
});
