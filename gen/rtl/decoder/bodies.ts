import type { BiscaledType } from '../../numerics/types/biscaled.js';
import type { IntType } from '../../numerics/types/int.js';
import type { NumericType } from '../../numerics/types/numeric-type.js';
import { bitsFor, type OperandFields, type OperandForm } from '../operand.js';
import { literal, replicate, slice, zeroExtend } from '../verilog.js';

/** What the template of a kind of type reads. */
export type DecoderBody = IntBody | FlintBody | PotBody | FloatBody | BiscaledBody;

interface IntBody {
  /** What an unsigned code is. */
  readonly meaning: string;
  readonly minimum: string;
  readonly low: string;
  readonly lowBits: number;
  readonly lowZero: string;
  readonly lowFlipped: string;
  readonly lowSign: string;
  readonly minimumBase: string;
  readonly minimumExponent: string;
  readonly ownExponent: string;
  /** The base in terms of `magnitude`, or of the code where there is no sign. */
  readonly base: string;
}

interface FlintBody {
  readonly top: string;
  readonly low: string;
  readonly lowBits: number;
  readonly significandBits: number;
  readonly zerosBits: number;
  readonly cases: readonly { readonly pattern: string; readonly zeros: string }[];
  readonly allZeros: string;
  readonly noZeros: string;
  readonly integer: string;
  readonly lowZero: string;
  readonly one: string;
}

interface PotBody {
  readonly magnitude: string;
  readonly magnitudeBits: number;
  readonly zero: string;
  readonly one: string;
  readonly hasOwnExponent: boolean;
}

interface FloatBody {
  readonly fieldBits: number;
  readonly field: string;
  readonly fractionBits: number;
  readonly fraction: string;
  readonly fieldZero: string;
  readonly fieldOne: string;
  readonly significandBits: number;
  readonly significand: string;
  readonly hasOwnExponent: boolean;
}

interface BiscaledBody {
  readonly coarse: string;
  readonly sign: string;
  readonly folded: boolean;
  readonly low: string;
  readonly lowBits: number;
  readonly lowZero: string;
  readonly flipped: string;
  readonly carry: string;
  /** In terms of `coarse` and, where folded, `minimum`. */
  readonly exponent: string;
  /** In terms of these and `magnitude`. */
  readonly base: string;
}

/** What the template of a type reads besides what all decoders have. */
export function decoderBody(type: NumericType, form: OperandForm, fields: OperandFields): DecoderBody {
  switch (type.kind) {
    case 'int':
      return intBody(type, form, fields);
    case 'flint':
      return flintBody(type.bits, type.magnitudeBits);
    case 'pot':
      return potBody(type.bits, magnitudeBits(type));
    case 'float':
      return floatBody(type.bits, type.exponentBits, type.fractionBits);
    case 'biscaled':
      return biscaledBody(type, form, fields);
  }
}

/** Bits of a code without its sign. */
export function magnitudeBits(type: NumericType): number {
  return type.signed ? type.bits - 1 : type.bits;
}

const unitOf = ({ unit }: OperandForm): number => (unit === 'none' ? Number.POSITIVE_INFINITY : unit);

/** Whether the most negative integer is written with an exponent: below the unit there is none to go to. */
export function foldsMinimum({ bits, signed, exponent }: IntType, form: OperandForm): boolean {
  const unit = unitOf(form);
  return form.foldMinimum && signed && Math.floor((bits - 1 + exponent) / unit) > Math.floor(exponent / unit);
}

function intBody(type: IntType, form: OperandForm, fields: OperandFields): IntBody {
  const { bits, signed, exponent } = type;
  const unit = unitOf(form);
  const folded = foldsMinimum(type, form);
  const lowBits = folded ? bits - 1 : bits;
  const minimumExponent = bits - 1 + exponent;
  const remainder = form.unit === 'none' ? exponent : exponent % form.unit;
  const scaled = (magnitude: string): string => {
    const shifted = remainder > 0 ? `{${magnitude}, ${literal(remainder, 0)}}` : magnitude;
    return zeroExtend(shifted, lowBits + remainder, Math.max(fields.baseBits, lowBits + remainder));
  };
  const constant = (value: number): string => literal(Math.max(fields.exponentBits, 1), value);
  return {
    meaning:
      exponent > 0
        ? "The code is the base's bits; exponent and zeros below it make it count 16 times."
        : 'An unsigned integer is its own base.',
    minimum: `-${2 ** minimumExponent}`,
    low: slice('code_i', bits, lowBits - 1, 0),
    lowBits,
    lowZero: literal(lowBits, 0),
    lowFlipped: replicate(lowBits, 'sign'),
    lowSign: zeroExtend('sign', 1, lowBits),
    minimumBase: folded ? literal(fields.baseBits, 2 ** (minimumExponent % unit)) : '',
    minimumExponent: folded ? constant(Math.floor(minimumExponent / unit)) : '',
    ownExponent: constant(Number.isFinite(unit) ? Math.floor(exponent / unit) : 0),
    base: scaled(signed ? 'magnitude' : 'code_i'),
  };
}

