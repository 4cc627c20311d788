import { UserError } from '../../../gen/base/errors.js';
import type { NumericType } from '../../../gen/numerics/types/numeric-type.js';
import { requirePercentile } from './channel.js';
import type { BlockGrid } from '../onnx/block-grid.js';
import type { ScaledGrid } from './edges.js';
import { additionBound } from './error.js';
import { candidate, LEAST_ACCURACY, scaleOfClip } from './scale.js';
import { type BinnedError, BinPass } from './stream-bins.js';
import { ElementPass } from './stream-elements.js';
import { RangePass, type StreamRange } from './stream-range.js';

export interface StreamedOptions {
  /** What messages call the tensor. */
  readonly name: string;
  /** The types to consider, given whether there is a negative value. */
  readonly typesFor: (hasNegative: boolean) => readonly NumericType[];
  /** Clips to try, in hundredths of the reference; without it those of `candidate`. */
  readonly clips?: readonly number[];
  /**
   * Above 0, at most 100 (default). At 100 the reference is the largest magnitude. Below, it is the upper end of the
   * bin that this percentile of the magnitudes falls into (nearest rank): less than 1/256 above it, if it is a normal
   * number. Where the percentile is 0 though not all values are, the reference is the largest magnitude.
   */
  readonly percentile?: number;
}

export interface StreamedCost {
  readonly type: NumericType;
  readonly scale: number;
  /** At the scale, which is the type's best as far as its sums tell. */
  readonly squaredError: number;
}

export interface StreamedResult extends StreamedCost {
  /** The integer that stands for 0, where it is not 0. */
  readonly zeroPoint?: number;
  /** Blocks that take their scales from the data, with which `scale` is multiplied. */
  readonly blocks?: BlockGrid;
  /** Whether type and scale are the network's own and nothing was chosen. */
  readonly taken?: boolean;
  /** The type's index in the list that `typesFor` returned. */
  readonly typeIndex: number;
  /** Sum of x². */
  readonly squares: number;
  readonly count: number;
  readonly least: number;
  readonly greatest: number;
  /** All types, in the order of the list. */
  readonly considered: readonly StreamedCost[];
  /** 120 bins of equal width from the least to the greatest value, for plots. */
  readonly histogram: { readonly low: number; readonly high: number; readonly counts: number[] };
}

/** A scale of a type: one of the candidates, which stand in the order in which ties are decided. */
interface Trial extends ScaledGrid {
  readonly type: NumericType;
  readonly typeIndex: number;
}

type Pass = RangePass | BinPass | ElementPass;

/**
 * The type and scale of a tensor that passes by two or three times, in memory that does not depend on its size. The
 * choice is always the one of a search that adds up the squared error of every type and clip over the elements in
 * their order: the least error; of equals the first type, then the smallest clip.
 *
 * The first pass finds the range and with it all scales; the second sorts the values into bins whose edges are the
 * decisions of all types and scales, from which every error follows within a bound on its rounding; a third is needed
 * where several errors are within that bound of the least, or the least is itself no larger than rounding.
 */
export class StreamedChoice {
  readonly #options: StreamedOptions;
  #pass: Pass | undefined;
  #range: StreamRange | undefined;
  #types: readonly NumericType[] = [];
  #trials: readonly Trial[] = [];
  /** Errors of the trials; those that a third pass has added up replace those from bins. */
  #errors: number[] = [];
  #contenders: readonly number[] = [];
  #squares = 0;
  #plot: number[] = [];
  #result: StreamedResult | undefined;

  /** @throws UserError on an invalid percentile. */
  constructor(options: StreamedOptions) {
    const { name, percentile = 100 } = options;
    requirePercentile(percentile);
    this.#options = options;
    this.#pass = new RangePass(name, percentile);
  }

  /**
   * Some values of the tensor: in every pass the same values in the same order, in pieces of any size.
   *
   * @throws UserError on a value that is not finite.
   */
  observe(values: Float32Array): void {
    this.#running().observe(values);
  }

