import { ONE_RUN_TUNING, type Tuning } from '../tools/verilator.js';

/** How much the verification of a design does. What is checked stays the same; the number of vectors does not. */
export interface TestBudget {
  /** Pairs of codes a PE multiplies: all where the types have no more, else a seeded sample of as many. */
  readonly mostPairs: number;
  /** MACs of a tile of extreme values, unless its 64 beats or the longest reduction say otherwise. */
  readonly extremeMacs: number;
  readonly tuning: Tuning;
  /** Folder for the builds, instead of the one in which they are kept. */
  readonly builds?: string;
}

/** How a check is made. */
export interface CheckOptions {
  readonly budget: TestBudget;
  /** Waveform file to write. */
  readonly trace?: string | undefined;
}

export const FULL_BUDGET: TestBudget = { mostPairs: 1_000_000, extremeMacs: 2 ** 22, tuning: ONE_RUN_TUNING };
