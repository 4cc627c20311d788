import { describe, expect, it } from 'vitest';
import { inScratch } from '../../../scripts/tools/scratch.js';
import { findFrontEnds, lintDesign } from '../../../scripts/verify/fuzz/lint.js';
import { engineIn } from '../../support/engine.js';

const SHAPES = [
  { rows: 2, cols: 2, busBits: 32, addressBits: 32 },
  { rows: 4, cols: 8, lanes: 2, busBits: 512, reset: 'async', pipeline: 2 },
] as const;

describe('the Verilog of an engine', () => {
  it.each(SHAPES)('passes all front ends without a word: %j', (shape) =>
    inScratch('lint', async (out) => {
      const { folder, manifest } = engineIn(out, shape);
      expect(await lintDesign(folder, manifest, await findFrontEnds())).toBeUndefined();
    }),
  );
});
