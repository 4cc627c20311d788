/** @module-tag rest */
import { describe, expect, it } from 'vitest';
import { randomSource } from '../../../gen/golden/vectors.js';
import type { EngineBus } from '../../../gen/rtl/engine/bus.js';
import { verifyDma } from '../../../scripts/verify/engine/dma.js';
import { everyNth } from '../../support/sample.js';

const bus = (busBits: number, addressBits: number, outstanding: number): EngineBus => ({
  ...{ name: `bus${busBits}`, busBits, addressBits, outstanding },
  reset: outstanding === 8 ? 'async' : 'sync',
});

const BREAKS: readonly (readonly [file: string, from: string, to: string, failure: RegExp])[] = [
  ['bursts', 'left_q <= {13', "left_q <= 24'd9 + {13", /\([45] in axi_rules.v\)/],
  ['bursts', '~(ends_run & last_of_all)', '~ends_run', /cycles|nothing happens|words/],
  ['bursts', '(offered_q | (room_i & ~stop_i))', '(room_i & ~stop_i)', /\([12] in axi_rules.v\)/],
  ['bursts', '(offered_q | (room_i & ~stop_i))', '(offered_q | ~stop_i)', /./],
  ['bursts', 'last_run ? repetition_address_q', 'last_run ? run_address_q', /./],
  ['read', 'flush_q <= ~flush_q & leaves', "flush_q <= 1'b0 & leaves", /./],
  ['read', '(PLACE < bytes)', "(PLACE < bytes | 1'b1)", /word/],
  ['read', 'offset = primed_q ? offset_q : first_lane', 'offset = first_lane', /./],
  ['read', 'primed_q & last_lane >= offset_q', 'primed_q & last_lane > offset_q', /./],
  [
    'read',
    'm_axi_rready = halt | (any & room_for_word & ~flush_q)',
    'm_axi_rready = m_axi_rvalid & (halt | (any & room_for_word & ~flush_q))',
    /within a cycle/,
  ],
  ['write', '~(first_q & below) & ', '', /byte/],
  ['write', ' & (~beat_last | PLACE < lanes)', " & (~beat_last | PLACE < lanes | 1'b1)", /byte/],
  ['write', '~quiet_q & ~(first_q', '~(first_q', /behind an error|byte/],
  ['write', 'quiet_q | ~m_axi_wvalid | m_axi_wready', "1'b1", /\(3 in axi_rules.v\)/],
  ['write', '(below | ~takes_word) ?', 'below ?', /\(3 in axi_rules.v\)/],
  ['write', '~beat_last | end_q >= offset_q', "~beat_last | 1'b1", /./],
  ['write', 'm_axi_awvalid = burst_valid & ~asked_q', 'm_axi_awvalid = burst_valid', /./],
  ['write', '(begun_q | data_ready) & ~burst_ready', "1'b0", /\([67] in axi_rules.v\)/],
  ['write', 'done_o = m_axi_bvalid & last', 'done_o = m_axi_bvalid', /./],
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

  const breaks = everyNth(BREAKS, 4);
  const expectToBeFound = async (file: string, from: string, to: string, failure: RegExp): Promise<void> => {
    const small = { ...bus(32, 32, 4), name: 'broken' };
    let changed = 0;
    const outcome = await verifyDma(small, randomSource(2), {
      rounds: 300,
      broken: (name, text) => {
        if (name !== `broken_${file}.v`) return text;
        changed += text.includes(from) ? 1 : 0;
        return text.replace(from, to);
      },
    });
    expect(changed).toBe(1);
    expect(outcome.failure).toMatch(failure);
  };

  it.each(breaks.sample)('are found broken: %s, %s', expectToBeFound);
  it.each(breaks.rest)('are found broken: %s, %s', { tags: 'long' }, expectToBeFound);
});
