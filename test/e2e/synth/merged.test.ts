import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gold, proveEqual, readGate, readGold } from '../../../scripts/synth/equivalence/equal.js';
import { loneItem } from '../../../scripts/synth/equivalence/lone.js';
import { netlistFiles } from '../../../scripts/synth/equivalence/prove.js';
import { gateScript, goldScripts } from '../../../scripts/synth/equivalence/scripts.js';
import { synthesise } from '../../../scripts/synth/synthesise.js';
import type { Yosys } from '../../../scripts/tools/yosys/interface.js';
import { findYosys } from '../../../scripts/tools/yosys/yosys.js';

const root = mkdtempSync(join(tmpdir(), 'ant-rtl-merged-'));
afterAll(() => rmSync(root, { recursive: true }));

/** Two registers that always hold the same, each in its own words, and one that never holds anything but 1. */
const RTL = `module twins (
  input  wire clk_i,
  input  wire rst_ni,
  input  wire en_i,
  input  wire a_i,
  output wire x_o,
  output wire y_o
);
  reg x_q;
  reg y_q;
  reg one_q;
  always @(posedge clk_i) begin
    if (!rst_ni) begin
      x_q <= 1'b1;
      y_q <= 1'b1;
      one_q <= 1'b1;
    end else if (en_i) begin
      x_q <= a_i;
      if (a_i) y_q <= 1'b1;
      else if (y_q) y_q <= ~y_q;
    end
  end
  assign x_o = x_q;
  assign y_o = ~y_q & one_q;
endmodule
`;

const item = loneItem('twins');
let yosys: Yosys;
let netlist = '';

const goldOf = (rtl: string): Promise<Gold> =>
  readGold(yosys, { title: 'twins', scripts: goldScripts(item), inputs: { 'twins.v': rtl } });

/** The proof of a netlist, that of the RTL above unless another is given. */
async function proofOf(gold: Gold, text = netlist) {
  const files = netlistFiles({ text }, undefined);
  const gate = await readGate(yosys, { title: 'twins', script: gateScript(item, 'gates'), inputs: files });
  return proveEqual({ yosys, name: 'twins', gold, gate, limitSeconds: 60 });
}

beforeAll(async () => {
  yosys = await findYosys({ ...process.env, ANT_RTL_YOSYS: 'native' });
  writeFileSync(join(root, 'twins.v'), RTL);
  ({ netlist } = await synthesise({ yosys, folder: root, library: undefined }, item, 'alumacc'));
  // One register, whose name is that of one of the two; the other name and the constant are gone.
  expect(netlist.match(/\\\$_DFF_P_ /g)).toHaveLength(1);
  expect([...netlist.matchAll(/\b(?:x|y|one)_q\b/g)].map(([name]) => name)).not.toContain('one_q');
});

/** The RTL with a change after which the netlist is no longer that of it. */
const changed = (from: string, to: string): string => {
  expect(RTL).toContain(from);
  return RTL.replace(from, to);
};

describe('registers of the RTL that the netlist lacks', () => {
  it('are proved equal to others or constant, and the netlist with them', async () => {
    expect(await proofOf(await goldOf(RTL))).toMatchObject({ result: 'proved', registers: 3 });
  });

  it.each([
    ['is reset to something else', "y_q <= 1'b1;\n      one_q", "y_q <= 1'b0;\n      one_q"],
    ['gets something else', 'if (a_i) y_q', 'if (~a_i) y_q'],
    ['stays where the other does not', 'else if (y_q)', 'else if (y_q & ~x_q)'],
    ['is not enabled alike', 'else if (en_i) begin', 'else if (en_i | a_i) begin if (en_i)'],
    ['is not constant', 'x_q <= a_i;', 'x_q <= a_i; one_q <= a_i;'],
  ])('leave a netlist unproved where one %s, whatever synthesis is said to merge', async (_, from, to) => {
    const gold = await goldOf(changed(from, to));
    expect(await proofOf(gold)).not.toMatchObject({ result: 'proved' });
    const names = ['x_q[0]', 'y_q[0]'];
    const merged = async () => new Map(names.map((name) => [name, { net: 1, names }]));
    expect(await proofOf({ ...gold, merged })).toMatchObject({
      result: 'open',
      why: expect.stringMatching(/no counterpart, such as .*not proved/),
    });
  });

  it('do not hide a gate that was changed', async () => {
    const text = netlist.replace(/\\\$_(NOR|NAND|AND|OR|MUX|NMUX|OAI3|AOI3)_ /, (cell, gate) =>
      cell.replace(
        gate,
        gate.startsWith('N') ? gate.slice(1) : gate.replace(/^(AND|OR|MUX)$/, 'N$1').replace('AI3', 'OI3'),
      ),
    );
    expect(text).not.toBe(netlist);
    expect(await proofOf(await goldOf(RTL), text)).toMatchObject({
      result: 'different',
      outputs: expect.arrayContaining([expect.stringMatching(/\S/)]),
    });
  });
});
