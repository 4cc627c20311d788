import { type CodeMatrix, groupCount, rowsOfGroup } from '../../../gen/golden/code-matrix.js';
import { codeValues } from '../../../gen/numerics/codec.js';
import type { NumericType } from '../../../gen/numerics/types/numeric-type.js';
import type { ActivationQuantiser } from '../onnx/fake-quantise.js';
import type { Lowering } from '../products/contraction.js';
import { columnsAt, partColumns, rowsAt } from '../products/product.js';
import { zeroCode } from './operand-codes.js';

/** A layer's second operand in codes: weights as a K x N matrix with scales per group and column, or an activation. */
export interface SecondOperand {
  readonly kind: 'weights' | 'activation';
  readonly type: NumericType;
  /** Of weights K x N, of an activation in the order of its tensor. */
  readonly codes: Uint8Array;
  /** Rows of the reduction that share scales, where not all do. */
  readonly groupRows?: number;
  readonly taps?: number;
  /** One of an activation; of weights one per group of rows and column. */
  readonly scales: Float64Array;
  /** Integers that stand for 0, one for each scale; all 0 without them. */
  readonly zeroPoints?: Float64Array;
}

/** A layer's first operand in codes, in the order of its tensor. */
export interface FirstOperand {
  readonly type: NumericType;
  readonly codes: Uint8Array;
  /** The integer that stands for 0. */
  readonly zeroPoint?: number;
}

/** An activation as second operand. */
export const activationOperand = (
  { type, scale, zeroPoint = 0 }: ActivationQuantiser,
  codes: Uint8Array,
): SecondOperand => ({
  kind: 'activation',
  type,
  codes,
  scales: Float64Array.of(scale),
  ...(zeroPoint === 0 ? {} : { zeroPoints: Float64Array.of(zeroPoint) }),
});

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
 * @param rows Rows of the first operand to take; all without it.
 */
export function codeProducts(
  lowering: Lowering,
  activations: FirstOperand,
  second: SecondOperand,
  rows = lowering.m,
): CodeProduct[] {
  const { parts, k, n } = lowering;
  if (rows === 0 || n === 0) return [];
  const { kind, type, codes, groupRows = k, taps = 1 } = second;
  const groups = { groupRows, taps };
  return Array.from({ length: parts }, (_, part) => {
    const left = lowering.rows(activations.codes, part, 0, rows, zeroCode(activations));
    const right = kind === 'weights' ? partColumns(codes, parts * n, part, n) : lowering.second(codes, part);
    return Array.from({ length: groupCount(k, groups) }, (_, group): CodeProduct => {
      const steps = rowsOfGroup(group, k, groups);
      return {
        part,
        group,
        a: { rows, cols: steps.length, type: activations.type, codes: columnsAt(left, k, steps) },
        w: { rows: steps.length, cols: n, type, codes: rowsAt(right, n, steps) },
      };
    });
  }).flat();
}

/** The scale of each column of a product's result. */
export const columnScales = (second: SecondOperand, lowering: Lowering, product: CodeProduct): Float64Array =>
  ofColumns(second.kind, second.scales, lowering, product);

/** The numbers of a product's columns among one for each scale. */
function ofColumns(
  kind: SecondOperand['kind'],
  all: Float64Array,
  { n, parts }: Lowering,
  { part, group }: CodeProduct,
): Float64Array {
  if (kind === 'activation') return new Float64Array(n).fill(all[0] as number);
  const start = (group * parts + part) * n;
  return all.subarray(start, start + n);
}

/**
 * What integers that stand for 0 add to the sums of codes, M x N, to be taken off: of the sum over k of
 * (a - za) (w - zw) all but that of a w. Undefined where all are 0.
 */
export function zeroPointTerms(
  { zeroPoint: za = 0 }: FirstOperand,
  second: SecondOperand,
  lowering: Lowering,
  product: CodeProduct,
): Float64Array | undefined {
  if (za === 0 && !second.zeroPoints) return undefined;
  const { a, w } = product;
  const { rows: m, cols: k } = a;
  const { cols: n } = w;
  const zeros = second.zeroPoints ? ofColumns(second.kind, second.zeroPoints, lowering, product) : new Float64Array(n);
  const [aValues, wValues] = [a, w].map(({ type }) => codeValues(type).map(Number)) as [number[], number[]];
  const ofColumn = new Float64Array(n);
  for (const [i, code] of w.codes.entries()) {
    ofColumn[i % n] = (ofColumn[i % n] as number) + za * ((wValues[code] as number) - (zeros[i % n] as number));
  }
  const terms = new Float64Array(m * n);
  for (let row = 0; row < m; row++) {
    let sum = 0;
    for (let step = 0; step < k; step++) sum += aValues[a.codes[row * k + step] as number] as number;
    for (let col = 0; col < n; col++) terms[row * n + col] = sum * (zeros[col] as number) + (ofColumn[col] as number);
  }
  return terms;
}
