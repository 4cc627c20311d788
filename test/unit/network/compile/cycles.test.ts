import { describe, expect, it } from 'vitest';
import { type Command, command, withAhead } from '../../../../gen/commands/encode.js';
import { bursts, transferOf } from '../../../../scripts/network/compile/cycles/bursts.js';
import { Events, Gate, type Process } from '../../../../scripts/network/compile/cycles/events.js';
import { layerCycles } from '../../../../scripts/network/compile/cycles/layers.js';
import { predictJob } from '../../../../scripts/network/compile/cycles/predict.js';
import { bufferNumber } from '../../../../scripts/verify/engine/programs.js';
import { smallMachine } from '../../golden/engine/machine.js';

const SPEED = {
  ...{ machine: smallMachine(), timing: { sumsDelay: 10, resultsDelay: 8 } },
  ...{ busBytes: 8, latency: 50, outstanding: 4 },
};

const cyclesOf = (commands: readonly Command[], more: Partial<typeof SPEED> = {}): number =>
  predictJob({ ...SPEED, ...more }, withAhead([...commands, command('end', {})])).cycles;

describe('events', () => {
  it('happen in the order of their cycles, and gates wake who waits', () => {
    const events = new Events();
    const gate = new Gate();
    const seen: string[] = [];
    function* waits(): Process {
      yield gate;
      seen.push(`woken ${events.now}`);
      yield 20;
      seen.push(`later ${events.now}`);
    }
    events.start(waits());
    for (const cycle of [9, 3, 7, 12]) events.at(cycle, () => seen.push(`at ${cycle}`));
    events.at(8, () => events.open(gate));
    events.run();
    expect(seen).toEqual(['at 3', 'at 7', 'woken 8', 'at 9', 'at 12', 'later 20']);
  });
});

describe('bursts', () => {
  const of = (fields: object, wordBytes = 8) => [
    ...bursts(transferOf(command('load', { run: 8, ...fields })), 16, wordBytes),
  ];

  it('end at multiples of 4096 and at the ends of runs', () => {
    expect(of({ offset: 4096 - 32, run: 64 }).map(({ beats }) => beats)).toEqual([2, 2]);
    expect(of({ run: 24, count1: 3, memory_step1: 64 }).map(({ beats }) => beats)).toEqual([2, 2, 2]);
    expect(of({ run: 8192 }).map(({ beats, wordCycles }) => [beats, wordCycles])).toEqual([
      [256, 512],
      [256, 512],
    ]);
  });

  it('take a beat and perhaps a cycle more where runs begin within a beat', () => {
    expect(of({ offset: 8, run: 32 })).toMatchObject([{ beats: 3, flush: false }]);
    expect(of({ offset: 8, run: 24 })).toMatchObject([{ beats: 2, flush: true }]);
  });
});

describe('a job', () => {
  const load = command('load', { run: 256, buffer: bufferNumber('constant') });
  const store = command('store', { run: 256, buffer: bufferNumber('output') });

  it('loads and stores at the same time, as tokens allow', () => {
    const together = cyclesOf([load, store]);
    const behind = cyclesOf([
      { ...load, signal_store: 1 },
      { ...store, wait_load: 1 },
    ]);
    expect(behind - together).toBeGreaterThan(30);
  });

  it('waits for memory once for what is asked for in time', () => {
    const [near, far] = [10, 110].map((latency) => cyclesOf([load], { latency })) as [number, number];
    // The command, then its data; `end` comes with the command behind the first.
    expect(far - near).toBe(200);
  });

  it('asks for no more bursts than may be under way', () => {
    const runs = command('store', { run: 8, count1: 64, memory_step1: 64, buffer: bufferNumber('output') });
    const [few, many] = [2, 16].map((outstanding) => cyclesOf([runs], { outstanding })) as [number, number];
    expect(few).toBeGreaterThan(4 * many);
  });

  it('tells when memory has the results of each store', () => {
    const { written, cycles } = predictJob(SPEED, [store, store, command('end', {})]);
    expect(written[0]).toBeLessThan(written[1] as number);
    expect(written[2]).toBeUndefined();
    expect(cycles).toBeGreaterThan((written[1] as number) + SPEED.latency);
  });
});

describe('cycles of layers', () => {
  it('follow from their ends, and the last one has the rest of the job', () => {
    expect(layerCycles([100, 90, 250], 400)).toEqual([100, 0, 300]);
  });
});
