import { memoised } from '../base/memo.js';
import { largestMagnitude } from '../numerics/codec.js';
import { foldedParts } from '../numerics/types/int.js';
import type { NumericType } from '../numerics/types/numeric-type.js';
import type { Parts } from '../numerics/types/type-base.js';

/**
 * The unit of the operand's exponent: a step of the exponent field multiplies by 2^unit. The low bits of a type's
 * own exponent go into the base. `none`: no exponent at all, the base is the whole magnitude.
 */
export type ExponentUnit = 1 | 2 | 4 | 8 | 'none';

/** One way to write all codes of a design's types as {sign, base, exponent}. */
export interface OperandForm {
  readonly unit: ExponentUnit;
  /** Whether the most negative integer is written with an exponent (see `foldedParts`). */
  readonly foldMinimum: boolean;
  /** The form of the floating-point PE (see `gen/rtl/float/operand.ts`), in which the base is a significand. */
  readonly normalised?: true;
}

/** A code in an operand form: the value is (-1)^negative · base · 2^(unit · exponent). */
export interface Operand {
  readonly negative: boolean;
  readonly base: number;
  readonly exponent: number;
}

/** The fields of a port's operand, with their widths in bits. A width of 0: the field does not exist. */
export interface OperandFields {
  readonly signBits: 0 | 1;
  readonly exponentBits: number;
  readonly baseBits: number;
  readonly bits: number;
  readonly maxExponent: number;
  /** The base is a significand: its top bit is the leading one. */
  readonly normalised?: true;
  /**
   * The least base that is no negative operand's: with the sign set, bases from it up stand for twice the base, positive.
   * Their two top bits are 1, and no others'. Absent: such operands do not exist.
   */
  readonly doubledFrom?: number;
}

/** A candidate of the solver with its estimated cost. */
export interface OperandCandidate {
  readonly form: OperandForm;
  readonly a: OperandFields;
  readonly w: OperandFields;
  /** Bits of the product of two bases, doubled where one of them stands for its double. */
  readonly productBits: number;
  /** Bits of the sum of the two exponents; 0 where there is no shifter. */
  readonly shiftBits: number;
  /** Estimated gate equivalents of what depends on the form: multiplier, shifter, exponent adder, operand registers. */
  readonly estimate: number;
}

/** Bits needed to write a non-negative integer; 0 needs none. */
export function bitsFor(value: number | bigint): number {
  const wide = BigInt(value);
  return wide === 0n ? 0 : wide.toString(2).length;
}

/** A code in an operand form. */
export function toOperand(type: NumericType, code: number, form: OperandForm): Operand {
  const folds = form.foldMinimum && (type.kind === 'int' || type.kind === 'biscaled');
  const parts: Parts = folds ? foldedParts(type, code) : type.parts(code);
  const unit = form.unit === 'none' ? Number.POSITIVE_INFINITY : form.unit;
  const exponent = Math.floor(parts.exponent / unit);
  const remainder = form.unit === 'none' ? parts.exponent : parts.exponent % form.unit;
  return { negative: parts.negative, base: parts.significand * 2 ** remainder, exponent };
}

/** What the operands of a type are in a form: all of them, the largest bases, also of negative ones, and the largest exponent. */
interface FormOperands {
  readonly operands: readonly Operand[];
  readonly largestBase: number;
  readonly largestNegative: number;
  readonly largestExponent: number;
}

const formsOf = memoised((_: NumericType) => new Map<string, FormOperands>());

function formOperands(type: NumericType, form: OperandForm): FormOperands {
  const known = formsOf(type);
  const key = `${form.unit} ${form.foldMinimum}`;
  const found = known.get(key);
  if (found) return found;
  const operands = Array.from({ length: 2 ** type.bits }, (_, code) => toOperand(type, code, form));
  const largestBase = Math.max(...operands.map(({ base }) => base));
  const largestNegative = Math.max(0, ...operands.filter(({ negative }) => negative).map(({ base }) => base));
  const largestExponent = Math.max(...operands.map(({ exponent }) => exponent));
  const made = { operands, largestBase, largestNegative, largestExponent };
  known.set(key, made);
  return made;
}

/** All operands of a type, in the order of its codes. */
export const operandsOf = (type: NumericType, form: OperandForm): readonly Operand[] =>
  formOperands(type, form).operands;

/** The fields that hold every code of the given types. */
export function operandFields(types: readonly NumericType[], form: OperandForm): OperandFields {
  const all = types.map((type) => formOperands(type, form));
  const base = Math.max(0, ...all.map(({ largestBase }) => largestBase));
  const maxExponent = Math.max(0, ...all.map(({ largestExponent }) => largestExponent));
  const signBits = types.some((type) => type.signed) ? 1 : 0;
  const exponentBits = bitsFor(maxExponent);
  const baseBits = Math.max(bitsFor(base), 1);
  return { signBits, exponentBits, baseBits, bits: signBits + exponentBits + baseBits, maxExponent };
}

/** How a base of one bit more than its port's is written; see `doubledFields`. */
export type WideBase = 'double' | 'carry';

/**
 * How an operand is written whose base has a bit more than the port's `baseBits`: as half the base, counting twice, if that
 * begins with two ones, or with the next exponent, if it is a step of the exponent; undefined if neither can be.
 */
export function wideBase(
  { base, exponent }: Operand,
  baseBits: number,
  unit: ExponentUnit,
  maxExponent: number,
): WideBase | undefined {
  if (base % 2 === 0 && base / 2 >= doubledBase(baseBits)) return 'double';
  return base === 2 ** baseBits && unit === baseBits && exponent === 0 && maxExponent > 0 ? 'carry' : undefined;
}

