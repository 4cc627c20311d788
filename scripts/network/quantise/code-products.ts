import type { CodeMatrix } from '../../../gen/golden/code-matrix.js';
import type { NumericType } from '../../../gen/numerics/types/numeric-type.js';
import type { Lowering } from '../products/contraction.js';
import { columns, partColumns } from '../products/product.js';

/** A layer's second operand in codes: weights as a K x N matrix with scales per group and column, or an activation. */
export interface SecondOperand {
  readonly kind: 'weights' | 'activation';
  readonly type: NumericType;
  /** Of weights K x N, of an activation in the order of its tensor. */
  readonly codes: Uint8Array;
  /** Rows of the reduction that share scales, where not all do. */
  readonly groupRows?: number;
  /** One of an activation; of weights one per group of rows and column. */
  readonly scales: Float64Array;
}

/** One matrix product of a layer: a part of it, and there a group of rows of the reduction. */
export interface CodeProduct {
  readonly part: number;
  readonly group: number;
  readonly a: CodeMatrix;
  readonly w: CodeMatrix;
}

/**
 * The matrix products of a layer in codes, one per part and group of scales.
 *
 * @param activations Codes of the first operand, in the order of its tensor.
 * @param rows Rows of the first operand to take; all without it.
 */
export function codeProducts(
  lowering: Lowering,
  activations: { readonly type: NumericType; readonly codes: Uint8Array },
  second: SecondOperand,
  rows = lowering.m,
): CodeProduct[] {
  const { parts, k, n } = lowering;
  if (rows === 0 || n === 0) return [];
  const { kind, type, codes, groupRows = k } = second;
  return Array.from({ length: parts }, (_, part) => {
    const left = lowering.rows(activations.codes, part, 0, rows);
    const right = kind === 'weights' ? partColumns(codes, parts * n, part, n) : lowering.second(codes, part);
    return Array.from({ length: Math.ceil(k / (groupRows || 1)) }, (_, group): CodeProduct => {
      const [from, to] = [group * groupRows, Math.min((group + 1) * groupRows, k)];
      return {
        part,
        group,
        a: { rows, cols: to - from, type: activations.type, codes: columns(left, k, from, to) },
        w: { rows: to - from, cols: n, type, codes: right.subarray(from * n, to * n) },
      };
    });
  }).flat();
}

/** The scale of each column of a product's result. */
export function columnScales(
  { kind, scales }: SecondOperand,
  { n, parts }: Lowering,
  { part, group }: CodeProduct,
): Float64Array {
  if (kind === 'activation') return new Float64Array(n).fill(scales[0] as number);
  const start = (group * parts + part) * n;
  return scales.subarray(start, start + n);
}
