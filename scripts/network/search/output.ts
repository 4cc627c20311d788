import type { Matrix } from '../../../gen/base/matrix.js';
import { rounder } from '../../../gen/numerics/codec.js';
import type { NumericType } from '../../../gen/numerics/types/numeric-type.js';
import { candidate, scaleOfClip } from './scale.js';

/** What a type would cost in the product: least squared error of the output, and the scales that leave it. */
export interface OutputCost {
  readonly type: NumericType;
  readonly squaredError: number;
  readonly scales: Float64Array;
}

/**
 * For weights, K x N: the scale per column that changes the product least: the least eᵀ G e, where e is the column's
 * rounding error and G the K x K Gram matrix of the activations.
 */
export function weightOutputCost(
  { rows, cols, data }: Matrix,
  gram: Float64Array,
  type: NumericType,
  clips?: readonly number[],
): OutputCost {
  const search = candidate(type, clips ? { clips } : {});
  const round = rounder(type);
  const scales = new Float64Array(cols);
  const column = new Float64Array(rows);
  const error = new Float64Array(rows);
  let total = 0;
  for (let c = 0; c < cols; c++) {
    let magnitude = 0;
    for (let r = 0; r < rows; r++) {
      column[r] = data[r * cols + c] as number;
      magnitude = Math.max(magnitude, Math.abs(column[r] as number));
    }
    const best = leastOf(search.clips, magnitude, search.top, (scale) => {
      for (let r = 0; r < rows; r++) error[r] = (column[r] as number) - round((column[r] as number) / scale) * scale;
      return quadraticForm(gram, error);
    });
    scales[c] = best.scale;
    total += best.squaredError;
  }
  return { type, squaredError: total, scales };
}

/** eᵀ G e. */
function quadraticForm(gram: Float64Array, error: Float64Array): number {
  const n = error.length;
  let total = 0;
  for (let i = 0; i < n; i++) {
    const own = error[i] as number;
    if (own === 0) continue;
    const row = i * n;
    let sum = 0;
    for (let j = 0; j < i; j++) sum += (gram[row + j] as number) * (error[j] as number);
    total += own * (2 * sum + (gram[row + i] as number) * own);
  }
  return total;
}

/** Rows of activations, rows x K, and the weights they are multiplied by. */
export interface WeightedRows {
  readonly data: Float32Array;
  readonly weights: Matrix;
}

/**
 * For activations: the one scale that changes the product least: the least sum of squares of E W, where E holds the
 * rounding errors of the rows and W the weights. One entry per group of a convolution.
 */
export function activationOutputCost(
  groups: readonly WeightedRows[],
  magnitude: number,
  type: NumericType,
  clips?: readonly number[],
): OutputCost {
  const search = candidate(type, clips ? { clips } : {});
  const round = rounder(type);
  const best = leastOf(search.clips, magnitude, search.top, (scale) => {
    let total = 0;
    for (const { data, weights } of groups) {
      const change = new Float64Array(weights.cols);
      for (let start = 0; start < data.length; start += weights.rows) {
        change.fill(0);
        for (let k = 0; k < weights.rows; k++) {
          const value = data[start + k] as number;
          const error = value - round(value / scale) * scale;
          if (error === 0) continue;
          const row = k * weights.cols;
          for (let c = 0; c < weights.cols; c++) {
            change[c] = (change[c] as number) + error * (weights.data[row + c] as number);
          }
        }
        for (const each of change) total += each * each;
      }
    }
    return total;
  });
  return { type, squaredError: best.squaredError, scales: Float64Array.of(best.scale) };
}

interface Trial {
  readonly scale: number;
  readonly squaredError: number;
}

/** The clip with the least error; of equals the smallest. */
function leastOf(clips: readonly number[], magnitude: number, top: number, errorOf: (scale: number) => number): Trial {
  if (magnitude === 0) return { scale: 1, squaredError: 0 };
  let best: Trial = { scale: 1, squaredError: Number.POSITIVE_INFINITY };
  for (const clip of clips) {
    const scale = scaleOfClip(clip, magnitude, top);
    const squaredError = errorOf(scale);
    if (squaredError < best.squaredError) best = { scale, squaredError };
  }
  return best;
}
