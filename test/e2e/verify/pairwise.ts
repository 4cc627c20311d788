import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { mapLimit } from '../../../scripts/tools/pool.js';
import { ARRAYS } from '../../../scripts/verify/fuzz/arrays.js';
import { findFrontEnds } from '../../../scripts/verify/fuzz/lint.js';
import { pairwiseConfigurations } from '../../../scripts/verify/fuzz/random.js';
import { tryConfiguration } from '../../../scripts/verify/fuzz/trial.js';
import { quickBudget } from '../../../scripts/verify/quick.js';
import { splitByFeatures } from '../../support/sample.js';

/** The pairwise set: designs that have every value of every parameter in arrays and in dot-product units, and the others. */
export const splitPairwise = () =>
  splitByFeatures(pairwiseConfigurations(), ({ name: _, ...raw }) =>
    Object.entries(raw).map(([key, value]) => `${raw.arch}: ${key} ${JSON.stringify(value)}`),
  );

/** Generates, lints and verifies designs with few vectors. */
export async function expectToWork(configurations: readonly RawConfiguration[]): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'ant-rtl-pairwise-'));
  try {
    const workshop = {
      tools: await findFrontEnds(),
      budget: quickBudget(scratch),
      scratch,
      kept: join(scratch, 'kept'),
    };
    const trials = await mapLimit([...configurations.entries()], 2, ([index, raw]) =>
      tryConfiguration(ARRAYS, raw, index + 1, workshop),
    );
    expect(trials.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
    expect(trials.length).toBeGreaterThan(10);
    expect(Math.min(...trials.map(({ vectors }) => vectors))).toBeGreaterThan(500);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
