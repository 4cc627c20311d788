import { describe, expect, test } from 'vitest';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { streamCycles, wholeProduct } from '../../../gen/golden/stream-cycles.js';
import { planTiling } from '../../../gen/golden/tiling.js';
import { factsOf } from '../../../gen/rtl/arch/table.js';
import type { Accelerator } from '../../../scripts/perf/accelerator.js';
import type { Bar } from '../../../scripts/perf/comparison.js';
import {
  CORRECTED,
  CORRECTION_NAMES,
  CORRECTIONS,
  type Corrections,
  PUBLISHED,
  withCorrections,
} from '../../../scripts/perf/corrections.js';
import { bitLists, comparedAccelerators } from '../../../scripts/perf/data.js';
import { correctionEffects } from '../../../scripts/perf/effects.js';
import { energyOf, totalEnergy } from '../../../scripts/perf/energy.js';
import { Evaluator } from '../../../scripts/perf/evaluate.js';
import { LOOP } from '../../../scripts/perf/loops.js';
import { machineOf } from '../../../scripts/perf/machine.js';
import { inceptionV3 } from '../../../scripts/perf/networks/inception.js';
import { vitB16 } from '../../../scripts/perf/networks/transformer.js';
import type { Problem } from '../../../scripts/perf/problem.js';
import { bestSchedule, type Schedule } from '../../../scripts/perf/search.js';
import { effectsTable } from '../../../scripts/perf/text.js';

const [antOs, antWs, bitFusion] = comparedAccelerators() as [Accelerator, Accelerator, Accelerator];

/** The same with buffers of a few kilobytes, so that small layers do not fit. */
function small(accelerator: Accelerator, bytes: readonly [number, number, number]): Accelerator {
  const { memory } = accelerator;
  const { weights, activations, results } = memory.buffers;
  return {
    ...accelerator,
    memory: {
      ...memory,
      buffers: {
        weights: { ...weights, bytes: bytes[0] },
        activations: { ...activations, bytes: bytes[1] },
        results: { ...results, bytes: bytes[2] },
      },
    },
  };
}

const PROBLEMS: readonly Problem[] = [
  problem({ batch: 3, kernel: 3, output: 13, stride: 1, inChannels: 24, outChannels: 40 }),
  problem({ batch: 2, kernel: 5, output: 7, stride: 2, inChannels: 70, outChannels: 33 }),
  problem({ batch: 4, kernel: 1, output: 9, stride: 2, inChannels: 100, outChannels: 130 }),
  problem({ batch: 50, kernel: 1, output: 1, stride: 1, inChannels: 300, outChannels: 77 }),
];

interface Sides {
  readonly batch: number;
  readonly kernel: number;
  readonly output: number;
  readonly stride: number;
  readonly inChannels: number;
  readonly outChannels: number;
}

function problem({ kernel, output, stride, ...rest }: Sides): Problem {
  const input = (output - 1) * stride + 1;
  const square = (side: number) => ({ height: side, width: side });
  return {
    ...rest,
    count: 1,
    kernel: square(kernel),
    output: square(output),
    input: square(input),
    stride,
    bits: 4,
    resultBits: 8,
  };
}

