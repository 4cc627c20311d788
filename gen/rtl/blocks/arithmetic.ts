import { elementStep } from '../../numerics/blocks/block-codec.js';
import type { ScaleFormat } from '../../numerics/blocks/scale-format.js';
import type { NumericType } from '../../numerics/types/numeric-type.js';
import type { AccumulatorProof } from '../accumulator.js';
import type { BlockFacts } from '../arch/facts.js';
import { bitsFor } from '../operand.js';

/** Bits of the exponent of binary32, and its bias. */
const BIAS = 127;
const EXPONENT_BITS = 8;
/** Bits of its significand, the leading one included. */
export const SIGNIFICAND_BITS = 24;
/** Terms with their leading one below this place change no finite number to infinity: half a unit of the largest one is 2^103. */
const OVERFLOW_FROM = BIAS + 103;
/** What is added to exponents of binary32 where those of terms may be negative, so that neither is. */
const OFFSET = 256;

/** A scale as it reaches the scalers: `{nan, exp, sig}`, sig only where scales are not powers of two. */
export interface ScaleFields {
  /** By type, what its element step adds to the exponent; the least is 0. */
  readonly steps: readonly number[];
  readonly exponentBits: number;
  /** 0: the significand is 1. */
  readonly significandBits: number;
  readonly bits: number;
}

/** What elements of the types may be besides numbers. */
export interface Specials {
  readonly nan: boolean;
  readonly infinity: boolean;
}

/** The widths of sums of blocks on their way into accumulators of binary32. */
export interface BlockArithmetic {
  readonly elements: number;
  readonly scales: ScaleFormat;
  /** The sum of a block's products, in least steps of both types. */
  readonly sums: AccumulatorProof;
  /** Its magnitude, and that times the significands of both scales. */
  readonly magnitudeBits: number;
  readonly termBits: number;
  readonly a: ScaleFields;
  readonly w: ScaleFields;
  readonly specials: Readonly<Record<'a' | 'w', Specials>>;
  /** The greatest place of a term's leading one, as an exponent of binary32, and the least. */
  readonly greatestPlace: number;
  readonly leastPlace: number;
  /** Whether sums may be subnormal, and whether they may run into infinity. */
  readonly subnormal: boolean;
  readonly overflows: boolean;
  /** Exponents in the scaler: what is added to those of binary32, and their width. */
  readonly offset: number;
  readonly placeBits: number;
}

/** Whether elements may be infinite, and whether they may be anything but numbers. */
export const mayBeInfinite = ({ specials: { a, w } }: BlockArithmetic): boolean => a.infinity || w.infinity;
export const hasSpecials = ({ specials: { a, w } }: BlockArithmetic): boolean =>
  a.nan || w.nan || a.infinity || w.infinity;

/** What follows from the types, the format of scales and the sums of blocks. */
export function blockArithmetic(
  { elements, scales }: BlockFacts,
  types: Readonly<Record<'a' | 'w', readonly NumericType[]>>,
  sums: AccumulatorProof,
): BlockArithmetic {
  const { least, greatest } = sums.sum;
  const magnitudeBits = Math.max(bitsFor(-least > greatest ? -least : greatest), 1);
  const [a, w] = [scaleFields(scales, types.a), scaleFields(scales, types.w)];
  const termBits = magnitudeBits + a.significandBits + w.significandBits;
  const leastPlace = BIAS + 2 * scales.stepExponent + leastStepOf(types.a) + leastStepOf(types.w);
  const greatestPlace = leastPlace + greatestExponent(scales, a) + greatestExponent(scales, w) + termBits - 1;
  const subnormal = leastPlace < 1;
  const offset = subnormal ? OFFSET : 0;
  if (leastPlace + offset < 0) throw new Error(`terms at place ${leastPlace} are below what the scaler can tell`);
  return {
    ...{ elements, scales, sums, magnitudeBits, termBits, a, w },
    specials: { a: specialsOf(types.a), w: specialsOf(types.w) },
    ...{ greatestPlace, leastPlace, subnormal, offset },
    overflows: greatestPlace >= OVERFLOW_FROM,
    placeBits: Math.max(bitsFor(greatestPlace + offset), bitsFor(offset + 2 ** EXPONENT_BITS - 1)),
  };
}

const stepOf = (type: NumericType): number => Math.log2(elementStep(type));

const leastStepOf = (types: readonly NumericType[]): number => Math.min(...types.map(stepOf));

function scaleFields(scales: ScaleFormat, types: readonly NumericType[]): ScaleFields {
  const steps = types.map((type) => stepOf(type) - leastStepOf(types));
  const significandBits = scales.fractionBits === 0 ? 0 : scales.fractionBits + 1;
  const exponentBits = bitsFor(exponentOf(scales) + Math.max(...steps));
  return { steps, exponentBits, significandBits, bits: 1 + exponentBits + significandBits };
}

/** The greatest exponent of a scale, in steps of its format: of floats that of their greatest code. */
const exponentOf = ({ fractionBits, exponentBits, largest, stepExponent }: ScaleFormat): number =>
  fractionBits === 0 ? Math.log2(largest) - stepExponent : 2 ** exponentBits - 2;

const greatestExponent = (scales: ScaleFormat, { steps }: ScaleFields): number =>
  exponentOf(scales) + Math.max(...steps);

function specialsOf(types: readonly NumericType[]): Specials {
  const has = (special: string): boolean =>
    types.some((type) =>
      Array.from({ length: 2 ** type.bits }, (_, code) => type.decode(code)).includes(special as never),
    );
  return { nan: has('NaN'), infinity: has('+Infinity') };
}
