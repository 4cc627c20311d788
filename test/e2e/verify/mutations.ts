import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { generate } from '../../../gen/design/generate.js';
import { loadDesign, MANIFEST_FILE, sha256 } from '../../../gen/design/manifest.js';
import { quickBudget } from '../../../scripts/verify/quick.js';
import { verifyDesign } from '../../../scripts/verify/verify.js';
import { splitByFeatures } from '../../support/sample.js';

const out = mkdtempSync(join(tmpdir(), 'ant-rtl-mutation-'));

/** Generates a design, replaces a piece of one of its files and makes the manifest agree, as a generator bug would. */
function broken(raw: RawConfiguration, module: string, piece: string, replacement: string): string {
  const { folder } = generate(validateConfiguration({ rows: 3, cols: 4, ...raw }), out);
  const path = `rtl/${module === 'clock_gate' ? 'ant' : raw.name}_${module}.v`;
  const file = join(folder, path);
  const text = readFileSync(file, 'utf8');
  // Connections are aligned: between port and parenthesis may be spaces.
  const pattern = new RegExp(piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/^(\\\.\w+)/, '$1 *'));
  expect(text, `${path} holds the piece to break`).toMatch(pattern);
  const changed = text.replace(pattern, () => replacement);
  writeFileSync(file, changed);
  const manifest = loadManifestAsWritten(folder);
  const files = manifest.files.map((entry) => (entry.path === path ? { path, sha256: sha256(changed) } : entry));
  writeFileSync(join(folder, MANIFEST_FILE), JSON.stringify({ ...manifest, files }));
  return folder;
}

function loadManifestAsWritten(folder: string): { files: { path: string; sha256: string }[] } {
  return JSON.parse(readFileSync(join(folder, MANIFEST_FILE), 'utf8'));
}

/** 8-bit activations on 4-bit PEs. */
const WIDE: RawConfiguration = { rows: 4, cols: 4, wideActivations: ['int8', 'uint8'] };

/** A small grid of units. */
const DOT: RawConfiguration = { arch: 'dot', rows: 2, cols: 2, lanes: 3 };

/** Units for blocks of two beats. */
const BLOCKS: RawConfiguration = {
  ...{ arch: 'dot', rows: 2, cols: 2, lanes: 3, block: 6 },
  ...{ activations: ['e2m1', 'int6'], weights: ['e2m1', 'int4'] },
};

/** The same with elements that are NaN and infinite. */
const SPECIAL_BLOCKS: RawConfiguration = { ...BLOCKS, activations: ['e5m2'], weights: ['e4m3'] };

/** PEs with several lanes whose weights stay. */
const LANES: RawConfiguration = { dataflow: 'ws', lanes: 3 };

/** A design with two rows and three columns of clusters of PEs. */
const CLUSTERS = { rows: 4, cols: 6, clusterRows: 2, clusterCols: 2 };

/** What is broken, in which module, and what the message must lead to. */
type Mutation = [
  what: string,
  raw: RawConfiguration,
  module: string,
  piece: string,
  replacement: string,
  message: RegExp,
];

