import type { CompiledNetwork } from '../compile.js';
import { type EngineSpeed, predictJob } from './predict.js';

/**
 * Cycles of each layer of a job: from the end of the layer before to its own end, when memory has all of its results. The first one
 * begins with the job, and the last one ends with it.
 *
 * @param ends When memory has all results of each layer.
 */
export function layerCycles(ends: readonly number[], cycles: number): number[] {
  let before = 0;
  return ends.map((end, i) => {
    const own = i === ends.length - 1 ? cycles : Math.max(before, end);
    const taken = own - before;
    before = own;
    return taken;
  });
}

/** What the cycle model says of each layer of a network. */
export function predictedLayerCycles({ jobs, layers }: CompiledNetwork, speed: EngineSpeed): number[] {
  let first = 0;
  return jobs.flatMap(({ commands, layers: count }) => {
    const { written, cycles } = predictJob(speed, commands);
    const ends = new Map(layers.slice(first, first + count).map(({ index }) => [index, 0]));
    commands.forEach((each, i) => {
      if (each.name === 'store') ends.set(each.tag, Math.max(ends.get(each.tag) ?? 0, written[i] ?? 0));
    });
    first += count;
    return layerCycles([...ends.values()], cycles);
  });
}
