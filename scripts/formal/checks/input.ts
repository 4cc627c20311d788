import type { Manifest } from '../../../gen/design/manifest.js';
import {
  type Check,
  filesOf,
  hasPort,
  instance,
  moduleNamed,
  outcomePorts,
  type Property,
  portBits,
  range,
} from '../check.js';

const PROPERTIES: readonly Property[] = [
  {
    name: 'ready',
    statement:
      'a beat is accepted exactly while none is held, or the one that is enters the array: none is lost or doubled',
  },
  {
    name: 'codes',
    statement: 'the beat that enters the array has the codes with which it was accepted; without one all codes are 0',
  },
  { name: 'last', statement: 'the last beat of a tile enters only when it is granted, and is told then' },
  { name: 'types', statement: 'a beat that enters the array has the types that came with the first one of its tile' },
];

/** The input stage of an output-stationary array: holds a beat until it may enter. */
export function inputCheck(manifest: Manifest): Check | undefined {
  const module = moduleNamed(manifest, 'input');
  if (module === undefined || !['grant_i', 'last_o', 'a_code_o', 'w_code_o'].every((port) => hasPort(module, port))) {
    return undefined;
  }
  const enabled = hasPort(module, 'en_i');
  const selectors = ['a_wide', 'a_type', 'w_wide', 'w_type'].filter((name) => hasPort(module, `${name}_i`));
  const codes = [portBits(module, 'a_data_i'), portBits(module, 'w_data_i')] as const;
  const codeBits = codes[0] + codes[1];
  const typeBits = selectors.reduce((sum, name) => sum + portBits(module, `${name}_i`), 0);
  const properties = PROPERTIES.filter(({ name }) => name !== 'types' || typeBits > 0);
  const inputs = module.ports.filter(
    ({ name, direction }) => direction === 'input' && !['clk_i', 'rst_ni'].includes(name),
  );
  const outputs = module.ports.filter(({ direction }) => direction === 'output');
  const together = (end: string): string => `{${selectors.map((name) => `${name}_${end}`).join(', ')}}`;
  return {
    module: module.name,
    files: filesOf(manifest, module),
    properties,
    harness: () => `module properties (
  input wire clk_i,
  input wire first_i,
  input wire reset_i,
${inputs.map(({ name }) => `  input wire ${range(portBits(module, name))}${name},\n`).join('')}${outcomePorts(properties)}
);
  wire rst_ni = ~first_i & ~reset_i;
${outputs.map(({ name }) => `  wire ${range(portBits(module, name))}${name};`).join('\n')}
${instance(module)}

  reg held;  // a beat was accepted and has not entered the array
  reg held_last;
  reg [${codeBits - 1}:0] codes;
  reg begins;  // the next beat is the first of a tile
  wire enters = held & (grant_i | ~held_last);
  wire accepted = in_valid_i & in_ready_o${enabled ? ' & en_i' : ''};
  wire gone = enters${enabled ? ' & en_i' : ''};
${typeBits > 0 ? `  reg [${typeBits - 1}:0] types;\n` : ''}  always @(posedge clk_i) begin
    held <= rst_ni & (accepted | held & ~gone);
    begins <= ~rst_ni | (accepted ? in_last_i : begins);
    if (accepted) held_last <= in_last_i;
    if (accepted) codes <= {a_data_i, w_data_i};
${typeBits > 0 ? `    if (accepted & begins) types <= ${together('i')};\n` : ''}  end

  assign cover_ready = rst_ni & held & ~enters & in_valid_i;
  assign bad_ready = rst_ni & in_ready_o != (~held | enters);
  assign cover_codes = rst_ni & enters & codes != 0;
  assign bad_codes = rst_ni & {a_code_o, w_code_o} != (enters ? codes : ${codeBits}'d0);
  assign cover_last = rst_ni & held & held_last & ~grant_i;
  assign bad_last = rst_ni & last_o != (held & held_last & grant_i);
${
  typeBits > 0
    ? `  assign cover_types = rst_ni & enters & ~begins & types != ${together('i')};
  assign bad_types = rst_ni & enters & ${together('o')} != types;
`
    : ''
}endmodule
`,
  };
}