/** Bits between DRAM and buffers, by walking the loops of a schedule turn by turn and watching what is in the buffers. */
function walked(problem: Problem, { tile, order }: Schedule, accelerator: Accelerator) {
  const machine = machineOf(accelerator);
  const sizes = [problem.batch, problem.output.width, problem.output.height, problem.inChannels, problem.outChannels];
  const tiles = [tile.batch, tile.column, tile.row, tile.inChannel, tile.outChannel];
  const turns = sizes.map((size, loop) => Math.ceil(size / (tiles[loop] as number)));
  const { kernel, stride, input, bits } = problem;
  const span = (outputs: number, side: 'height' | 'width'): number =>
    Math.min(stride >= kernel[side] ? outputs * kernel[side] : (outputs - 1) * stride + kernel[side], input[side]);
  const tensors = {
    weights: {
      loops: [LOOP.inChannel, LOOP.outChannel],
      capacity: machine.weightCapacity,
      bitsOf: (e: number[]) => kernel.height * kernel.width * at(e, 3) * at(e, 4) * bits,
    },
    activations: {
      loops: [LOOP.batch, LOOP.column, LOOP.row, LOOP.inChannel],
      capacity: machine.activationCapacity,
      bitsOf: (e: number[]) => at(e, 0) * span(at(e, 1), 'width') * span(at(e, 2), 'height') * at(e, 3) * bits,
    },
    results: {
      loops: [LOOP.batch, LOOP.column, LOOP.row, LOOP.outChannel],
      capacity: machine.resultCapacity,
      bitsOf: (e: number[]) => at(e, 0) * at(e, 1) * at(e, 2) * at(e, 4) * machine.accumulatorBits,
    },
  };
  const moved = { weights: 0, activations: 0, firstResults: 0, laterResults: 0 };
  for (const [name, { loops, capacity, bitsOf }] of Object.entries(tensors)) {
    const depends = (loop: number): boolean => (loops as number[]).includes(loop);
    // Loops whose turns are all kept: from the innermost, as long as what they touch fits.
    const kept = new Set<number>();
    const extent = [...tiles];
    for (const loop of order) {
      const next = extent.map((size, i) => (i === loop ? at(sizes, i) : size));
      if (depends(loop) && bitsOf(next) > capacity) break;
      kept.add(loop);
      if (depends(loop)) extent[loop] = at(sizes, loop);
    }
    const seen = new Set<string>();
    let current = '';
    const index = [0, 0, 0, 0, 0];
    const nest = (depth: number): void => {
      if (depth < 0) {
        const block = index.map((turn, loop) => (depends(loop) && !kept.has(loop) ? turn : '-')).join();
        if (block === current) return;
        current = block;
        const size = index.map((turn, loop) =>
          kept.has(loop) ? at(sizes, loop) : Math.min(at(tiles, loop), at(sizes, loop) - turn * at(tiles, loop)),
        );
        const amount = bitsOf(size);
        if (name !== 'results') moved[name as 'weights' | 'activations'] += amount;
        else moved[seen.has(block) ? 'laterResults' : 'firstResults'] += amount;
        seen.add(block);
        return;
      }
      const loop = order[depth] as number;
      for (let turn = 0; turn < at(turns, loop); turn++) {
        index[loop] = turn;
        nest(depth - 1);
      }
      index[loop] = 0;
    };
    nest(order.length - 1);
  }
  return moved;
}

const at = (values: readonly number[], index: number): number => values[index] as number;

describe('the traffic of the corrected model is what walking the loops moves', () => {
  const sizes: [number, number, number][] = [
    [512, 1024, 512],
    [4096, 2048, 1024],
    [131072, 262144, 131072],
  ];
  let spilled = 0;
  for (const accelerator of [antOs, antWs]) {
    test.each(sizes)(`${accelerator.name}, buffers of %d, %d and %d bytes`, (...bytes) => {
      const own = small(accelerator, bytes);
      const machine = machineOf(own);
      // With the least cycles, whatever the energy, schedules are stranger.
      for (const corrections of [CORRECTED, { ...CORRECTED, objective: false }]) {
        for (const one of PROBLEMS) {
          const schedule = bestSchedule(one, machine, corrections);
          if (!schedule) throw new Error('nothing fits');
          const moved = walked(one, schedule, own);
          const outputs = one.batch * one.output.height * one.output.width * one.outChannels;
          expect(moved.firstResults).toBe(outputs * machine.accumulatorBits);
          const { stats } = schedule;
          expect(stats.weightWrites).toBeCloseTo(moved.weights, 3);
          expect(stats.activationWrites).toBeCloseTo(moved.activations, 3);
          expect(stats.dramReads).toBeCloseTo(moved.weights + moved.activations + moved.laterResults, 3);
          expect(stats.dramWrites).toBeCloseTo(outputs * one.resultBits + moved.laterResults, 3);
          spilled += moved.laterResults > 0 ? 1 : 0;
        }
      }
    });
  }
  test('some of them spill partial sums', () => expect(spilled).toBeGreaterThan(0));
});

test('least energy x delay is no more than that of the fewest cycles', () => {
  const machine = machineOf(antOs);
  const product = (schedule: Schedule | undefined): number =>
    schedule ? schedule.stats.cycles * totalEnergy(energyOf(schedule.stats, machine, CORRECTED)) : Number.NaN;
  let less = 0;
  const large = problem({ batch: 64, kernel: 3, output: 28, stride: 1, inChannels: 256, outChannels: 512 });
  for (const one of [...PROBLEMS, large]) {
    const best = product(bestSchedule(one, machine, CORRECTED));
    const fastest = product(bestSchedule(one, machine, { ...CORRECTED, objective: false }));
    expect(best).toBeLessThanOrEqual(fastest);
    if (best < fastest) less++;
  }
  expect(less).toBeGreaterThan(0);
});

