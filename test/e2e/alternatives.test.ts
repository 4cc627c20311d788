import { describe, expect, it } from 'vitest';
import { ALTERNATIVES } from '../../gen/area/alternatives.js';
import { EXIT } from '../../gen/errors.js';
import { generatedPe, proveAlternative, readAlternative } from '../../scripts/lib/alternatives/run.js';
import { findYosys } from '../../scripts/lib/yosys.js';

describe.each(['up_down_counter', 'fused_twos_complement'])('the proof that %s equals the generated PE', (name) => {
  const alternative = ALTERNATIVES.find((each) => each.name === name) ?? ALTERNATIVES[0];
  if (!alternative) throw new Error('no alternatives');
  const generated = generatedPe(alternative.of);
  const text = readAlternative(alternative.name);
  const prove = async (verilog: string) =>
    proveAlternative(await findYosys({ ...process.env, ANT_RTL_YOSYS: 'native' }), generated, alternative, verilog);

  it('holds', async () => {
    await prove(text);
  });

  it.each([
    ['a bit of the sum', 'acc_q <= drain_q ? acc_i : sum', 'acc_q <= drain_q ? acc_i : {sum[23:1], ~sum[0]}'],
    ['an operand on its way out', 'assign a_o = a_q;', 'assign a_o = {a_q[6:1], a_q[1]};'],
    ['the drain', 'drain_q ? acc_i', '!drain_q ? acc_i'],
  ])('fails where %s is wrong', async (_, right, wrong) => {
    expect(text).toContain(right);
    await expect(prove(text.replace(right, wrong))).rejects.toMatchObject({
      exitCode: EXIT.checkFailed,
      message: expect.stringMatching(/is not proved equal to \w+_pe; end of the log:[\s\S]*(FAIL|did fail|ERROR)/),
    });
  });
});
