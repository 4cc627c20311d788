import type { BiscaledType } from '../../numerics/types/biscaled.js';
import type { FlintType } from '../../numerics/types/flint.js';
import type { FloatType } from '../../numerics/types/float.js';
import type { NumericType } from '../../numerics/types/numeric-type.js';
import type { OperandPacking } from '../decoder/port.js';
import { input, type ModuleView, output } from '../module.js';
import type { OperandPort } from '../port.js';
import { literal, replicate, slice, zeroExtend } from '../verilog.js';
import { leadingOne, type NormalFields, normalFields, normalFormula } from './operand.js';

/** A decoder of one type for the floating-point PE: code in, sign, exponent and significand out. */
export interface FloatDecoderView extends ModuleView {
  readonly type: string;
  readonly signed: boolean;
  readonly signBit: string;
  readonly formula: string;
  readonly examples: readonly string[];
  /** Whether these are the examples of all codes. */
  readonly allCodes: boolean;
  readonly expBits: number;
  readonly fractionBits: number;
  readonly hasExponent: boolean;
  readonly hasFraction: boolean;
  readonly body: IntBody | FlintBody | PotBody | FloatBody | BiscaledBody;
}

/** A row of a table that finds the leading one: where it is, its exponent and the bits below, moved up. */
interface LeadingOneRow {
  readonly pattern: string;
  readonly exponent: string;
  readonly fraction: string;
}

interface IntBody {
  readonly bits: number;
  readonly magnitude: string;
  readonly zero: string;
  readonly flipped: string;
  readonly carry: string;
  readonly rows: readonly LeadingOneRow[];
  readonly lastExponent: string;
  readonly lastFraction: string;
}

/** The integer's body, with the scale beside it. */
interface BiscaledBody extends IntBody {
  readonly coarse: string;
  readonly sign: string;
  readonly integer: string;
  readonly shift: string;
}

interface FlintBody {
  readonly top: string;
  readonly low: string;
  readonly lowBits: number;
  readonly lowZero: string;
  readonly zerosBits: number;
  readonly rows: readonly (LeadingOneRow & { readonly zeros: string })[];
  readonly lastZeros: string;
  readonly lastFraction: string;
  readonly codedExponent: string;
  readonly integerExponent: string;
}

interface PotBody {
  readonly magnitude: string;
  readonly magnitudeBits: number;
  readonly zero: string;
  readonly exponent: string;
}

interface FloatBody {
  readonly fieldBits: number;
  readonly field: string;
  readonly fieldZero: string;
  readonly fraction: string;
  readonly fractionZero: string;
  readonly normalExponent: string;
  readonly rows: readonly LeadingOneRow[];
  readonly lastExponent: string;
  readonly lastFraction: string;
  /** What codes are no numbers, how they are told and written. */
  readonly specials: string;
  readonly special: string;
  readonly specialSig: string;
}

/** The template of a type's decoder: one for each kind of type, and four for floats. */
function templateOf(type: NumericType, { hasNan }: NormalFields): string {
  if (type.kind !== 'float') return type.kind;
  if (type.fractionBits === 0) return 'float-power';
  if (type.fractionBits === 1) return 'float-fraction';
  return hasNan ? 'float-special' : 'float';
}

/** The decoder of a type for the floating-point PE. */
export function floatTypeDecoder(prefix: string, type: NumericType, instances: number): FloatDecoderView {
  const fields = normalFields([type]);
  const name = `${prefix}_decode_${type.name}`;
  return {
    name,
    file: `rtl/${name}.v`,
    template: `rtl/float/decoder/${templateOf(type, fields)}.v`,
    title: `Decoder of ${type.name}: code to ${fieldNames(fields)}.`,
    ports: [
      input('code_i', type.bits, `${type.name} code`),
      ...(fields.signBits ? [output('sign_o', 1, '1: negative')] : []),
      ...(fields.exponentBits ? [output('exp_o', fields.exponentBits, 'exponent of the leading one')] : []),
      output('sig_o', fields.significandBits, `significand, leading one first; without it: ${withoutOne(fields)}`),
    ],
    instances,
    type: type.name,
    signed: type.signed,
    signBit: slice('code_i', type.bits, type.bits - 1, type.bits - 1),
    formula: normalFormula(fields),
    examples: examples(type, fields),
    allCodes: 2 ** type.bits <= EXAMPLES,
    expBits: fields.exponentBits,
    fractionBits: fields.fractionBits,
    hasExponent: fields.exponentBits > 0,
    hasFraction: fields.fractionBits > 0,
    body: body(type, fields),
  };
}

