import { memoised } from '../base/memo.js';
import { largestMagnitude } from '../numerics/codec.js';
import { foldedParts } from '../numerics/types/int.js';
import type { NumericType } from '../numerics/types/numeric-type.js';
import type { Parts } from '../numerics/types/type-base.js';

/**
 * The radix of the operand's exponent, as its logarithm: a step of the exponent field multiplies by 2^radixLog2. The low bits of a type's
 * own exponent go into the significand. `none`: no exponent at all, the significand is the whole magnitude.
 */
export type ExponentRadix = 1 | 2 | 4 | 8 | 'none';

/** One way to write all codes of a design's types as {sign, significand, exponent}. */
export interface OperandEncoding {
  readonly radixLog2: ExponentRadix;
  /** Whether the most negative integer is written with an exponent (see `foldedParts`). */
  readonly foldMinimum: boolean;
  /** The encoding of the floating-point PE (see `gen/rtl/float/operand.ts`), whose significand has a leading one. */
  readonly normalised?: true;
}

/** A code in an operand encoding: the value is (-1)^negative · significand · 2^(radixLog2 · exponent). */
export interface Operand {
  readonly negative: boolean;
  readonly significand: number;
  readonly exponent: number;
}

/** The fields of a port's operand, with their widths in bits. A width of 0: the field does not exist. */
export interface OperandFields {
  readonly signBits: 0 | 1;
  readonly exponentBits: number;
  readonly significandBits: number;
  readonly bits: number;
  readonly maxExponent: number;
  /** The significand is normalised: its top bit is the leading one. */
  readonly normalised?: true;
  /**
   * The least significand that is no negative operand's: with the sign set, significands from it up stand for twice the significand, positive.
   * Their two top bits are 1, and no others'. Absent: such operands do not exist.
   */
  readonly doubledFrom?: number;
}

/** A candidate of the solver with its estimated cost. */
export interface OperandCandidate {
  readonly encoding: OperandEncoding;
  readonly a: OperandFields;
  readonly w: OperandFields;
  /** Bits of the product of two significands, doubled where one of them stands for its double. */
  readonly productBits: number;
  /** Bits of the sum of the two exponents; 0 where there is no shifter. */
  readonly shiftBits: number;
  /** Estimated gate equivalents of what depends on the encoding: multiplier, shifter, exponent adder, operand registers. */
  readonly estimate: number;
}

/** Bits needed to write a non-negative integer; 0 needs none. */
export function bitsFor(value: number | bigint): number {
  const wide = BigInt(value);
  return wide === 0n ? 0 : wide.toString(2).length;
}

/** A code in an operand encoding. */
export function toOperand(type: NumericType, code: number, encoding: OperandEncoding): Operand {
  const folds = encoding.foldMinimum && (type.kind === 'int' || type.kind === 'biscaled');
  const parts: Parts = folds ? foldedParts(type, code) : type.parts(code);
  const radixLog2 = encoding.radixLog2 === 'none' ? Number.POSITIVE_INFINITY : encoding.radixLog2;
  const exponent = Math.floor(parts.exponent / radixLog2);
  const remainder = encoding.radixLog2 === 'none' ? parts.exponent : parts.exponent % encoding.radixLog2;
  return { negative: parts.negative, significand: parts.significand * 2 ** remainder, exponent };
}

/** What the operands of a type are in a encoding: all of them, the largest significands, also of negative ones, and the largest exponent. */
interface EncodedOperands {
  readonly operands: readonly Operand[];
  readonly largestSignificand: number;
  readonly largestNegative: number;
  readonly largestExponent: number;
}

const formsOf = memoised((_: NumericType) => new Map<string, EncodedOperands>());

