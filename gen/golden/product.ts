import { UserError } from '../base/errors.js';
import { type Matrix, transposeCodes } from '../base/matrix.js';
import { largestMagnitude } from '../numerics/codec.js';
import type { ScaledMatrix } from './code-matrix.js';
import type { CodeProduct } from './code-product.js';
import { sequentialSums } from './float.js';
import { multiplyCodes, type Sums } from './reference.js';
import type { CodeMatrices } from './tiling.js';

/** Rows of the product computed at once, so that the sums stay in the cache. */
const BLOCK = 64;

/**
 * The integer reference of a product: values of codes from the codec, summed over the whole reduction. Nothing of the
 * tiling or of the hardware enters.
 *
 * @returns M x N sums, row-major, in units of the product of the two types' least steps.
 */
export function referenceSums(codes: CodeMatrices): BigInt64Array {
  return multiplyInBlocks(codes, multiplyCodes);
}

/**
 * The reference of a product on floating-point PEs: products added one by one over the whole reduction, each sum rounded.
 *
 * @returns M x N binary32 numbers as their bits, row-major, in units of the product of the two types' least steps.
 */
export function roundedSums(codes: CodeMatrices): BigInt64Array {
  return multiplyInBlocks(codes, sequentialSums);
}

function multiplyInBlocks({ a, w }: CodeMatrices, multiply: (product: CodeProduct) => Sums): BigInt64Array {
  const sums = new BigInt64Array(a.rows * w.cols);
  for (let row = 0; row < a.rows; row += BLOCK) {
    const rows = Math.min(BLOCK, a.rows - row);
    const block = multiply({
      rows,
      cols: w.cols,
      k: a.cols,
      a: transposeCodes(a.codes.subarray(row * a.cols, (row + rows) * a.cols), rows, a.cols),
      w: w.codes,
      aType: a.type,
      wType: w.type,
    });
    for (let i = 0; i < block.length; i++) sums[row * w.cols + i] = BigInt(block[i] as number | bigint);
  }
  return sums;
}

/**
 * @throws UserError when sums over the whole reduction may not fit into the 64 bits they are added up in.
 */
export function requireSumsFit({ a, w }: CodeMatrices): void {
  const bound = largestMagnitude(a.type) * largestMagnitude(w.type) * BigInt(a.cols);
  if (bound < 2n ** 63n) return;
  throw new UserError(
    `sums of ${a.cols} products of ${a.type.name} and ${w.type.name} may reach ${bound}, which does not fit 64 bits; generate the design without these types`,
  );
}

/**
 * The real product that M x N sums stand for: sum · activation scale · the column's weight scale. `toNumber` reads a sum, as an
 * integer if nothing else is said.
 *
 * @throws UserError when the weights have scales per group of rows: their sums cannot be added up as integers.
 */
export function realProduct(
  sums: BigInt64Array,
  a: ScaledMatrix,
  w: ScaledMatrix,
  toNumber: (sum: bigint) => number = Number,
): Matrix {
  if (w.groups !== 1) throw new UserError(`the weights have ${w.groups} groups of scales; only one can be multiplied`);
  const data = new Float64Array(sums.length);
  const activationScale = a.scales[0] as number;
  for (let i = 0; i < data.length; i++) {
    data[i] = toNumber(sums[i] as bigint) * activationScale * (w.scales[i % w.cols] as number);
  }
  return { rows: a.rows, cols: w.cols, data };
}

/** Where two arrays of M x N sums differ first, and how often. */
export interface Mismatch {
  readonly row: number;
  readonly col: number;
  readonly expected: bigint;
  readonly got: bigint;
  readonly count: number;
}

/** The differences of M x N sums from the expected ones; undefined where there are none. */
export function findMismatch(got: BigInt64Array, expected: BigInt64Array, cols: number): Mismatch | undefined {
  let first = -1;
  let count = 0;
  for (let i = 0; i < expected.length; i++) {
    if (got[i] === expected[i]) continue;
    if (first < 0) first = i;
    count++;
  }
  if (first < 0) return undefined;
  return {
    row: Math.floor(first / cols),
    col: first % cols,
    expected: expected[first] as bigint,
    got: got[first] as bigint,
    count,
  };
}
