import { describe, expect, it } from 'vitest';
import { CORRECTED } from '../../../scripts/perf/corrections.js';
import { describedEngine } from '../../../scripts/perf/data.js';
import { Evaluator } from '../../../scripts/perf/evaluate.js';
import type { Layer } from '../../../scripts/perf/layer.js';

const ENGINE = describedEngine();

function resultOf(layers: readonly Layer[], samples = 1, bits?: number) {
  const own = new Map(bits === undefined ? [] : layers.map(({ name }) => [name, bits] as const));
  return new Evaluator(CORRECTED, samples).evaluate({ name: 'net', layers }, ENGINE, { lists: {}, own });
}

const LINEAR: Layer = { kind: 'linear', name: 'fc', rows: 64, inFeatures: 256, outFeatures: 128 };
const MACS = 64 * 256 * 128;

describe('the engine as an accelerator', () => {
  it('takes as many cycles as its compiler predicts, a little more than all PEs need', () => {
    for (const [bits, ideal] of [
      [4, MACS / 256],
      [8, MACS / 64],
    ] as const) {
      const { macs, cycles } = resultOf([LINEAR], 1, bits).stats;
      expect(macs).toBe(MACS);
      expect(cycles).toBeGreaterThan(ideal);
      expect(cycles).toBeLessThan(1.5 * ideal);
    }
  });

  it('moves weights, activations and results once where they fit, and the commands', () => {
    const { stats } = resultOf([LINEAR], 1, 4);
    const bits = 4 * (64 * 256 + 256 * 128);
    const constants = 64 * 128;
    expect(stats.dramReads).toBeGreaterThan(bits + constants);
    expect(stats.dramReads).toBeLessThan(1.2 * (bits + constants));
    // The last layer's results have the 8 bits that the engine has at most.
    expect(stats.dramWrites).toBe(64 * 128 * 8);
  });

  it('runs samples one by one, and products of heads as layers of one job', () => {
    const attention: Layer = { kind: 'attention', name: 'scores', count: 3, m: 32, k: 64, n: 32 };
    const { cycles } = resultOf([attention], 1, 4).stats;
    expect(resultOf([attention], 2, 4).stats).toMatchObject({ cycles: 2 * cycles, macs: 6 * 32 * 64 * 32 });
  });

  it('refuses a layer that does not fit its buffers, by name', () => {
    const wide: Layer = { kind: 'linear', name: 'wide', rows: 1, inFeatures: 100_000, outFeatures: 16 };
    expect(() => resultOf([wide])).toThrow(/wide: .*buffer/);
  });
});
