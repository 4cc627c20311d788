import { groupOfRow, type RowGroups } from '../../../gen/golden/code-matrix.js';
import { encoder, levels, type TieRule } from '../../../gen/numerics/codec.js';
import type { NumericType } from '../../../gen/numerics/types/numeric-type.js';

/** Added to the diagonal of the Gram matrix, as a share of its mean: keeps it invertible. */
const DAMPING = 0.01;

export interface CompensationRequest extends RowGroups {
  /** K x N weights, row-major. */
  readonly weights: Float64Array;
  readonly rows: number;
  readonly cols: number;
  readonly type: NumericType;
  /** How halves are rounded; up without it. */
  readonly ties?: TieRule;
  /** groups x N scales. */
  readonly scales: Float64Array;
  /** K x K sum over calibration rows x of x xᵀ. */
  readonly gram: Float64Array;
}

/**
 * Codes of weights, rounded one row of the reduction after the other: the error that rounding a row makes in the
 * product is taken back by the rows not yet rounded, as far as the activations' correlations allow. Rows that matter
 * most are rounded first. (Optimal brain compression; GPTQ, Frantar et al., ICLR 2023.)
 *
 * @returns K x N codes, row-major.
 */
export function compensatedCodes({
  weights,
  rows,
  cols,
  type,
  ties = 'up',
  scales,
  gram,
  ...groups
}: CompensationRequest): Uint8Array {
  const order = Array.from({ length: rows }, (_, k) => k).sort(
    (a, b) => (gram[b * rows + b] as number) - (gram[a * rows + a] as number),
  );
  const factor = inverseFactor(permuted(gram, rows, order), rows);
  const rest = weights.slice();
  const codes = new Uint8Array(rows * cols);
  const encode = encoder(type, ties);
  const values = new Float64Array(2 ** type.bits);
  for (const { code, value } of levels(type)) values[code] = Number(value);
  const errors = new Float64Array(cols);
  for (let i = 0; i < rows; i++) {
    const k = order[i] as number;
    const group = groupOfRow(k, groups) * cols;
    const pivot = factor[i * rows + i] as number;
    for (let c = 0; c < cols; c++) {
      const scale = scales[group + c] as number;
      const wanted = rest[k * cols + c] as number;
      const code = encode(wanted / scale);
      codes[k * cols + c] = code;
      errors[c] = (wanted - (values[code] as number) * scale) / pivot;
    }
    for (let j = i + 1; j < rows; j++) {
      const share = factor[i * rows + j] as number;
      if (share === 0) continue;
      const row = (order[j] as number) * cols;
      for (let c = 0; c < cols; c++) rest[row + c] = (rest[row + c] as number) - share * (errors[c] as number);
    }
  }
  return codes;
}

function permuted(gram: Float64Array, n: number, order: readonly number[]): Float64Array {
  const result = new Float64Array(n * n);
  let trace = 0;
  for (let i = 0; i < n; i++) trace += gram[i * n + i] as number;
  const damping = trace === 0 ? 1 : (DAMPING * trace) / n;
  for (let i = 0; i < n; i++) {
    const row = (order[i] as number) * n;
    for (let j = 0; j < n; j++) result[i * n + j] = gram[row + (order[j] as number)] as number;
    result[i * n + i] = (result[i * n + i] as number) + damping;
  }
  return result;
}

/** The upper triangular U with inverse(matrix) = Uᵀ U, for a symmetric positive definite n x n matrix. */
export function inverseFactor(matrix: Float64Array, n: number): Float64Array {
  // With the order of rows and columns turned around, matrix = L Lᵀ; then U is the inverse of L, turned around again.
  const lower = new Float64Array(n * n);
  const turned = (i: number, j: number): number => matrix[(n - 1 - i) * n + (n - 1 - j)] as number;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = turned(i, j);
      for (let p = 0; p < j; p++) sum -= (lower[i * n + p] as number) * (lower[j * n + p] as number);
      lower[i * n + j] = i === j ? Math.sqrt(sum) : sum / (lower[j * n + j] as number);
    }
  }
  const inverse = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    inverse[j * n + j] = 1 / (lower[j * n + j] as number);
    for (let i = j + 1; i < n; i++) {
      let sum = 0;
      for (let p = j; p < i; p++) sum -= (lower[i * n + p] as number) * (inverse[p * n + j] as number);
      inverse[i * n + j] = sum / (lower[i * n + i] as number);
    }
  }
  const upper = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) upper[i * n + j] = inverse[(n - 1 - i) * n + (n - 1 - j)] as number;
  }
  return upper;
}
