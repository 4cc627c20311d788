import type { NumericType } from '../../../gen/numerics/types/numeric-type.js';
import type { ScaleRule } from '../search/blocks.js';

/** When to stop promoting layers to 8 bits: an average width reached, or the network's error small enough. */
export type Budget =
  | { readonly kind: 'bits'; readonly limit: number }
  | { readonly kind: 'error'; readonly limit: number };

export const RANKINGS = ['mse', 'relative', 'output'] as const;
/** What orders layers for promotion: mean squared error of the operands, the same relative, or the network's output. */
export type Ranking = (typeof RANKINGS)[number];

/** Blocks of weights along the reduction, each with a scale. */
export interface WeightBlocks {
  /** Whether activations lie in the same blocks, with scales from the data at run time. */
  readonly activations?: boolean;
  /** Rows of the reduction in a block. */
  readonly size: number;
  /** Name of the scales' format. */
  readonly scales: string;
  readonly rule: ScaleRule;
  /** Types by name instead of the families, where layers have the narrow width. */
  readonly types?: readonly string[];
}

/** How the types and scales of a network are to be chosen. */
export interface QuantiseOptions {
  /** Width of the codes; layers that are promoted or named in `wide` have `WIDE_BITS`. */
  readonly bits: number;
  /** Families and types to choose from, in order of preference. */
  readonly families: readonly string[];
  /** Types of a design's ports, if the network is to run on that design. */
  readonly ports?: { readonly a: readonly NumericType[]; readonly w: readonly NumericType[] };
  /** Rows of the reduction that share weight scales; all if undefined. */
  readonly groupSize?: number;
  readonly weightBlocks?: WeightBlocks;
  /** Clips to try, in hundredths of the reference magnitude. */
  readonly clips?: readonly number[];
  /** Percentile of the magnitudes that clips refer to. */
  readonly percentile?: number;
  /** What is made least: the error of each tensor, or of the layer's result. */
  readonly objective: 'tensor' | 'output';
  /** Rounding of weights: each to the nearest, or with the error of one taken back by the others. */
  readonly rounding: 'nearest' | 'compensated';
  readonly biasCorrection: boolean;
  /** Quantise products of two activations, such as attention, too. */
  readonly attention: boolean;
  /** Choose anew what a network has rounded to integers itself, instead of taking these. */
  readonly requantise: boolean;
  /** Names of layers with 8 bits from the start; `first` and `last` are known. */
  readonly wide: readonly string[];
  readonly budget?: Budget;
  readonly ranking: Ranking;
  /** Samples run at once at most. */
  readonly batch: number;
  /** Bytes that activations may take at once. */
  readonly memory: number;
}

export const GIB = 2 ** 30;

/** The published framework's choices. */
export const PUBLISHED: QuantiseOptions = {
  bits: 4,
  families: ['int', 'flint', 'pot'],
  objective: 'tensor',
  rounding: 'nearest',
  biasCorrection: false,
  attention: true,
  requantise: false,
  wide: [],
  ranking: 'mse',
  batch: 16,
  memory: 2 * GIB,
};

/** Width of a promoted layer. */
export const WIDE_BITS = 8;