const MUTATIONS: Mutation[] = [
  [
    'decoder',
    { name: 'm1' },
    'decode_flint4',
    "3'd5: {exponent, significand} = {1'd1",
    "3'd5: {exponent, significand} = {1'd0",
    /decoder.*activation.*flint4 code 0101/,
  ],
  [
    'type selection',
    { name: 'm2' },
    'decode_w',
    "2'd0: operand = {int4",
    "2'd3: operand = {int4",
    /decoder.*weight.*int4 code/,
  ],
  ['multiplier', { name: 'm3' }, 'pe', "{4'd0, w_sig}", "{4'd0, w_sig & 3'd5}", /PE, clock edge.*expected.*got/],
  [
    'shifter',
    { name: 'm4' },
    'pe',
    "4'd0, product[5:0], 3'd0",
    "3'd0, product[5:0], 4'd0",
    /PE, clock edge.*product that arrives/,
  ],
  ['sign', { name: 'm5' }, 'pe', 'a_sign ^ w_sign', 'a_sign | w_sign', /PE, clock edge.*the decoders passed/],
  ['skew', { name: 'm8' }, 'array', '.DEPTH(p)', '.DEPTH(1)', /array.*look at (bus and de-|)skew/],
  ['de-skew', { name: 'm9' }, 'array', '.DEPTH(COLS - 1 - c)', '.DEPTH(COLS - c)', /array.*look at (bus and de-|)skew/],
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
    'if (first_q | accept) a_type_q',
    /array, random stalls/,
  ],
  ['output buffer', { name: 'm16' }, 'output', 'row_valid_i & ~tail_valid_q', 'row_valid_i', /array, random stalls/],
  [
    'bubble',
    { name: 'm17', rows: 5 },
    'control',
    "if (last_i) bubble_q <= 3'd4",
    "if (last_i) bubble_q <= 3'd5",
    /tile period.*formula .* simulated/,
  ],
  [
    'a weight in use before its tile',
    { name: 'w1', dataflow: 'ws' },
    'pe',
    'w_q <= shadow_q',
    'w_q <= load_i ? w_i : shadow_q',
    /PE, clock edge.*product.* times .*sum/,
  ],
  [
    'a weight that moves on by itself',
    { name: 'w2', dataflow: 'ws' },
    'pe',
    'if (load_i) shadow_q',
    'if (load_i | swap_i) shadow_q',
    /PE, clock edge.*(w_o|partial sum) is wrong/,
  ],
  [
    'a load that is not passed on',
    { name: 'w15', dataflow: 'ws' },
    'pe',
    'load_q <= load_i',
    'load_q <= load_i & ~swap_i',
    /PE, clock edge.*load_o is wrong/,
  ],
  [
    'the load of a row',
    { name: 'w3', dataflow: 'ws' },
    'control',
    '{open_q & {',
    '{~open_q & {',
    /array.*look at skew, loading and swapping/,
  ],
  [
    'weights accepted before the tile before has begun',
    { name: 'w4', dataflow: 'ws' },
    'control',
    'w_grant_o = ~loaded_q | a_begin_i',
    "w_grant_o = 1'b1",
    /array/,
  ],
  [
    'a tile that does not wait for its weights',
    { name: 'w5', dataflow: 'ws' },
    'input_a',
    'grant_i | ~begin_q',
    'grant_i | ~begin_q | begin_q',
    /array/,
  ],
  [
    'a partial sum too narrow',
    { name: 'w6', dataflow: 'ws' },
    'core',
    'p < 1 ? 14 : 15;  // bits of a sum over p + 1 rows\n      localparam ABOVE_BITS = p < 2 ?',
    'p < 2 ? 14 : 15;  // bits of a sum over p + 1 rows\n      localparam ABOVE_BITS = p < 3 ?',
    /array.*row \d+, column/,
  ],
  [
    'a bubble between tiles of weights',
    { name: 'w7', dataflow: 'ws' },
    'control',
    '~loaded_q | a_begin_i',
    '~loaded_q',
    /tile period.*formula .* simulated/,
  ],
  [
    'the bias of results',
    { name: 'w9', dataflow: 'ws' },
    'correct',
    'sum_i - ',
    'sum_i + 0 * ',
    /array.*row \d+, column/,
  ],
  [
    'the bias of a product',
    { name: 'w10', dataflow: 'ws' },
    'pe',
    '~negative, term',
    'negative, term',
    /PE, clock edge.*partial sum/,
  ],
  [
    'the row of PEs of a tile whose weights stay',
    { name: 'w11', dataflow: 'ws' },
    'array',
    '= a_code[(ROWS-1-p)*A_BITS',
    '= a_code[p*A_BITS +: A_BITS] | a_code[(ROWS-1-p)*A_BITS',
    /array.*row \d+, column/,
  ],
  [
    'the swap that passes to the right',
    { name: 'w12', dataflow: 'ws' },
    'core',
    'swap_in = g_row[p].g_col[c-1].swap_out',
    'swap_in = g_row[p].g_col[c-1].swap_out | g_row[p].g_col[c-1].load_out',
    /array.*row \d+, column/,
  ],
  [
    'the sign that the sum from above takes',
    { ...LANES, name: 'n7' },
    'pe',
    "{sum_i, 1'b1}",
    "{sum_i, 1'b0}",
    /PE, clock edge.*partial sum/,
  ],
  [
    'a lane that no sum takes',
    { ...LANES, name: 'n1' },
    'pe',
    '~negative[2], term[38:26]',
    '~negative[2], term[25:13]',
    /PE, clock edge.*partial sum/,
  ],
  [
    'the weight of a lane',
    { ...LANES, name: 'n2' },
    'pe',
    '.w_i(w_q[l*6 +: 6])',
    '.w_i(w_q[0 +: 6])',
    /PE, clock edge.*times.*times.*times/,
  ],
  [
    'the sign of a lane',
    { ...LANES, name: 'n3', pipeline: 3 },
    'lane',
    'negative_q <= product_negative_q',
    'negative_q <= negative',
    /PE, clock edge.*partial sum/,
  ],
  [
    'the code of a lane',
    { ...LANES, name: 'n4' },
    'core',
    'p*A_BITS + l*A_CODE_BITS',
    'p*A_BITS + (LANES-1-l)*A_CODE_BITS',
    /array.*row \d+, column/,
  ],
  [
    'the code of a lane where sums stay',
    { lanes: 3, name: 'n5' },
    'core',
    'p*A_BITS + l*A_CODE_BITS',
    'p*A_BITS + (LANES-1-l)*A_CODE_BITS',
    /array.*row \d+, column/,
  ],
  [
    'the weight of a lane where sums stay',
    { lanes: 3, name: 'n6' },
    'pe',
    'w_q[l*6 +: 6]',
    'w_q[0 +: 6]',
    /PE, clock edge/,
  ],
  [
    'the mark of the last row',
    { name: 'w8', dataflow: 'ws' },
    'control',
    'row_last_q <= {row_last_q[5:0], a_last_i}',
    'row_last_q <= {row_last_q[5:0], a_last_i & ~a_begin_i}',
    /out_last_o is wrong/,
  ],
  [
    'the high half of an 8-bit code',
    { ...WIDE, name: 'h1' },
    'decode_int8_high',
    "2'd2 : 2'd1",
    "2'd1 : 2'd1",
    /decoder.*activation.*\(decode_a_high\): int8_high code/,
  ],
  [
    'the double of a significand',
    { ...WIDE, name: 'h8', wideWeights: ['int8'] },
    'pe',
    '<< a_twice',
    "<< 1'd0",
    /PE, clock edge .*uflint4 1011 = 24 times/,
  ],
  [
    'the sign of a double',
    { ...WIDE, name: 'h9', wideWeights: ['int8'] },
    'pe',
    ' ^ a_twice',
    '',
    /PE, clock edge .*uflint4 1011 = 24 times/,
  ],
  [
    'a significand that becomes an exponent',
    { ...WIDE, name: 'h10', wideWeights: ['int8'] },
    'decode_a_low',
    'uflint4_exp | uflint4_carry',
    'uflint4_exp',
    /decoder.*activation.*\(decode_a_low\): uflint4 code 1010/,
  ],
  [
    'the choice between 4 and 8 bits',
    { ...WIDE, name: 'h2' },
    'decode_a_low',
    'case (mode_i)',
    "case (mode_i & 4'd7)",
    /decoder.*activation.*\(decode_a_low\)/,
  ],
  [
    'the sum of two rows',
    { ...WIDE, name: 'h3' },
    'pair_rows',
    'low_i + (high_i',
    'low_i ^ (high_i',
    /array.*int8|uint8 activations/,
  ],
  [
    'the sum of two columns',
    { ...WIDE, name: 'h4', wideActivations: [], wideWeights: ['int8'] },
    'array',
    '.wide_i(row_wide)',
    '.wide_i(row_wide & row_last)',
    /array.*int8 weights/,
  ],
  [
    'the row of a pair that leaves',
    { ...WIDE, name: 'h5' },
    'control',
    'odd_q <= odd_q ^',
    'odd_q <= ~odd_q ^',
    /array/,
  ],
  [
    'the width of the tile whose rows are on the bus',
    { ...WIDE, name: 'h6' },
    'control',
    'if (swap[0]) a_bus_wide_q',
    'if (swap[0] | swap[2]) a_bus_wide_q',
    /array/,
  ],
  [
    'the width of the weights in use',
    { ...WIDE, name: 'h7', dataflow: 'ws', wideActivations: [], wideWeights: ['int8'] },
    'control',
    'a_begin_i ? next_wide_q : wide_q',
    'a_fire_i ? next_wide_q : wide_q',
    /array/,
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
    'a beat with add_i low',
    { name: 'm22', ...DOT },
    'unit',
    'if (add_i) acc_q',
    'if (add_i | ~add_i) acc_q',
    /add_i low/,
  ],
  [
    'order of the lanes',
    { name: 'm23', ...DOT },
    'dot',
    '(c*LANES+l)*W_BITS',
    '(c*LANES+LANES-1-l)*W_BITS',
    /array.*\blanes\b/,
  ],
  [
    'wiring of the units',
    { name: 'm24', ...DOT },
    'dot',
    '.w_i(g_w[c].operands)',
    '.w_i(g_w[(c+1)%COLS].operands)',
    /array.*\blanes\b/,
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
  [
    'the skew of rows in tiles',
    { name: 't1', ...CLUSTERS },
    'array',
    '.DEPTH(p / CLUSTER_ROWS)',
    '.DEPTH(p / CLUSTER_ROWS + 1)',
    /array.*look at skew/,
  ],
  [
    'the type of a row of tiles',
    { name: 't2', ...CLUSTERS, rows: 6 },
    'array',
    '.d_i(a_type_skewed[(p-1)*A_TYPE_BITS +: A_TYPE_BITS])',
    '.d_i(a_type)',
    /array/,
  ],
  [
    'the operand of a row in a cluster',
    { name: 't3', ...CLUSTERS },
    'cluster',
    'a_q[r*A_OP_BITS +: A_OP_BITS]',
    'a_q[0 +: A_OP_BITS]',
    /array.*row \d, column/,
  ],
  [
    'the spacing of tiles of work',
    { name: 't6', ...CLUSTERS },
    'control',
    "if (last_i) bubble_q <= 1'd1",
    "if (last_i) bubble_q <= 1'd0",
    /array/,
  ],
  [
    'the swap of a row of tiles',
    { name: 't8', ...CLUSTERS },
    'core',
    'swap_in = swap_i[p]',
    'swap_in = swap_i[ROWS/CLUSTER_ROWS-1-p]',
    /array.*row \d, column/,
  ],
  [
    'the bus of a row in a cluster',
    { name: 't4', ...CLUSTERS },
    'cluster',
    'bus_o[(r*CLUSTER_COLS+c)*ACC_BITS',
    'bus_o[((1-r)*CLUSTER_COLS+c)*ACC_BITS',
    /array.*row \d, column/,
  ],
  [
    'the pair of rows of a beat',
    { name: 't5', ...CLUSTERS, wideActivations: ['int8'] },
    'array',
    '.high_i(row_data[((p+1)*COLS+c)*ACC_BITS',
    '.high_i(row_data[((p+1)*COLS+(c^1))*ACC_BITS',
    /array.*row \d, column/,
  ],
  [
    'the de-skew of tiles',
    { name: 't9', ...CLUSTERS },
    'array',
    '.DEPTH((COLS - 1 - (c % COLS)) / CLUSTER_COLS)',
    '.DEPTH(COLS - 1 - (c % COLS))',
    /array/,
  ],
  [
    'the chain of sums in a cluster',
    { name: 't10', ...CLUSTERS, dataflow: 'ws' },
    'cluster',
    '.sum_i(sum_in)',
    '.sum_i(sum_in & {SUM_BITS{r == 0}})',
    /array.*row \d, column/,
  ],
  [
    'a partial sum between tiles with a sign',
    { name: 't11', ...CLUSTERS, dataflow: 'ws' },
    'core',
    "{(SUM_BITS-ABOVE_BITS){1'b0}}",
    '{(SUM_BITS-ABOVE_BITS){above[ABOVE_BITS-1]}}',
    /array.*row \d, column/,
  ],
  [
    'the load of a row of tiles',
    { name: 't12', ...CLUSTERS, dataflow: 'ws' },
    'control',
    '{open_q & {',
    '{~open_q & {',
    /array.*look at skew, loading and swapping/,
  ],
  [
    'the type and the 8-bit flag in tuser',
    { ...WIDE, name: 'x1', ports: 'axis' },
    'top',
    '.a_wide_i   (s_axis_in_tuser[0]),\n    .a_type_i   (s_axis_in_tuser[3:1]),',
    '.a_wide_i(s_axis_in_tuser[3]),\n    .a_type_i(s_axis_in_tuser[2:0]),',
    /array.*\bx1_top\b/,
  ],
  [
    'the padding of tdata',
    { name: 'x2', ports: 'axis', cols: 3, maxK: 100 },
    'top',
    "tdata[63:60] = 4'd0",
    "tdata[63:60] = 4'd4",
    /array.*\bx2_top\b/,
  ],
  [
    'a PE in a tile',
    { name: 't13', ...CLUSTERS, dataflow: 'ws' },
    'pe',
    'sum_i + {',
    '{',
    /PE, clock edge.*sum from above/,
  ],
  [
    'element step',
    { name: 'k1', ...BLOCKS },
    'scale_a',
    "default: step = 2'd0",
    "default: step = 2'd1",
    /scaler, block/,
  ],
  ['NaN of a scale', { name: 'k2', ...BLOCKS }, 'scale_w', 'nan = &code_i', 'nan = &code_i[7:1]', /scaler, block/],
  [
    'NaN of a scale with a sign',
    { name: 'k3', ...BLOCKS, scales: 'e4m3' },
    'scale_a',
    'code_i[7] |',
    "1'd0 |",
    /scaler, block/,
  ],
  [
    'subnormal scale',
    { name: 'k4', ...BLOCKS, scales: 'e4m3' },
    'scale_a',
    '{normal, code',
    "{1'd1, code",
    /scaler, block/,
  ],
  ['magnitude of a sum', { name: 'k5', ...BLOCKS }, 'scaler', "{11'd0, negative}", "{11'd0, 1'd0}", /scaler, block/],
  ['sticky bit', { name: 'k6', ...BLOCKS }, 'scaler', '|shifted[16:0]', 'shifted[16]', /scaler, block/],
  ['ties to even', { name: 'k7', ...BLOCKS }, 'scaler', '(leading[4] | (|leading[2:0]))', "1'd1", /scaler, block/],
  [
    'a difference that is turned over',
    { name: 'k8', ...BLOCKS },
    'scaler',
    'reversed = subtract &',
    "reversed = 1'd0 & subtract &",
    /scaler, block/,
  ],
  [
    'rounding of what is turned over',
    { name: 'k9', ...BLOCKS },
    'scaler',
    '((&leading[2:0]) & leading[4])',
    "1'd0",
    /scaler, block/,
  ],
  ['end of the exponents', { name: 'k10', ...BLOCKS }, 'scaler', '(base < ', '(base + 1 < ', /scaler, block/],
  ['subnormal accumulator', { name: 'k11', ...BLOCKS }, 'scaler', 'acc[23] | ~normal', 'acc[23]', /scaler, block/],
  ['infinity', { name: 'k12', ...BLOCKS }, 'scaler', '(&rounded[30:23])', "1'd0", /scaler, block/],
  ['sign of zero', { name: 'k13', ...BLOCKS }, 'scaler', '(|total) &', '(|leading[27:4]) &', /scaler, block/],
  [
    'a block with take_i low',
    { name: 'k14', ...BLOCKS },
    'scaler',
    'if (take_i)',
    'if (take_i | first_i)',
    /take_i low/,
  ],
  [
    'infinity less infinity',
    { name: 'k15', ...SPECIAL_BLOCKS },
    'scaler',
    '(plus_i & minus_i)',
    "1'd0",
    /scaler, block/,
  ],
  [
    'zero times infinity',
    { name: 'k16', ...SPECIAL_BLOCKS },
    'specials',
    '(a_infinite & w_zero)',
    '(a_infinite & w_zero & ~w_zero)',
    /array/,
  ],
  ['NaN of an element', { name: 'k17', ...SPECIAL_BLOCKS }, 'special_w', '&code_i[6:0]', '&code_i[6:1]', /array/],
  ['specials of a block', { name: 'k18', ...SPECIAL_BLOCKS }, 'specials', '(nan_q & ~first_i)', 'nan_q', /array/],
  ['end of a block', { name: 'k19', ...BLOCKS }, 'control', 'ends = last_i |', "ends = 1'd0 & last_i |", /array/],
  [
    'first block of a tile',
    { name: 'k20', ...BLOCKS },
    'control',
    'opens = first_i |',
    "opens = 1'd0 & first_i |",
    /array/,
  ],
  [
    'delay of the scales',
    { name: 'k21', ...BLOCKS, pipeline: 3 },
    'dot',
    '.DEPTH(2)',
    '.DEPTH(1)',
    /array.*\bscales\b/,
  ],
  [
    'wiring of the scales',
    { name: 'k22', ...BLOCKS },
    'dot',
    '.w_scale_i(g_w_scale[c].scale)',
    '.w_scale_i(g_w_scale[(c+1)%COLS].scale)',
    /array/,
  ],
];

