import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { EXIT, type UserError } from '../../../gen/base/errors.js';
import { flipFlopBits, genericGateEquivalents } from '../../../scripts/synth/gates.js';
import { latchMap } from '../../../scripts/synth/latch.js';
import { evaluateFunction } from '../../../scripts/tools/liberty/boolean.js';
import {
  hasDelays,
  isDFlipFlop,
  libertyCells,
  libertyName,
  smallestBuffer,
  smallestLatch,
  smallestNand2,
} from '../../../scripts/tools/liberty/liberty.js';
import { readLibrary } from '../../../scripts/tools/liberty/library.js';
import { timedLibrary } from '../../support/liberty.js';

/** The truth table of a function of A and B, as four digits for 00, 01, 10, 11. */
function table(text: string): string {
  return [0, 1, 2, 3]
    .map((i) => evaluateFunction(text, { A: i > 1, B: i % 2 === 1 }))
    .map((value) => (value === undefined ? '?' : Number(value)))
    .join('');
}

describe('evaluateFunction', () => {
  it.each([
    ['(!(A B))', '1110'],
    ['(!A) | (!B)', '1110'],
    ["(A*B)'", '1110'],
    ["A' + B'", '1110'],
    ["(A & B)''", '0001'],
    ['A&B', '0001'],
    ['A^B', '0110'],
    ['!A B', '0100'],
    ["A B'", '0010'],
    ['A | B & 0', '0011'],
    ['1', '1111'],
    ['(A', '????'],
    ['A B)', '????'],
    ['A & C', '????'],
    ['', '????'],
  ])('%s', (text, expected) => {
    expect(table(text)).toBe(expected);
  });
});

const pin = (name: string, direction: string, fn?: string) =>
  `pin (${name}) { direction : ${direction}; ${fn === undefined ? '' : `function : "${fn}";`} timing () { related_pin : "A"; } }`;
const cell = (name: string, area: number, fn: string, inputs = ['A', 'B']) =>
  `cell ("${name}") { leakage_power () { area : 99; } area : ${area};
    ${inputs.map((input) => pin(input, 'input')).join('\n')} ${pin('Y', '"output"', fn)} }`;
const register = (name: string, group: string) =>
  `cell (${name}) { area : 9; ${group} ${['D', 'E', 'C'].map((input) => pin(input, 'input')).join(' ')} ${pin('Q', 'output', 'IQ')} }`;
const flipFlop = (name: string, next: string) =>
  register(name, `ff ("IQ", "IQN") { next_state : "${next}"; clocked_on : "C"; }`);
const DFF = flipFlop('DFF', 'D');
const library = (...cells: string[]) => `/* cell (NO) { " */ library (tiny) { delay_model : table_lookup;
  values ("1, 2", "{ 3", "/* 4"); ${cells.join('\n')} }`;

