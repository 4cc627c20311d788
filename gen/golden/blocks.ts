import { binary32Bits, exactly, exactSum, roundedToBinary32 } from '../numerics/binary32.js';
import { elementStep } from '../numerics/blocks/block-codec.js';
import { largestMagnitude } from '../numerics/codec.js';
import type { NumericType } from '../numerics/types/numeric-type.js';
import type { CodeValue } from '../numerics/types/type-base.js';
import type { BlockFacts } from '../rtl/arch/facts.js';
import type { CodeProduct } from './code-product.js';

/** A matrix product of codes in blocks, the last of which may be shorter. */
export interface BlockProduct extends CodeProduct {
  readonly blocks: BlockFacts;
  /** Codes of scales: block b of row (or column) r at [b * rows + r]. */
  readonly aScales: Uint8Array;
  readonly wScales: Uint8Array;
}

/** Blocks of a reduction of k steps. */
export const blockCount = ({ elements }: Pick<BlockFacts, 'elements'>, k: number): number => Math.ceil(k / elements);

/**
 * The results of a matrix product in blocks. A number is the value of its code, times the step of its element, times the scale
 * of its block, as `gen/numerics/blocks/block-codec.ts` has it. The products of a block are added exactly; what comes of it is added to the
 * result, from +0 on, and that sum is rounded to binary32 once a block.
 *
 * NaN and infinities are those of IEEE 754: a scale that is NaN makes its block NaN.
 *
 * @returns rows x cols binary32 numbers, row-major, as their bits: real numbers, without a scale of the tensor.
 */
export function blockSums(product: BlockProduct): BigInt64Array {
  const { rows, cols, k, a, w, aType, wType, aScales, wScales, blocks } = product;
  const count = blockCount(blocks, k);
  if (a.length !== k * rows || w.length !== k * cols) {
    throw new Error(`a tile of ${k} steps holds ${a.length} and ${w.length} codes`);
  }
  if (aScales.length !== count * rows || wScales.length !== count * cols) {
    throw new Error(`a tile of ${count} blocks holds ${aScales.length} and ${wScales.length} scales`);
  }
  const add = blockAdder(product);
  const steps = elementStep(aType) * elementStep(wType);
  const results = new BigInt64Array(rows * cols);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < cols; c++) {
      let sum = 0;
      for (let block = 0; block < count; block++) {
        const end = Math.min((block + 1) * blocks.elements, k);
        const aScale = blocks.scales.decode(aScales[block * rows + r] as number);
        const wScale = blocks.scales.decode(wScales[block * cols + c] as number);
        sum = addBlock(sum, add(r, c, block * blocks.elements, end), aScale * wScale * steps);
      }
      results[r * cols + c] = binary32Bits(sum);
    }
  }
  return results;
}

/** The exact sum of the products of steps from one on and before another; a number where that is NaN or infinite. */
type BlockAdder = (r: number, c: number, from: number, before: number) => bigint | number;

/** Adds in doubles where these are exact, which hold NaN and infinities besides; else in integers as far as all are numbers. */
function blockAdder({ rows, cols, a, w, aType, wType, blocks }: BlockProduct): BlockAdder {
  const [aValues, wValues] = [valueTable(aType), valueTable(wType)];
  const [aNumbers, wNumbers] = [aValues, wValues].map((values) => Float64Array.from(values, Number)) as [
    Float64Array,
    Float64Array,
  ];
  const inDoubles: BlockAdder = (r, c, from, before) => {
    let sum = 0;
    for (let i = from; i < before; i++) {
      sum += (aNumbers[a[i * rows + r] as number] as number) * (wNumbers[w[i * cols + c] as number] as number);
    }
    return Number.isFinite(sum) ? BigInt(sum) : sum;
  };
  const bound = largestMagnitude(aType) * largestMagnitude(wType) * BigInt(blocks.elements);
  if (bound < 2n ** 53n) return inDoubles;
  return (r, c, from, before) => {
    let sum = 0n;
    for (let i = from; i < before; i++) {
      const [x, y] = [aValues[a[i * rows + r] as number], wValues[w[i * cols + c] as number]];
      // Finite products are far below the largest double: only NaN and infinities decide.
      if (typeof x !== 'bigint' || typeof y !== 'bigint') return inDoubles(r, c, from, before);
      sum += x * y;
    }
    return sum;
  };
}

/**
 * A result after a block: its sum so far and the block's, times the scale, rounded to binary32.
 *
 * @param scale Both scales and steps multiplied: exact as a double, as scales have few significant bits.
 */
export function addBlock(sum: number, block: bigint | number, scale: number): number {
  if (typeof block === 'number' || !Number.isFinite(scale)) return Number(block) * scale + sum;
  if (!Number.isFinite(sum)) return sum;
  const factor = exactly(scale);
  const term = { significand: block * factor.significand, exponent: factor.exponent };
  return roundedToBinary32(exactSum(exactly(sum), term));
}

/** What each of the 256 bytes stands for as a code of the type: bits above its width are ignored. */
function valueTable(type: NumericType): CodeValue[] {
  return Array.from({ length: 256 }, (_, byte) => type.decode(byte % 2 ** type.bits));
}
