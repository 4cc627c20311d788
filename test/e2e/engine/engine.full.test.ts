/** @module-tag rest */
import { describe, expect, it } from 'vitest';
import { randomSource } from '../../../gen/golden/vectors.js';
import { inScratch } from '../../../scripts/tools/scratch.js';
import { buildEngine, runJobs } from '../../../scripts/verify/engine/engine.js';
import { engineJobs } from '../../../scripts/verify/engine/jobs.js';
import { brokenEngine, engineIn } from '../../support/engine.js';
import { everyNth } from '../../support/sample.js';

interface Shape {
  readonly rows: number;
  readonly cols: number;
  readonly lanes?: number;
  readonly requantiseLanes?: number;
  readonly busBits?: number;
  readonly [more: string]: unknown;
}

const SMALL = { activationKib: 8, weightKib: 16, constantKib: 4, outputKib: 8 };
const BROKEN = { rows: 4, cols: 4, requantiseLanes: 2, busBits: 64, name: 'broken', ...SMALL };

const BREAKS: readonly (readonly [file: string, from: string, to: string])[] = [
  ['sequence', 'step = go &', "step = 1'b1 &"],
  ['tap', 'row_ends ? a_tap_y_i', 'row_ends ? a_tap_x_i'],
  ['sequence', 'upper ? second_in_x', "1'b0 & upper ? second_in_x"],
  ['sequence', 'wide_i & second_last', "1'b0 & second_last"],
  ['sequence', 'in_x < {7', 'in_y < {7'],
  ['sequence', 'begins_again ? weight_tile_q :', 'begins_again ? weight_address_q :'],
  ['sequence', 'last_row ? top : ', ''],
  ['sequence', 'image_q <= tile_image_q', 'image_q <= image_q'],
  ['sequence', " & tile_image_q == 8'd0}", '}'],
  ['beats', 'last_y & image_q == more_images_i', 'last_y'],
  ['vector', "last_y_i ? 23'd0 - {15'd0, pad_top_i} : ", ''],
  ['feed', 'odd_q & ~load_i ? high_q : low', 'odd_q & ~load_i ? low : high_q'],
  ['sums', 'room_o = taken_q < 2', "room_o = 1'b1 | taken_q < 2"],
  ['sums', 'in_odd = a_wide_i |', 'in_odd ='],
  ['sums', 'READY        = 5', 'READY        = 4'],
  ['sums', "write_early = write_q - 4'd1", 'write_early = write_q'],
  ['sums', 'w_wide_i ? {products', "1'b0 & w_wide_i ? {products"],
  ['beats', 'col_last & ~tile_ends ? constant_tile_q :', 'col_last & ~tile_ends ? constant_q :'],
  ['beats', 'col_last & (copy_q | ~copy_i)', "col_last & (1'b1 | copy_q | ~copy_i)"],
  ['beats', 'constant_2_q <= constant_1_q', 'constant_2_q <= constant_q'],
  ['places', '<< size_i', '<< (size_i >> 1)'],
  ['places', 'if (last_i) tile_q', 'if (~last_i) tile_q'],
  ['values', '^ {VALUE_BITS{negative}}', "^ {VALUE_BITS{1'b0}}"],
  ['values', '(LANE << beats_i) |', 'LANE |'],
  ['vector', '~there_q | $signed', '$signed'],
  ['vector', 'there_late_q | (there_q & ~first_late_q)', 'there_late_q | there_q'],
  ['vector', 'last_x_i ? a_step_y_i : a_step_x_i', 'last_x_i ? a_step_x_i : a_step_x_i'],
  ['vector', 'else if (word_ends) words_q', 'else if (pixel_ends) words_q'],
  ['second', '~there_i | here_q', "1'b1 | here_q"],
  ['second', '>> (part*PART_BITS)', '>> (0*part*PART_BITS)'],
  ['second', '(pixel_ends_i),', "(1'b0),"],
  ['lookup', 'lookup_i & ~copy_q ?', 'lookup_i ?'],
  ['lookup', '{code[2:0], 3', '{code[1:0], code[2], 3'],
  ['requantise', 'copy_relu_i ?', "1'b0 & copy_relu_i ?"],
  ['requantise', 'copy_q[2] ? copy_shift_i', 'copy_q[1] ? copy_shift_i'],
  ['requantise', 'copy_o = copy_q[STAGES-1]', 'copy_o = copy_q[STAGES-2]'],
  ['requantise', 'else if (clear_i) valid_q', "else if (1'b0 & clear_i) valid_q"],
  ['compute', 'second_q == SECOND_ADD ? product', 'second_q == SECOND_ADD | has_second ? product'],
  ['compute', '- taken_factor', ''],
  ['compute', '- taken_value', ''],
  ['results', '(whole_q & copy_q)', '(whole_q)'],
  ['results', 'last_q <= last_i', "last_q <= 1'b0 & last_i"],
  ['load', 'word_repetition_last_i ? repetition_address_q +', 'word_repetition_last_i ? run_address_q +'],
  ['fetch', 'head_o = {next_place,', 'head_o = {place_q,'],
  [
    'store',
    'take = state_q == WAIT & ~illegal & (wait_q & ~there_i) == 3',
    "take = state_q == WAIT & ~illegal & (wait_q & ~there_i & 3'd0) == 3",
  ],
  ['job', 'finished_i & ~clear_q', 'finished_i'],
  ['tokens', 'store_compute_in = store_give_i[1]', "store_compute_in = 1'b0 & store_give_i[1]"],
  ['registers', 'read_data_q <= base2_o[31:0]', 'read_data_q <= base1_o[31:0]'],
  ['registers', "read_data_q <= {30'd0, interrupt_status_q}", "read_data_q <= {30'd0, interrupt_enable_q}"],
  ['registers', "read_data_q <= 32'd0;  // control", "read_data_q <= 32'd1;  // control"],
];

