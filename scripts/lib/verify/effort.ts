import type { Tuning } from '../verilator.js';

/** How much the verification of a design does. What is checked stays the same; the number of vectors does not. */
export interface Effort {
  /** Pairs of codes a PE multiplies: all where the types have no more, else a seeded sample of as many. */
  readonly mostPairs: number;
  /** MACs of a tile of extreme values, unless its 64 beats or the longest reduction say otherwise. */
  readonly extremeMacs: number;
  /** Instead of the options chosen for the speed of long simulations. */
  readonly tuning?: Tuning;
  /** Folder for the builds, instead of the one in which they are kept. */
  readonly builds?: string;
}

export const FULL_EFFORT: Effort = { mostPairs: 1_000_000, extremeMacs: 2 ** 22 };

/** For many small designs, each simulated once: seconds per design, most of them in the compiler. */
export const QUICK_EFFORT: Effort = {
  mostPairs: 8000,
  extremeMacs: 2 ** 17,
  tuning: {
    verilator: ['-O3', '--x-assign', 'fast', '--x-initial', 'fast', '--noassert'],
    model: '-O0',
    rest: '-O0',
  },
};
