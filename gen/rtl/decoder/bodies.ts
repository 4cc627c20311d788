import type { BiscaledType } from '../../numerics/types/biscaled.js';
import type { IntType } from '../../numerics/types/int.js';
import type { NumericType } from '../../numerics/types/numeric-type.js';
import {
  bitsFor,
  isTabulated,
  magnitudeBits,
  type OperandEncoding,
  type OperandFields,
  toOperand,
} from '../operand.js';
import { literal, replicate, slice, zeroExtend } from '../verilog.js';

/** What the template of a kind of type reads. */
export type DecoderBody = IntBody | FlintBody | PotBody | FloatBody | BiscaledBody | TableBody;

interface IntBody {
  /** What an unsigned code is. */
  readonly meaning: string;
  readonly minimum: string;
  readonly low: string;
  readonly lowBits: number;
  readonly lowZero: string;
  readonly lowFlipped: string;
  readonly lowSign: string;
  readonly minimumSignificand: string;
  readonly minimumExponent: string;
  readonly ownExponent: string;
  /** The significand in terms of `magnitude`, or of the code where there is no sign. */
  readonly significand: string;
}

interface FlintBody {
  readonly top: string;
  readonly low: string;
  readonly lowBits: number;
  readonly ownSignificandBits: number;
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
  readonly ownSignificandBits: number;
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
  readonly significand: string;
}

/** A table of all magnitudes. */
interface TableBody {
  readonly magnitude: string;
  /** Exponent, if there is one, and significand. */
  readonly registers: readonly { readonly name: string; readonly width: number }[];
  /** The same, as what is assigned to. */
  readonly target: string;
  readonly entries: readonly { readonly label: string; readonly value: string }[];
  readonly outputs: readonly { readonly port: string; readonly value: string }[];
}

/** What the template of a type reads besides what all decoders have. */
export function decoderBody(type: NumericType, encoding: OperandEncoding, fields: OperandFields): DecoderBody {
  if (isTabulated(type, encoding)) return tableBody(type, encoding, fields);
  switch (type.kind) {
    case 'int':
      return intBody(type, encoding, fields);
    case 'flint':
      return flintBody(type.bits, type.magnitudeBits);
    case 'pot':
      return potBody(type.bits, magnitudeBits(type));
    case 'float':
      return floatBody(type.bits, type.exponentBits, type.fractionBits);
    case 'biscaled':
      return biscaledBody(type, encoding, fields);
  }
}

const radixLog2Of = ({ radixLog2 }: OperandEncoding): number =>
  radixLog2 === 'none' ? Number.POSITIVE_INFINITY : radixLog2;

/** Whether the most negative integer is written with an exponent: below the radix there is none to go to. */
export function foldsMinimum({ bits, signed, exponent }: IntType, encoding: OperandEncoding): boolean {
  const radixLog2 = radixLog2Of(encoding);
  return (
    encoding.foldMinimum && signed && Math.floor((bits - 1 + exponent) / radixLog2) > Math.floor(exponent / radixLog2)
  );
}

function intBody(type: IntType, encoding: OperandEncoding, fields: OperandFields): IntBody {
  const { bits, signed, exponent } = type;
  const radixLog2 = radixLog2Of(encoding);
  const folded = foldsMinimum(type, encoding);
  const lowBits = folded ? bits - 1 : bits;
  const minimumExponent = bits - 1 + exponent;
  const remainder = encoding.radixLog2 === 'none' ? exponent : exponent % encoding.radixLog2;
  const scaled = (magnitude: string): string => {
    const shifted = remainder > 0 ? `{${magnitude}, ${literal(remainder, 0)}}` : magnitude;
    return zeroExtend(shifted, lowBits + remainder, Math.max(fields.significandBits, lowBits + remainder));
  };
  const constant = (value: number): string => literal(Math.max(fields.exponentBits, 1), value);
  return {
    meaning:
      exponent > 0
        ? "The code is the significand's bits; exponent and zeros below it make it count 16 times."
        : 'An unsigned integer is its own significand.',
    minimum: `-${2 ** minimumExponent}`,
    low: slice('code_i', bits, lowBits - 1, 0),
    lowBits,
    lowZero: literal(lowBits, 0),
    lowFlipped: replicate(lowBits, 'sign'),
    lowSign: zeroExtend('sign', 1, lowBits),
    minimumSignificand: folded ? literal(fields.significandBits, 2 ** (minimumExponent % radixLog2)) : '',
    minimumExponent: folded ? constant(Math.floor(minimumExponent / radixLog2)) : '',
    ownExponent: constant(Number.isFinite(radixLog2) ? Math.floor(exponent / radixLog2) : 0),
    significand: scaled(signed ? 'magnitude' : 'code_i'),
  };
}

