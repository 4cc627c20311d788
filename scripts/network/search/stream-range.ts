import { UserError } from '../../../gen/base/errors.js';
import { rankOf } from './channel.js';
import { numberOf } from './edges.js';

/** What the first pass finds out about a tensor. */
export interface StreamRange {
  readonly count: number;
  readonly least: number;
  readonly greatest: number;
  /** What clips are hundredths of; 0 only if all elements are. */
  readonly reference: number;
}

/** Bits of a magnitude's pattern that the histogram leaves out: 256 bins to an octave. */
const BIN_SHIFT = 15;

const CHUNK = 2 ** 12;

/** First pass: range, and a histogram of the magnitudes where a percentile below 100 is asked for. */
export class RangePass {
  count = 0;
  /** The least and the greatest value so far. */
  readonly #range = Float64Array.of(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
  readonly #name: string;
  readonly #percentile: number;
  /** Zeros, then magnitudes in runs of patterns. */
  readonly #bins: Float64Array | undefined;

  constructor(name: string, percentile: number) {
    this.#name = name;
    this.#percentile = percentile;
    this.#bins = percentile < 100 ? new Float64Array(2 ** (31 - BIN_SHIFT) + 1) : undefined;
  }

  /** @throws UserError on a value that is not finite. */
  observe(values: Float32Array): void {
    for (let start = 0; start < values.length; start += CHUNK) {
      const chunk = values.subarray(start, start + CHUNK);
      const bits = new Int32Array(chunk.buffer, chunk.byteOffset, chunk.length);
      if (!widen(this.#range, chunk)) this.#refuse(chunk);
      if (this.#bins) countMagnitudes(bits, this.#bins);
      this.count += chunk.length;
    }
  }

  #refuse(values: Float32Array): never {
    const at = values.findIndex((value) => !Number.isFinite(value));
    throw new UserError(`${this.#name}: element ${this.count + at} is ${values[at]}`);
  }

  /** @throws UserError when there were no values. */
  end(): StreamRange {
    if (this.count === 0) throw new UserError(`${this.#name}: there are no values`);
    const least = this.#range[0] as number;
    const greatest = this.#range[1] as number;
    const largest = Math.max(greatest, -least);
    return {
      count: this.count,
      // A zero without its sign.
      least: least + 0,
      greatest: greatest + 0,
      reference: this.#bins ? Math.min(this.#percentileEdge(this.#bins) || largest, largest) : largest,
    };
  }

  /** The greatest magnitude of the bin that the percentile falls into; 0 if it falls among the zeros. */
  #percentileEdge(bins: Float64Array): number {
    const rank = rankOf(this.#percentile, this.count);
    let passed = 0;
    const bin = bins.findIndex((count) => {
      passed += count;
      return passed >= rank;
    });
    return bin === 0 ? 0 : numberOf((bin << BIN_SHIFT) - 1);
  }
}

/** Widens a range, least and greatest value, to hold some more. @returns Whether these are finite. */
function widen(range: Float64Array, values: Float32Array): boolean {
  let least = range[0] as number;
  let greatest = range[1] as number;
  let nothing = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
    nothing += value - value;
  }
  range[0] = least;
  range[1] = greatest;
  return nothing === 0;
}

/** Adds numbers, given by their bit patterns, to a histogram of magnitudes: zeros first, then bins of patterns. */
function countMagnitudes(bits: Int32Array, bins: Float64Array): void {
  for (let i = 0; i < bits.length; i++) {
    const magnitude = (bits[i] as number) & 0x7fffffff;
    const bin = magnitude === 0 ? 0 : (magnitude >> BIN_SHIFT) + 1;
    bins[bin] = (bins[bin] as number) + 1;
  }
}
