import { describe, expect, it } from 'vitest';
import { randomSource } from '../../../gen/golden/vectors.js';
import { inScratch } from '../../../scripts/tools/scratch.js';
import { runFourState } from '../../../scripts/verify/engine/four-state.js';
import { randomLayers } from '../../../scripts/verify/engine/layers.js';
import { randomCopies } from '../../../scripts/verify/engine/programs.js';
import { brokenEngine, engineIn } from '../../support/engine.js';

const SMALL = { rows: 2, cols: 2, busBits: 32, activationKib: 1, weightKib: 1, constantKib: 1, outputKib: 1, maxK: 64 };

describe('an engine in four-state simulation', () => {
  it('has no x at any port, in jobs that begin with x in all memories and registers', () =>
    inScratch('four-state', async (out) => {
      const { folder, manifest } = engineIn(out, { ...SMALL, name: 'little' });
      const random = randomSource(4);
      const programs = [
        randomLayers(manifest.machine, random, 4, { parts: 2 }),
        randomLayers(manifest.machine, random, 3, { parts: 1 }),
        randomCopies(manifest.machine, random, 4),
      ];
      for (const [seed, program] of programs.entries()) {
        const { failure, vectors, cycles } = await runFourState(folder, manifest, program, seed + 1);
        expect(failure, program.title).toBeUndefined();
        expect(vectors).toBeGreaterThan(500);
        expect(cycles).toBeGreaterThan(300);
      }
    }));

  it.each([
    ['job', "busy_q <= 1'b0;"],
    ['write', "busy_q <= 1'b0;"],
    ['registers', "interrupt_status_q <= 2'd0;"],
    ['fetch', 'address_q <= start_i;'],
  ])('is found without what gives a register its first value: %s, %s', (file, piece) =>
    inScratch('four-state', async (out) => {
      const { folder, manifest } = brokenEngine(out, { ...SMALL, name: 'little' }, (name, text) =>
        name === `little_${file}.v` ? text.replace(piece, '') : text,
      );
      const program = randomCopies(manifest.machine, randomSource(4), 2);
      expect((await runFourState(folder, manifest, program, 1)).failure).toMatch(
        /^x at (irq_o|[ms]_axi\w*)|does not end/,
      );
    }),
  );
});