const FP8 = { pe: 'float', activations: ['e4m3', 'e5m2'], weights: ['e4m3'] } as const;

/** The same for designs with floating-point PEs. */
const FLOAT_MUTATIONS: Mutation[] = [
  [
    'rounding of ties',
    { name: 'f1', pe: 'float' },
    'pe',
    'normal[3] & (normal[4] | (|normal[2:0]))',
    'normal[3]',
    /PE, clock edge.*accumulator.* wrong.*\([0-9a-f]{8}\).*accumulator/,
  ],
  [
    'sticky bit',
    { name: 'f2', pe: 'float', activations: ['pot7'], weights: ['uint4'] },
    'pe',
    '|right_8[4:0]',
    'right_8[4]',
    /PE, clock edge.*accumulator/,
  ],
  [
    'carry out of rounding',
    { name: 'f3', pe: 'float' },
    'pe',
    "{6'd0, round_carry, ~round_carry}",
    "8'd1",
    /PE, clock edge.*accumulator/,
  ],
  [
    'sign of a cancellation',
    { name: 'f4', pe: 'float' },
    'pe',
    'sum_sign = normal[27] & (',
    'sum_sign = (',
    /PE, clock edge.*expected 0 \(00000000\), got -0 \(80000000\)/,
  ],
  [
    'subnormal accumulator and product of zero',
    { name: 'f5', pe: 'float' },
    'pe',
    'swap = term_sig[6] & (',
    'swap = (',
    /PE, clock edge.*accumulator.* wrong.* = 0[ ,]/,
  ],
  [
    'distant operand',
    { name: 'f6', pe: 'float', activations: ['pot7'], weights: ['uint4'] },
    'pe',
    '|distance[7:5]',
    '|distance[7:6]',
    /PE, clock edge.*accumulator/,
  ],
  [
    'infinity less infinity',
    { name: 'f7', ...FP8 },
    'pe',
    '(acc[22] | subtract)',
    'acc[22]',
    /PE, clock edge.*expected NaN \(7fc00000\), got -?Infinity/,
  ],
  [
    'zero times infinity',
    { name: 'f8', ...FP8 },
    'pe',
    '(a_inf & ~w_sig[3]) | ',
    '',
    /PE, clock edge.*expected NaN.*e5m2.*= [+-]Infinity times e4m3/,
  ],
  [
    'overflow',
    { name: 'f9', pe: 'float', activations: ['pot7'], weights: ['pot7', 'uint4'] },
    'pe',
    '{23{~overflow}}',
    '{23{~(overflow & acc[31])}}',
    /PE, clock edge.*expected Infinity \(7f800000\), got NaN/,
  ],
  [
    'decoder of a subnormal',
    { name: 'f10', ...FP8 },
    'decode_e4m3',
    "low_exponent = 5'd1",
    "low_exponent = 5'd2",
    /decoder.*activation.*e4m3 code 00000010.*\b4, expected 2/,
  ],
  [
    'decoder of NaN',
    { name: 'f11', ...FP8 },
    'decode_e5m2',
    '|fraction, ~|fraction',
    '~|fraction, |fraction',
    /decoder.*activation.*e5m2 code 01111100.*\bNaN, expected \+Infinity/,
  ],
  [
    'new sum',
    { name: 'f12', pe: 'float', pipeline: 3 },
    'pe',
    '{32{~swap_q}}',
    "{32{1'b1}} ^ {8'd0, swap_q, 23'd0}",
    /PE, clock edge.*accumulator/,
  ],
  [
    'a sum on the bus of floating-point PEs',
    { name: 'f14', pe: 'float' },
    'pe',
    '(acc_q & {32{swap_q}})',
    'acc_q',
    /PE, clock edge.*\bbus\b/,
  ],
  ['skew', { name: 'f13', pe: 'float' }, 'array', '.DEPTH(p)', '.DEPTH(1)', /array.*expected .*\([0-9a-f]{8}\)/],
];

