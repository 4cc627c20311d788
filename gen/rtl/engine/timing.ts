import { sumsReady } from './compute/sums.js';
import type { EngineDesign } from './engine.js';

/** Cycles of an engine's compute unit that depend on its parameters. */
export interface EngineTiming {
  /** From the last word of activations of a tile to its first sums at the requantiser. */
  readonly sumsDelay: number;
  /** From the last sums of a command to the end of it, where all codes are written with the last one. */
  readonly resultsDelay: number;
}

export function engineTiming({ array, requantiser, machine }: EngineDesign): EngineTiming {
  const behind = array.config.pipeline + (array.lateFrom === undefined ? 0 : 1);
  return { sumsDelay: 6 + behind + sumsReady(machine), resultsDelay: 6 + requantiser.latency };
}
