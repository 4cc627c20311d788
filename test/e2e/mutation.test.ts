import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RawConfiguration } from '../../gen/config/parse.js';
import { validateConfiguration } from '../../gen/config/validate.js';
import { generate } from '../../gen/generate.js';
import { loadDesign, MANIFEST_FILE, sha256 } from '../../gen/manifest.js';
import { verifyDesign } from '../../scripts/lib/verify/run.js';

const out = mkdtempSync(join(tmpdir(), 'ant-rtl-mutation-'));

/** Generates a design, replaces a piece of one of its files and makes the manifest agree, as a generator bug would. */
function broken(raw: RawConfiguration, module: string, piece: string, replacement: string): string {
  const { folder } = generate(validateConfiguration({ rows: 3, cols: 4, ...raw }), out);
  const path = `rtl/${raw.name}_${module}.v`;
  const file = join(folder, path);
  const text = readFileSync(file, 'utf8');
  expect(text, `${path} holds the piece to break`).toContain(piece);
  const changed = text.replace(piece, replacement);
  writeFileSync(file, changed);
  const manifest = loadManifestAsWritten(folder);
  const files = manifest.files.map((entry) => (entry.path === path ? { path, sha256: sha256(changed) } : entry));
  writeFileSync(join(folder, MANIFEST_FILE), JSON.stringify({ ...manifest, files }));
  return folder;
}

function loadManifestAsWritten(folder: string): { files: { path: string; sha256: string }[] } {
  return JSON.parse(readFileSync(join(folder, MANIFEST_FILE), 'utf8'));
}

/** A small grid of units. */
const DOT: RawConfiguration = { arch: 'dot', rows: 2, cols: 2, lanes: 3 };

