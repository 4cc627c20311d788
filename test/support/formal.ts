import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { RawConfiguration } from '../../gen/config/raw.js';
import { validateConfiguration } from '../../gen/config/validate.js';
import { generate } from '../../gen/design/generate.js';
import { loadDesign } from '../../gen/design/manifest.js';
import { labelOf } from '../../scripts/formal/check.js';
import { checksOf } from '../../scripts/formal/checks/table.js';
import { proveCheck } from '../../scripts/formal/prove.js';
import type { PropertyOutcome } from '../../scripts/formal/verdict.js';
import type { Yosys } from '../../scripts/tools/yosys/interface.js';

const out = mkdtempSync(join(tmpdir(), 'ant-rtl-formal-'));

/** A piece of a module's text and what takes its place. */
export type Change = readonly [piece: string, replacement: string];

/**
 * What is found of the properties of a module, by their names.
 *
 * @param suffix The module's name behind the design's.
 * @param only One of its properties.
 * @param change Of the text of any of the module's files; in those that hold the piece.
 */
export async function outcomesOf(
  yosys: Yosys,
  raw: RawConfiguration,
  suffix: string,
  change?: Change,
  only?: string,
): Promise<Record<string, PropertyOutcome>> {
  const { folder } = generate(validateConfiguration(raw), out, { replace: true });
  const manifest = loadDesign(folder);
  const found = checksOf(manifest).find((each) => labelOf(each) === `${manifest.configuration.name}_${suffix}`);
  if (found === undefined) throw new Error(`no properties of ${suffix}`);
  const properties = found.properties.filter(({ name }) => only === undefined || name === only);
  const check = { ...found, properties };
  const texts = new Map(
    [...check.files, ...(check.others ?? [])].map((file) => [file, readFileSync(join(folder, file), 'utf8')]),
  );
  if (change !== undefined) {
    const [piece, replacement] = change;
    const changed = check.files.filter((file) => texts.get(file)?.includes(piece));
    expect(changed, `${suffix} holds "${piece}"`).not.toEqual([]);
    for (const file of changed) texts.set(file, texts.get(file)?.replace(piece, () => replacement) ?? '');
  }
  const results = await proveCheck({ yosys, read: (file) => texts.get(file) ?? '', limitSeconds: 60 }, check);
  expect(results.map(({ property }) => property)).toEqual(check.properties.map(({ name }) => name));
  return Object.fromEntries(results.map(({ property, outcome }) => [property, outcome]));
}

const SMALL: RawConfiguration = { name: 'small', rows: 1, cols: 1, activations: ['int2'], weights: ['int2'], maxK: 2 };

/** A design, one of its modules, and what breaks its properties, each named with what it breaks. */
export interface Case {
  readonly raw: RawConfiguration;
  readonly module: string;
  readonly breaks: readonly (readonly [property: string, change: Change])[];
}