/** What an operand without a leading one is. */
function withoutOne({ hasNan, hasInfinity }: NormalFields): string {
  if (!hasNan) return 'zero';
  return hasInfinity ? 'zero, NaN or infinity' : 'zero or NaN';
}

/** `{sign, exponent, significand}`, with the fields that exist. */
function fieldNames({ signBits, exponentBits }: NormalFields): string {
  const names = [...(signBits ? ['sign'] : []), ...(exponentBits ? ['exponent'] : []), 'significand'];
  return names.length === 1 ? 'significand' : `{${names.join(', ')}}`;
}

const EXAMPLES = 16;

function examples(type: NumericType, { fractionBits }: NormalFields): string[] {
  const codes = 2 ** type.bits;
  const step = Math.max(codes / EXAMPLES, 1);
  const chosen = Array.from(
    { length: Math.min(codes, EXAMPLES) },
    (_, i) => Math.floor(i * step + (step > 1 ? i : 0)) % codes,
  );
  const widest = Math.max(...chosen.map((code) => String(type.decode(code)).length));
  return chosen.map((code) => {
    const value = type.decode(code);
    const text = `${code.toString(2).padStart(type.bits, '0')} -> ${String(value).padStart(widest)}`;
    if (typeof value !== 'bigint' || value === 0n) return text;
    const { exponent } = leadingOne(value);
    const significand = Number(((value < 0n ? -value : value) << BigInt(fractionBits)) >> BigInt(exponent));
    const point = significand.toString(2).replace(/^1(?=.)/, '1.');
    return `${text} = ${value < 0n ? '-' : '+'}${point} * 2^${exponent}`;
  });
}

function body(type: NumericType, fields: NormalFields): FloatDecoderView['body'] {
  switch (type.kind) {
    case 'int':
      return intBody(type.bits, fields);
    case 'flint':
      return flintBody(type, fields);
    case 'pot':
      return potBody(type, fields);
    case 'float':
      return floatBody(type, fields);
    case 'biscaled':
      return biscaledBody(type, fields);
  }
}

/**
 * Rows for a leading one at every place of a vector but the last: the bits below it, moved up to a fraction of
 * `fractionBits`. Bits that the fraction has no room for are 0 in every code.
 */
function leadingOneRows(vector: string, width: number, exponentBits: number, fractionBits: number): LeadingOneRow[] {
  return Array.from({ length: width - 1 }, (_, zeros) => {
    const below = width - 1 - zeros;
    return {
      pattern: `${width}'b${'0'.repeat(zeros)}1${'?'.repeat(below)}`,
      exponent: literal(Math.max(exponentBits, 1), below),
      fraction: movedUp(vector, width, below, fractionBits),
    };
  });
}

/** The lowest `below` bits of a vector as the top bits of a fraction. */
function movedUp(vector: string, width: number, below: number, fractionBits: number): string {
  if (fractionBits === 0) return '';
  // The most negative integer alone has its leading one this high, and nothing below.
  if (below > fractionBits) return literal(fractionBits, 0);
  const bits = slice(vector, width, below - 1, 0);
  return below === fractionBits ? bits : `{${bits}, ${literal(fractionBits - below, 0)}}`;
}

function intBody(bits: number, { exponentBits, fractionBits }: NormalFields): IntBody {
  return {
    bits,
    magnitude: 'magnitude',
    zero: literal(bits, 0),
    flipped: replicate(bits, 'sign'),
    carry: zeroExtend('sign', 1, bits),
    rows: leadingOneRows('magnitude', bits, exponentBits, fractionBits),
    lastExponent: literal(exponentBits, 0),
    lastFraction: literal(Math.max(fractionBits, 1), 0),
  };
}

function biscaledBody({ bits, integerBits, shift }: BiscaledType, fields: NormalFields): BiscaledBody {
  return {
    ...intBody(integerBits, fields),
    coarse: `code_i[${integerBits}]`,
    sign: `code_i[${integerBits - 1}]`,
    integer: slice('code_i', bits, integerBits - 1, 0),
    shift: literal(fields.exponentBits, shift),
  };
}

