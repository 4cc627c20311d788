import type { Bar } from './comparison.js';
import { totalEnergy } from './energy.js';

/** How much faster and how much less energy one accelerator is than a rival, in the mean over the networks. */
export interface Ratio {
  readonly accelerator: string;
  readonly rival: string;
  /** The rival's time over this one's. */
  readonly speed: number;
  /** The rival's energy over this one's. */
  readonly energy: number;
}

/**
 * Ratios of one accelerator to all others, from bars that are relative to the same baseline.
 *
 * @param means A bar for each accelerator.
 */
export function ratiosOf(means: readonly Bar[], accelerator: string): Ratio[] {
  const own = means.find((bar) => bar.accelerator === accelerator);
  if (!own) return [];
  return means
    .filter((bar) => bar !== own)
    .map((rival) => ({
      accelerator,
      rival: rival.accelerator,
      speed: rival.time / own.time,
      energy: totalEnergy(rival.energy) / totalEnergy(own.energy),
    }));
}