describe('a Liberty file', () => {
  const text = library(
    cell('AND', 1, 'A B'),
    cell('BIG', 4.5, '!(A&B)'),
    cell('NAND', 3.5, '(!A) | (!B)'),
    cell('NAND3', 2, '!(A&B&C)', ['A', 'B', 'C']),
    cell('FREE', 0, '!(A&B)'),
    DFF,
  );

  it('is read cell by cell, comments, nested groups and braces in strings aside', () => {
    expect(libertyName(text)).toBe('tiny');
    const cells = libertyCells(text);
    expect(cells.map(({ name, area }) => [name, area])).toEqual([
      ['AND', 1],
      ['BIG', 4.5],
      ['NAND', 3.5],
      ['NAND3', 2],
      ['FREE', 0],
      ['DFF', 9],
    ]);
    expect(cells[0]).toMatchObject({ inputs: ['A', 'B'], outputs: [{ name: 'Y', fn: 'A B' }] });
  });

  it('gives the smallest NAND by function, not by name', () => {
    expect(smallestNand2(libertyCells(text))).toMatchObject({ name: 'NAND', area: 3.5 });
    expect(smallestNand2(libertyCells(library(cell('NAND2X1', 4, 'A B'))))).toBeUndefined();
  });

  it('tells D flip-flops from other registers by their next state', () => {
    const registers = [
      ...[DFF, flipFlop('INVERTING', "(D)'"), flipFlop('TOGGLE', "IQ'"), flipFlop('ENABLE', "(E D) + (E' IQ)")],
      register('LATCH', 'latch (IQ, IQN) { data_in : "D"; enable : "C"; }'),
    ];
    const cells = libertyCells(library(cell('AND', 1, 'A B'), ...registers));
    expect(cells.filter(isDFlipFlop).map(({ name }) => name)).toEqual(['DFF', 'INVERTING']);
  });

  it('gives the smallest buffer by function, not by name', () => {
    const buffers = [cell('BUFFER', 1, "A'", ['A']), cell('SMALL', 2, 'A', ['A']), cell('LARGE', 3, "(A')'", ['A'])];
    expect(smallestBuffer(libertyCells(library(...buffers)))).toMatchObject({ name: 'SMALL' });
    expect(smallestBuffer(libertyCells(text))).toBeUndefined();
  });

  const folder = mkdtempSync(join(tmpdir(), 'ant-rtl-library-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, content: string | Buffer): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };

  it('gives the smallest plain latch, which way it is open, and how to map to it', () => {
    const latch = (name: string, area: number, enable: string, more = ''): string =>
      `cell (${name}) { area : ${area}; latch (IQ, IQN) { enable : "${enable}"; data_in : "D"; ${more} }
        pin (D) { direction : input; } pin (G) { direction : input; clock : true; }
        pin (Q) { direction : output; function : "IQ"; } }`;
    const library = `library (l) { ${latch('SET', 1, 'G', 'preset : "S";')} ${latch('HIGH', 5, 'G')} ${latch('LOW', 5, "(G)'")} ${latch('LARGE', 7, 'G')} }`;
    const cells = libertyCells(library);
    expect(cells[0]).not.toHaveProperty('latch');
    expect(smallestLatch(cells)).toMatchObject({ name: 'LOW', latch: { data: 'D', enable: 'G', output: 'Q' } });
    const mapOf = (names: string[]): string => {
      const found = smallestLatch(cells.filter(({ name }) => names.includes(name)));
      return latchMap({ latch: found && { ...found.latch, cell: found.name } });
    };
    expect(mapOf(['LOW', 'HIGH'])).toContain('LOW _TECHMAP_REPLACE_ (.G(E), .D(D), .Q(Q));');
    expect(mapOf(['HIGH', 'LARGE'])).toContain('HIGH _TECHMAP_REPLACE_ (.G(open), .D(D), .Q(Q));');
    expect(mapOf([])).toBe('');
  });

  it('may be gzipped; the report names the file as it was given', () => {
    const plain = readLibrary(file('tiny.lib', text));
    const zipped = readLibrary(file('tiny.lib.gz', gzipSync(text)));
    expect(zipped.text).toBe(plain.text);
    expect(plain.identity).toMatchObject({ file: 'tiny.lib', name: 'tiny', nand2: { cell: 'NAND', area: 3.5 } });
    expect(zipped.identity.sha256).not.toBe(plain.identity.sha256);
  });

  it.each([
    ['is not there', () => join(folder, 'none.lib'), /\bENOENT\b/],
    ['is not gzip though its name says so', () => file('bad.lib.gz', 'plain'), /\bgzip\b|header/],
    ['is something else', () => file('else.lib', 'module m; endmodule'), /\bLiberty\b/],
    ['is cut off', () => file('cut.lib', text.slice(0, -2)), /\bgroup\b/],
    ['is cut off before its NAND', () => file('cut.lib', text.slice(0, text.indexOf('NAND'))), /\bgroup\b/],
    ['is cut off in a comment', () => file('cut.lib', `${text.slice(0, -2)} /* } }`), /\bgroup\b/],
    ['is cut off in a string', () => file('cut.lib', `${text.slice(0, -2)} a : "} }`), /\bgroup\b/],
    ['has no NAND', () => file('and.lib', library(cell('AND', 1, 'A B'))), /\b1 cells\b.*\bNAND\b/],
    ['has no flip-flop', () => file('gates.lib', text.replace(DFF, '')), /\b5 cells\b.*flip-flop/],
  ])('that %s is refused', (_, make, message) => {
    const path = make();
    expect(() => readLibrary(path)).toThrow(message);
    try {
      readLibrary(path);
    } catch (error) {
      expect((error as UserError).exitCode).toBe(EXIT.badRequest);
      expect((error as UserError).message).toContain(path);
    }
  });
});

describe('generic gates', () => {
  it('weigh a quarter of their transistors', () => {
    expect(genericGateEquivalents({ $_NAND_: 3, $_NOT_: 2, $_XOR_: 1, $_DFF_P_: 2 })).toBe(3 + 1 + 3 + 8);
  });

  it('without a weight are an error, not zero', () => {
    expect(() => genericGateEquivalents({ $_DLATCH_P_: 1 })).toThrow('$_DLATCH_P_');
  });

  it('tell flip-flops from all else', () => {
    const cells = {
      $_DFF_P_: 2,
      $_SDFFE_PN0P_: 3,
      $_DFFE_PP_: 4,
      $_DFF_N_: 5,
      $_NAND_: 100,
      $_DLATCH_P_: 100,
      DFFX1: 100,
    };
    expect(flipFlopBits(cells)).toBe(14);
  });
});

describe('the enable of a latch', () => {
  const openLow = (enable: string): boolean | undefined =>
    smallestLatch(
      libertyCells(`library (x) { cell (L) { area : 6; latch (IQ, IQN) { data_in : "D"; enable : "${enable}"; }
        pin (D) { direction : input; } pin (C) { direction : input; } pin (Q) { direction : output; function : "IQ"; } } }`),
    )?.latch.openLow;

  it('is inverted before or behind its name', () => {
    expect(['C', '!C', "C'", "!C'", 'C D'].map(openLow)).toEqual([false, true, true, false, undefined]);
  });
});

describe('hasDelays', () => {
  it('is true where cells have tables of delays', () => {
    expect(hasDelays(timedLibrary())).toBe(true);
    expect(hasDelays(timedLibrary().replaceAll('cell_fall', 'fall_transition'))).toBe(false);
    expect(hasDelays('library (x) { cell (cell_rise) { area : 1; } }')).toBe(false);
  });
});
