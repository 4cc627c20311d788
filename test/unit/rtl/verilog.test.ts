import Handlebars from 'handlebars';
import { describe, expect, it } from 'vitest';
import { connections, declaration, portList, registerHelpers } from '../../../gen/rtl/render/helpers.js';
import { alignConnections, literal, range, replicate, slice, zeroExtend } from '../../../gen/rtl/verilog.js';

describe('pieces of Verilog', () => {
  it('ranges and slices', () => {
    expect([range(1), range(8)]).toEqual(['', '[7:0]']);
    expect([slice('x', 1, 0, 0), slice('x', 4, 3, 0), slice('x', 4, 2, 2), slice('x', 4, 2, 1)]).toEqual([
      'x',
      'x',
      'x[2]',
      'x[2:1]',
    ]);
  });

  it('literals, decimal up to 32 bits', () => {
    expect([literal(4, 9), literal(40, 255)]).toEqual(["4'd9", "40'hff"]);
  });

  it('widening and replication', () => {
    expect([zeroExtend('x', 4, 4), zeroExtend('x', 4, 6)]).toEqual(['x', "{2'd0, x}"]);
    expect(() => zeroExtend('x', 4, 3)).toThrow('cannot widen');
    expect([replicate(1, 'x'), replicate(3, 'x')]).toEqual(['x', '{3{x}}']);
  });
});

describe('template helpers', () => {
  it('declarations', () => {
    expect([declaration('wire', 1, 'x'), declaration('reg', 3, 'y')]).toEqual(['wire x', 'reg [2:0] y']);
  });

  it('port lists are aligned, the last without a comma', () => {
    const text = portList([
      { direction: 'input', name: 'a_i', width: 1, meaning: 'one' },
      { direction: 'output', name: 'long_o', width: 12, meaning: 'two' },
      { direction: 'output', name: 'q_o', width: 'WIDTH', meaning: 'three' },
    ]);
    expect(text.split('\n')).toEqual([
      '  input  wire             a_i,     // one',
      '  output wire      [11:0] long_o,  // two',
      '  output wire [WIDTH-1:0] q_o      // three',
    ]);
  });

  it('connections', () => {
    expect(
      connections([
        { port: 'a_i', name: 'x' },
        { port: 'b_o', name: 'y' },
      ]),
    ).toBe('    .a_i(x),\n    .b_o(y)');
  });

  it('of an instance stand below each other, those of the next apart', () => {
    const text = [
      '  a u_a (',
      '    .clk_i(x),',
      '    .d_i  (y[1:0]),',
      '    .q(z)',
      '  );',
      '  b u_b (.e(f));',
      '    .g(h)',
    ];
    expect(alignConnections(text.join('\n')).split('\n')).toEqual([
      ...[
        '  a u_a (',
        '    .clk_i(x),',
        '    .d_i  (y[1:0]),',
        '    .q    (z)',
        '  );',
        '  b u_b (.e(f));',
        '    .g(h)',
      ],
    ]);
  });

  it('are what the engine knows', () => {
    const engine = Handlebars.create();
    registerHelpers(engine);
    expect(engine.compile("{{decl 'wire' 2 'z'}}")({})).toBe('wire [1:0] z');
  });
});