export const CASES: readonly Case[] = [
  {
    raw: { name: 'decoders', rows: 1, cols: 1, activations: ['int2', 'flint4', 'pot3'], weights: ['int2'] },
    module: 'decode_a',
    breaks: [
      ['value', ['assign sign_o = code_i[3];', "assign sign_o = 1'b0;"]],
      ['unused', ["      2'd1: operand =", "      2'd1, 2'd3: operand ="]],
    ],
  },
  {
    raw: { name: 'lanes', arch: 'dot', lanes: 2, activations: ['flint4', 'uint3'], weights: ['flint4', 'int3'] },
    module: 'lane',
    breaks: [
      ['product', ['a_sign ^ w_sign', 'a_sign | w_sign']],
      ['product', ['product} << {shift,', 'product} << {~shift,']],
      ['product', ['magnitude ^ {9{negative}}', 'magnitude']],
    ],
  },
  {
    raw: { name: 'unsigned', rows: 1, cols: 1, lanes: 2, activations: ['uint2', 'uflint4'], weights: ['uint3'] },
    module: 'lane',
    breaks: [['product', ["shift == 1'd1", "shift == 1'd0"]]],
  },
  {
    raw: SMALL,
    module: 'output',
    breaks: [
      ['count', ['(tail_valid_q | push);', 'push;']],
      ['order', ['tail_valid_q ? tail_data_q : row_data_i', 'tail_data_q']],
      ['stable', ['wire advance = out_ready_i', "wire advance = 1'b1"]],
      ['room', ['assign run_o = ~tail_valid_q', 'assign run_o = ~head_valid_q']],
    ],
  },
  {
    raw: {
      ...{ name: 'stages', rows: 1, cols: 1, activations: ['flint4', 'uint3'], weights: ['int4'], maxK: 4 },
      ...{ pipeline: 2, stall: 'enable' },
    },
    module: 'pe',
    breaks: [
      ['sum', ['product} << {shift,', 'product} << {~shift,']],
      ['sum', ['acc_n_q & {11{~swap_q}}', 'acc_n_q']],
      ['sum', ['{~negative_q, term, negative_q}', "{~negative_q, term, 1'b0}"]],
      ['bus', ['(~acc_n_q & {11{swap_q}})', '~acc_n_q']],
      ['pass', ['a_q <= a_i', 'a_q <= w_i']],
      ['pass', ['assign swap_o = swap_q', 'assign swap_o = swap_i']],
      ['hold', ['if (en_i) begin', 'begin']],
    ],
  },
  {
    raw: { ...SMALL, name: 'late', maxK: 32 },
    module: 'pe',
    breaks: [
      ['bus', ['{{5{swap_q}}, {4{swap_i}}})', '{9{swap_i}})']],
      ['bus', ['{{5{swap_q}}, {4{swap_i}}})', '{9{swap_q}})']],
      ['sum', ['{{5{~swap_q}}, {4{~swap_i}}}', '{9{~swap_i}}']],
      ['sum', ["{4'd0, carry_q}", "5'd0"]],
      ['pass', ['w_q <= w_i', 'w_q <= a_i']],
    ],
  },
  {
    raw: { name: 'stays', rows: 2, cols: 1, activations: ['flint3'], weights: ['int3'], dataflow: 'ws' },
    module: 'pe_sum_bits7',
    breaks: [
      ['sum', ["1'b0}}, negative}", "1'b0}}, 1'b0}"]],
      ['sum', ['assign sum_o = sum_q', 'assign sum_o = sum']],
      ['weights', ['w_q <= shadow_q', 'w_q <= w_i']],
      ['weights', ['if (load_i) ', '']],
      ['pass', ['assign load_o = load_q', 'assign load_o = load_i']],
    ],
  },
  {
    raw: { ...SMALL, name: 'enters', activations: ['int2', 'uint2'], stall: 'enable' },
    module: 'input',
    breaks: [
      ['types', ['if (first_q) a_type_q', 'a_type_q']],
      ['ready', ['wire ready = fire |', 'wire ready =']],
      ['codes', ['fire ? a_data_q', 'valid_q ? a_data_q']],
      ['codes', ['if (accept & en_i)', 'if (accept)']],
      ['last', ['assign last_o = fire & last_q', 'assign last_o = valid_q & last_q']],
    ],
  },
  {
    raw: {
      ...{ name: 'follows', rows: 4, cols: 1, activations: ['int4'], weights: ['int4'], wideActivations: ['int8'] },
      ...{ busSegment: 2, maxK: 4, stall: 'enable' },
    },
    module: 'control',
    breaks: [
      ['rows', ['& ~(row_pair_q[', '& ~(~row_pair_q[']],
      ['rows', ["flush_q <= 1'b1", "flush_q <= 1'b0"]],
      ['grant', ["if (last_i) bubble_q <= 3'd4", "if (last_i) bubble_q <= 3'd3"]],
      ['grant', ["if (last_i) bubble_q <= 3'd4", "if (last_i) bubble_q <= 3'd5"]],
      ['swap', ["last_pipe_q <= 4'd1", "last_pipe_q <= 4'd0"]],
      ['bus', ["if (last_i) bubble_q <= 3'd4", "if (last_i) bubble_q <= 3'd3"]],
      ['last', ['? row_last_q[', '? ~row_last_q[']],
      ['modes', ['a_bus_wide_q <= a_wide_q', 'a_bus_wide_q <= a_wide_i']],
      ['bias', ['if (first_row) bias_q', 'if (row_valid_o) bias_q']],
    ],
  },
];

/** The properties that are not proved. */
export const failing = (outcomes: Readonly<Record<string, PropertyOutcome>>): string[] =>
  Object.keys(outcomes).filter((name) => outcomes[name]?.result !== 'proved');

/** A property that is violated, in a cycle with values of the inputs. */
export const VIOLATED = expect.objectContaining({
  result: 'violated',
  inputs: expect.arrayContaining([expect.stringMatching(/^\w+ [01x]+$/)]),
});
