import type { RawConfiguration } from '../../../gen/config/parse.js';

/** A variant of the hardware: what sets it apart from the default design. */
export interface Variant {
  /** Name of its design. */
  readonly name: string;
  /** One line that says what it is. */
  readonly description: string;
  /** Parameters that differ from the defaults; size, longest reduction and name are the run's. */
  readonly parameters: RawConfiguration;
}

/** The variants `npm run variants` compares, in the order of its table. */
export const VARIANTS: readonly Variant[] = [
  {
    name: 'os_single',
    description: 'the default: output stationary, sums shift out in place, one pipeline stage, a clock gate',
    parameters: {},
  },
  {
    name: 'os_double',
    description: 'a shadow set of sums, so that tiles follow without a bubble',
    parameters: { drain: 'double' },
  },
  {
    name: 'os_pipeline2',
    description: 'a register between shifter and adder',
    parameters: { pipeline: 2 },
  },
  {
    name: 'os_pipeline3',
    description: 'registers between multiplier, shifter and adder',
    parameters: { pipeline: 3 },
  },
  {
    name: 'os_enable',
    description: 'an enable on every register instead of a clock gate',
    parameters: { stall: 'enable' },
  },
  {
    name: 'os_int4',
    description: 'int4 alone on both ports: what adaptive types are to be compared with',
    parameters: { activations: ['int4'], weights: ['int4'] },
  },
  {
    name: 'os_int8',
    description: '8-bit integers on both ports',
    parameters: { activations: ['int8', 'uint8'], weights: ['int8'] },
  },
  {
    name: 'os_wide',
    description: '8-bit integers on pairs of 4-bit PEs besides: four PEs make an 8-bit product',
    parameters: { wideActivations: ['int8', 'uint8'], wideWeights: ['int8'] },
  },
  {
    name: 'os_mx',
    description: 'OCP MX element types beside flint and int: E2M1, E3M2 and E2M3 (block scales stay outside)',
    parameters: {
      activations: ['int4', 'flint4', 'e2m1', 'e3m2', 'e2m3'],
      weights: ['int4', 'flint4', 'e2m1', 'e3m2', 'e2m3'],
    },
  },
  {
    name: 'ws',
    description: 'weight stationary: weights double buffered in the PEs, partial sums that widen on their way down',
    parameters: { dataflow: 'ws' },
  },
  {
    name: 'os_tile2x2',
    description: 'tiles of 2 x 2 PEs that share operand registers',
    parameters: { tileRows: 2, tileCols: 2 },
  },
  {
    name: 'os_tile4x4',
    description: 'tiles of 4 x 4 PEs that share operand registers',
    parameters: { tileRows: 4, tileCols: 4 },
  },
  {
    name: 'ws_tile2x2',
    description: 'weight stationary, tiles of 2 x 2 PEs: a register for the partial sums of two rows',
    parameters: { dataflow: 'ws', tileRows: 2, tileCols: 2 },
  },
  {
    name: 'ws_tile4x1',
    description: 'weight stationary, tiles of 4 x 1 PEs: a register for the partial sums of four rows',
    parameters: { dataflow: 'ws', tileRows: 4 },
  },
];
