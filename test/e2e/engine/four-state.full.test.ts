/** @module-tag rest */
import { describe, expect, it } from 'vitest';
import { randomSource } from '../../../gen/golden/vectors.js';
import { inScratch } from '../../../scripts/tools/scratch.js';
import { runFourState } from '../../../scripts/verify/engine/four-state.js';
import { randomLayers } from '../../../scripts/verify/engine/layers.js';
import { brokenEngine } from '../../support/engine.js';

const SMALL = { rows: 2, cols: 2, busBits: 32, activationKib: 1, weightKib: 1, constantKib: 1, outputKib: 1, maxK: 64 };

/** Programs until one fails. */
const PROGRAMS = 4;

describe('an engine in four-state simulation', () => {
  it.each([
    ['padding', 'sequence', 'padding_q <= ~read', "padding_q <= 1'b0 & ~read", /^x at m_axi_wdata|^byte \d+/],
    ['rounding', 'out_round_uint8', 'up_o = ', "up_o = 1'b1 | ", /^byte \d+/],
    ['encoder, of the upper half', 'out_encode', '{rounded[2], &rounded[2:1]}', "{rounded[2], 1'b0}", /^byte \d+/],
    ['encoder, of zero', 'out_encode', 'negative & (|rounded)', 'negative', /^byte \d+/],
    ['tokens', 'tokens', 'compute_there_o = {', "compute_there_o = 3'b111 | {", /does not end/],
    ['commands asked for', 'fetch', "held_q != 5'd16", "held_q != 5'd31", /^x at|^byte \d+|does not end/],
  ] as const)('is found broken: %s', (_what, file, from, to, message) =>
    inScratch('four-state', async (out) => {
      const { folder, manifest } = brokenEngine(out, { ...SMALL, name: 'little' }, (name, text) =>
        name === `little_${file}.v` ? text.replace(from, to) : text,
      );
      const random = randomSource(9);
      let failure: string | undefined;
      for (let seed = 1; seed <= PROGRAMS && failure === undefined; seed++) {
        const program = randomLayers(manifest.machine, random, 5, { parts: 2 });
        failure = (await runFourState(folder, manifest, program, seed)).failure;
      }
      expect(failure).toMatch(message);
    }),
  );
});
