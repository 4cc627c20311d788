import { describe, expect, it } from 'vitest';
import type { Machine } from '../../../gen/commands/machine.js';
import { type RandomSource, randomSource } from '../../../gen/golden/vectors.js';
import type { EngineParameters } from '../../../gen/rtl/engine/engine.js';
import { buildEngine, type EngineJob, runJobs, slowJob } from '../../../scripts/verify/engine/engine.js';
import { faultJobs } from '../../../scripts/verify/engine/faults.js';
import { randomCopies, randomLayers } from '../../../scripts/verify/engine/programs.js';

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
  ['sums', 'col_last ? constant_tile_q :', 'col_last ? constant_q :'],
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
