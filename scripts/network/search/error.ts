import { decisionBoundaries, levels } from '../../../gen/numerics/codec.js';
import type { NumericType } from '../../../gen/numerics/types/numeric-type.js';

/** Half the distance from 1 to the next double: the greatest relative rounding error of one operation. */
export const UNIT_ROUNDOFF = 2 ** -53;

/** Real numbers, as matrices and files have them. */
export type Reals = Float64Array | Float32Array;

/**
 * One decision of the encoder seen from zero: elements of one sign whose magnitude is beyond the boundary get a value
 * further from zero. Lengths are in units of the type's least step.
 */
export interface Step {
  /** Whether it is negative elements that are decided on. */
  readonly negative: boolean;
  /** Magnitude of the decision boundary, above 0. */
  readonly boundary: number;
  /** Distance of the two values that the boundary lies between. */
  readonly height: number;
  /** The value beyond the boundary, with its sign. */
  readonly value: number;
}

/** The encoder of a type as the search needs it. */
export interface Grid {
  /** All values, rising, as doubles. */
  readonly values: Float64Array;
  /** The boundaries between them, rising. */
  readonly boundaries: Float64Array;
  /** The boundaries once more, from zero outwards: those above zero, then those below. */
  readonly steps: readonly Step[];
  /** The largest magnitude of the values. */
  readonly farthest: number;
}

const grids = new WeakMap<NumericType, Grid>();

/** The grid of a type, made once. */
export function gridOf(type: NumericType): Grid {
  const known = grids.get(type);
  if (known) return known;
  const values = Float64Array.from(levels(type), (level) => Number(level.value));
  const boundaries = Float64Array.from(decisionBoundaries(type));
  const grid = { values, boundaries, steps: stepsOf(values, boundaries), farthest: values.reduce(farther, 0) };
  grids.set(type, grid);
  return grid;
}

const farther = (most: number, value: number): number => Math.max(most, Math.abs(value));

/** Zero is a value of every type, so no boundary is zero. */
function stepsOf(values: Float64Array, boundaries: Float64Array): Step[] {
  const all = Array.from(boundaries, (boundary, i): Step => {
    const [below, above] = [values[i] as number, values[i + 1] as number];
    const negative = boundary < 0;
    return { negative, boundary: Math.abs(boundary), height: above - below, value: negative ? below : above };
  });
  return [...all.filter((step) => !step.negative), ...all.filter((step) => step.negative).reverse()];
}

/**
 * The sum of squared errors of quantising n reals with a scale, added up in the order of the elements with the codec's
 * decisions: the sum that a search over elements compares.
 */
export function exactError(values: Reals, { values: levelValues, boundaries }: Grid, scale: number): number {
  let error = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    const ratio = value / scale;
    let low = 0;
    let high = boundaries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((boundaries[middle] as number) <= ratio) low = middle + 1;
      else high = middle;
    }
    const difference = value - (levelValues[low] as number) * scale;
    error += difference * difference;
  }
  return error;
}

/** What the rounding of a sum of squared errors taken from bins depends on. */
export interface BinnedSum {
  /** The most additions that an element goes through on its way into a sum of magnitudes. */
  readonly depth: number;
  /** Steps of the type. */
  readonly steps: number;
  /** The largest magnitude of the elements, and of the quantised elements. */
  readonly largest: number;
  readonly farthest: number;
  /** The sum of the elements' magnitudes. */
  readonly magnitudes: number;
}

/**
 * How far the reduction of the error by all steps, computed as `sum of height x (magnitudes - count x boundary)`, may
 * be from its true value. Each sum of magnitudes is off by at most depth roundings of itself and weighs at most twice
 * the farthest value; adding up the steps rounds once per step; elements, scales and boundaries that are each off by a
 * few roundings (and so may be on the wrong side of a boundary, where both sides cost the same) add a constant.
 */
export function roundingBound({ depth, steps, largest, farthest, magnitudes }: BinnedSum): number {
  return 4 * UNIT_ROUNDOFF * (depth + steps + 32) * (largest + farthest) * magnitudes;
}

/** How far the error added up element by element may be from its true value: a rounding per addition. */
export function additionBound(count: number, error: number): number {
  return (count + 16) * UNIT_ROUNDOFF * error;
}
