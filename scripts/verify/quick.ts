import { join } from 'node:path';
import { SHORT_RUN_TUNING } from '../tools/verilator.js';
import type { TestBudget } from './budget.js';

/**
 * The budget for many small designs, each simulated once.
 *
 * @param folder For the builds, whose removal is the caller's.
 */
export const quickBudget = (folder: string): TestBudget => ({
  mostPairs: 8000,
  extremeMacs: 2 ** 17,
  tuning: SHORT_RUN_TUNING,
  builds: join(folder, 'builds'),
});
