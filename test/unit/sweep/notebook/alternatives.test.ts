import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../../gen/base/errors.js';
import { readPage, withPart } from '../../../../gen/base/page.js';
import { writeWhole } from '../../../../gen/base/whole-file.js';
import { layoutMarkdown, layoutText } from '../../../../scripts/sweep/layout.js';
import { ALTERNATIVES, ideaOf, KINDS, REFERENCES } from '../../../../scripts/sweep/notebook/alternatives/list.js';
import { opened, openedWidths } from '../../../../scripts/sweep/notebook/alternatives/open.js';
import { SIDES, sidesVerilog } from '../../../../scripts/sweep/notebook/alternatives/sides.js';
import { alternativesLayout } from '../../../../scripts/sweep/notebook/alternatives/study.js';
import { counterexampleScript, miterScript } from '../../../../scripts/synth/equivalence/scripts.js';
import { readSearch } from '../../../../scripts/synth/equivalence/verdict.js';
import { MODULES, type Module } from '../../../../scripts/tools/yosys/module.js';

const FOLDER = join(import.meta.dirname, '../../../../docs/microarchitecture');

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

  it('have a converter of their name where they are proved with operands of their own, and else none', () => {
    for (const { name, operands } of ALTERNATIVES) {
      const text = readFileSync(join(FOLDER, `${name}.v`), 'utf8');
      const converters =
        operands === 'made of generated' || operands === 'made into generated' ? [`${name}_operand`] : [];
      expect([...text.matchAll(/^module (\w+)/gm)].map(([, module]) => module)).toEqual([name, ...converters]);
    }
  });

  it('say in their first comment what they are', () => {
    expect(ideaOf('// One\n// idea.\n\n// not this\nmodule x ();\n')).toBe('One idea.');
    expect(() => ideaOf('module x ();\n')).toThrow(/comment/);
  });

  it('are of one kind each, and so are the generated PEs', () => {
    expect(Object.values(KINDS).flat().sort()).toEqual(Object.keys(REFERENCES).sort());
    for (const kind of Object.values(KINDS)) {
      expect(ALTERNATIVES.some(({ of }) => kind.some((reference) => reference === of))).toBe(true);
    }
  });

  it('stand in a table beside the generated PE', () => {
    const row = { of: 'unified', flipFlopBits: 38, flow: 'alumacc', path: { kind: 'wires' } } as const;
    const report: Parameters<typeof alternativesLayout>[0] = {
      kind: 'int',
      tool: { name: 'Yosys', version: '0.0', build: 'native' },
      library: null,
      rows: [
        { ...row, name: 'generated', idea: 'As it is.', operands: 'generated', gateEquivalents: 500, ratio: 1 },
        { ...row, name: 'other', idea: 'An idea.', operands: 'not proved', gateEquivalents: 450, ratio: 0.9 },
      ],
    };
    const cells = ['other', '450.0', '0.900', '38', 'none', 'another contract', 'An idea.'];
    expect(layoutMarkdown(alternativesLayout(report))).toContain(`\n| ${cells.join(' | ')} |`);
    expect(layoutText(alternativesLayout(report))).toMatch(
      /^other +450\.0 +0\.900 +38 +none +another contract +An idea\.$/m,
    );
  });
});

/** A PE of one-bit operands, with one cell more; what a register stores is the net 10 above what it holds. */
function peWith(
  cell?: { type: string; connections: Record<string, (number | string)[]> },
  left: string[] = [],
): Module {
  const nets = { a: 3, w: 4, swap: 5, acc: 6 };
  const registers = Object.entries(nets).filter(([name]) => !left.includes(name));
  const text = {
    modules: {
      m: {
        ports: { clk_i: { direction: 'input', bits: [2] }, a_o: { direction: 'output', bits: [3] } },
        cells: {
          ...Object.fromEntries(
            registers.map(([name, q]) => [name, { type: '$_DFF_P_', connections: { C: [2], D: [q + 10], Q: [q] } }]),
          ),
          ...(cell ? { more: cell } : {}),
        },
        netnames: Object.fromEntries(
          Object.entries(nets).map(([name, q]) => [`${name}_q`, { hide_name: 0, bits: [q] }]),
        ),
      },
    },
  };
  return MODULES.parse(text).modules.m as Module;
}

