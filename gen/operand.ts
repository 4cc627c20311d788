import { largestMagnitude } from './codec.js';
import { memoised } from './memo.js';
import { foldedParts } from './types/int.js';
import type { NumericType, Parts } from './types/numeric-type.js';

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
  /** The form of the floating-point PE (see `gen/float/operand.ts`), in which the base is a significand. */
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
}

/** A candidate of the solver with its estimated cost. */
export interface OperandCandidate {
  readonly form: OperandForm;
  readonly a: OperandFields;
  readonly w: OperandFields;
  /** Bits of the product of two bases, as a multiplier delivers them. */
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

/** The largest base and exponent of a type's codes, by form. */
const reachesOf = memoised((_: NumericType) => new Map<string, { readonly base: number; readonly exponent: number }>());

function operandReach(type: NumericType, form: OperandForm): { readonly base: number; readonly exponent: number } {
  const known = reachesOf(type);
  const key = `${form.unit} ${form.foldMinimum}`;
  const found = known.get(key);
  if (found) return found;
  let [base, exponent] = [0, 0];
  for (let code = 0; code < 2 ** type.bits; code++) {
    const operand = toOperand(type, code, form);
    base = Math.max(base, operand.base);
    exponent = Math.max(exponent, operand.exponent);
  }
  known.set(key, { base, exponent });
  return { base, exponent };
}

/** The fields that hold every code of the given types. */
export function operandFields(types: readonly NumericType[], form: OperandForm): OperandFields {
  const reaches = types.map((type) => operandReach(type, form));
  const base = Math.max(0, ...reaches.map((reach) => reach.base));
  const maxExponent = Math.max(0, ...reaches.map((reach) => reach.exponent));
  const signBits = types.some((type) => type.signed) ? 1 : 0;
  const exponentBits = bitsFor(maxExponent);
  const baseBits = Math.max(bitsFor(base), 1);
  return { signBits, exponentBits, baseBits, bits: signBits + exponentBits + baseBits, maxExponent };
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
  const candidates = UNITS.flatMap((unit) =>
    (unit === 'none' ? [false] : [false, true]).map((foldMinimum) =>
      candidate(
        { unit, foldMinimum },
        operandFields(a, { unit, foldMinimum }),
        operandFields(w, { unit, foldMinimum }),
        magnitudeBits,
      ),
    ),
  );
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
  const productBits = Math.min(a.baseBits + w.baseBits, magnitudeBits);
  const shiftBits = bitsFor(a.maxExponent + w.maxExponent);
  const { flipFlop, fullAdder, and, mux } = GATE_EQUIVALENTS;
  const narrow = Math.min(a.baseBits, w.baseBits);
  const wide = Math.max(a.baseBits, w.baseBits);
  let estimate = narrow * wide * and + (narrow - 1) * wide * fullAdder + (a.bits + w.bits) * flipFlop;
  if (a.exponentBits > 0 && w.exponentBits > 0) estimate += shiftBits * fullAdder;
  let width = productBits;
  for (let level = 0; level < shiftBits; level++) {
    width = Math.min(width + Number(form.unit) * 2 ** level, magnitudeBits);
    estimate += width * mux;
  }
  return { form, a, w, productBits, shiftBits, estimate };
}
