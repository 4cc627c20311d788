import { describe, expect, it } from 'vitest';
import { randomSource } from '../../../gen/golden/vectors.js';
import { inScratch } from '../../../scripts/tools/scratch.js';
import { buildEngine, runJobs } from '../../../scripts/verify/engine/engine.js';
import { engineJobs } from '../../../scripts/verify/engine/jobs.js';
import { engineIn } from '../../support/engine.js';

describe('an engine', () => {
  it('runs layers from memory to memory as the reference simulator, byte by byte, and comes to an end after errors', () =>
    inScratch('engine', async (out) => {
      const { folder, manifest } = engineIn(out, { rows: 4, cols: 4, busBits: 64, requantiseLanes: 2 });
      const built = await buildEngine(folder, manifest);
      const outcome = await runJobs(built, engineJobs(manifest.machine, randomSource(1), 20));
      expect(outcome.failure).toBeUndefined();
      expect(outcome.vectors).toBeGreaterThan(5000);
    }));
});
