import type { PublishedSource } from './source.js';

const at = (commit: string, ...paths: readonly string[]) => paths.map((path) => ({ path, commit }));

const AXIS = 'rtl/sa';

export const AXIS_SYSTOLIC_ARRAY: PublishedSource = {
  repository: 'abarajithan11/axis-systolic-array',
  licence: 'MIT',
  files: at(
    '38d9d70b03ee3d79097ee3b97a880bff53137811',
    ...['n_delay', 'counter', 'tri_buffer', 'mac', 'pe', 'axis_sa'].map((module) => `${AXIS}/${module}.sv`),
  ),
  added: {
    [`${AXIS}/config.svh`]: '`ifndef OR_NEGEDGE\n`define OR_NEGEDGE(reset)\n`endif\n',
  },
  edited: 'none; its generated config.svh is written here, for synchronous reset',
};

const QUADRILATERO_PE = 'rtl/quadrilatero_pe.sv';
const QUADRILATERO_MESH = 'rtl/quadrilatero_mesh.sv';
const QUADRILATERO_PACKAGE = 'rtl/include/quadrilatero_pkg.sv';
const NO_FPU = { from: /parameter FPU = 1/, to: 'parameter FPU = 0' };

export const QUADRILATERO: PublishedSource = {
  repository: 'pulp-platform/quadrilatero',
  licence: 'Apache-2.0 WITH SHL-2.1',
  files: [
    ...at('b576dfefffecc099a0ec5f046eca58de9e396aa9', QUADRILATERO_PACKAGE, 'rtl/quadrilatero_mac_int.sv'),
    ...at('c130a777f5139f3ee70cba0e927f5c7267d78fab', QUADRILATERO_PE),
    ...at('b576dfefffecc099a0ec5f046eca58de9e396aa9', QUADRILATERO_MESH),
  ],
  edits: [
    { path: QUADRILATERO_PE, ...NO_FPU },
    { path: QUADRILATERO_MESH, ...NO_FPU },
    {
      path: QUADRILATERO_PACKAGE,
      from: / {2}typedef struct packed \{\n\s*logic \[\$clog2\(N_REGS\)[\s\S]*(?=endpackage)/,
      to: '',
    },
    ...[
      { from: '[MESH_WIDTH-1:0][MESH_WIDTH : 0] ', to: 'logic [MESH_WIDTH-1:0][MESH_WIDTH:0][3:0] ' },
      { from: '[MESH_WIDTH-1:0] ', to: 'logic [MESH_WIDTH-1:0][3:0] ' },
    ].map(({ from, to }) => ({ path: QUADRILATERO_MESH, from: `quadrilatero_pkg::sa_ctrl_t ${from}`, to })),
  ],
  edited: 'without FPU; arrays of structures as bits; types of other modules cut from the package',
};

export const GEMMINI: PublishedSource = {
  repository: 'Lefteris-B/DualCore-Small-gemmini',
  licence: 'BSD-3-Clause (of ucb-bar/gemmini, which generates it)',
  files: at('50601105eed06828093c8f9d86cbe983356f63c7', 'gen-collateral/PE_256.sv'),
  added: {
    'gen-collateral/MacUnit.v': [
      'module MacUnit (',
      '  input wire [7:0] io_in_a, input wire [7:0] io_in_b, input wire [31:0] io_in_c, output wire [19:0] io_out_d',
      ');',
      '  assign io_out_d = $signed(io_in_a) * $signed(io_in_b) + $signed(io_in_c[19:0]);',
      'endmodule',
      '',
    ].join('\n'),
  },
  edited: 'none; its multiplier and adder, MacUnit, are written here after MacUnit of PE.scala',
};

const GENESYS_FOLDER = 'genesys/hardware/source';

export const GENESYS: PublishedSource = {
  repository: 'VeriGOOD-ML/public',
  licence: 'Apache-2.0',
  files: at(
    '930557740b161049dba6e29f2671046c7ea8086c',
    ...['scratchpad', 'macc', 'truncator', 'pe'].map((module) => `${GENESYS_FOLDER}/${module}.v`),
  ),
  added: {
    [`${GENESYS_FOLDER}/register_sync.v`]: [
      'module register_sync #(parameter WIDTH = 8) (',
      '  input wire clk, input wire reset, input wire [WIDTH-1:0] in, output reg [WIDTH-1:0] out',
      ');',
      "  always @(posedge clk) if (reset) out <= {WIDTH{1'b0}}; else out <= in;",
      'endmodule',
      '',
    ].join('\n'),
  },
  edited: 'none; the register register_sync, which the repository lacks, is written here',
};

export const ITA: PublishedSource = {
  repository: 'pulp-platform/ITA',
  licence: 'SHL-0.51',
  files: at('6a0bad56477bd42033506e18e471f9f202542fc9', 'src/ita_dotp.sv'),
  edited: 'none',
};

const MX_FILES = ['util/arith/mul_int', 'util/arith/mul_fp', 'util/arith/vec_mul_int', 'util/arith/vec_mul_fp'];

const MX_PATHS = [...MX_FILES, 'util/arith/vec_sum_int', 'dot/dot_int', 'dot/dot_fp'].map((file) => `src/${file}.sv`);

export const MX_FOR_FPGA: PublishedSource = {
  repository: 'ebby-s/MX-for-FPGA',
  licence: 'MIT',
  files: at('ad3b24e0954618c2fbb355968d8a2954450a76ab', ...MX_PATHS),
  edits: MX_PATHS.filter((path) => /vec_|dot_/.test(path)).map((path) => ({
    path,
    // An array whose elements are vectors becomes one vector, where it is a port or connects ports.
    from: /((?:input|output)\s+logic signed|logic signed(?= \[prd_width-1:0\] p0_prd))\s+(\[[^\]]+\])\s+(\w+)\s*\[(\w+)\]/g,
    to: '$1 [$4-1:0]$2 $3',
  })),
  edited: 'unpacked arrays at ports as packed ones',
};