function encodedOperands(type: NumericType, encoding: OperandEncoding): EncodedOperands {
  const known = formsOf(type);
  const key = `${encoding.radixLog2} ${encoding.foldMinimum}`;
  const found = known.get(key);
  if (found) return found;
  const operands = Array.from({ length: 2 ** type.bits }, (_, code) => toOperand(type, code, encoding));
  const largestSignificand = Math.max(...operands.map(({ significand }) => significand));
  const largestNegative = Math.max(
    0,
    ...operands.filter(({ negative }) => negative).map(({ significand }) => significand),
  );
  const largestExponent = Math.max(...operands.map(({ exponent }) => exponent));
  const made = { operands, largestSignificand, largestNegative, largestExponent };
  known.set(key, made);
  return made;
}

/** All operands of a type, in the order of its codes. */
export const operandsOf = (type: NumericType, encoding: OperandEncoding): readonly Operand[] =>
  encodedOperands(type, encoding).operands;

/** The fields that hold every code of the given types. */
export function operandFields(types: readonly NumericType[], encoding: OperandEncoding): OperandFields {
  const all = types.map((type) => encodedOperands(type, encoding));
  const significand = Math.max(0, ...all.map(({ largestSignificand }) => largestSignificand));
  const maxExponent = Math.max(0, ...all.map(({ largestExponent }) => largestExponent));
  const signBits = types.some((type) => type.signed) ? 1 : 0;
  const exponentBits = bitsFor(maxExponent);
  const significandBits = Math.max(bitsFor(significand), 1);
  return { signBits, exponentBits, significandBits, bits: signBits + exponentBits + significandBits, maxExponent };
}

/** How a significand of one bit more than its port's is written; see `doubledFields`. */
export type WideSignificand = 'double' | 'carry';

/**
 * How an operand is written whose significand has a bit more than the port's `significandBits`: as half the significand, counting twice, if that
 * begins with two ones, or with the next exponent, if it is a step of the exponent; undefined if neither can be.
 */
export function wideSignificand(
  { significand, exponent }: Operand,
  significandBits: number,
  radixLog2: ExponentRadix,
  maxExponent: number,
): WideSignificand | undefined {
  if (significand % 2 === 0 && significand / 2 >= doubledSignificand(significandBits)) return 'double';
  return significand === 2 ** significandBits && radixLog2 === significandBits && exponent === 0 && maxExponent > 0
    ? 'carry'
    : undefined;
}

/** The least significand that begins with two ones. */
const doubledSignificand = (significandBits: number): number => 3 * 2 ** (significandBits - 2);

/**
 * The fields with one bit of significand less, where the few operands that need it can do without (see `wideSignificand`), all of them of
 * unsigned types, and no negative operand has a significand that begins with two ones. Integers in halves of 16 steps beside
 * uflint4 are the case in point: 16 and 24 alone need a fifth bit, and become 1 * 16^1 and 2 * 12.
 *
 * @returns undefined where they cannot.
 */
export function doubledFields(types: readonly NumericType[], encoding: OperandEncoding): OperandFields | undefined {
  const plain = operandFields(types, encoding);
  const significandBits = plain.significandBits - 1;
  if (plain.signBits === 0 || significandBits < 2) return undefined;
  const doubledFrom = doubledSignificand(significandBits);
  const fits = types.every((type) => {
    const { operands, largestSignificand, largestNegative } = encodedOperands(type, encoding);
    if (largestNegative >= doubledFrom) return false;
    const wide =
      largestSignificand < 2 ** significandBits
        ? []
        : operands.filter(({ significand }) => significand >= 2 ** significandBits);
    if (type.signed) return wide.length === 0;
    return wide.every(
      (operand) => wideSignificand(operand, significandBits, encoding.radixLog2, plain.maxExponent) !== undefined,
    );
  });
  return fits ? { ...plain, significandBits, bits: plain.bits - 1, doubledFrom } : undefined;
}

/** What the bits of an operand are. */
export interface PackedFields extends Pick<OperandFields, 'signBits' | 'exponentBits' | 'significandBits'> {
  readonly doubledFrom?: number | undefined;
}

