import { rounder } from '../codec.js';
import type { NumericType } from '../types/numeric-type.js';
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
  { rows, cols, data }: { rows: number; cols: number; data: Float64Array },
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

/**
 * For activations: the one scale that changes the product least: the least sum over rows e of eᵀ H e, where e is the
 * rounding error of a row and H = W Wᵀ.
 */
export function activationOutputCost(
  rows: readonly { readonly data: Float32Array; readonly k: number; readonly outer: Float64Array }[],
  magnitude: number,
  type: NumericType,
  clips?: readonly number[],
): OutputCost {
  const search = candidate(type, clips ? { clips } : {});
  const round = rounder(type);
  const best = leastOf(search.clips, magnitude, search.top, (scale) => {
    let total = 0;
    for (const { data, k, outer } of rows) {
      const error = new Float64Array(k);
      for (let start = 0; start < data.length; start += k) {
        for (let i = 0; i < k; i++) {
          const value = data[start + i] as number;
          error[i] = value - round(value / scale) * scale;
        }
        total += quadraticForm(outer, error);
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