describe('single corrections', () => {
  const lists = bitLists();
  const macs = (names: Parameters<typeof withCorrections>[0], network = inceptionV3()): number =>
    new Evaluator(withCorrections(names)).evaluate(network, antOs, { lists }).stats.macs / 64e9;

  test('true kernels: Inception-v3 has 5.71 billion MACs, not 9.70', () => {
    expect(macs([])).toBeCloseTo(9.7, 2);
    expect(macs(['kernels'])).toBeCloseTo(5.71, 2);
  });

  test('attention and patches: all of ViT counts', () => {
    const layers = (names: Parameters<typeof withCorrections>[0]): number =>
      new Evaluator(withCorrections(names)).evaluate(vitB16(), antOs, { lists }).layers.length;
    expect([layers([]), layers(['patches']), layers(['attention']), layers(['patches', 'attention'])]).toEqual([
      49, 50, 73, 74,
    ]);
    expect(new Evaluator(PUBLISHED).evaluate(vitB16(), bitFusion, { lists }).layers).toHaveLength(50);
    expect(macs(['patches', 'attention'], vitB16())).toBeCloseTo(17.56, 2);
  });

  test('tiles of results fit their buffer', () => {
    const machine = machineOf(antWs);
    for (const one of PROBLEMS) {
      const { tile } = bestSchedule(one, machine, CORRECTED) as Schedule;
      const bits = tile.batch * tile.row * tile.column * tile.outChannel * machine.accumulatorBits;
      expect(bits).toBeLessThanOrEqual(machine.resultCapacity);
    }
  });
});

describe("the array's cycles are those of the cycle model that simulations confirm", () => {
  // A batch of vectors that fits the buffers whole: one tile of the search is the whole product.
  test.each([
    ['os', 1, antOs],
    ['os', 2, antOs],
    ['os', 4, antOs],
    ['ws', 1, antWs],
    ['ws', 4, antWs],
  ] as const)('%s, lanes: %d', (dataflow, lanes, accelerator) => {
    // With several lanes the last beat is not full.
    const [batch, steps, rows] = [100, lanes === 1 ? 96 : 97, 64 / lanes];
    const one = { ...problem({ batch, kernel: 1, output: 1, stride: 1, inChannels: steps, outChannels: 200 }) };
    const { array } = accelerator;
    const machine = machineOf({ ...accelerator, array: { ...array, rows: array.rows / lanes, lanes } });
    const schedule = bestSchedule(one, machine, { ...CORRECTED, objective: false }) as Schedule;
    const { tile } = factsOf(validateConfiguration({ dataflow, rows, cols: 64, lanes }));
    const info = { tile, rows, cols: 64 };
    const accumulator = { bits: 32, wraps: false, provenK: 1024 };
    const tiling = planTiling(
      { a: { rows: batch, cols: steps }, w: { rows: steps, cols: 200 } },
      { info, accumulator },
    );
    expect(schedule.tile).toMatchObject({ inChannel: steps });
    expect(schedule.stats.cycles - schedule.stats.stall).toBe(streamCycles(machine.timing, [wholeProduct(tiling)]));
  });
});

test('effects show each correction alone, and the corrected model without it', () => {
  const bar = (accelerator: string, time: number): Bar => ({
    network: 'mean',
    accelerator,
    time,
    energy: { static: time, dram: 0, buffer: 0, core: 0 },
  });
  const count = (corrections: Corrections): number => Object.values(corrections).filter((on) => on).length;
  const effects = correctionEffects('A', (corrections) => [bar('A', 1), bar('B', 1 + count(corrections))]);
  const speeds = effects.map(({ flaw, alone, without }) => [flaw, alone[0]?.speed, without[0]?.speed]);
  const all = CORRECTION_NAMES.length;
  expect(speeds[0]).toEqual([undefined, 1, 1 + all]);
  expect(speeds.slice(1)).toEqual(CORRECTION_NAMES.map((name) => [CORRECTIONS[name].flaw, 2, all]));
  const text = effectsTable(effects, false);
  for (const { title } of effects.slice(1)) expect(text).toContain(title);
  const flaws = [...text.matchAll(/^ *(\d+)[ :]/gm)].map(([, flaw]) => Number(flaw));
  expect(new Set(flaws)).toEqual(new Set(Array.from({ length: 18 }, (_, i) => i + 1)));
});
