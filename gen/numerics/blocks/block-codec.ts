import { codeValues, encoder, largestMagnitude, type TieRule } from '../codec.js';
import { leastStep } from '../real.js';
import type { NumericType } from '../types/numeric-type.js';
import type { ScaleFormat } from './scale-format.js';

const LEAST_BINARY32 = 2 ** -149;

/** What blocks are made of: the elements' type and the format of their scales. */
export interface BlockCoding {
  readonly type: NumericType;
  readonly scales: ScaleFormat;
}

/**
 * Rounds blocks of one tensor. A real number is {value of its code} x {element step} x {block scale} x {tensor scale}.
 * A block with an element that is not finite has the scale NaN, and all its numbers are NaN.
 */
export interface BlockCodec {
  /** The code of a block's scale by the format's rule, from the largest magnitude. */
  scaleCode(block: ArrayLike<number>): number;
  /** Real value of a code's least step in a block: exact, or NaN. */
  step(scaleCode: number): number;
  /** Codes of a block with a given scale: the nearest value, out of range saturates; zeros where the scale is NaN. */
  encode(block: ArrayLike<number>, scaleCode: number): Uint8Array;
}

/**
 * Real value of an element's least step, before scales. Of a float it is the smallest subnormal number. Integers count
 * as OCP's INT8 does: the largest lies just below 2 (INT8 in 64ths). flint and pot count in ones.
 */
export function elementStep(type: NumericType): number {
  if (type.kind !== 'int') return leastStep(type);
  return 2 ** (1 - (type.signed ? type.bits - 1 : type.bits));
}

/** The largest number that both signs of a type's elements have. */
export function largestElement(type: NumericType): number {
  const twosComplement = type.signed && (type.kind === 'int' || type.kind === 'biscaled');
  const steps = twosComplement
    ? codeValues(type).reduce<bigint>((most, value = 0n) => (value > most ? value : most), 0n)
    : largestMagnitude(type);
  return Number(steps) * elementStep(type);
}

/**
 * How halves are rounded in blocks: to the even code, as OCP wants it, where neighbouring codes stand for neighbouring
 * values; else towards plus infinity, as everywhere outside of blocks.
 */
export const blockTies = ({ kind }: NumericType): TieRule => (kind === 'float' || kind === 'int' ? 'even' : 'up');

/**
 * The scale of a whole tensor: NVFP4's, with which the largest magnitude gets the largest block scale and the largest
 * element, as binary32; 1 for formats without it and for tensors of zeros.
 *
 * @param magnitude The tensor's largest; finite.
 */
export function tensorScaleOf({ type, scales }: BlockCoding, magnitude: number): number {
  if (!scales.hasTensorScale || magnitude === 0) return 1;
  return Math.max(Math.fround(magnitude / (largestElement(type) * scales.largest)), LEAST_BINARY32);
}

/** The codec of a tensor's blocks. */
export function blockCodec({ type, scales }: BlockCoding, tensorScale = 1): BlockCodec {
  const round = encoder(type, blockTies(type));
  const largest = largestElement(type);
  const unit = elementStep(type) * tensorScale;
  const step = (scaleCode: number): number => scales.decode(scaleCode) * unit;
  return {
    scaleCode(block) {
      const magnitude = largestOf(block);
      return Number.isFinite(magnitude) ? scales.scaleOf(magnitude, largest * tensorScale) : scales.nan;
    },
    step,
    encode(block, scaleCode) {
      const own = step(scaleCode);
      const codes = new Uint8Array(block.length);
      if (!Number.isNaN(own)) for (let i = 0; i < block.length; i++) codes[i] = round((block[i] as number) / own);
      return codes;
    },
  };
}

/** The largest magnitude; not finite where an element is not. */
function largestOf(block: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < block.length; i++) {
    const magnitude = Math.abs(block[i] as number);
    if (!Number.isFinite(magnitude)) return Number.NaN;
    if (magnitude > largest) largest = magnitude;
  }
  return largest;
}
