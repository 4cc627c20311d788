import type { DesignCore } from '../../design-core.js';
import type { PartialSums } from '../architecture.js';

/** How many PEs have partial sums of which width, from the top of the array down. */
export function partialSums({ config, accumulator }: Pick<DesignCore, 'config' | 'accumulator'>): PartialSums[] {
  const tiles = new Map<number, number>();
  for (const bits of tileSumBits({ config, accumulator })) tiles.set(bits, (tiles.get(bits) ?? 0) + 1);
  return [...tiles].map(([bits, count]) => ({ bits, pes: count * config.tileRows * config.cols }));
}

/** Widths of the partial sums that leave the tiles of a column of the array, from the top. */
export function tileSumBits({ config, accumulator }: Pick<DesignCore, 'config' | 'accumulator'>): number[] {
  const { tileRows } = config;
  return accumulator.partialSumBits.filter((_, p) => p % tileRows === tileRows - 1);
}
