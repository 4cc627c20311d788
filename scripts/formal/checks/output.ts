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
} from '../check.js';

const PROPERTIES: readonly Property[] = [
  {
    name: 'count',
    statement: 'a row is offered exactly while fewer rows were accepted than were taken in: none is lost or doubled',
  },
  {
    name: 'order',
    statement: 'rows leave in the order in which they came, with their data and their mark of the last',
  },
  { name: 'stable', statement: 'an offered row that is not accepted is offered unchanged in the next cycle' },
  { name: 'room', statement: 'the array may run exactly while fewer than two rows are held' },
];

/** The output buffer: two rows, first in, first out. */
export function outputCheck(manifest: Manifest): Check | undefined {
  const module = moduleNamed(manifest, 'output');
  if (module === undefined) return undefined;
  const bits = portBits(module, 'row_data_i');
  const hasLast = hasPort(module, 'row_last_i');
  const row = hasLast ? '{row_last_i, row_data_i}' : "{1'b1, row_data_i}";
  return {
    module: module.name,
    files: filesOf(manifest, module),
    properties: PROPERTIES,
    harness: () => `module properties (
  input wire clk_i,
  input wire first_i,
  input wire reset_i,
  input wire row_valid_i,
${hasLast ? '  input wire row_last_i,\n' : ''}  input wire [${bits - 1}:0] row_data_i,
  input wire out_ready_i,
  input wire mark_i,
${outcomePorts(PROPERTIES)}
);
  // Reset in the first cycle, and whenever.
  wire rst_ni = ~first_i & ~reset_i;
  wire run_o;
  wire out_valid_o;
  wire out_last_o;
  wire [${bits - 1}:0] out_data_o;
${instance(module)}

  wire in = row_valid_i & run_o;
  wire out = out_valid_o & out_ready_i;
  wire [${bits}:0] offered = {out_last_o, out_data_o};

  reg [1:0] held;  // rows taken in and not accepted yet
  reg marked;  // one of them, any, is followed
  reg [1:0] ahead;  // rows before it
  reg [${bits}:0] row;
  reg waits;  // a row was offered and not accepted
  reg [${bits}:0] before;
  always @(posedge clk_i) begin
    held <= rst_ni ? held + in - out : 2'd0;
    marked <= rst_ni & (marked ? ~(out & ahead == 0) : mark_i & in);
    if (marked) ahead <= ahead - out;
    else ahead <= held - out;
    if (~marked) row <= ${row};
    waits <= rst_ni & out_valid_o & ~out_ready_i;
    before <= offered;
  end

  assign cover_count = rst_ni & held == 2;
  assign bad_count = rst_ni & (out_valid_o != (held != 0));
  assign cover_order = rst_ni & marked & ahead == 1 & out;
  assign bad_order = rst_ni & marked & ahead == 0 & (~out_valid_o | offered != row);
  assign cover_stable = rst_ni & waits;
  assign bad_stable = rst_ni & waits & (~out_valid_o | offered != before);
  assign cover_room = rst_ni & ~run_o;
  assign bad_room = rst_ni & run_o != (held < 2);
endmodule
`,
  };
}
