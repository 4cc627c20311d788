import { describe, expect, it } from 'vitest';
import { GENERATOR } from '../../../gen/base/version.js';
import { validateEngine } from '../../../gen/config/engine.js';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { renderEngine } from '../../../gen/design/engine/generate.js';
import { renderDesign } from '../../../gen/design/files.js';
import { elaborate } from '../../../gen/rtl/design.js';
import { elaborateEngine } from '../../../gen/rtl/engine/engine.js';
import { applied, type Mutant, mutantsOf, selectable } from '../../../scripts/mutate/mutant.js';
import { OPERATORS, type Operator } from '../../../scripts/mutate/operators.js';

const MODULE = `// A comment with a + b.
module some #(parameter WIDTH = 4) (
  input  wire       clk_i,
  input  wire [3:0] a_i,
  input  wire       b_i,
  output wire [3:0] y_o
);
  localparam COUNT = 2;
  reg [3:0] y_q;
  wire [1:0] part = a_i[2:1];
  wire top = a_i[COUNT-1];
  always @(posedge clk_i) begin
    if (b_i) y_q <= {2'd1, part} + a_i;
    else if (a_i == 4'd0) y_q <= ~y_q;
  end
  assign y_o = b_i ? y_q & a_i : {4{top}};
endmodule
`;

const { mutants, module } = mutantsOf('some.v', MODULE, 5);
const changes = (operator: Operator): string[] =>
  mutants.filter((each) => each.operator === operator).map(({ line, from, to }) => `${line}: ${from} -> ${to}`);

describe('the mutants of a module', () => {
  it('are all changes of its expressions', () => {
    expect(changes('operator').sort()).toEqual([
      "13: {2'd1, part} + a_i -> {2'd1, part} - a_i",
      "14: a_i == 4'd0 -> a_i != 4'd0",
      '14: ~y_q -> y_q',
      '16: y_q & a_i -> y_q | a_i',
    ]);
    expect(changes('operand').sort()).toEqual(['16: y_q & a_i -> a_i', '16: y_q & a_i -> y_q']);
    expect(changes('constant').sort()).toEqual([
      "13: 2'd1 -> 2'd0",
      "13: 2'd1 -> 2'd2",
      "14: 4'd0 -> 4'd1",
      "14: 4'd0 -> 4'd15",
    ]);
    expect(changes('condition').sort()).toEqual([
      '13: b_i -> !(b_i)',
      "13: b_i -> 1'b0",
      "13: b_i -> 1'b1",
      "14: a_i == 4'd0 -> 1'b0",
      "14: a_i == 4'd0 -> 1'b1",
      '16: b_i -> !(b_i)',
      "16: b_i -> 1'b0",
      "16: b_i -> 1'b1",
    ]);
    expect(changes('index')).toEqual(['10: a_i[2:1] -> a_i[1:0]']);
    expect(changes('assignment').sort()).toEqual([
      '10: a_i[2:1] -> 0',
      '11: a_i[COUNT-1] -> 0',
      "13: {2'd1, part} + a_i -> y_q",
      '14: ~y_q -> y_q',
      '16: b_i ? y_q & a_i : {4{top}} -> 0',
    ]);
    expect(Object.keys(OPERATORS).flatMap((each) => changes(each as Operator))).toHaveLength(mutants.length);
    expect(mutants.map(({ number }) => number)).toEqual(mutants.map((_, i) => 5 + i));
  });

  it('are made one at a time, with brackets around what is new', () => {
    const source = { file: 'some.v', source: MODULE, module, mutants };
    const mutant = mutants.find(({ from, to }) => from === '~y_q' && to === 'y_q') as Mutant;
    const lines = MODULE.split('\n');
    const changed = applied(source, mutant).split('\n');
    expect(changed.filter((line, i) => line !== lines[i])).toEqual([expect.stringMatching(/y_q <= \(\(?y_q\)?\);$/)]);
  });

  it('stand side by side behind a number, around what the module does', () => {
    const source = { file: 'some.v', source: MODULE, module, mutants };
    expect(selectable(source, [])).toBe(MODULE);
    const text = selectable(source);
    for (const { number } of mutants) expect(text.split(`== 32'd${number} ?`)).toHaveLength(2);
    // With every choice left out it is the module again.
    const plain = text.replace(/\n {2}reg \[31:0\] ant_mutant[\s\S]*? {2}end(?=\n)/, '');
    const without = plain.replaceAll(/ant_mutant == 32'd\d+ \? \((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\) : /g, '');
    expect(without.replaceAll(/[()]/g, '')).toBe(MODULE.replaceAll(/[()]/g, ''));
  });
});

describe('the Verilog of designs', () => {
  const DESIGNS: readonly RawConfiguration[] = [
    { rows: 2, cols: 2 },
    { rows: 4, cols: 2, lanes: 4, pipeline: 3, stall: 'enable', reset: 'async', busSegment: 2 },
    { rows: 4, cols: 4, clusterRows: 2, clusterCols: 2, wideActivations: ['int8'], wideWeights: ['int8'] },
    { rows: 3, cols: 2, dataflow: 'ws', lanes: 2 },
    { rows: 2, cols: 2, pe: 'float', activations: ['e4m3', 'e2m1'], weights: ['e4m3', 'e2m1'] },
    { arch: 'dot', lanes: 8, tree: 'adders' },
    { arch: 'dot', lanes: 8, block: 16, scales: 'e4m3', activations: ['e2m1'], weights: ['e2m1'] },
  ];

  it('is read whole, and every change leaves Verilog that can be read', () => {
    const engine = renderEngine(elaborateEngine(validateEngine({ engine: true, rows: 4, cols: 4 })));
    const designs = DESIGNS.map((raw) => renderDesign(elaborate(validateConfiguration(raw)), GENERATOR));
    const modules = [...designs, engine].map((files) =>
      files.filter(({ path }) => path.startsWith('rtl/') && path.endsWith('.v')),
    );
    expect(modules.flat().length).toBeGreaterThan(150);
    for (const { path, text } of modules.flat()) {
      const mutated = mutantsOf(path, text, 1);
      expect(mutated.module.name, path).toBe(path.replace(/^rtl\/|\.v$/g, ''));
      for (const mutant of mutated.mutants.filter((_, i) => i % 150 === 0)) {
        expect(mutantsOf(path, applied(mutated, mutant), 1).module.name).toBe(mutated.module.name);
      }
    }
    for (const { path, text } of modules[0] ?? []) {
      expect(() => mutantsOf(path, selectable(mutantsOf(path, text, 1)), 1), path).not.toThrow();
    }
  });
});