function flintBody(bits: number, w: number): FlintBody {
  const zerosBits = bitsFor(w - 1);
  return {
    top: `code_i[${w - 1}]`,
    low: slice('code_i', bits, w - 2, 0),
    lowBits: w - 1,
    ownSignificandBits: w,
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
    ownSignificandBits: fractionBits + 1,
    significand: fractionBits > 0 ? '{normal, fraction}' : 'normal',
    hasOwnExponent: exponentBits > 1,
  };
}

function tableBody(type: NumericType, encoding: OperandEncoding, fields: OperandFields): TableBody {
  const bits = magnitudeBits(type);
  const registers: { name: 'exponent' | 'significand'; width: number }[] = [
    ...(fields.exponentBits > 0 ? [{ name: 'exponent' as const, width: fields.exponentBits }] : []),
    { name: 'significand', width: fields.significandBits },
  ];
  const list = (parts: readonly string[]): string => (parts.length > 1 ? `{${parts.join(', ')}}` : `${parts[0]}`);
  return {
    magnitude: slice('code_i', type.bits, bits - 1, 0),
    registers,
    target: list(registers.map(({ name }) => name)),
    entries: Array.from({ length: 2 ** bits }, (_, code) => {
      const operand = toOperand(type, code, encoding);
      return {
        label: code === 2 ** bits - 1 ? 'default' : literal(bits, code),
        value: list(registers.map(({ name, width }) => literal(width, operand[name]))),
      };
    }),
    outputs: [
      ...(type.signed ? [{ port: 'sign_o', value: slice('code_i', type.bits, type.bits - 1, type.bits - 1) }] : []),
      ...(fields.exponentBits > 0 ? [{ port: 'exp_o', value: 'exponent' }] : []),
      { port: 'sig_o', value: 'significand' },
    ],
  };
}

function biscaledBody(
  { integerBits, shift }: BiscaledType,
  encoding: OperandEncoding,
  fields: OperandFields,
): BiscaledBody {
  const folded = encoding.foldMinimum;
  const lowBits = folded ? integerBits - 1 : integerBits;
  // Significand and exponent of a magnitude times 2^power: what the radix leaves over shifts the significand.
  const radixLog2 = encoding.radixLog2 === 'none' ? Number.POSITIVE_INFINITY : encoding.radixLog2;
  const remainder = (power: number): number => (encoding.radixLog2 === 'none' ? power : power % encoding.radixLog2);
  const exponent = (power: number): string => literal(Math.max(fields.exponentBits, 1), Math.floor(power / radixLog2));
  const significand = (power: number): string => {
    const zeros = remainder(power);
    const shifted = zeros > 0 ? `{magnitude, ${literal(zeros, 0)}}` : 'magnitude';
    return zeroExtend(shifted, lowBits + zeros, fields.significandBits);
  };
  const minimum = (power: number): string => literal(fields.significandBits, 2 ** remainder(power));
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
    significand: chosen(either(minimum(least + shift), minimum(least)), either(significand(shift), significand(0))),
  };
}

/** An expression in parentheses if it is a choice. */
function bracketed(expression: string): string {
  return expression.includes('?') ? `(${expression})` : expression;
}
