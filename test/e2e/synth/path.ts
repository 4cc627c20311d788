import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { generate } from '../../../gen/design/generate.js';
import { loadDesign } from '../../../gen/design/manifest.js';
import { SYNTHESIS_FILES, synthesisScript } from '../../../scripts/synth/flow.js';
import { FLOWS } from '../../../scripts/synth/flow-names.js';
import { LATCH_FILE, latchMap } from '../../../scripts/synth/latch.js';
import { type AreaItem, areaItems } from '../../../scripts/synth/plan.js';
import { mappingTo, synthesise } from '../../../scripts/synth/synthesise.js';
import { readLibrary } from '../../../scripts/tools/liberty/library.js';
import type { Yosys } from '../../../scripts/tools/yosys/interface.js';
import { findYosys, runYosys } from '../../../scripts/tools/yosys/yosys.js';
import { TOY_DELAYS, timedLibrary } from '../../support/liberty.js';

export const root = mkdtempSync(join(tmpdir(), 'ant-rtl-path-'));
afterAll(() => rmSync(root, { recursive: true }));

const libraryPath = join(root, 'toy.lib');
writeFileSync(libraryPath, timedLibrary());
export const library = readLibrary(libraryPath);
export const yosys = (build: string): Promise<Yosys> => findYosys({ ...process.env, ANT_RTL_YOSYS: build });

/** A chain of three NANDs beside a register that nothing stands before. */
export const CHAIN = `module chain (input wire clk_i, input wire [3:0] d_i, output reg q_o, output wire y_o);
  assign y_o = ~(~(~(d_i[0] & d_i[1]) & d_i[2]) & d_i[3]);
  always @(posedge clk_i) q_o <= d_i[0];
endmodule
`;
const REGISTER = `module register (input wire clk_i, input wire d_i, output reg q_o);
  always @(posedge clk_i) q_o <= d_i;
endmodule
`;
/** The path from a register through two NANDs to another one; the input's is one NAND. */
const BETWEEN = `module between (input wire clk_i, input wire d_i, output reg b_o);
  reg a_q;
  always @(posedge clk_i) begin
    a_q <= d_i;
    b_o <= ~(~(a_q & d_i) & b_o);
  end
endmodule
`;

export function itemOf(module: string, text: string): AreaItem {
  writeFileSync(join(root, `${module}.v`), text);
  const file = `${module}.v`;
  return { label: module, module, files: [file], parameters: {}, role: 'periphery', instances: 1, partOfOther: false };
}

export function describeCriticalPath(build: string): void {
  describe(`the critical path, ${build}`, () => {
    it.each([
      ['chain', CHAIN, 3, 'y_o'],
      ['between', BETWEEN, 2, 'b_o'],
    ])('of %s is the gates of it', async (module, text, nands, to) => {
      const item = itemOf(module, text);
      const context = { yosys: await yosys(build), folder: root };
      const { path } = await synthesise({ ...context, library }, item, 'alumacc');
      const ends = { from: expect.stringMatching(/^(d_i|a_q)/), to };
      const ps = nands * TOY_DELAYS.NAND;
      expect(path).toEqual({ kind: 'delay', leastArea: { ps, ...ends }, buffered: { ps, ...ends } });
      // Generic gates: what ABC makes of two and three NANDs may be fewer complex gates, but never none.
      const generic = await synthesise({ ...context, library: undefined }, item, 'alumacc');
      expect(generic.path).toMatchObject({ kind: 'levels', levels: expect.toSatisfy((n) => n >= 1 && n <= nands + 2) });
    });

    it('of a register alone is none', async () => {
      const item = itemOf('register', REGISTER);
      for (const each of [library, undefined]) {
        const context = { yosys: await yosys(build), folder: root, library: each };
        expect((await synthesise(context, item, 'alumacc')).path).toEqual({ kind: 'wires' });
      }
    });
  });
}

/** Netlist and area of modules of a small design are the same with and without the question for the critical path. */
export async function expectNetlistsToStay(
  choose: (items: readonly AreaItem[]) => readonly AreaItem[],
): Promise<number> {
  const types = { activations: ['int4', 'flint4'], weights: ['int4', 'pot4'] };
  const { folder } = generate(validateConfiguration({ rows: 2, cols: 3, name: 'tiny', ...types }), root);
  const native = await yosys('native');
  const run = async (item: AreaItem, script: string) => {
    const sources = item.files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]);
    const inputs = {
      ...Object.fromEntries(sources),
      [SYNTHESIS_FILES.library]: library.text,
      [LATCH_FILE]: latchMap(library),
    };
    const outputs = [SYNTHESIS_FILES.cells, SYNTHESIS_FILES.area];
    return (await runYosys(native, { title: item.label, script, inputs, outputs })).outputs;
  };
  const items = choose(areaItems(loadDesign(folder)).filter(({ role }) => role !== 'delay'));
  for (const item of items) {
    for (const flow of FLOWS) {
      const script = synthesisScript(item, flow, mappingTo(library));
      const plain = synthesisScript(item, flow, { to: 'library', delays: false });
      expect(plain).toBe(script.replace(/;stime,-p;\S+$/m, ''));
      expect(plain).not.toBe(script);
      expect(await run(item, script), item.label).toEqual(await run(item, plain));
    }
  }
  return items.length;
}
