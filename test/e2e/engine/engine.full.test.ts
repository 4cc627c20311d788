import { describe, expect, it } from 'vitest';
import type { Machine } from '../../../gen/commands/machine.js';
import { type RandomSource, randomSource } from '../../../gen/golden/vectors.js';
import type { EngineParameters } from '../../../gen/rtl/engine/engine.js';
import { buildEngine, type EngineJob, runJobs, slowJob } from '../../../scripts/verify/engine/engine.js';
import { faultJobs } from '../../../scripts/verify/engine/faults.js';
import { randomLayers } from '../../../scripts/verify/engine/layers.js';
import { randomCopies } from '../../../scripts/verify/engine/programs.js';

interface Shape {
  readonly rows: number;
  readonly cols: number;
  readonly lanes: number;
  readonly requantiseLanes: number;
  readonly busBits: number;
}

const shape = (rows: number, cols: number, lanes: number, requantiseLanes: number, busBits: number): Shape => ({
  ...{ rows, cols, lanes, requantiseLanes, busBits },
});

const engine = ({ busBits, ...size }: Shape, name: string): EngineParameters => ({
  ...size,
  bus: { name, busBits, addressBits: 40, outstanding: 4, reset: 'sync' },
  ...{ pipeline: 1, maxK: 1024, rounding: 'up' },
  words: { activation: 1024, weight: 2048, constant: 128, output: 1024 },
});

/** Programs of every kind on random buses, then faults. */
function jobsOf(machine: Machine, random: RandomSource, count: number): EngineJob[] {
  const layers = () => slowJob(randomLayers(machine, random, 1 + random.below(3)), random);
  const copies = () => slowJob(randomCopies(machine, random, 4), random);
  return [
    ...Array.from({ length: count }, () => (random.below(4) > 0 ? layers() : copies())),
    ...faultJobs(machine, random),
  ];
}

const BREAKS: readonly (readonly [file: string, from: string, to: string])[] = [
  ['sequence', 'step = go &', "step = 1'b1 &"],
  ['sequence', 'tap_ends ? (row_ends ? a_tap_y_i : a_tap_x_i)', 'tap_ends ? (row_ends ? a_tap_x_i : a_tap_x_i)'],
  ['sequence', 'in_x < {7', 'in_y < {7'],
  ['sequence', 'begins_again ? weight_tile_q :', 'begins_again ? weight_address_q :'],
  ['feed', 'odd_q & ~load_i ? high_q : low', 'odd_q & ~load_i ? low : high_q'],
  ['sums', 'room_o = taken_q < 2', "room_o = 1'b1 | taken_q < 2"],
  ['sums', 'odd_row_q | ~a_wide_i) & (odd_col_q', "1'b1 | odd_row_q | ~a_wide_i) & (odd_col_q"],
  ['beats', 'col_last & ~tile_ends ? constant_tile_q :', 'col_last & ~tile_ends ? constant_q :'],
  ['beats', 'col_last & (copy_q | ~copy_i)', "col_last & (1'b1 | copy_q | ~copy_i)"],
  ['beats', 'constant_2_q <= constant_1_q', 'constant_2_q <= constant_q'],
  ['places', '<< size_i', "<< (size_i ^ 1'b1)"],
  ['places', 'if (last_i) tile_q', 'if (~last_i) tile_q'],
  ['values', '^ {VALUE_BITS{negative}}', "^ {VALUE_BITS{1'b0}}"],
  ['values', '(LANE << beats_i) |', 'LANE |'],
  ['vector', '~there_q | $signed', '$signed'],
  ['vector', 'there_late_q | (there_q & ~first_late_q)', 'there_late_q | there_q'],
  ['vector', 'last_x_i ? a_step_y_i : a_step_x_i', 'last_x_i ? a_step_x_i : a_step_x_i'],
  ['vector', 'else if (word_ends) words_q', 'else if (pixel_ends) words_q'],
  ['second', '~there_i | here_q', "1'b1 | here_q"],
  ['second', '>> (part*PART_BITS)', '>> (0*part*PART_BITS)'],
  ['second', '.next_i(pixel_ends_i)', ".next_i(1'b0)"],
  ['lookup', 'lookup_i & ~copy_q ?', 'lookup_i ?'],
  ['lookup', '{code[2:0], 3', '{code[1:0], code[2], 3'],
  ['compute', 'copy_relu_q ?', "1'b0 & copy_relu_q ?"],
  ['compute', 'beat_copy ? copy_shift_q : shift_q', 'shift_q'],
  ['compute', '.DEPTH(5)', '.DEPTH(4)'],
  ['compute', 'second_q == SECOND_ADD ? value', 'second_q == SECOND_ADD | has_second ? value'],
  ['compute', 'second_q == SECOND_MULTIPLY ? own_sum * factor', 'second_q == SECOND_MULTIPLY ? own_sum + factor'],
  ['compute', '~holds & illegal_results', '~hold_q & illegal_results'],
  ['compute', 'tile_ends & ~hold_q', 'tile_ends'],
  ['compute', '| second_outside) range_q', ') range_q'],
  ['results', 'parts[n] = here | part', "parts[n] = 1'b1 | part"],
  ['results', '.next_i(whole_q & copy_q)', '.next_i(whole_q)'],
  ['store', 'read_now_q ? read_data_i : kept_q', 'read_data_i'],
  ['results', 'last_q <= last_i', "last_q <= 1'b0 & last_i"],
  ['load', 'last_run ? repetition_address_q +', 'last_run ? run_address_q +'],
  [
    'store',
    'take = state_q == WAIT & ~illegal & (wait_q & ~there_i) == 3',
    "take = state_q == WAIT & ~illegal & (wait_q & ~there_i & 3'd0) == 3",
  ],
  ['job', 'finished_i & ~clear_q', 'finished_i'],
];

describe('an engine', () => {
  it.each([
    shape(4, 4, 1, 2, 64),
    shape(2, 2, 1, 1, 32),
    shape(8, 4, 1, 2, 32),
    shape(4, 16, 2, 4, 256),
    shape(8, 8, 4, 4, 128),
    shape(16, 16, 1, 4, 128),
  ])(
    'runs random programs as the reference simulator, byte by byte: $rows x $cols, $lanes lanes, a bus of $busBits bits',
    async (each) => {
      const random = randomSource(each.busBits + each.rows);
      const built = await buildEngine(engine(each, `sized${each.rows}x${each.cols}`));
      const outcome = await runJobs(built, jobsOf(built.design.machine, random, 80));
      expect(outcome.failure).toBeUndefined();
      expect(outcome.vectors).toBeGreaterThan(10_000);
    },
  );

  it.each(BREAKS)('is found broken: %s, %s', async (file, from, to) => {
    let changed = 0;
    const built = await buildEngine(engine(shape(4, 4, 1, 2, 64), 'broken'), {
      broken: (name, text) => {
        if (name !== `broken_${file}.v`) return text;
        changed += text.includes(from) ? 1 : 0;
        return text.replace(from, to);
      },
    });
    expect(changed).toBe(1);
    const outcome = await runJobs(built, jobsOf(built.design.machine, randomSource(1), 60));
    expect(outcome.failure).toMatch(/job \d+/);
  });
});