function flintBody(bits: number, w: number): FlintBody {
  const zerosBits = bitsFor(w - 1);
  return {
    top: `code_i[${w - 1}]`,
    low: slice('code_i', bits, w - 2, 0),
    lowBits: w - 1,
    significandBits: w,
    zerosBits,
    cases: Array.from({ length: w - 1 }, (_, zeros) => ({
      pattern: `${w - 1}'b${'0'.repeat(zeros)}1${'?'.repeat(w - 2 - zeros)}`,
      zeros: literal(zerosBits, zeros),
    })),
    allZeros: literal(zerosBits, w - 1),
    noZeros: literal(zerosBits, 0),
    integer: "{1'd0, low}",
    lowZero: literal(w - 1, 0),
    one: literal(w, 1),
  };
}

function potBody(bits: number, w: number): PotBody {
  return {
    magnitude: slice('code_i', bits, w - 1, 0),
    magnitudeBits: w,
    zero: literal(w, 0),
    one: literal(w, 1),
    hasOwnExponent: w > 1,
  };
}

function floatBody(bits: number, exponentBits: number, fractionBits: number): FloatBody {
  return {
    fieldBits: exponentBits,
    field: slice('code_i', bits, fractionBits + exponentBits - 1, fractionBits),
    fractionBits,
    fraction: fractionBits > 0 ? slice('code_i', bits, fractionBits - 1, 0) : '',
    fieldZero: literal(exponentBits, 0),
    fieldOne: zeroExtend('normal', 1, exponentBits),
    significandBits: fractionBits + 1,
    significand: fractionBits > 0 ? '{normal, fraction}' : 'normal',
    hasOwnExponent: exponentBits > 1,
  };
}

function biscaledBody({ integerBits, shift }: BiscaledType, form: OperandForm, fields: OperandFields): BiscaledBody {
  const folded = form.foldMinimum;
  const lowBits = folded ? integerBits - 1 : integerBits;
  // Base and exponent of a magnitude times 2^power: what the unit leaves over shifts the base.
  const unit = form.unit === 'none' ? Number.POSITIVE_INFINITY : form.unit;
  const remainder = (power: number): number => (form.unit === 'none' ? power : power % form.unit);
  const exponent = (power: number): string => literal(Math.max(fields.exponentBits, 1), Math.floor(power / unit));
  const base = (power: number): string => {
    const zeros = remainder(power);
    const shifted = zeros > 0 ? `{magnitude, ${literal(zeros, 0)}}` : 'magnitude';
    return zeroExtend(shifted, lowBits + zeros, fields.baseBits);
  };
  const minimum = (power: number): string => literal(fields.baseBits, 2 ** remainder(power));
  const least = integerBits - 1;
  const either = (coarse: string, fine: string): string => (coarse === fine ? fine : `coarse ? ${coarse} : ${fine}`);
  const chosen = (ofMinimum: string, ofOthers: string): string =>
    folded ? `minimum ? ${bracketed(ofMinimum)} : ${bracketed(ofOthers)}` : ofOthers;
  return {
    coarse: `code_i[${integerBits}]`,
    sign: `code_i[${least}]`,
    folded,
    low: slice('code_i', integerBits + 1, lowBits - 1, 0),
    lowBits,
    lowZero: literal(lowBits, 0),
    flipped: replicate(lowBits, 'sign'),
    carry: zeroExtend('sign', 1, lowBits),
    exponent: chosen(either(exponent(least + shift), exponent(least)), either(exponent(shift), exponent(0))),
    base: chosen(either(minimum(least + shift), minimum(least)), either(base(shift), base(0))),
  };
}

/** An expression in parentheses if it is a choice. */
function bracketed(expression: string): string {
  return expression.includes('?') ? `(${expression})` : expression;
}
