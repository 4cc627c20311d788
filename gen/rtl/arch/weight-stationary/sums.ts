import type { DesignCore } from '../../design-core.js';
import type { PartialSums } from '../architecture.js';

/** How many PEs have partial sums of which width, from the top of the array down. */
export function partialSums({ config, accumulator }: Pick<DesignCore, 'config' | 'accumulator'>): PartialSums[] {
  const clusters = new Map<number, number>();
  for (const bits of clusterSumBits({ config, accumulator })) clusters.set(bits, (clusters.get(bits) ?? 0) + 1);
  return [...clusters].map(([bits, count]) => ({ bits, pes: count * config.clusterRows * config.cols }));
}

/** Widths of the partial sums that leave the clusters of a column of the array, from the top. */
export function clusterSumBits({ config, accumulator }: Pick<DesignCore, 'config' | 'accumulator'>): number[] {
  const { clusterRows } = config;
  return accumulator.partialSumBits.filter((_, p) => p % clusterRows === clusterRows - 1);
}
