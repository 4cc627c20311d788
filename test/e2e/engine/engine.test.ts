import { describe, expect, it } from 'vitest';
import { randomSource } from '../../../gen/golden/vectors.js';
import type { EngineParameters } from '../../../gen/rtl/engine/engine.js';
import { buildEngine, runJobs, slowJob } from '../../../scripts/verify/engine/engine.js';
import { faultJobs } from '../../../scripts/verify/engine/faults.js';
import { randomLayers } from '../../../scripts/verify/engine/layers.js';
import { randomCopies } from '../../../scripts/verify/engine/programs.js';

const LITTLE: EngineParameters = {
  bus: { name: 'little', busBits: 64, addressBits: 40, outstanding: 4, reset: 'sync' },
  ...{ rows: 4, cols: 4, lanes: 1, requantiseLanes: 2, pipeline: 1, maxK: 1024, rounding: 'up' },
  words: { activation: 1024, weight: 2048, constant: 128, output: 1024 },
};

describe('an engine', () => {
  it('runs layers from memory to memory as the reference simulator, byte by byte, and comes to an end after errors', async () => {
    const random = randomSource(1);
    const built = await buildEngine(LITTLE);
    const { machine } = built.design;
    const jobs = [
      ...Array.from({ length: 20 }, () => slowJob(randomLayers(machine, random, 1 + random.below(3)), random)),
      ...Array.from({ length: 4 }, () => slowJob(randomCopies(machine, random, 4), random)),
      ...faultJobs(machine, random),
    ];
    const outcome = await runJobs(built, jobs);
    expect(outcome.failure).toBeUndefined();
    expect(outcome.vectors).toBeGreaterThan(5000);
  });
});
