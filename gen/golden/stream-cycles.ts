import { drainCycles, type Timing, tilePeriod } from '../rtl/timing.js';
import type { Tiling } from './tiling.js';

/** Consecutive tiles of a product. */
export interface TileRun {
  readonly tiling: Tiling;
  readonly first: number;
  readonly count: number;
}

/** All tiles of a product. */
export const wholeProduct = (tiling: Tiling): TileRun => ({ tiling, first: 0, count: tiling.tiles });

/**
 * Cycles that an array takes for tiles streamed back to back without stalls, from the first beat of activations in to the
 * last row of results out, both counted. Only the formulas of the design's timing enter; `npm run infer` and `npm run
 * matmul` hold it against the simulation.
 */
export function streamCycles(timing: Timing, runs: readonly TileRun[]): number {
  const [firstRun, lastRun] = [runs[0], runs.at(-1)];
  if (!firstRun || !lastRun) return 0;
  const periods = runs.reduce((sum, run) => sum + periodsOf(timing, run), 0);
  const firstBeats = beatsOf(firstRun.tiling, firstRun.first);
  const lastBeats = beatsOf(lastRun.tiling, lastRun.first + lastRun.count - 1);
  const drain = drainCycles(timing, lastBeats);
  const between = periods - tilePeriod(timing, firstBeats);
  // The lower of two rows that are added leaves when both are complete: the other one's cycle is free.
  if (timing.fill === null) {
    const freed = lastRun.tiling.skipsRows ? 1 : 0;
    // Where tiles overlap, the last beat of a short first tile waits until the way for its sums has been cleared after reset.
    return Math.max(firstBeats, timing.tilePeriod.minimum - 1) + between + timing.latency.cycles + drain - freed;
  }
  return timing.fill.cycles + between + drain + 1;
}

/** The sum of the tiles' periods. */
function periodsOf(timing: Timing, { tiling, first, count }: TileRun): number {
  const { parts } = tiling;
  const ends = Math.floor((first + count) / parts) - Math.floor(first / parts);
  return (
    (count - ends) * tilePeriod(timing, beatsOf(tiling, 0, false)) +
    ends * tilePeriod(timing, beatsOf(tiling, parts - 1))
  );
}

/** Beats of a tile: of a part of the reduction, or, where weights stay, rows of activations. */
function beatsOf(tiling: Tiling, index: number, mayBeLast = true): number {
  const { weightsStay, rows, k, partK, parts, stepsPerBeat } = tiling;
  if (weightsStay) return rows;
  const isLast = mayBeLast && index % parts === parts - 1;
  return Math.ceil((isLast ? k - (parts - 1) * partK : partK) / stepsPerBeat);
}
