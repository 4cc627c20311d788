/** @module-tag rest */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { mapLimit } from '../../../scripts/tools/pool.js';
import { ARRAYS } from '../../../scripts/verify/fuzz/arrays.js';
import { findFrontEnds } from '../../../scripts/verify/fuzz/lint.js';
import { pairwiseConfigurations } from '../../../scripts/verify/fuzz/random.js';
import { tryConfiguration } from '../../../scripts/verify/fuzz/trial.js';
import { quickBudget } from '../../../scripts/verify/quick.js';

it('every pair of parameter values works, in arrays and in dot-product units', async () => {
  const scratch = mkdtempSync(join(tmpdir(), 'ant-rtl-pairwise-'));
  try {
    const workshop = {
      tools: await findFrontEnds(),
      budget: quickBudget(scratch),
      scratch,
      kept: join(scratch, 'kept'),
    };
    const trials = await mapLimit([...pairwiseConfigurations().entries()], 2, ([index, raw]) =>
      tryConfiguration(ARRAYS, raw, index + 1, workshop),
    );
    expect(trials.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
    expect(trials.length).toBeGreaterThan(10);
    expect(Math.min(...trials.map(({ vectors }) => vectors))).toBeGreaterThan(500);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
});