const SHAPES: readonly Shape[] = [
  { rows: 4, cols: 4, requantiseLanes: 2, busBits: 64 },
  { rows: 2, cols: 2, busBits: 32 },
  { rows: 8, cols: 4, requantiseLanes: 2, busBits: 32, pipeline: 2 },
  { rows: 4, cols: 16, lanes: 2, requantiseLanes: 4, busBits: 256, rounding: 'even' },
  { rows: 8, cols: 8, lanes: 4, requantiseLanes: 4, reset: 'async' },
  { rows: 16, cols: 16 },
  { rows: 32, cols: 2, busBits: 32, addressBits: 32, pipeline: 3 },
  { rows: 2, cols: 32, busBits: 512, addressBits: 64, outstanding: 2 },
  { rows: 4, cols: 8, activations: ['flint4', 'uint8'], weights: ['pot4', 'int8'] },
  { rows: 4, cols: 4, activations: ['int8', 'int4', 'uint4'], weights: ['int4', 'flint4', 'uint8'], outstanding: 16 },
];

describe('an engine', () => {
  const shapes = everyNth(
    SHAPES.map((each) => [JSON.stringify(each), each] as const),
    4,
  );
  const expectToRun = (_title: string, each: Shape): Promise<void> =>
    inScratch('engine', async (out) => {
      const { folder, manifest } = engineIn(out, { ...SMALL, ...each });
      const built = await buildEngine(folder, manifest);
      const outcome = await runJobs(built, engineJobs(manifest.machine, randomSource(each.rows + each.cols), 80));
      expect(outcome.failure).toBeUndefined();
      expect(outcome.vectors).toBeGreaterThan(10_000);
    });

  const programs = 'runs programs as the reference simulator, byte by byte: %s';
  it.each(shapes.sample)(programs, expectToRun);
  it.each(shapes.rest)(programs, { tags: 'long' }, expectToRun);

  const breaks = everyNth(BREAKS, 4);
  const expectToBeFound = (file: string, from: string, to: string): Promise<void> =>
    inScratch('engine', async (out) => {
      let changed = 0;
      const { folder, manifest } = brokenEngine(out, BROKEN, (name, text) => {
        if (name !== `broken_${file}.v`) return text;
        changed += text.includes(from) ? 1 : 0;
        return text.replace(from, to);
      });
      const built = await buildEngine(folder, manifest);
      expect(changed).toBe(1);
      const outcome = await runJobs(built, engineJobs(manifest.machine, randomSource(1), 60));
      expect(outcome.failure).toMatch(/job \d+/);
    });

  it.each(breaks.sample)('is found broken: %s, %s', expectToBeFound);
  it.each(breaks.rest)('is found broken: %s, %s', { tags: 'long' }, expectToBeFound);
});
