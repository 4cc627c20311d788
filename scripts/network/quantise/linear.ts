import { inverseFactor } from '../search/compensate.js';

/** The K x N sum over rows of x yᵀ, of a rows x K and a rows x N matrix that belong together row by row. */
export function crossProduct(x: ArrayLike<number>, k: number, y: ArrayLike<number>, n: number): Float64Array {
  const sum = new Float64Array(k * n);
  for (let row = 0; row * k < x.length; row++) {
    for (let i = 0; i < k; i++) {
      const left = x[row * k + i] as number;
      if (left === 0) continue;
      for (let j = 0; j < n; j++) sum[i * n + j] = (sum[i * n + j] as number) + left * (y[row * n + j] as number);
    }
  }
  return sum;
}

/** The rows x N product of a rows x K matrix and K x N weights. */
export function rowsTimes(x: ArrayLike<number>, k: number, weights: Float64Array, n: number): Float64Array {
  const product = new Float64Array((x.length / k) * n);
  for (let row = 0; row * k < x.length; row++) {
    for (let i = 0; i < k; i++) {
      const left = x[row * k + i] as number;
      if (left === 0) continue;
      for (let j = 0; j < n; j++) {
        product[row * n + j] = (product[row * n + j] as number) + left * (weights[i * n + j] as number);
      }
    }
  }
  return product;
}

/** The K x K sum over rows x of x xᵀ. */
export function gramOf(x: ArrayLike<number>, k: number): Float64Array {
  const gram = new Float64Array(k * k);
  for (let start = 0; start < x.length; start += k) {
    for (let i = 0; i < k; i++) {
      const left = x[start + i] as number;
      if (left === 0) continue;
      const row = i * k;
      for (let j = 0; j <= i; j++) gram[row + j] = (gram[row + j] as number) + left * (x[start + j] as number);
    }
  }
  for (let i = 0; i < k; i++) for (let j = 0; j < i; j++) gram[j * k + i] = gram[i * k + j] as number;
  return gram;
}

/** The solution X of A X = B for a symmetric positive definite n x n matrix A and n x cols B. */
export function solve(a: Float64Array, n: number, b: Float64Array, cols: number): Float64Array {
  const upper = inverseFactor(a, n);
  return crossProduct(upper, n, rowsTimes(upper, n, b, cols), cols);
}
