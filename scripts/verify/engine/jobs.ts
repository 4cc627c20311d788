import type { Machine } from '../../../gen/commands/machine.js';
import type { RandomSource } from '../../../gen/golden/vectors.js';
import { directedPrograms } from './directed.js';
import { type EngineJob, quickJob, slowJob } from './engine.js';
import { faultJobs } from './faults.js';
import { randomLayers } from './layers.js';
import { randomCopies } from './programs.js';

/** Jobs of every kind on random buses: programs at the edges of sizes, random ones, some twice in a row, and faults. */
export function engineJobs(machine: Machine, random: RandomSource, count: number): EngineJob[] {
  const side = (): EngineJob => slowJob(randomLayers(machine, random, 1 + random.below(3)), random);
  const turns = (): EngineJob => {
    const parts = 1 + random.below(2);
    return slowJob(randomLayers(machine, random, parts + 1 + random.below(4), { parts }), random);
  };
  const layers = (): EngineJob => (random.below(3) > 0 ? side() : turns());
  const copies = (): EngineJob => slowJob(randomCopies(machine, random, 4), random);
  const twice = layers();
  return [
    quickJob(twice.program),
    quickJob(twice.program),
    ...directedPrograms(machine, random).map((program) => slowJob(program, random)),
    ...Array.from({ length: count }, () => (random.below(4) > 0 ? layers() : copies())),
    ...faultJobs(machine, random),
  ];
}
