import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BASELINE_NAMES } from '../../../gen/config/baselines.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { generate } from '../../../gen/design/generate.js';
import { loadDesign } from '../../../gen/design/manifest.js';
import type { TestBudget } from '../../../scripts/verify/budget.js';
import { quickBudget } from '../../../scripts/verify/quick.js';
import { verifyDesign } from '../../../scripts/verify/verify.js';

const out = mkdtempSync(join(tmpdir(), 'ant-rtl-baselines-'));

describe('a PE to compare with passes verification', () => {
  let budget: TestBudget;

  beforeAll(async () => {
    budget = quickBudget(join(out, 'quick'));
  });

  afterAll(() => rmSync(out, { recursive: true, force: true }));

  const expectToPass = async (pe: (typeof BASELINE_NAMES)[number]): Promise<void> => {
    const { folder } = generate(validateConfiguration({ pe, rows: 2, cols: 2, maxK: 256 }), out);
    const verdict = await verifyDesign(folder, loadDesign(folder), { seed: 1, trace: false, budget });
    expect(verdict.failure).toBeUndefined();
    expect(verdict.vectors).toBeGreaterThan(1000);
  };

  it.concurrent.each(BASELINE_NAMES.slice(0, 2))('%s', expectToPass);
  it.concurrent.each(BASELINE_NAMES.slice(2))('%s', { tags: 'rest' }, expectToPass);
});
