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

const GRANT: Property = {
  name: 'grant',
  statement:
    "a tile's last beat may enter exactly when the last one did so many cycles ago as rows and bus registers need: soon enough, and no sooner",
};
const SWAP: Property = {
  name: 'swap',
  statement: "each row swaps a fixed time after its tile's last beat, and after reset",
};
const BUS: Property = { name: 'bus', statement: 'no two rows are on a segment of the bus at once' };
const ROWS: Property = {
  name: 'rows',
  statement: "a row leaves exactly when one of a tile's rows is due: none is lost, none is spurious",
};
const LAST: Property = { name: 'last', statement: "a row is marked as the last exactly if it is its tile's last" };
const MODES: Property = { name: 'modes', statement: "a row has its own tile's modes" };
const BIAS: Property = {
  name: 'bias',
  statement: 'what takes the bias off a row counts the cycles between its tile and the one before',
};

/** The control of an output-stationary array: when tiles may follow and what rows are marked with. */
export function controlCheck(manifest: Manifest): Check | undefined {
  const module = moduleNamed(manifest, 'control');
  if (module === undefined || !hasPort(module, 'swap_o') || !hasPort(module, 'last_i')) return undefined;
  const { pipeline, lanes } = manifest.configuration;
  const { latency, tilePeriod, drain } = manifest.timing;
  // The cycles from a tile's last beat to its first swap.
  const behind = pipeline + (manifest.accumulator.lateFrom === null ? 0 : 1);
  const rows = portBits(module, 'swap_o');
  const segment = drain.segment ?? rows;
  const has = (port: string): boolean => hasPort(module, port);
  // A beat is in the input register when it is told, and a row behind the control goes into the output buffer.
  const first = latency.cycles - 2;
  // Each register of the bus delays the rows below it by a cycle.
  const due = Array.from({ length: rows }, (_, row) => first + row + Math.floor(row / segment));
  const lastDue = due[rows - 1] as number;
  const distance = tilePeriod.minimum;
  const modes = [
    ...(has('a_wide_i') ? [{ input: 'a_wide_i', output: 'row_pair_o', history: 'pairs' }] : []),
    ...(has('w_wide_i') ? [{ input: 'w_wide_i', output: 'row_wide_o', history: 'wides' }] : []),
  ];
  // Of 8-bit activations, every second row leaves, added to the next one, unless rows of a cluster leave together anyway.
  const pairs = has('a_wide_i') && manifest.configuration.clusterRows === 1;
  const leaves = due.map((at, row) => `tiles[${at}]${pairs && row % 2 === 1 ? ` & ~pairs[${at}]` : ''}`);
  const ends = pairs
    ? `tiles[${lastDue}] & ~pairs[${lastDue}] | tiles[${due[rows - 2]}] & pairs[${due[rows - 2]}]`
    : `tiles[${lastDue}]`;
  // The bias comes off before a row waits for the one that it may be added to.
  const counted = first - 1 - (pairs ? 1 : 0);
  const biased = due.map((at) => `tiles[${at - (pairs ? 1 : 0)}]`).join(' | ');
  const biasBits = has('row_bias_o') ? portBits(module, 'row_bias_o') : 0;
  const properties = [
    GRANT,
    SWAP,
    BUS,
    ROWS,
    LAST,
    ...(modes.length > 0 ? [MODES] : []),
    ...(biasBits > 0 ? [BIAS] : []),
  ];
  const enable = has('en_i') ? 'en_i' : "1'b1";
  const segments = Math.ceil(rows / segment);
  const onSegment = Array.from(
    { length: segments },
    (_, s) => `|(swap_o & ${rows}'b${mask(rows, s * segment, segment)})`,
  );
  const two = Array.from({ length: segments }, (_, s) => {
    const own = `(swap_o & ${rows}'b${mask(rows, s * segment, segment)})`;
    return `|(${own} & (${own} - 1))${s + 1 < segments ? ` | on_bus[${s + 1}] & ${onSegment[s]}` : ''}`;
  });
  const ofRows = (history: string): string => due.map((at) => `tiles[${at}] & ${history}[${at}]`).join(' | ');
  return {
    module: module.name,
    files: filesOf(manifest, module),
    properties,
    harness: () => `module properties (
  input wire clk_i,
  input wire first_i,
  input wire reset_i,
  input wire want_i,
${[...(has('en_i') ? ['en_i'] : []), ...modes.map(({ input }) => input)].map((port) => `  input wire ${port},\n`).join('')}${outcomePorts(properties)}
);
  wire rst_ni = ~first_i & ~reset_i;
  wire last_i = want_i & grant_o;
  wire grant_o;
  wire ${range(rows)}swap_o;
  wire row_valid_o;
  wire row_last_o;
${modes.map(({ output }) => `  wire ${output};\n`).join('')}${biasBits > 0 ? `  wire ${range(biasBits)}row_bias_o;\n` : ''}${instance(module)}

  // Bit j: the last beat of a tile entered j cycles ago, or a reset ended then; which of them are tiles; their modes.
  reg [${lastDue}:1] events;
  reg [${lastDue}:1] tiles;
${modes.map(({ history }) => `  reg [${lastDue}:1] ${history};\n`).join('')}  reg known;  // there was a reset
  reg [${segments}:0] on_bus;  // the registers at the upper ends of the bus' segments
${biasBits > 0 ? `  reg [${biasBits - 1}:0] minus;  // products since the last event, counted down\n  reg [${biasBits - 1}:0] between;\n  reg measured;\n` : ''}  always @(posedge clk_i) begin
    known <= known & ~first_i | ~rst_ni;
    if (~rst_ni) begin
      events <= 1;
      tiles <= 0;
      on_bus <= 0;
${biasBits > 0 ? '      measured <= 0;\n' : ''}    end else if (${enable}) begin
      events <= {events, last_i};
      tiles <= {tiles, last_i};
      on_bus <= {1'b0, ${[...onSegment].reverse().join(', ')}} | on_bus >> 1;
${biasBits > 0 ? `      if (events[${counted}]) measured <= 1;\n` : ''}    end
${modes.map(({ history, input }) => `    if (${enable}) ${history} <= {${history}, ${input}};\n`).join('')}${
  biasBits > 0
    ? `    if (${enable}) begin
      minus <= (events[${counted}] ? ${biasBits}'d0 : minus) - ${biasBits}'d${lanes};
      if (events[${counted}]) between <= minus;
    end
`
    : ''
}  end
  wire ruled = known & rst_ni;

  assign cover_grant = ruled & ~(|events${distance > 1 ? `[${distance - 1}:1]` : " & 1'b0"});
  assign bad_grant = ruled & grant_o != ${distance > 1 ? `~(|events[${distance - 1}:1])` : "1'b1"};
  wire ${range(rows)}swaps = events[${behind + rows - 1}:${behind}];
  assign cover_swap = ruled & swaps[${rows - 1}] & tiles[${behind + rows - 1}];
  assign bad_swap = ruled & swap_o != swaps;
  assign cover_bus = ruled & swap_o[${rows - 1}];
  assign bad_bus = ruled & (${two.join(' | ')});
  wire due = ${leaves.join(' | ')};
  wire ends = ${ends};
  assign cover_rows = ruled & due;
  assign bad_rows = ruled & row_valid_o != due;
  assign cover_last = ruled & row_valid_o & ends;
  assign bad_last = ruled & row_valid_o & row_last_o != (${ends});
${
  modes.length > 0
    ? `  assign cover_modes = ruled & row_valid_o & ${modes.map(({ output }) => output).join(' & ')};
  assign bad_modes = ruled & due & (${modes.map(({ output, history }) => `${output} != (${ofRows(history)})`).join(' | ')});
`
    : ''
}${
  biasBits > 0
    ? `  wire biased = ${biased};
  assign cover_bias = ruled & biased & measured & between < -${biasBits}'d${distance * lanes};
  assign bad_bias = ruled & biased & measured & row_bias_o != between;
`
    : ''
}endmodule
`,
  };
}

/** Bits of rows from one on, so many of them. */
const mask = (rows: number, from: number, count: number): string =>
  Array.from({ length: rows }, (_, i) => (rows - 1 - i >= from && rows - 1 - i < from + count ? '1' : '0')).join('');
