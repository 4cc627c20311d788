import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { randomSource } from '../../../gen/golden/vectors.js';
import { inScratch } from '../../../scripts/tools/scratch.js';
import { verifyDriver } from '../../../scripts/verify/engine/driver.js';
import { type BuiltEngine, buildEngine, runJobs } from '../../../scripts/verify/engine/engine.js';
import { engineJobs } from '../../../scripts/verify/engine/jobs.js';
import { engineIn } from '../../support/engine.js';

/** Changes of the driver, and the check of `tb/driver_check.c` that they fail. */
const BREAKS = [
  ['low + 4u', 'low + 0u', /memory|check 10 /],
  ['get(engine, ANT_REG_ERROR_ADDRESS_LOW)', '0u', /check 32 /],
  ['UINT32_MAX >> (32u - bits)', 'UINT32_MAX >> (31u - bits % 32u)', /check|memory/],
] as const;

describe('an engine', () => {
  it('runs layers from memory to memory as the reference simulator, byte by byte, and its driver; and comes to an end after errors', () =>
    inScratch('engine', async (out) => {
      const { folder, manifest } = engineIn(out, { rows: 4, cols: 4, busBits: 64, requantiseLanes: 2 });
      const built = await buildEngine(folder, manifest);
      const outcome = await runJobs(built, engineJobs(manifest.machine, randomSource(1), 20));
      expect(outcome.failure).toBeUndefined();
      expect(outcome.vectors).toBeGreaterThan(5000);
      await checkDriver(folder, built);
    }));
});

async function checkDriver(folder: string, built: BuiltEngine): Promise<void> {
  const { failure, cycles } = await verifyDriver(folder, built);
  expect(failure).toBeUndefined();
  expect(cycles).toBeGreaterThan(500);
  const file = join(folder, 'driver/ant_engine.c');
  const text = readFileSync(file, 'utf8');
  for (const [from, to, told] of BREAKS) {
    expect(text).toContain(from);
    writeFileSync(file, text.replace(from, to));
    expect((await verifyDriver(folder, built)).failure, from).toMatch(told);
  }
}
