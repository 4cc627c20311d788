import { describe, expect, it } from 'vitest';
import { randomSource } from '../../../gen/golden/vectors.js';
import type { EngineBus } from '../../../gen/rtl/engine/bus.js';
import { verifyDma } from '../../../scripts/verify/engine/dma.js';

const bus = (busBits: number, addressBits: number, outstanding: number): EngineBus => ({
  ...{ name: `bus${busBits}`, busBits, addressBits, outstanding },
  reset: outstanding === 8 ? 'async' : 'sync',
});

const BREAKS: readonly (readonly [file: string, from: string, to: string, failure: RegExp])[] = [
  ['bursts', 'left_q <= {13', "left_q <= 24'd9 + {13", /\([45] in axi_rules.v\)/],
  ['bursts', 'take & last', 'take & ends_run', /cycles|nothing happens|words/],
  ['bursts', '(~burst_valid_q | burst_ready_i)', "1'b1", /\([12] in axi_rules.v\)/],
  ['bursts', '.push_i (take)', '.push_i (take & last)', /./],
  ['read', 'flush = primed_q &', "flush = 1'b0 & primed_q &", /./],
  ['read', '(PLACE < left_q)', "(PLACE < left_q | 1'b1)", /word/],
  ['read', 'last_run ? first_q + step2_q', 'last_run ? offset_q + step2_q', /./],
  [
    'read',
    'm_axi_rready = halt | (active_q & room & ~flush)',
    'm_axi_rready = m_axi_rvalid & (halt | (active_q & room & ~flush))',
    /within a cycle/,
  ],
  ['write', '~(first_q & below) & ', '', /byte/],
  ['write', ' & (PLACE < left_q)', " & (PLACE < left_q | 1'b1)", /byte/],
  ['write', '~halt & ~(first_q', '~(first_q', /behind an error|byte/],
  ['write', 'run_last | &beat_q', 'run_last', /\(6 in axi_rules.v\)/],
  ['write', " & (bursts_q != {COUNT_BITS{1'b0}})", '', /\([67] in axi_rules.v\)/],
  ['write', '(~valid_q | m_axi_wready)', "1'b1", /\(3 in axi_rules.v\)/],
  ['write', 'done_o = m_axi_bvalid & burst_last', 'done_o = m_axi_bvalid', /./],
];

describe('the units at the bus', () => {
  it.each([bus(32, 32, 2), bus(64, 48, 4), bus(128, 40, 8), bus(256, 32, 4), bus(512, 64, 16)])(
    'read and write at random, and end after errors and resets: $busBits bits',
    async (each) => {
      const outcome = await verifyDma(each, randomSource(each.busBits), { rounds: 400 });
      expect(outcome.failure).toBeUndefined();
      expect(outcome.vectors).toBeGreaterThan(50_000);
    },
  );

  it.each(BREAKS)('are found broken: %s, %s', async (file, from, to, failure) => {
    const small = { ...bus(32, 32, 4), name: 'broken' };
    let changed = 0;
    const outcome = await verifyDma(small, randomSource(2), {
      rounds: 60,
      broken: (name, text) => {
        if (name !== `broken_${file}.v`) return text;
        changed += text.includes(from) ? 1 : 0;
        return text.replace(from, to);
      },
    });
    expect(changed).toBe(1);
    expect(outcome.failure).toMatch(failure);
  });
});
