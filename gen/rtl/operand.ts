import { memoised } from '../base/memo.js';
import { largestMagnitude } from '../numerics/codec.js';
import { foldedParts } from '../numerics/types/int.js';
import type { NumericType } from '../numerics/types/numeric-type.js';
import type { Parts } from '../numerics/types/type-base.js';

/**
 * The radix of the operand's exponent, as its logarithm: a step of the exponent field multiplies by 2^radixLog2. The low bits of a type's
 * own exponent go into the significand. `none`: no exponent at all, the significand is the whole magnitude.
 */
export type ExponentRadix = 1 | 2 | 3 | 4 | 8 | 'none';

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
  /** Bits of the product for each sum of the exponents, from 0: where exponents are large, significands are small. */
  readonly productBitsBySum: readonly number[];
  /** Estimated gate equivalents of what depends on the encoding: multiplier, shifter, exponent adder, operand registers. */
  readonly estimate: number;
}

/** Bits needed to write a non-negative integer; 0 needs none. */
export function bitsFor(value: number | bigint): number {
  const wide = BigInt(value);
  return wide === 0n ? 0 : wide.toString(2).length;
}

/**
 * Whether the decoder of a type is a table of its magnitudes: in steps of 8 neither flint's exponents, which are even, nor any other's
 * own are of use. The table takes as much of a value as it can into the exponent.
 */
export const isTabulated = (type: NumericType, { radixLog2 }: OperandEncoding): boolean =>
  radixLog2 === 3 && type.kind !== 'int' && type.kind !== 'biscaled';

/** Bits of a code without its sign. */
export const magnitudeBits = ({ bits, signed }: NumericType): number => (signed ? bits - 1 : bits);

/** The widest magnitude that a decoder has a table of. */
const TABLE_BITS = 5;

/** A code in an operand encoding. */
export function toOperand(type: NumericType, code: number, encoding: OperandEncoding): Operand {
  if (isTabulated(type, encoding)) return fromValue(type.parts(code), Number(encoding.radixLog2));
  const folds = encoding.foldMinimum && (type.kind === 'int' || type.kind === 'biscaled');
  const parts: Parts = folds ? foldedParts(type, code) : type.parts(code);
  const radixLog2 = encoding.radixLog2 === 'none' ? Number.POSITIVE_INFINITY : encoding.radixLog2;
  const exponent = Math.floor(parts.exponent / radixLog2);
  const remainder = encoding.radixLog2 === 'none' ? parts.exponent : parts.exponent % encoding.radixLog2;
  return { negative: parts.negative, significand: parts.significand * 2 ** remainder, exponent };
}