  /** @throws UserError when the pass had no values, or another number than the first, or there is no type or clip. */
  endPass(): void {
    const pass = this.#running();
    if (this.#range && pass.count !== this.#range.count) {
      throw new UserError(
        `${this.#options.name}: a pass has ${pass.count} values, the first had ${this.#range.count}; all have to be the same`,
      );
    }
    if (pass instanceof RangePass) this.#pass = this.#startBins(pass);
    else if (pass instanceof BinPass) this.#pass = this.#startElements(pass);
    else this.#pass = this.#endElements(pass);
    if (!this.#pass) this.#finish();
  }

  /** Whether the result is there: after two passes or three. */
  get done(): boolean {
    return this.#result !== undefined;
  }

  /** @throws Error before it is there. */
  get result(): StreamedResult {
    if (!this.#result) throw new Error(`${this.#options.name}: the choice is not made yet`);
    return this.#result;
  }

  #running(): Pass {
    if (!this.#pass) throw new Error(`${this.#options.name}: the choice is already made`);
    return this.#pass;
  }

  #startBins(pass: RangePass): Pass {
    const range = pass.end();
    const { name, typesFor, clips } = this.#options;
    const types = typesFor(range.least < 0);
    if (types.length === 0) throw new UserError(`${name}: there is no type to choose`);
    this.#range = range;
    this.#types = types;
    this.#trials = types.flatMap((type, typeIndex) => {
      const one = candidate(type, clips === undefined ? {} : { clips });
      const scales = range.reference === 0 ? [1] : one.clips.map((clip) => scaleOfClip(clip, range.reference, one.top));
      return scales.map((scale) => ({ type, typeIndex, grid: one.grid, scale }));
    });
    return new BinPass(range, this.#trials);
  }

  #startElements(pass: BinPass): Pass | undefined {
    const { squares, errors } = pass.end(this.#trials);
    this.#squares = squares;
    this.#plot = Array.from(pass.plot);
    this.#errors = errors.map(({ squaredError }) => squaredError);
    if (squares === 0) return undefined;
    this.#contenders = contenders(errors);
    const [first, ...others] = this.#contenders.map((i) => errors[i] as BinnedError);
    // Beyond the bound, the sum of squares is off itself.
    const off = (first as BinnedError).bound + additionBound(pass.count, squares);
    if (others.length === 0 && off <= LEAST_ACCURACY * (first as BinnedError).squaredError) return undefined;
    return new ElementPass(
      pass.edges,
      this.#contenders.map((i) => this.#trials[i] as Trial),
    );
  }

  #endElements(pass: ElementPass): undefined {
    this.#contenders.forEach((trial, i) => {
      this.#errors[trial] = pass.squaredErrors[i] as number;
    });
  }

  #finish(): void {
    const { count, least, greatest } = this.#range as StreamRange;
    const costs = this.#trials.map((trial, i) => ({ ...trial, squaredError: this.#errors[i] as number, index: i }));
    const smaller = <T extends { squaredError: number }>(a: T, b: T): T => (b.squaredError < a.squaredError ? b : a);
    const exact = new Set(this.#contenders);
    // A sum from bins may be below one over elements that it equals.
    const choose = (some: typeof costs): (typeof costs)[number] => {
      const contending = some.filter(({ index }) => exact.has(index));
      return (contending.length > 0 ? contending : some).reduce(smaller);
    };
    const { type, typeIndex, scale, squaredError } = choose(costs);
    this.#result = {
      type,
      typeIndex,
      scale,
      squaredError,
      squares: this.#squares,
      count,
      least,
      greatest,
      considered: this.#types.map((_, t) => {
        const cost = choose(costs.filter((one) => one.typeIndex === t));
        return { type: cost.type, scale: cost.scale, squaredError: cost.squaredError };
      }),
      histogram: { low: least, high: greatest, counts: this.#plot },
    };
    this.#trials = [];
    this.#errors = [];
  }
}

/** The indices of the errors that may be the least when added up over the elements. */
function contenders(errors: readonly BinnedError[]): number[] {
  const ceiling = errors.reduce(
    (least, { squaredError, bound }) => Math.min(least, squaredError + bound),
    Number.POSITIVE_INFINITY,
  );
  return errors.flatMap(({ squaredError, bound }, i) => (squaredError - bound <= ceiling ? [i] : []));
}
