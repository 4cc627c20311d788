import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runTool, requireTool } from '../../../scripts/tools/find.js';
import { quickBudget } from '../../../scripts/verify/quick.js';
import { verifyRequantiserDesign } from '../../../scripts/verify/verify.js';
import { brokenRequantiser, type GeneratedRequantiser, requantiserIn } from '../../support/requantiser.js';
import { everyNth } from '../../support/sample.js';

const out = mkdtempSync(join(tmpdir(), 'ant-rtl-requantiser-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

const verdictOf = ({ folder, manifest }: GeneratedRequantiser) =>
  verifyRequantiserDesign(folder, manifest, { seed: 1, trace: false, budget: quickBudget(out) });

/** All kinds of integers, first-one codes and powers of two, of both widths but that of pot8, whose range is too wide. */
const ALL = ['int4', 'int8', 'uint4', 'uint8', 'flint4', 'flint8', 'uflint4', 'uflint8', 'pot4', 'upot4'];

const DESIGNS = [
  { name: 'usual', lanes: 2 },
  { name: 'every_type', types: ALL, lanes: 1, rounding: 'even', clip: 'bounds', pipeline: 0, ports: 'axis' },
  { name: 'powers', types: ['pot8', 'int8'], lanes: 3, clip: 'none', pipeline: 2, reset: 'async', addendBits: 0 },
  { name: 'small_floats', types: ['e2m1', 'e3m2', 'pot2', 'int2'], lanes: 1, pipeline: 1, rounding: 'even' },
  { name: 'narrow', types: ['uint8'], sumBits: 6, biasBits: 4, multiplierBits: 3, shiftBits: 2, pipeline: 3 },
];

describe('a requantiser', () => {
  const expectToEqual = async (raw: (typeof DESIGNS)[number]): Promise<void> => {
    const verdict = await verdictOf(requantiserIn(out, raw));
    expect(verdict.failure).toBeUndefined();
    expect(verdict.vectors).toBeGreaterThan(10_000);
  };

  it.each(DESIGNS.slice(0, 1))('equals the reference: $name', expectToEqual);
  it.each(DESIGNS.slice(1))('equals the reference: $name', { tags: 'rest' }, expectToEqual);

  it.each(DESIGNS.slice(0, 2))('passes its own test bench in Icarus Verilog: $name', async (raw) => {
    const { folder, manifest } = requantiserIn(out, raw);
    const { name } = manifest.configuration;
    const icarus = await requireTool('iverilog');
    const files = ['-f', `${name}.f`, `tb/${name}_tb.v`];
    await runTool(icarus, ['-g2005', '-Wall', '-o', 'sim', ...files], { cwd: folder });
    const { stdout } = await runTool({ name: 'the test bench', path: join(folder, 'sim') }, [], { cwd: folder });
    expect(stdout).toMatch(new RegExp(`^PASS ${name}:`, 'm'));
  });
});

/** What is broken, in which module, and what the message must lead to. */
const MUTATIONS: [what: string, raw: object, broken: [module: string, piece: string, by: string], message: RegExp][] = [
  [
    'rank of an octave',
    {},
    ['round_flint4', "{2'd2, size_i[2]}", "{2'd2, size_i[1]}"],
    /encoder, flint4.*round_flint4/,
  ],
  ['half of a step', {}, ['round_pot4', 'up = size_i[2]', 'up = size_i[1]'], /encoder, pot4/],
  ['saturation', {}, ['round_int4', '(&size_i[3:0])', '(negative_i & (&size_i[3:0]))'], /encoder, int4/],
  ['ties below zero', {}, ['encode', '^ {7{negative}}', '^ {7{negative & ~doubled_i[0]}}'], /encoder/],
  ['first-one code', {}, ['encode', '{rounded[2], &rounded[2:1]}', '{rounded[2], rounded[1]}'], /encoder, flint4/],
  ['minus zero', {}, ['encode', 'negative & (|rounded)', 'negative'], /encoder/],
  ['bias', {}, ['lane', '{bias_i[23], bias_i}', "{1'b0, bias_i}"], /lane 0.*look at lane/],
  ['sign of a product', {}, ['lane', '& {8{biased_q[24]}}', '& {8{biased_q[23]}}'], /lane \d.*look at lane/],
  ['a value beyond all types', {}, ['lane', '(~shift_i[4] & (|by_32', '(shift_i[4] & (|by_32'], /lane \d/],
  ['shift', {}, ['lane', 'by_8[13:4]', 'by_8[12:3]'], /lane \d/],
  ['ReLU', {}, ['lane', '~(relu_i & doubled_q[7])', '~(relu_i & doubled_q[6])'], /lane \d/],
  ['a delay', {}, ['control', 'relu_2_q <= relu_1_q', 'relu_2_q <= relu_1_q & relu_i'], /lane \d/],
  ['last', {}, ['control', '{last_q[2:0], in_last_i}', '{last_q[2:0], in_last_i & last_q[3]}'], /out_last_o/],
  ['stall', {}, ['lane', 'if (en_i)', 'if (en_i | ~en_i)'], /random stalls/],
  ['reset', {}, ['control', "valid_q <= 4'd0", 'valid_q <= valid_q'], /reset/],
  [
    'whether a value is exact',
    { rounding: 'even', clip: 'bounds' },
    ['lane', '(shift_i[2] & (|', '(shift_i[1] & (|'],
    /lane \d/,
  ],
  ['even', { rounding: 'even' }, ['round_int4', '~exact_i |', '~exact_i &'], /encoder, int4/],
  [
    'type and ReLU in tuser',
    { ports: 'axis' },
    [
      'top',
      '.type_i             (s_axis_in_tuser[24:22]),\n    .relu_i             (s_axis_in_tuser[25])',
      '.type_i(s_axis_in_tuser[25:23]),\n    .relu_i(s_axis_in_tuser[22])',
    ],
    /lane \d.*\bm_type_and_ReLU_in_tuser_top\b/,
  ],
  ['bounds', { clip: 'bounds' }, ['lane', '> $signed(high)', '< $signed(high)'], /lane \d/],
];

describe('verification of a requantiser finds what is broken', { tags: 'rest' }, () => {
  const { sample, rest } = everyNth(MUTATIONS, 3);
  const expectToBeFound = async (...[what, raw, broken, message]: (typeof MUTATIONS)[number]): Promise<void> => {
    const name = `m_${what.replace(/\W/g, '_')}`;
    const { failure } = await verdictOf(brokenRequantiser(out, { lanes: 1, name, ...raw }, broken));
    expect(failure).toMatch(message);
  };

  it.each(sample)('%s', expectToBeFound);
  it.each(rest)('%s', { tags: 'long' }, expectToBeFound);
});