/** The value of an operand's bits. */
export function operandValue(
  word: bigint,
  { signBits, exponentBits, significandBits, doubledFrom }: PackedFields,
  radixLog2: ExponentRadix,
): bigint {
  const field = (low: number, width: number): bigint => (word >> BigInt(low)) & ((1n << BigInt(width)) - 1n);
  const significand = field(0, significandBits);
  const magnitude =
    significand << (BigInt(radixLog2 === 'none' ? 0 : radixLog2) * field(significandBits, exponentBits));
  if (field(significandBits + exponentBits, signBits) === 0n) return magnitude;
  return doubledFrom !== undefined && significand >= BigInt(doubledFrom) ? 2n * magnitude : -magnitude;
}

/**
 * Gate equivalents of the parts of a PE, rounded from SkyWater 130 nm cells. They only rank candidates; no report
 * prints them as areas.
 */
const GATE_EQUIVALENTS = { flipFlop: 5.3, fullAdder: 5.5, and: 1.6, mux: 3 } as const;

const RADICES: readonly ExponentRadix[] = ['none', 1, 2, 4, 8];

/**
 * All operand encodings for a pair of ports, cheapest first. The radix is common to both ports, because one shifter
 * applies the sum of the two exponents.
 */
export function solveOperandFormat(a: readonly NumericType[], w: readonly NumericType[]): OperandCandidate[] {
  const magnitudeBits = bitsFor(largest(a) * largest(w));
  const encodings = RADICES.flatMap((radixLog2): OperandEncoding[] =>
    (radixLog2 === 'none' ? [false] : [false, true]).map((foldMinimum) => ({ radixLog2, foldMinimum })),
  );
  const candidates = encodings.flatMap((encoding) => {
    const [plainA, plainW] = [operandFields(a, encoding), operandFields(w, encoding)];
    const [doubledA, doubledW] = [doubledFields(a, encoding), doubledFields(w, encoding)];
    return [
      candidate(encoding, plainA, plainW, magnitudeBits),
      // One port with doubles: one multiplexer behind the multiplier.
      ...(doubledA ? [candidate(encoding, doubledA, plainW, magnitudeBits)] : []),
      ...(doubledW ? [candidate(encoding, plainA, doubledW, magnitudeBits)] : []),
    ];
  });
  const distinct = new Map<string, OperandCandidate>();
  for (const entry of candidates) {
    const key = JSON.stringify([entry.a, entry.w, entry.shiftBits === 0 ? 0 : entry.encoding.radixLog2]);
    if (!distinct.has(key)) distinct.set(key, entry);
  }
  return [...distinct.values()].sort((x, y) => x.estimate - y.estimate);
}

const largestOf = memoised(largestMagnitude);

/** The largest magnitude of any value of the given types. */
export function largest(types: readonly NumericType[]): bigint {
  return types.map(largestOf).reduce((most, value) => (value > most ? value : most), 0n);
}

function candidate(
  encoding: OperandEncoding,
  a: OperandFields,
  w: OperandFields,
  magnitudeBits: number,
): OperandCandidate {
  const doubles = [a, w].some(({ doubledFrom }) => doubledFrom !== undefined);
  const productBits = Math.min(a.significandBits + w.significandBits + (doubles ? 1 : 0), magnitudeBits);
  const shiftBits = bitsFor(a.maxExponent + w.maxExponent);
  const { flipFlop, fullAdder, and, mux } = GATE_EQUIVALENTS;
  const narrow = Math.min(a.significandBits, w.significandBits);
  const wide = Math.max(a.significandBits, w.significandBits);
  let estimate = narrow * wide * and + (narrow - 1) * wide * fullAdder + (a.bits + w.bits) * flipFlop;
  if (a.exponentBits > 0 && w.exponentBits > 0) estimate += shiftBits * fullAdder;
  // The choice of the double costs about a gate for each bit: half of its inputs are often 0.
  if (doubles) estimate += productBits * and;
  let width = productBits;
  for (let level = 0; level < shiftBits; level++) {
    width = Math.min(width + Number(encoding.radixLog2) * 2 ** level, magnitudeBits);
    estimate += width * mux;
  }
  return { encoding, a, w, productBits, shiftBits, estimate };
}
