import { withoutMeaningless } from '../../../gen/config/conflicts.js';
import type { Configuration } from '../../../gen/config/parameters.js';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import type { RenderedFile } from '../../../gen/design/rendered-file.js';
import type { Design } from '../../../gen/rtl/design.js';
import { FIRST_NAME, FIRST_TYPES, firstVersion } from './first.js';

/** A variant of the hardware: what sets it apart from the default design. */
export interface Variant {
  /** Name of its design. */
  readonly name: string;
  /** One line that says what it is. */
  readonly description: string;
  /** Parameters that differ from the defaults; longest reduction and name are the run's, and the size unless given. */
  readonly parameters: RawConfiguration;
  /** Its files, given the elaborated design, where the generator itself does not make it. */
  readonly files?: (design: Design) => RenderedFile[];
}

const variant = (name: string, description: string, parameters: RawConfiguration): Variant => ({
  name,
  description,
  parameters,
});

/** 4-bit elements of OCP Microscaling and NVFP4, and the types of ANT. */
const BLOCK_TYPES = ['e2m1', 'int4', 'flint4', 'pot4'];

/** The variants `npm run variants` compares, in the order of its table. */
export const VARIANTS: readonly Variant[] = [
  variant('os', 'the default: output stationary, sums leave over buses, one pipeline stage, a clock gate', {}),
  {
    ...variant(
      FIRST_NAME,
      'the first version, kept as it was to measure against: sums shift out in place, one adder across the whole sum',
      { activations: [...FIRST_TYPES.activations], weights: [...FIRST_TYPES.weights] },
    ),
    files: firstVersion,
  },
  variant('os_pipeline2', 'a register between shifter and adder', { pipeline: 2 }),
  variant('os_pipeline3', 'registers between multiplier, shifter and adder', { pipeline: 3 }),
  variant('os_enable', 'an enable on every register instead of a clock gate', { stall: 'enable' }),
  variant('os_int4', 'int4 alone on both ports: what adaptive types are to be compared with', {
    activations: ['int4'],
    weights: ['int4'],
  }),
  variant('os_int8', '8-bit integers on both ports', { activations: ['int8', 'uint8'], weights: ['int8'] }),
  variant('os_wide', '8-bit mode besides: four 4-bit PEs make an 8-bit product', {
    wideActivations: ['int8', 'uint8'],
    wideWeights: ['int8'],
  }),
  variant('os_mx', 'OCP MX element types beside flint and int: E2M1, E3M2 and E2M3 (block scales stay outside)', {
    activations: ['int4', 'flint4', 'e2m1', 'e3m2', 'e2m3'],
    weights: ['int4', 'flint4', 'e2m1', 'e3m2', 'e2m3'],
  }),
  ...[2, 4].map((lanes) => variant(`os_lanes${lanes}`, `PEs that add up ${lanes} products a cycle`, { lanes })),
  variant('ws', 'weight stationary: weights double buffered in the PEs, partial sums that widen on their way down', {
    dataflow: 'ws',
  }),
  ...[2, 4].map((lanes) =>
    variant(
      `ws_lanes${lanes}`,
      `weight stationary, PEs that hold ${lanes} weights and add up ${lanes} products a cycle`,
      {
        dataflow: 'ws',
        lanes,
      },
    ),
  ),
  variant('os_cluster2x2', 'clusters of 2 x 2 PEs that share operand registers', { clusterRows: 2, clusterCols: 2 }),
  variant('os_cluster4x4', 'clusters of 4 x 4 PEs that share operand registers', { clusterRows: 4, clusterCols: 4 }),
  variant('ws_cluster2x2', 'weight stationary, clusters of 2 x 2 PEs: a register for the partial sums of two rows', {
    dataflow: 'ws',
    clusterRows: 2,
    clusterCols: 2,
  }),
  variant('ws_cluster4x1', 'weight stationary, clusters of 4 x 1 PEs: a register for the partial sums of four rows', {
    dataflow: 'ws',
    clusterRows: 4,
  }),
  variant('float', 'floating-point PEs: binary32 accumulators for the same types', { pe: 'float' }),
  variant('float_fp8', 'floating-point PEs for E4M3 and E5M2', {
    pe: 'float',
    activations: ['e4m3', 'e5m2'],
    weights: ['e4m3', 'e5m2'],
  }),
  variant('dot_4x4x16', '4 x 4 dot-product units of 16 lanes, columns of full adders', {
    arch: 'dot',
    rows: 4,
    cols: 4,
    lanes: 16,
  }),
  variant('dot_4x4x16_adders', 'the same with trees of plain adders and a register behind the multipliers', {
    arch: 'dot',
    rows: 4,
    cols: 4,
    lanes: 16,
    tree: 'adders',
    pipeline: 2,
  }),
  variant('blocks_mx_4x4x16', '4 x 4 dot-product units of 16 lanes for blocks of 32, scales of OCP Microscaling', {
    ...{ arch: 'dot', rows: 4, cols: 4, lanes: 16, pipeline: 2, block: 32 },
    ...{ activations: BLOCK_TYPES, weights: BLOCK_TYPES },
  }),
  variant('blocks_nv_4x4x16', 'the same for blocks of 16, scales of NVFP4', {
    ...{ arch: 'dot', rows: 4, cols: 4, lanes: 16, pipeline: 2, block: 16, scales: 'e4m3' },
    ...{ activations: BLOCK_TYPES, weights: BLOCK_TYPES },
  }),
];

/** The configuration of a variant, in the size and for the longest tiles asked for. */
export function configurationOf(
  { name, parameters }: Variant,
  { rows, cols, lengths }: { readonly rows: number; readonly cols: number; readonly lengths: readonly number[] },
): Configuration {
  const raw = {
    arch: 'array',
    dataflow: 'os',
    pe: 'int',
    rows,
    cols,
    ...parameters,
    maxK: lengths.at(-1),
    name,
  } as const;
  return validateConfiguration(withoutMeaningless(raw));
}