/** The operand with the least significand. */
function fromValue({ negative, significand: own, exponent: power }: Parts, radixLog2: number): Operand {
  let significand = own * 2 ** (power % radixLog2);
  let exponent = Math.floor(power / radixLog2);
  for (; significand > 0 && significand % 2 ** radixLog2 === 0; exponent++) significand /= 2 ** radixLog2;
  return { negative, significand, exponent };
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

/**
 * The fields with one bit of exponent less, where only operands with the largest exponent need it and their significands can
 * take a step of it: 64 is 8 * 8 instead of 1 * 8^2.
 *
 * @returns undefined where they cannot.
 */
export function loweredFields(types: readonly NumericType[], encoding: OperandEncoding): OperandFields | undefined {
  const plain = operandFields(types, encoding);
  const { maxExponent, exponentBits, significandBits } = plain;
  if (encoding.radixLog2 === 'none' || exponentBits < 2 || maxExponent !== 2 ** (exponentBits - 1)) return undefined;
  const largestOfTop = 2 ** (significandBits - encoding.radixLog2);
  const fits = types.every((type) =>
    operandsOf(type, encoding).every(
      ({ exponent, significand }) => exponent < maxExponent || significand < largestOfTop,
    ),
  );
  return fits
    ? { ...plain, maxExponent: maxExponent - 1, exponentBits: exponentBits - 1, bits: plain.bits - 1 }
    : undefined;
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

const RADICES: readonly ExponentRadix[] = ['none', 1, 2, 3, 4, 8];

const STEPS_OF_8: OperandEncoding = { radixLog2: 3, foldMinimum: false };

/**
 * All operand encodings for a pair of ports, cheapest first. The radix is common to both ports, because one shifter
 * applies the sum of the two exponents.
 */
export function solveOperandFormat(a: readonly NumericType[], w: readonly NumericType[]): OperandCandidate[] {
  const largestBits = bitsFor(largest(a) * largest(w));
  const hasTables = [...a, ...w].every((type) => !isTabulated(type, STEPS_OF_8) || magnitudeBits(type) <= TABLE_BITS);
  const encodings = RADICES.filter((radixLog2) => radixLog2 !== 3 || hasTables).flatMap(
    (radixLog2): OperandEncoding[] =>
      (radixLog2 === 'none' ? [false] : [false, true]).map((foldMinimum) => ({ radixLog2, foldMinimum })),
  );
  const candidates = encodings.flatMap((encoding) => {
    const of = (fieldsA: OperandFields, fieldsW: OperandFields): OperandCandidate =>
      candidate(encoding, { types: a, fields: fieldsA }, { types: w, fields: fieldsW }, largestBits);
    const [plainA, plainW] = [operandFields(a, encoding), operandFields(w, encoding)];
    const [doubledA, doubledW] = [doubledFields(a, encoding), doubledFields(w, encoding)];
    const [loweredA, loweredW] = [loweredFields(a, encoding), loweredFields(w, encoding)];
    return [
      of(plainA, plainW),
      ...(loweredA ? [of(loweredA, plainW)] : []),
      ...(loweredW ? [of(plainA, loweredW)] : []),
      ...(loweredA && loweredW ? [of(loweredA, loweredW)] : []),
      // One port with doubles: one multiplexer behind the multiplier.
      ...(doubledA ? [of(doubledA, plainW)] : []),
      ...(doubledW ? [of(plainA, doubledW)] : []),
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

/** The operands of a port: those of its types, in these fields. */
interface PortOperands {
  readonly types: readonly NumericType[];
  readonly fields: OperandFields;
}

function candidate(
  encoding: OperandEncoding,
  activations: PortOperands,
  weights: PortOperands,
  magnitudeBits: number,
): OperandCandidate {
  const [a, w] = [activations.fields, weights.fields];
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
  const [largestA, largestW] = [largestByExponent(activations, encoding), largestByExponent(weights, encoding)];
  const productBitsBySum = Array.from({ length: a.maxExponent + w.maxExponent + 1 }, (_, sum) =>
    Math.min(
      productBits,
      bitsFor(Math.max(...largestA.map((most, exponent) => most * (largestW[sum - exponent] ?? 0)))),
    ),
  );
  let width = productBits;
  for (let level = 0; level < shiftBits; level++) {
    width = Math.min(width + Number(encoding.radixLog2) * 2 ** level, magnitudeBits);
    estimate += width * mux;
  }
  // In steps of 8 the product has as many bits as it is read with.
  const productBitsRead = encoding.radixLog2 === 3 ? Math.max(...productBitsBySum) : productBits;
  return { encoding, a, w, productBits: productBitsRead, shiftBits, productBitsBySum, estimate };
}

/** The largest significand of a port's operands for each exponent, doubled ones as what they stand for. */
function largestByExponent({ types, fields }: PortOperands, encoding: OperandEncoding): number[] {
  const { maxExponent, significandBits } = fields;
  const largest = new Array<number>(maxExponent + 1).fill(0);
  for (const operand of types.flatMap((type) => operandsOf(type, encoding))) {
    const wide = wideSignificand(operand, significandBits, encoding.radixLog2, maxExponent);
    const carried = fields.doubledFrom !== undefined && wide === 'carry' ? 1 : 0;
    const lowered = Math.max(operand.exponent - maxExponent, 0);
    const exponent = operand.exponent + carried - lowered;
    const significand = operand.significand * 2 ** (Number(encoding.radixLog2) * (lowered - carried) || 0);
    largest[exponent] = Math.max(largest[exponent] ?? 0, significand);
  }
  return largest;
}
