import { binary32Bits, binary32Value } from '../numerics/binary32.js';
import type { NumericType } from '../numerics/types/numeric-type.js';
import type { CodeProduct } from './code-product.js';

/**
 * The value of a code as a double, NaN and infinities included. Exact: a code has at most 8 significant bits.
 */
export function codeNumber(type: NumericType, code: number): number {
  return Number(type.decode(code % 2 ** type.bits));
}

/**
 * The sum of a binary32 number and an exact product, rounded to binary32 (to nearest, ties to even).
 *
 * Both are binary32 numbers, and the double nearest to their sum rounds to the binary32 number nearest to the sum: rounding
 * twice is harmless where the wider format has at least 2 · 24 + 2 bits (S. A. Figueroa, "When is double rounding
 * innocuous?", 1995), and a double has 53.
 */
export function addRounded(sum: number, product: number): number {
  return Math.fround(sum + product);
}

/**
 * The results of a matrix product of codes on floating-point PEs: per result the products added one by one, k = 0, 1, 2 ...,
 * from +0, each sum rounded. Only values of codes enter, nothing of how the hardware decodes, aligns or rounds.
 *
 * @returns rows x cols binary32 numbers, row-major, as their bits; in units of the product of the two types' least steps.
 */
export function sequentialSums({ rows, cols, k, a, w, aType, wType }: CodeProduct): BigInt64Array {
  if (a.length !== k * rows || w.length !== k * cols) {
    throw new Error(`a tile of ${k} beats holds ${a.length} and ${w.length} codes`);
  }
  const [aTable, wTable] = [numberTable(aType), numberTable(wType)];
  // A Float32Array rounds what it is given as Math.fround does.
  const sums = new Float32Array(rows * cols);
  for (let beat = 0; beat < k; beat++) {
    for (let r = 0; r < rows; r++) {
      const activation = aTable[a[beat * rows + r] as number] as number;
      for (let c = 0; c < cols; c++) {
        const product = activation * (wTable[w[beat * cols + c] as number] as number);
        sums[r * cols + c] = addRounded(sums[r * cols + c] as number, product);
      }
    }
  }
  const bits = new BigInt64Array(sums.length);
  for (let i = 0; i < bits.length; i++) bits[i] = binary32Bits(sums[i] as number);
  return bits;
}

/** The value of each of the 256 bytes as a code of the type: bits above its width are ignored. */
function numberTable(type: NumericType): Float64Array {
  return Float64Array.from({ length: 256 }, (_, byte) => codeNumber(type, byte));
}

/**
 * What a PE makes of an accumulator and a product, in bits. A product of zero is what idle cycles send and leaves all 32
 * bits as they are, -0 included (as IEEE 754 has it for a zero of the accumulator's sign).
 */
export function accumulate(accumulator: bigint, product: number): bigint {
  if (product === 0) return accumulator;
  return binary32Bits(addRounded(binary32Value(accumulator), product));
}
