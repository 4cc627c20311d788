import type { RawConfiguration } from '../../../gen/config/parse.js';

/**
 * The designs `npm run verify` checks by default: shapes from one PE up (row, column, odd, prime, not square), both
 * drains, all pipeline depths, both stall and reset styles, every kind of type alone and mixed, and dot-product units.
 */
export const DEFAULT_MATRIX: readonly RawConfiguration[] = [
  { name: 'default_16x16', rows: 16, cols: 16 },
  { name: 'double_16x16', rows: 16, cols: 16, drain: 'double', pipeline: 2 },
  { name: 'one_pe', rows: 1, cols: 1 },
  { name: 'one_pe_double', rows: 1, cols: 1, drain: 'double', stall: 'enable' },
  { name: 'row_1x7', rows: 1, cols: 7, drain: 'double' },
  { name: 'column_5x1', rows: 5, cols: 1, pipeline: 2 },
  { name: 'two_2x2_async', rows: 2, cols: 2, drain: 'double', pipeline: 3, reset: 'async' },
  { name: 'prime_7x11_enable', rows: 7, cols: 11, stall: 'enable', reset: 'async', pipeline: 3 },
  { name: 'odd_3x5_double_enable', rows: 3, cols: 5, drain: 'double', pipeline: 2, stall: 'enable' },
  { name: 'int8_4x6', rows: 4, cols: 6, activations: ['int8', 'uint8'], weights: ['int8'], maxK: 4096 },
  { name: 'unsigned_6x4', rows: 6, cols: 4, activations: ['uint4', 'uflint4'], weights: ['uint4'], drain: 'double' },
  { name: 'flint_5x3', rows: 5, cols: 3, activations: ['flint4'], weights: ['flint4'] },
  { name: 'flint8_3x4', rows: 3, cols: 4, activations: ['flint8', 'uflint8'], weights: ['flint6', 'int8'], maxK: 300 },
  { name: 'pot_4x3', rows: 4, cols: 3, activations: ['pot4', 'upot4'], weights: ['pot4', 'pot3'], pipeline: 3 },
  {
    name: 'float_3x3',
    rows: 3,
    cols: 3,
    activations: ['e2m1', 'e3m2', 'ue3m1'],
    weights: ['e2m1', 'e2m3'],
    drain: 'double',
  },
  {
    name: 'tiny_types_13x2',
    rows: 13,
    cols: 2,
    activations: ['int2', 'uint2', 'flint3', 'upot2'],
    weights: ['int3', 'pot2', 'uflint3'],
  },
  {
    name: 'narrow_ints_2x3',
    rows: 2,
    cols: 3,
    activations: ['int2', 'int4', 'flint4', 'pot4'],
    weights: ['int3', 'flint4', 'pot4'],
  },
  { name: 'dot_1x1x16', arch: 'dot' },
  { name: 'dot_2x3x5', arch: 'dot', rows: 2, cols: 3, lanes: 5, pipeline: 5, stall: 'enable', reset: 'async' },
  { name: 'dot_adders_2x1x7', arch: 'dot', rows: 2, lanes: 7, tree: 'adders', pipeline: 3 },
  {
    name: 'dot_one_lane',
    arch: 'dot',
    lanes: 1,
    activations: ['uint4', 'uflint3'],
    weights: ['uint4'],
    maxK: 100,
    pipeline: 2,
  },
  { name: 'wrap_3x3', rows: 3, cols: 3, accumulatorBits: 16, overflow: 'wrap' },
];