/** What is broken, in which module, and what the message must lead to. */
const MUTATIONS: [
  what: string,
  raw: RawConfiguration,
  module: string,
  piece: string,
  replacement: string,
  message: RegExp,
][] = [
  [
    'decoder',
    { name: 'm1' },
    'decode_flint4',
    "2'b01: zeros = 2'd1",
    "2'b01: zeros = 2'd0",
    /decoder of the activation port.*flint4 code 0101/,
  ],
  [
    'type selection',
    { name: 'm2' },
    'decode_w',
    "2'd0: operand = {int4",
    "2'd3: operand = {int4",
    /decoder of the weight port.*int4 code/,
  ],
  ['multiplier', { name: 'm3' }, 'pe', "{4'd0, w_base}", "{4'd0, w_base & 3'd5}", /PE, clock edge.*expected.*got/],
  ['shifter', { name: 'm4' }, 'pe', "<< {shift, 1'd0}", "<< {1'd0, shift}", /PE, clock edge.*product that arrives/],
  ['sign', { name: 'm5' }, 'pe', 'a_sign ^ w_sign', 'a_sign | w_sign', /PE, clock edge.*the decoders passed/],
  [
    'carry of a negative product',
    { name: 'm6' },
    'pe',
    "+ {23'd0, negative}",
    "+ {23'd0, negative & a_sign}",
    /PE, clock edge/,
  ],
  [
    'swap',
    { name: 'm7', drain: 'double' },
    'pe',
    '{24{~swap_q}}',
    "{24{1'b1}} ^ {23'd0, swap_q}",
    /PE, clock edge.*accumulator/,
  ],
  ['skew', { name: 'm8' }, 'array', '.DEPTH(p)', '.DEPTH(1)', /array.*row 0, column.*look at skew/],
  [
    'de-skew',
    { name: 'm9' },
    'array',
    '.DEPTH(COLS - 1 - c)',
    '.DEPTH(COLS - c)',
    /array.*look at (drain and de-|)skew/,
  ],
  ['drain', { name: 'm10' }, 'control', "{drain_q[1:0], 1'b0}", "{drain_q[2:1], 1'b0}", /array/],
  ['drain of a double design', { name: 'm11', drain: 'double' }, 'control', "gap_q <= 2'd2", "gap_q <= 2'd1", /array/],
  [
    'clearing after reset',
    { name: 'm12' },
    'control',
    "discard_q <= 1'b1",
    "discard_q <= 1'b0",
    /array.*(no tile asked for|wrong|got)/,
  ],
  [
    'stall',
    { name: 'm13' },
    'clock_gate',
    'clk_i & enable_q',
    'clk_i & (enable_q | ~enable_q)',
    /array, random stalls/,
  ],
  [
    'stall by enable',
    { name: 'm14', stall: 'enable' },
    'delay',
    'if (en_i) ',
    'if (en_i | ~en_i) ',
    /array, random stalls/,
  ],
  [
    'type of a tile',
    { name: 'm15' },
    'input',
    'if (first_q) a_type_q',
    'if (first_q | take) a_type_q',
    /array, random stalls/,
  ],
  ['output buffer', { name: 'm16' }, 'output', 'row_valid_i & ~tail_valid_q', 'row_valid_i', /array, random stalls/],
  [
    'bubble',
    { name: 'm17', rows: 5 },
    'control',
    "gap_q <= 3'd5",
    "gap_q <= 3'd6",
    /tile period.*formula .* simulated/,
  ],
  [
    'sign of a lane',
    { name: 'm18', ...DOT },
    'lane',
    'assign negative_o = negative',
    'assign negative_o = negative & a_sign',
    /dot-product unit, beat .*expected/,
  ],
  ['full adder', { name: 'm19', ...DOT }, 'column', '(z & (x ^ y))', '(z & x)', /dot-product unit, beat .*expected/],
  ['inverted signs', { name: 'm20', ...DOT }, 'unit', '~negative}', 'negative}', /dot-product unit, beat/],
  [
    'width of a sum',
    { name: 'm21', ...DOT, tree: 'adders' },
    'unit',
    '{{2{negative[0]}}, ',
    "{1'b0, negative[0], ",
    /dot-product unit, beat .*the decoders passed/,
  ],
  [
    'a beat that does not count',
    { name: 'm22', ...DOT },
    'unit',
    'if (add_i) acc_q',
    'if (add_i | ~add_i) acc_q',
    /which does not count/,
  ],
  [
    'order of the lanes',
    { name: 'm23', ...DOT },
    'dot',
    '(c*LANES+l)*W_BITS',
    '(c*LANES+LANES-1-l)*W_BITS',
    /array.*wiring of the lanes/,
  ],
  [
    'wiring of the units',
    { name: 'm24', ...DOT },
    'dot',
    '.w_i(g_w[c].operands)',
    '.w_i(g_w[(c+1)%COLS].operands)',
    /array.*wiring of the lanes/,
  ],
  [
    'first beat of a tile',
    { name: 'm25', ...DOT },
    'input',
    "begins_q <= 1'b1",
    "begins_q <= 1'b0",
    /array.*input register/,
  ],
  [
    'stall of the units',
    { name: 'm26', ...DOT },
    'clock_gate',
    'clk_i & enable_q',
    'clk_i & (enable_q | ~enable_q)',
    /array, random stalls/,
  ],
  [
    'end of a tile',
    { name: 'm27', ...DOT, pipeline: 2 },
    'control',
    'assign row_valid_o = done_q;',
    'reg late_q;\n  always @(posedge clk_i) late_q <= done_q;\n  assign row_valid_o = late_q;',
    /array, tiles of 1 beats/,
  ],
];

describe('a broken design fails verification with a message that leads to the cause', () => {
  it.each(MUTATIONS)('%s', async (_, raw, module, piece, replacement, message) => {
    const folder = broken(raw, module, piece, replacement);
    const verdict = await verifyDesign(folder, loadDesign(folder), { seed: 1, trace: false });
    expect(verdict.passed).toBe(false);
    expect(verdict.failure).toMatch(message);
  });
});