/** The same for sums that leave over a bus. */
const BUS_MUTATIONS: Mutation[] = [
  [
    'a new sum on the bus',
    { name: 'b1' },
    'pe',
    '{14{~swap_i}}',
    "{14{1'b1}} ^ {13'd0, swap_i}",
    /PE, clock edge.*accumulator/,
  ],
  [
    'a sum on the bus without a swap',
    { name: 'b2' },
    'pe',
    '(~acc_n_q & {{10{swap_q}}, {14{swap_i}}})',
    "(~acc_n_q & {{10{swap_q}}, {13{swap_i}}, 1'b1})",
    /PE, clock edge.*\bbus\b/,
  ],
  [
    'the sum of a PE below',
    { name: 'b3', pipeline: 2 },
    'pe',
    'bus_o = bus_i |',
    'bus_o = (bus_i & {{10{~swap_q}}, {14{~swap_i}}}) |',
    /PE, clock edge.*\bbus\b/,
  ],
  [
    'the row that is swapped',
    { name: 'b4' },
    'control',
    'assign swap_o = swap',
    'assign swap_o = {swap[0], swap[1], swap[2]}',
    /array.*row \d, column/,
  ],
  [
    'two rows on the bus at once',
    { name: 'b5' },
    'control',
    "if (last_i) bubble_q <= 2'd2",
    "if (last_i) bubble_q <= 2'd1",
    /array/,
  ],
  [
    'a bubble between tiles on the bus',
    { name: 'b6' },
    'control',
    "if (last_i) bubble_q <= 2'd2",
    "if (last_i) bubble_q <= 2'd3",
    /tile period.*formula .* simulated/,
  ],
  [
    'a last beat that does not wait for the bus',
    { name: 'b7' },
    'input',
    'grant_i | ~last_q',
    'grant_i | ~last_q | last_q',
    /array/,
  ],
  [
    'rows flushed after reset',
    { name: 'b8' },
    'control',
    "flush_q <= 1'b1",
    "flush_q <= 1'b0",
    /array.*(no tile|wrong|got)/,
  ],
  [
    'accumulators cleared after reset',
    { name: 'b9', pipeline: 3 },
    'control',
    "last_pipe_q <= 6'd1",
    "last_pipe_q <= 6'd0",
    /array/,
  ],
  [
    'a swap ahead of the products in the pipeline',
    { name: 'b10', pipeline: 2 },
    'control',
    'swap = last_pipe_q[4:2]',
    'swap = last_pipe_q[3:1] & {3{last_pipe_q[4] | ~last_pipe_q[4]}}',
    /array.*row \d, column/,
  ],
  [
    'the register at the end of a bus',
    { name: 'b11' },
    'core',
    'if (p == 0) begin : g_register',
    'if (p == 0 && c != 1) begin : g_register',
    /array.*look at (bus and de-|)skew/,
  ],
  [
    'the row of PEs that activations go to',
    { name: 'b12' },
    'core',
    'a_in = g_a[p].operand',
    'a_in = g_a[ROWS-1-p].operand',
    /array.*row \d, column/,
  ],
  [
    'the mark of the last row on the bus',
    { name: 'b13' },
    'control',
    'assign row_last_o = row_last_q',
    'assign row_last_o = ~row_last_q',
    /out_last_o is wrong/,
  ],
  [
    'a register of the bus',
    { name: 'b15', rows: 5, busSegment: 2 },
    'core',
    'p % SEGMENT == 0',
    'p % SEGMENT == 0 && p != 4',
    /array.*row \d, column/,
  ],
  [
    'a row behind a register of the bus',
    { name: 'b16', rows: 5, busSegment: 2 },
    'control',
    "{1'b0, bus_valid_q[2:1]}",
    '{bus_valid_q[2], bus_valid_q[2:1]}',
    /array/,
  ],
  [
    'the bias of a product',
    { name: 'b17' },
    'pe',
    '{~negative, magnitude',
    '{negative, magnitude',
    /PE, clock edge.*accumulator/,
  ],
  [
    'the sign that is carried in',
    { name: 'b18', pipeline: 2 },
    'pe',
    'term, negative_q}',
    'term, a_sign}',
    /PE, clock edge.*accumulator/,
  ],
  [
    'the count of cycles between two tiles',
    { name: 'b19' },
    'control',
    'bias_q <= count_q',
    "bias_q <= count_q + 11'd1",
    /array.*row \d, column/,
  ],
  [
    'the count of the tile before',
    { name: 'b20' },
    'control',
    'first_row = row_last_q[1]',
    'first_row = row_last_q[0]',
    /array.*row \d, column/,
  ],
  ['the bias taken off', { name: 'b21' }, 'correct', '+ bias_i', '- bias_i', /array.*row \d, column/],
  [
    'the swap of the late part of an accumulator',
    { name: 'b23', lanes: 2 },
    'pe',
    '{{11{swap_q}}, {13{swap_i}}})',
    '{24{swap_i}})',
    /PE, clock edge.*\bbus\b/,
  ],
  [
    'the lower part of a sum that waits for the late one',
    { name: 'b24', lanes: 2 },
    'core',
    '.d_i  (bus_sum[c*ACC_BITS +: LATE_FROM])',
    '.d_i  (~bus_sum[c*ACC_BITS +: LATE_FROM])',
    /array.*row \d, column/,
  ],
  [
    'a stall of the bus',
    { name: 'b14', stall: 'enable' },
    'control',
    'if (en_i) begin',
    'if (en_i | ~en_i) begin',
    /array, random stalls/,
  ],
];

/** Broken designs that have every module and every architecture broken once, and the others. */
export const { sample, rest } = splitByFeatures(
  [...MUTATIONS, ...BUS_MUTATIONS, ...FLOAT_MUTATIONS],
  ([, { arch, dataflow, pe }, module]) => [module, JSON.stringify([arch, dataflow, pe])],
);

export function describeMutations(
  mutations: readonly Mutation[],
  options: { readonly tags?: 'rest' | 'long' } = {},
): void {
  describe('a broken design fails verification with a message that leads to the cause', () => {
    const budget = { ...quickBudget(join(out, 'quick')), mostPairs: 100_000, extremeMacs: 2 ** 22 };

    afterAll(() => rmSync(out, { recursive: true, force: true }));

    it.concurrent.each(mutations)('%s', options, async (_, raw, module, piece, replacement, message) => {
      const folder = broken(raw, module, piece, replacement);
      const verdict = await verifyDesign(folder, loadDesign(folder), { seed: 1, trace: false, budget });
      expect(verdict.passed).toBe(false);
      expect(verdict.failure).toMatch(message);
    });
  });
}
