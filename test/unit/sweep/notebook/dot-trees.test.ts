import { describe, expect, it } from 'vitest';
import { layoutText } from '../../../../scripts/sweep/layout.js';
import { dotTreesLayout } from '../../../../scripts/sweep/notebook/dot-trees/study.js';
import type { ProofResult } from '../../../../scripts/synth/equivalence/verdict.js';

describe('the report on trees of adders', () => {
  const text = (outcome: ProofResult) =>
    layoutText(
      dotTreesLayout({
        tool: { name: 'Yosys', version: '0.0', build: 'native' },
        library: null,
        trees: [
          {
            name: 'one',
            title: 'one tree',
            options: null,
            beats: 3000,
            gateEquivalents: { alumacc: 4083, noalumacc: 4759 },
          },
        ],
        proof: { limitSeconds: 1, modules: [{ label: 'one', netlist: 'one, alumacc', outcome, seconds: 2 }] },
      }),
    );

  it('has a line for each tree, and one for each netlist with what is known of it', () => {
    expect(text({ result: 'proved', by: 'ABC &cec, register by register', registers: 24 })).toMatch(
      /^one +4,083\.0 +4,759\.0 +3,000 +one tree\n(.*\n)+one, alumacc +24 +2\.0 +proved\b.*\bABC/m,
    );
  });

  it('says of a netlist that is not decided that it is not, or with what it was simulated', () => {
    const why = 'not decided within the limits (1 s)';
    expect(text({ result: 'open', why })).toContain(`NOT PROVED: ${why}`);
    expect(text({ result: 'simulated', why, vectors: 3000 })).toContain(`simulated, 3,000 vectors; ${why}`);
  });
});
