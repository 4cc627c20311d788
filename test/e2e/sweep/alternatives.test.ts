import { describe, expect, it } from 'vitest';
import { EXIT } from '../../../gen/base/errors.js';
import { ALTERNATIVES } from '../../../scripts/sweep/notebook/alternatives/list.js';
import { proveAlternative } from '../../../scripts/sweep/notebook/alternatives/prove.js';
import { generatedPe, readAlternative } from '../../../scripts/sweep/notebook/alternatives/sources.js';
import { findYosys } from '../../../scripts/tools/yosys/yosys.js';

/** A part of an alternative that is wrong, and what must be found to differ. */
type Break = readonly [what: string, right: string, wrong: string, differs: string];

const ANYWHERE: readonly Break[] = [
  ['a bit of the sum', 'acc_n_q <= ~sum', 'acc_n_q <= {~sum[23:1], sum[0]}', 'acc_d'],
  ['an operand on its way out', 'assign a_o = a_q;', 'assign a_o = {a_q[6:1], a_q[1]};', 'a_o'],
  ['the bus', 'bus_i | (acc & {{8{swap_q}}', 'bus_i | (acc & {{8{~swap_q}}', 'bus_o'],
];

const BREAKS: Readonly<Record<string, readonly Break[]>> = {
  fused_twos_complement: ANYWHERE,
  shift_each: [
    ['a shift', "{by_a[6:0], 6'd0}", "{by_a[6:0], 5'd0, 1'b1}", 'acc_d'],
    ['which operands there are', "(a_sig <= 4'd8)", "(a_sig <= 4'd10)", 'acc_d'],
  ],
  float_round_by_adder: [['the rounding of ties', 'normal[4] | (|normal[2:0])', "1'b1", 'acc_d']],
  float_integer_operands: [
    ['the bias', "8'd133", "8'd132", 'acc_d'],
    ['which operands there are', '~exp[3]', "1'b1", 'acc_d'],
  ],
};

describe.each(Object.entries(BREAKS))('the proof that %s equals the generated PE', (name, breaks) => {
  const alternative = ALTERNATIVES.find((each) => each.name === name);
  if (!alternative) throw new Error(`no alternative ${name}`);
  const generated = generatedPe(alternative.of);
  const text = readAlternative(name);
  const prove = async (verilog: string) =>
    proveAlternative(await findYosys({ ...process.env, ANT_RTL_YOSYS: 'native' }), generated, alternative, verilog);

  it('holds', async () => {
    await prove(text);
  });

  it.each(breaks)('fails where %s is wrong', async (_, right, wrong, differs) => {
    expect(text.split(right)).toHaveLength(2);
    await expect(prove(text.replace(right, wrong))).rejects.toMatchObject({
      exitCode: EXIT.checkFailed,
      message: expect.stringMatching(new RegExp(`^${name} .*\\w+_pe: .*\\b${differs}\\b`)),
    });
  });
});
