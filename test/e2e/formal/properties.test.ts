import { beforeAll, describe, expect, it } from 'vitest';
import type { Check } from '../../../scripts/formal/check.js';
import { proveCheck } from '../../../scripts/formal/prove.js';
import type { Yosys } from '../../../scripts/tools/yosys/interface.js';
import { findYosys } from '../../../scripts/tools/yosys/yosys.js';
import { CASES, failing, outcomesOf, VIOLATED } from '../../support/formal.js';

let yosys: Yosys;
beforeAll(async () => {
  yosys = await findYosys({ ...process.env, ANT_RTL_YOSYS: 'native' });
});

/** Each module is proved, and broken once; the other breaks are in the full test. */
describe.each(CASES)('the properties of $module', ({ raw, module, breaks }) => {
  it('are proved for all time', async () => {
    const outcomes = await outcomesOf(yosys, raw, module);
    expect(failing(outcomes)).toEqual([]);
    expect(Object.keys(outcomes).sort()).toEqual([...new Set(breaks.map(([name]) => name))].sort());
  });

  it.each(breaks.slice(0, 1))('see %s violated where the module is broken', async (property, change) => {
    expect(await outcomesOf(yosys, raw, module, change, property)).toEqual({ [property]: VIOLATED });
  });
});

describe('what a proof says', () => {
  const outcome = async (body: string, limitSeconds = 60) => {
    const check: Check = {
      module: 'counter',
      files: [],
      properties: [{ name: 'p', statement: 'a count stays below its limit' }],
      harness:
        () => `module properties (input wire clk_i, input wire first_i, input wire a_i, output wire bad_p, output wire cover_p);
  reg [40:0] count;
${body}
endmodule
`,
    };
    const [result] = await proveCheck({ yosys, read: () => '', limitSeconds }, check);
    return result?.outcome;
  };
  const counts = "always @(posedge clk_i) count <= first_i ? 41'd0 : count + 1;";
  const after = 'wire after = ~first_i & count < 5;';

  it('is that for all time, whatever registers hold at first', async () => {
    const held = "always @(posedge clk_i) count <= first_i ? 41'd0 : a_i ? 41'd3 : count;";
    const proof = await outcome(
      `${held} assign cover_p = ~first_i & count == 3; assign bad_p = ~first_i & count == 2;`,
    );
    expect(proof).toMatchObject({ result: 'proved', covered: 2 });
    const open = await outcome(`${held} assign cover_p = first_i; assign bad_p = count == 2;`);
    expect(open).toMatchObject({ result: 'violated', cycle: 0 });
  });

  it('is that for some cycles where time does not suffice', async () => {
    const proof = await outcome(
      `${counts} ${after} assign cover_p = after; assign bad_p = ~first_i & count[40] & count[39:0] == 7;`,
      2,
    );
    expect(proof).toMatchObject({ result: 'bounded', by: 'ABC bmc3', cycles: expect.any(Number), covered: 1 });
  });

  it('is the cycle of a violation', async () => {
    const proof = await outcome(
      `${counts} ${after} assign cover_p = after; assign bad_p = ~first_i & count == 6 & a_i;`,
    );
    expect(proof).toMatchObject({ result: 'violated', cycle: 7, inputs: ['a_i 1'] });
  });

  it('is no pass where the property never applies', async () => {
    const none = await outcome(`${counts} assign cover_p = ~first_i & count == 3 & count == 4; assign bad_p = 1'b0;`);
    expect(none).toMatchObject({ result: 'vacuous' });
    const never = await outcome(`${counts} assign cover_p = 1'b0; assign bad_p = 1'b0;`);
    expect(never).toMatchObject({ result: 'vacuous' });
  });
});
