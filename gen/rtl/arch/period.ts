import type { Configuration } from '../../config/parameters.js';

/** The part of the period that constraints leave for setup and wires. */
const SPARE = 0.25;

/** How much longer than of the default types the path of other types, or of 8-bit mode, may be. */
const OTHER_TYPES = 1.3;

/** What a row of a cluster adds to the path of a partial sum, in ns: an adder behind the others. */
const CHAINED = 0.45;

/** Paths of a PE in ns: of 1, 2, 4 and 8 lanes, with one stage and with more. */
interface LanePaths {
  readonly one: readonly number[];
  readonly more: readonly number[];
}

/** PEs of the default types, buffered and sized, osu018 (docs/timing.md). */
const PATHS: Readonly<Record<'reads' | 'passes', LanePaths>> = {
  reads: { one: [3.21, 3.47, 3.88, 4.41], more: [2.41, 2.67, 3.09, 3.62] },
  passes: { one: [3.83, 4.41, 4.89, 5.47], more: [2.75, 3.54, 4.13, 4.65] },
};

/** The least period in whole ns that a path leaves a part of to setup and wires. */
export const periodOf = (path: number): number => Math.ceil(path / (1 - SPARE));

/**
 * The clock period of arrays of integer PEs, in ns (see `CostFacts`).
 *
 * @param adds Whether PEs have accumulators that are read out, or pass sums on.
 */
export function arrayPeriod(
  { lanes, pipeline, clusterRows }: Pick<Configuration, 'lanes' | 'pipeline' | 'clusterRows'>,
  adds: 'reads' | 'passes',
): number {
  const paths = PATHS[adds][pipeline === 1 ? 'one' : 'more'];
  const path = paths[Math.ceil(Math.log2(lanes))] as number;
  const chain = adds === 'passes' ? CHAINED * (clusterRows - 1) : 0;
  return periodOf(OTHER_TYPES * (path + chain));
}