/** The least base that begins with two ones. */
const doubledBase = (baseBits: number): number => 3 * 2 ** (baseBits - 2);

/**
 * The fields with one bit of base less, where the few operands that need it can do without (see `wideBase`), all of them of
 * unsigned types, and no negative operand has a base that begins with two ones. Integers in halves of 16 steps beside
 * uflint4 are the case in point: 16 and 24 alone need a fifth bit, and become 1 * 16^1 and 2 * 12.
 *
 * @returns undefined where they cannot.
 */
export function doubledFields(types: readonly NumericType[], form: OperandForm): OperandFields | undefined {
  const plain = operandFields(types, form);
  const baseBits = plain.baseBits - 1;
  if (plain.signBits === 0 || baseBits < 2) return undefined;
  const doubledFrom = doubledBase(baseBits);
  const fits = types.every((type) => {
    const { operands, largestBase, largestNegative } = formOperands(type, form);
    if (largestNegative >= doubledFrom) return false;
    const wide = largestBase < 2 ** baseBits ? [] : operands.filter(({ base }) => base >= 2 ** baseBits);
    if (type.signed) return wide.length === 0;
    return wide.every((operand) => wideBase(operand, baseBits, form.unit, plain.maxExponent) !== undefined);
  });
  return fits ? { ...plain, baseBits, bits: plain.bits - 1, doubledFrom } : undefined;
}

/** What the bits of an operand are. */
export interface PackedFields extends Pick<OperandFields, 'signBits' | 'exponentBits' | 'baseBits'> {
  readonly doubledFrom?: number | undefined;
}

/** The value of an operand's bits. */
export function operandValue(
  word: bigint,
  { signBits, exponentBits, baseBits, doubledFrom }: PackedFields,
  unit: ExponentUnit,
): bigint {
  const field = (low: number, width: number): bigint => (word >> BigInt(low)) & ((1n << BigInt(width)) - 1n);
  const base = field(0, baseBits);
  const magnitude = base << (BigInt(unit === 'none' ? 0 : unit) * field(baseBits, exponentBits));
  if (field(baseBits + exponentBits, signBits) === 0n) return magnitude;
  return doubledFrom !== undefined && base >= BigInt(doubledFrom) ? 2n * magnitude : -magnitude;
}

/**
 * Gate equivalents of the parts of a PE, rounded from SkyWater 130 nm cells. They only rank candidates; no report
 * prints them as areas.
 */
const GATE_EQUIVALENTS = { flipFlop: 5.3, fullAdder: 5.5, and: 1.6, mux: 3 } as const;

const UNITS: readonly ExponentUnit[] = ['none', 1, 2, 4, 8];

/**
 * All operand forms for a pair of ports, cheapest first. The unit is common to both ports, because one shifter
 * applies the sum of the two exponents.
 */
export function solveOperandFormat(a: readonly NumericType[], w: readonly NumericType[]): OperandCandidate[] {
  const magnitudeBits = bitsFor(largest(a) * largest(w));
  const forms = UNITS.flatMap((unit): OperandForm[] =>
    (unit === 'none' ? [false] : [false, true]).map((foldMinimum) => ({ unit, foldMinimum })),
  );
  const candidates = forms.flatMap((form) => {
    const [plainA, plainW] = [operandFields(a, form), operandFields(w, form)];
    const [doubledA, doubledW] = [doubledFields(a, form), doubledFields(w, form)];
    return [
      candidate(form, plainA, plainW, magnitudeBits),
      // One port with doubles: one multiplexer behind the multiplier.
      ...(doubledA ? [candidate(form, doubledA, plainW, magnitudeBits)] : []),
      ...(doubledW ? [candidate(form, plainA, doubledW, magnitudeBits)] : []),
    ];
  });
  const distinct = new Map<string, OperandCandidate>();
  for (const entry of candidates) {
    const key = JSON.stringify([entry.a, entry.w, entry.shiftBits === 0 ? 0 : entry.form.unit]);
    if (!distinct.has(key)) distinct.set(key, entry);
  }
  return [...distinct.values()].sort((x, y) => x.estimate - y.estimate);
}

const largestOf = memoised(largestMagnitude);

/** The largest magnitude of any value of the given types. */
export function largest(types: readonly NumericType[]): bigint {
  return types.map(largestOf).reduce((most, value) => (value > most ? value : most), 0n);
}

function candidate(form: OperandForm, a: OperandFields, w: OperandFields, magnitudeBits: number): OperandCandidate {
  const doubles = [a, w].some(({ doubledFrom }) => doubledFrom !== undefined);
  const productBits = Math.min(a.baseBits + w.baseBits + (doubles ? 1 : 0), magnitudeBits);
  const shiftBits = bitsFor(a.maxExponent + w.maxExponent);
  const { flipFlop, fullAdder, and, mux } = GATE_EQUIVALENTS;
  const narrow = Math.min(a.baseBits, w.baseBits);
  const wide = Math.max(a.baseBits, w.baseBits);
  let estimate = narrow * wide * and + (narrow - 1) * wide * fullAdder + (a.bits + w.bits) * flipFlop;
  if (a.exponentBits > 0 && w.exponentBits > 0) estimate += shiftBits * fullAdder;
  // The choice of the double costs about a gate for each bit: half of its inputs are often 0.
  if (doubles) estimate += productBits * and;
  let width = productBits;
  for (let level = 0; level < shiftBits; level++) {
    width = Math.min(width + Number(form.unit) * 2 ** level, magnitudeBits);
    estimate += width * mux;
  }
  return { form, a, w, productBits, shiftBits, estimate };
}
