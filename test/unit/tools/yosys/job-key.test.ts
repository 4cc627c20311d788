import { expect, it } from 'vitest';
import { jobKey, type KeyParts, withoutIdleComments } from '../../../../scripts/tools/yosys/job-key.js';

const PARTS: KeyParts = {
  fingerprint: 'Yosys 0.23 (git sha1 1)',
  script: 'synth',
  inputs: { 'a.v': '// one\nwire a;', 'cells.lib': 'library () {}' },
  wanted: ['x', 'y'],
};

const keyOf = (change: Partial<KeyParts> = {}): string => jobKey({ ...PARTS, ...change });

it('is the same for the same texts, whatever comments of Verilog say and in whatever order files come', () => {
  expect(keyOf({ inputs: { 'cells.lib': 'library () {}', 'a.v': '  // two\nwire a;' }, wanted: ['y', 'x'] })).toBe(
    keyOf(),
  );
});

it('changes with everything else', () => {
  const inputs = (changed: KeyParts['inputs']): Partial<KeyParts> => ({ inputs: { ...PARTS.inputs, ...changed } });
  const changes: Partial<KeyParts>[] = [
    { fingerprint: 'Yosys 0.23 (git sha1 2)' },
    { script: 'synth -flatten' },
    { wanted: ['x'] },
    { wanted: ['xy'] },
    { wanted: ['x', 'y', 'synth'] },
    { inputs: {} },
    inputs({ 'a.v': '// one\nwire b;' }),
    inputs({ 'a.v': '// one\n\nwire a;' }),
    inputs({ 'a.v': 'wire a; // one' }),
    inputs({ 'a.v': '// synopsys translate_off\nwire a;' }),
    inputs({ 'a.v': '/*\n// one\nwire a;' }),
    inputs({ 'a.v': '/*\n// one */\nwire a;' }),
    inputs({ 'cells.lib': 'library () {} // one' }),
    inputs({ 'cells.lib': '// one\n' }),
    inputs({ 'cells.lib': '// two\n' }),
    inputs({ 'b.v': '' }),
  ];
  const keys = changes.map(keyOf);
  expect(new Set([keyOf(), ...keys]).size).toBe(1 + changes.length);
});

it('leaves lines where they are, and comments that Yosys obeys or that are part of other lines', () => {
  expect(withoutIdleComments('// a\n  // b\nwire a; // c\n')).toBe('\n\nwire a; // c\n');
  for (const kept of [
    '//synthesis translate_off\n',
    '/* a\n// b */ wire a;\n',
    '`define A \\\n  // a\\\n  1\n',
    '`define A \\ \n// a\n',
  ]) {
    expect(withoutIdleComments(kept)).toBe(kept);
  }
});
