import type { PublishedCircuit } from './source.js';
import { AXIS_SYSTOLIC_ARRAY, GEMMINI, GENESYS, ITA, MX_FOR_FPGA, QUADRILATERO } from './sources.js';

const axis = (bits: number, size: number): PublishedCircuit => {
  const widths = { WX: bits, WK: bits, WY: 24 };
  return {
    name: `axis_int${bits}`,
    source: AXIS_SYSTOLIC_ARRAY,
    what: `output-stationary array, ${size} x ${size}, with skew, control and valid/ready`,
    top: 'axis_sa',
    parameters: { R: size, C: size, ...widths },
    products: size * size,
    operands: `int${bits} x int${bits}`,
    accumulatorBits: 24,
    pe: { top: 'pe', parameters: widths, products: 1 },
    lacks: 'an output buffer; one cycle per beat of results (it takes two); right sums after a stall',
    bench: { file: 'axis_sa.v', parameters: { SIZE: size, BITS: bits, SHORTEST: 4 * size } },
  };
};

const genesys = (bits: number): PublishedCircuit => ({
  name: `genesys_int${bits}`,
  source: GENESYS,
  what: 'weight-stationary PE with a memory of two weights',
  top: 'pe',
  parameters: {
    WMEM_ADDR_BITWIDTH: 1,
    ACT_BITWIDTH: bits,
    WGT_BITWIDTH: bits,
    SUM_IN_BITWIDTH: 24,
    INTER_BITWIDTH: 25,
  },
  products: 1,
  operands: `int${bits} x int${bits}`,
  accumulatorBits: 24,
  lacks: 'the array around it; weights reach it over registers outside; no stall',
  bench: { file: 'genesys_pe.v', parameters: { BITS: bits } },
});

const MX_ELEMENTS = 16;

const mxFloat = (name: string, exponent: number, fraction: number): PublishedCircuit => ({
  name: `mx_${name}`,
  source: MX_FOR_FPGA,
  what: `dot product of ${MX_ELEMENTS} elements, exact, without registers`,
  top: 'dot_fp',
  parameters: { exp_width: exponent, man_width: fraction, k: MX_ELEMENTS },
  products: MX_ELEMENTS,
  operands: `${name} x ${name}`,
  accumulatorBits: null,
  lacks: 'registers, accumulator and stream',
  bench: { file: 'dot_fp.v', parameters: { EXPONENT: exponent, FRACTION: fraction, K: MX_ELEMENTS } },
});

const ITA_LANES = 16;

/**
 * What is measured beside this project's own designs, in the order of the table.
 *
 * @param size Rows, and columns, of the array that has a parameter for it.
 */
export const publishedCircuits = (size: number): readonly PublishedCircuit[] => [
  axis(4, size),
  axis(8, size),
  {
    name: 'gemmini_int8',
    source: GEMMINI,
    what: 'PE of both dataflows, two accumulators, rounding shift and saturation of results',
    top: 'PE_256',
    parameters: {},
    products: 1,
    operands: 'int8 x int8',
    accumulatorBits: 32,
    lacks: "the registers between PEs, which are the mesh's; sums wrap at 20 bits",
    bench: { file: 'gemmini_pe.v', parameters: {} },
  },
  genesys(4),
  genesys(8),
  {
    name: 'ita_int8',
    source: ITA,
    what: `dot product of ${ITA_LANES} elements, without registers`,
    top: 'ita_dotp',
    parameters: { M: ITA_LANES, WO: 24 },
    products: ITA_LANES,
    operands: 'int9 x int8',
    accumulatorBits: null,
    lacks: 'registers, accumulator and stream',
    bench: { file: 'ita_dotp.v', parameters: { LANES: ITA_LANES } },
  },
  {
    name: 'mx_int8',
    source: MX_FOR_FPGA,
    what: `dot product of ${MX_ELEMENTS} elements, without registers`,
    top: 'dot_int',
    parameters: { bit_width: 8, k: MX_ELEMENTS },
    products: MX_ELEMENTS,
    operands: 'int8 x int8',
    accumulatorBits: null,
    lacks: 'registers, accumulator and stream',
    bench: { file: 'dot_int.v', parameters: { BITS: 8, K: MX_ELEMENTS } },
  },
  mxFloat('e3m2', 3, 2),
  mxFloat('e2m1', 2, 1),
  // Last: its synthesis takes longest.
  {
    name: 'quadrilatero_int8',
    source: QUADRILATERO,
    what: 'weight-stationary PE of four int8 products, or two int16, or one int32; a mesh is 4 x 4 of it and wires',
    top: 'quadrilatero_pe',
    parameters: {},
    products: 4,
    operands: 'int8 x int8',
    accumulatorBits: 32,
    lacks: 'skew, de-skew and control; weights come over a port of each PE, held outside',
    bench: { file: 'quadrilatero_mesh.v', parameters: {}, module: { top: 'quadrilatero_mesh', parameters: {} } },
  },
];
