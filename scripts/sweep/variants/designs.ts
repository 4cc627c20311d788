import { withoutMeaningless } from '../../../gen/config/conflicts.js';
import type { Configuration } from '../../../gen/config/parameters.js';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import type { PeView } from '../../../gen/rtl/arch/output-stationary/pe.js';
import { type Design, elaborate } from '../../../gen/rtl/design.js';

/** A variant of the hardware: what sets it apart from the default design. */
export interface Variant {
  /** Name of its design. */
  readonly name: string;
  /** One line that says what it is. */
  readonly description: string;
  /** Parameters that differ from the defaults; longest reduction and name are the run's, and the size unless given. */
  readonly parameters: RawConfiguration;
  /** What is changed in the elaborated design; the generator itself does not make such a design. */
  readonly rewritten?: (design: Design) => Design;
}

/** The variants `npm run variants` compares, in the order of its table. */
export const VARIANTS: readonly Variant[] = [
  {
    name: 'os_single',
    description: 'the default: output stationary, sums shift out in place, one pipeline stage, a clock gate',
    parameters: {},
  },
  {
    name: 'os_first',
    description:
      'the first version, to measure against: the default with one adder across the whole sum instead of a counter in its upper bits',
    parameters: {},
    rewritten: withOneAdder,
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
    description: '8-bit mode besides: four 4-bit PEs make an 8-bit product',
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
    description: 'clusters of 2 x 2 PEs that share operand registers',
    parameters: { tileRows: 2, tileCols: 2 },
  },
  {
    name: 'os_tile4x4',
    description: 'clusters of 4 x 4 PEs that share operand registers',
    parameters: { tileRows: 4, tileCols: 4 },
  },
  {
    name: 'ws_tile2x2',
    description: 'weight stationary, clusters of 2 x 2 PEs: a register for the partial sums of two rows',
    parameters: { dataflow: 'ws', tileRows: 2, tileCols: 2 },
  },
  {
    name: 'ws_tile4x1',
    description: 'weight stationary, clusters of 4 x 1 PEs: a register for the partial sums of four rows',
    parameters: { dataflow: 'ws', tileRows: 4 },
  },
  {
    name: 'float',
    description: 'floating-point PEs: binary32 accumulators for the same types',
    parameters: { pe: 'float' },
  },
  {
    name: 'float_fp8',
    description: 'floating-point PEs for E4M3 and E5M2',
    parameters: { pe: 'float', activations: ['e4m3', 'e5m2'], weights: ['e4m3', 'e5m2'] },
  },
  {
    name: 'dot_4x4x16',
    description: '4 x 4 dot-product units of 16 lanes, columns of full adders',
    parameters: { arch: 'dot', rows: 4, cols: 4, lanes: 16 },
  },
  {
    name: 'dot_4x4x16_adders',
    description: 'the same with trees of plain adders and a register behind the multipliers',
    parameters: { arch: 'dot', rows: 4, cols: 4, lanes: 16, tree: 'adders', pipeline: 2 },
  },
];

/** The design with PEs as they were at first. */
function withOneAdder(design: Design): Design {
  const first = (view: PeView): PeView => ({ ...view, high: undefined });
  return {
    ...design,
    modules: design.modules.map((module) =>
      module.template === 'rtl/arch/output-stationary/pe.v' ? first(module as PeView) : module,
    ),
  };
}

/** The elaborated design of a variant. */
export function designOf({ rewritten }: Variant, configuration: Configuration): Design {
  const design = elaborate(configuration);
  return rewritten ? rewritten(design) : design;
}

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