describe('the proof of an alternative', () => {
  it('compares PEs without their registers', () => {
    const gate = { type: '$_NOT_', connections: { A: [3], Y: [13] } };
    const { ports, cells } = opened('m', peWith(gate));
    expect(ports).toMatchObject({
      a_o: { direction: 'output', bits: [3] },
      a_q: { direction: 'input', bits: [3] },
      a_d: { direction: 'output', bits: [13] },
      acc_q: { direction: 'input', bits: [6] },
      acc_d: { direction: 'output', bits: [16] },
    });
    expect(cells).toEqual({ more: gate });
    expect(openedWidths('m', opened('m', peWith()))).toEqual({ module: 'm', a: 1, w: 1, acc: 1, late: false });
  });

  it.each([
    [
      'has no accumulator',
      peWith(undefined, ['acc']),
      'm: acc_q is no register; its registers must be a_q, w_q, swap_q, acc_q',
    ],
    [
      'has another register',
      peWith({ type: '$_DFF_P_', connections: { C: [2], D: [20], Q: [21] } }),
      'm: it has other state',
    ],
    [
      'has a register of another clock',
      peWith({ type: '$_DFF_P_', connections: { C: [9], D: [20], Q: [21] } }),
      'state',
    ],
    [
      'has a latch',
      peWith({ type: '$_DLATCH_P_', connections: { E: [2], D: [20], Q: [21] } }),
      'm: it has other state',
    ],
  ])('is not made where a PE %s', (_, pe, message) => {
    expect(() => opened('m', pe)).toThrow(UserError);
    expect(() => opened('m', pe)).toThrow(message);
  });

  it('has the converter of operands around both where they differ', () => {
    const converter = { module: 'x_operand', input: 'generated_i', output: 'operand_o' };
    const own = { module: 'gold', a: 9, w: 7, acc: 24, late: true };
    const text = sidesVerilog(own, { module: 'gate', a: 8, w: 6, acc: 24, late: true }, converter);
    expect(text).toContain('x_operand #(.WEIGHT(1)) u_w_q (.generated_i(w_q), .operand_o(), .exists_o(w_q_exists));');
    expect(text).toContain('wire [8:0] a_q_real = a_q & {9{a_q_exists}};');
    expect(text).toMatch(/^ {2}gold pe \(.*\.a_q\(a_q_real\).*\.a_d\(a_d_own\)/m);
    expect(text).toMatch(/^ {2}gate pe \(.*\.a_q\(a_q_converted\).*\.a_d\(a_d\)/m);
    expect(text.match(/\.carry_d\(carry_d\)/g)).toHaveLength(2);
    const [ownPorts, convertedPorts] = [...text.matchAll(/^module \w+ (\(.*)/gm)].map(([, ports]) => ports);
    expect(ownPorts).toBe(convertedPorts);
    expect(miterScript(7, SIDES)).toContain(
      'read_verilog converter.v sides.v\nproc\nmiter -equiv own_side converted_side miter\n',
    );
    expect(counterexampleScript(7, SIDES)).toContain('miter -equiv -make_outcmp own_side converted_side miter\n');
  });

  it.each([
    ['equivalent', 'SAT proof finished - no model found: SUCCESS!'],
    ['different', 'SAT proof finished - model found: FAIL!'],
    ['undecided', 'Interrupted SAT solver: TIMEOUT!'],
    ['not understood', 'Solving problem with 3 variables and 5 clauses..'],
  ])('is %s where the search says so', (verdict, line) => {
    expect(readSearch(`a\n${line}\nb\n`)).toBe(verdict);
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
    expect(() => writeWhole(join(folder, 'none', 'p.md'), '', '--write')).toThrow(/^--write: /);
  });
});