/** The float view: top 0: the exponent falls with the leading zeros of what follows; top 1: it rises with them. */
function flintBody({ bits, magnitudeBits: w }: FlintType, { exponentBits, fractionBits }: NormalFields): FlintBody {
  const zerosBits = exponentBits;
  const rows = Array.from({ length: w - 1 }, (_, zeros) => ({
    pattern: `${w - 1}'b${'0'.repeat(zeros)}1${'?'.repeat(w - 2 - zeros)}`,
    zeros: literal(zerosBits, zeros),
    exponent: '',
    fraction:
      w - 2 - zeros > 0 ? movedUp('low', w - 1, w - 2 - zeros, fractionBits) : literal(Math.max(fractionBits, 1), 0),
  }));
  return {
    top: `code_i[${w - 1}]`,
    low: slice('code_i', bits, w - 2, 0),
    lowBits: w - 1,
    lowZero: literal(w - 1, 0),
    zerosBits,
    rows,
    lastZeros: literal(zerosBits, w - 1),
    lastFraction: literal(Math.max(fractionBits, 1), 0),
    codedExponent: `${literal(zerosBits, w - 1)} + zeros`,
    integerExponent: `${literal(zerosBits, w - 2)} - zeros`,
  };
}

function potBody({ bits, signed }: NumericType, { exponentBits }: NormalFields): PotBody {
  const w = signed ? bits - 1 : bits;
  return {
    magnitude: slice('code_i', bits, w - 1, 0),
    magnitudeBits: w,
    zero: literal(w, 0),
    exponent: exponentBits > 0 ? `magnitude - ${literal(w, 1)}` : '',
  };
}

function floatBody(type: FloatType, fields: NormalFields): FloatBody {
  const { bits, exponentBits: fieldBits, fractionBits: ownFraction } = type;
  const { exponentBits, fractionBits } = fields;
  const field = exponentBits > 0 ? zeroExtend('field', fieldBits, Math.max(exponentBits, fieldBits)) : '';
  const bias = ownFraction - 1;
  const offset = bias === 0 ? '' : ` ${bias < 0 ? '-' : '+'} ${literal(exponentBits, Math.abs(bias))}`;
  const rows = ownFraction > 1 ? leadingOneRows('fraction', ownFraction, exponentBits, fractionBits) : [];
  return {
    fieldBits,
    field: slice('code_i', bits, ownFraction + fieldBits - 1, ownFraction),
    fieldZero: literal(fieldBits, 0),
    fraction: ownFraction > 0 ? slice('code_i', bits, ownFraction - 1, 0) : '',
    fractionZero: literal(Math.max(ownFraction, 1), 0),
    normalExponent: `${field}${offset}`,
    rows,
    lastExponent: literal(Math.max(exponentBits, 1), 0),
    lastFraction: literal(Math.max(fractionBits, 1), 0),
    specials: fields.hasInfinity
      ? 'The top field holds infinity and, with a fraction, NaN. Neither gets a leading one; 01... behind it is infinity, 10... NaN.'
      : 'Field and fraction all ones are NaN, which gets no leading one, and 10... behind it.',
    ...specials(fields),
  };
}

/** With infinities, the whole top field is special; else the last code alone is NaN. */
function specials({ hasNan, hasInfinity, fractionBits }: NormalFields): { special: string; specialSig: string } {
  if (!hasNan) return { special: '', specialSig: '' };
  if (!hasInfinity)
    return { special: '&{field, fraction}', specialSig: literal(1 + fractionBits, 2 ** (fractionBits - 1)) };
  const rest = fractionBits > 2 ? `, ${literal(fractionBits - 2, 0)}` : '';
  return { special: '&field', specialSig: `{1'd0, |fraction, ~|fraction${rest}}` };
}

/** Operands of floating-point PEs: `{sign, exp, sig}`, the significand normalised and filled with zeros behind. */
export const normalPacking = (port: OperandPort): OperandPacking<NormalFields> => ({
  own: (type) => normalFields([type]),
  pack: (type, own) => packOperand(type.name, own, port),
  wideSignificand: () => undefined,
});

function packOperand(type: string, own: NormalFields, { fields }: OperandPort): string {
  const exponent = own.exponentBits
    ? zeroExtend(`${type}_exp`, own.exponentBits, fields.exponentBits)
    : literal(Math.max(fields.exponentBits, 1), 0);
  const filler = fields.significandBits - own.significandBits;
  const parts = [
    ...(fields.signBits ? [own.signBits ? `${type}_sign` : "1'd0"] : []),
    ...(fields.exponentBits ? [exponent] : []),
    `${type}_sig`,
    ...(filler > 0 ? [literal(filler, 0)] : []),
  ];
  return parts.length === 1 ? (parts[0] as string) : `{${parts.join(', ')}}`;
}
