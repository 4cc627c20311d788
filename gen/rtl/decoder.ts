import type { BiscaledType } from '../numerics/types/biscaled.js';
import { halfTypes, type IntType } from '../numerics/types/int.js';
import type { NumericType } from '../numerics/types/numeric-type.js';
import { input, type ModulePort, type ModuleView, output } from './module.js';
import {
  bitsFor,
  type ExponentUnit,
  type OperandFields,
  type OperandForm,
  operandFields,
  operandsOf,
  toOperand,
  wideBase,
} from './operand.js';
import type { OperandPort } from './port.js';
import { literal, replicate, slice, zeroExtend } from './verilog.js';

/** A decoder of one type: code in, sign, exponent and base out, in the design's operand form. */
export interface TypeDecoderView extends ModuleView {
  readonly type: string;
  readonly signed: boolean;
  readonly bits: number;
  readonly signBit: string;
  readonly formula: string;
  readonly examples: readonly string[];
  /** Whether these are the examples of all codes. */
  readonly allCodes: boolean;
  readonly hasExponent: boolean;
  /** Right-hand sides of the outputs, in terms of `significand` and `exponent`. */
  readonly exponentOut: string;
  readonly baseOut: string;
  readonly body: IntBody | FlintBody | PotBody | FloatBody | BiscaledBody;
}

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

/** The decoder of a type in an operand form. */
export function typeDecoder(prefix: string, type: NumericType, form: OperandForm, instances: number): TypeDecoderView {
  const fields = operandFields([type], form);
  const name = `${prefix}_decode_${type.name}`;
  return {
    name,
    file: `rtl/${name}.v`,
    template: `rtl/decoder/${templateOf(type, form)}.v`,
    title: `Decoder of ${halfOf(type) ? `${halfOf(type)}, which counts 16 times` : type.name}: code to ${fieldNames(fields)}.`,
    ports: [input('code_i', type.bits, halfOf(type) ?? `${type.name} code`), ...fieldPorts(fields)],
    instances,
    type: type.name,
    signed: type.signed,
    bits: type.bits,
    signBit: slice('code_i', type.bits, type.bits - 1, type.bits - 1),
    formula: operandFormula(form.unit, fields),
    examples: examples(type, form, fields),
    allCodes: 2 ** type.bits <= EXAMPLES,
    hasExponent: fields.exponentBits > 0,
    ...outputs(type, form, fields),
    body: body(type, form, fields),
  };
}

/** The half of an 8-bit integer whose decoder this is; undefined for a type of its own. */
function halfOf(type: NumericType): string | undefined {
  return type.kind === 'int' && type.highHalfOf !== undefined ? `the high half of ${type.highHalfOf}` : undefined;
}

/** `{sign, exponent, base}`, with the fields that exist. */
function fieldNames({ signBits, exponentBits }: OperandFields): string {
  const names = [...(signBits ? ['sign'] : []), ...(exponentBits ? ['exponent'] : []), 'base'];
  return names.length === 1 ? 'base' : `{${names.join(', ')}}`;
}

function fieldPorts(fields: OperandFields): ModulePort[] {
  return [
    ...(fields.signBits ? [output('sign_o', 1, '1: negative')] : []),
    ...(fields.exponentBits ? [output('exp_o', fields.exponentBits, 'exponent')] : []),
    output('base_o', fields.baseBits, 'base'),
  ];
}

/** The value of an operand as readers see it, such as `(-1)^sign * base * 4^exp`. */
export function operandFormula(unit: ExponentUnit, fields: OperandFields): string {
  const sign = fields.signBits ? '(-1)^sign * ' : '';
  return fields.exponentBits ? `${sign}base * ${2 ** Number(unit)}^exp` : `${sign}base`;
}

/** What operands count twice, as a sentence; empty where none do. */
export function doublingText({ a, w }: Readonly<Record<'a' | 'w', OperandFields>>): string {
  const sentence = (operand: string, from: number): string =>
    `With the sign set, a base of ${operand} from ${from} up is positive and counts twice.`;
  if (a.doubledFrom !== undefined) return sentence('an activation', a.doubledFrom);
  return w.doubledFrom === undefined ? '' : sentence('a weight', w.doubledFrom);
}

const EXAMPLES = 16;

/** The value table of a type, all codes up to 4 bits, an even selection beyond. */
function examples(type: NumericType, form: OperandForm, { exponentBits }: OperandFields): string[] {
  const codes = 2 ** type.bits;
  const step = Math.max(codes / EXAMPLES, 1);
  const values = Array.from(
    { length: Math.min(codes, EXAMPLES) },
    (_, i) => Math.floor(i * step + (step > 1 ? i : 0)) % codes,
  );
  const widest = Math.max(...values.map((code) => String(type.decode(code)).length));
  return values.map((code) => {
    const { negative, base, exponent } = toOperand(type, code, form);
    const power = exponentBits === 0 ? '' : ` * ${2 ** Number(form.unit)}^${exponent}`;
    const value = String(type.decode(code)).padStart(widest);
    return `${code.toString(2).padStart(type.bits, '0')} -> ${value} = ${negative ? '-' : '+'}${base}${power}`;
  });
}

/** How the type's own exponent becomes base and exponent of the operand: its low bits shift the base. */
function outputs(
  type: NumericType,
  form: OperandForm,
  fields: OperandFields,
): { exponentOut: string; baseOut: string } {
  const { significandBits, exponentBits, stepBits } = ownWidths(type);
  const unitBits = form.unit === 'none' ? Number.POSITIVE_INFINITY : Math.log2(form.unit);
  const remainderBits = Math.min(Math.max(unitBits - stepBits, 0), exponentBits);
  const scale = Math.max(stepBits - unitBits, 0);
  const kept = exponentBits - remainderBits;
  const exponent = kept > 0 ? slice('exponent', exponentBits, exponentBits - 1, remainderBits) : '';
  const base = zeroExtend('significand', significandBits, Math.max(fields.baseBits, significandBits));
  const remainder = remainderBits > 0 ? slice('exponent', exponentBits, remainderBits - 1, 0) : '';
  const amount = stepBits > 0 ? `{${remainder}, ${literal(stepBits, 0)}}` : remainder;
  return {
    exponentOut: scale > 0 ? `{${exponent}, ${literal(scale, 0)}}` : exponent,
    baseOut: remainderBits > 0 ? `${base} << ${amount}` : base,
  };
}

/**
 * Widths of the wires `significand` and `exponent` in the decoder of a type. The exponent counts in steps of
 * 2^stepBits: flint's is always even.
 */
function ownWidths(type: NumericType): { significandBits: number; exponentBits: number; stepBits: number } {
  switch (type.kind) {
    case 'int':
    case 'biscaled':
      return { significandBits: type.bits, exponentBits: 0, stepBits: 0 };
    case 'flint':
      return { significandBits: type.magnitudeBits, exponentBits: bitsFor(type.magnitudeBits - 1), stepBits: 1 };
    case 'pot':
      return { significandBits: 1, exponentBits: bitsFor(2 ** magnitudeBits(type) - 2), stepBits: 0 };
    case 'float':
      return { significandBits: type.fractionBits + 1, exponentBits: bitsFor(2 ** type.exponentBits - 2), stepBits: 0 };
  }
}

function magnitudeBits(type: NumericType): number {
  return type.signed ? type.bits - 1 : type.bits;
}

function body(type: NumericType, form: OperandForm, fields: OperandFields): TypeDecoderView['body'] {
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

const unitOf = ({ unit }: OperandForm): number => (unit === 'none' ? Number.POSITIVE_INFINITY : unit);

/** Whether the most negative integer is written with an exponent: below the unit there is none to go to. */
function foldsMinimum({ bits, signed, exponent }: IntType, form: OperandForm): boolean {
  const unit = unitOf(form);
  return form.foldMinimum && signed && Math.floor((bits - 1 + exponent) / unit) > Math.floor(exponent / unit);
}

/** The template of a type's decoder: one for each kind of type, and three for integers. */
function templateOf(type: NumericType, form: OperandForm): string {
  if (type.kind !== 'int') return type.kind;
  if (!type.signed) return 'uint';
  return foldsMinimum(type, form) ? 'int-folded' : 'int';
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

/** The decoder of a port: the decoders of its types and, where there are several, the selection among them. */
export interface PortDecoderView extends ModuleView {
  readonly letter: string;
  readonly role: string;
  readonly operandBits: number;
  readonly codeBits: number;
  /** What chooses among the cases: an input, or nothing. */
  readonly selector: string;
  readonly decoders: readonly {
    readonly name: string;
    readonly module: string;
    readonly code: string;
    readonly wires: readonly { readonly port: string; readonly name: string; readonly width: number }[];
  }[];
  readonly wideBases: readonly WideBaseView[];
  readonly cases: readonly { readonly label: string; readonly operand: string }[];
}

/** The lanes of a port that takes wide types: even ones carry their low halves, odd ones their high halves. */
export type Half = 'low' | 'high';

/** The halves a port's decoders are split into: none where it takes no wide types. */
export const halvesOf = ({ wideTypes }: OperandPort): readonly (Half | undefined)[] =>
  wideTypes.length > 0 ? ['low', 'high'] : [undefined];

/** The types a port's decoder meets, narrow ones first, then the halves of the wide ones. */
function decodedTypes({ types, wideTypes }: OperandPort, half: Half | undefined): NumericType[] {
  const halves = half === undefined ? [] : wideTypes.map((type) => halfTypes(type)[half]);
  return [...types, ...halves];
}

/** Instances of a type's decoder in those of a port. */
export function decoderUses(port: OperandPort, { name }: NumericType): number {
  const halves = halvesOf(port);
  const meeting = halves.filter((half) => decodedTypes(port, half).some((type) => type.name === name));
  return (meeting.length * port.lanes) / halves.length;
}

/** How operands are written: the fields of one type's decoder, and how they become those of the port. */
export interface OperandEncoding<Fields extends OperandFields> {
  own(type: NumericType): Fields;
  /** Name of the field that every operand has. */
  readonly significand: 'base' | 'sig';
  pack(type: NumericType, own: Fields): string;
  /** What a base that is wider than the port's takes besides. */
  wideBase(type: NumericType): WideBaseView | undefined;
}

/** Operands of integer PEs in a form: `{sign, exp, base}`. */
export const formEncoding = (form: OperandForm, { fields }: OperandPort): OperandEncoding<OperandFields> => ({
  own: (type) => operandFields([type], form),
  significand: 'base',
  pack: (type, own) => packOperand(type, own, fields, wideBaseView(type, form, fields)),
  wideBase: (type) => wideBaseView(type, form, fields),
});

export function portDecoder<Fields extends OperandFields>(
  prefix: string,
  port: OperandPort,
  { own: fieldsOf, significand, pack, wideBase: wideBaseOf }: OperandEncoding<Fields>,
  half?: Half,
): PortDecoderView {
  const name = `${prefix}_decode_${port.letter}${half ? `_${half}` : ''}`;
  const { fields, typeBits } = port;
  const all = decodedTypes(port, half);
  const distinct = all.filter((type, i) => all.findIndex((other) => other.name === type.name) === i);
  const operand = (type: NumericType): string => pack(type, fieldsOf(type));
  const lanes = half ? port.lanes / 2 : port.lanes;
  return {
    name,
    file: `rtl/${name}.v`,
    template: 'rtl/decoder/port.v',
    title: decoderTitle(port, half),
    ports: [
      input('code_i', port.codeBits, `${port.role} code${half ? `, or ${half} half of an 8-bit one` : ''}`),
      ...(half ? [input('kind_i', 1 + typeBits, typeBits ? '{wide, type}' : '1: half of an 8-bit code')] : []),
      ...(!half && typeBits ? [input('type_i', typeBits, typeMeaning(port))] : []),
      output('operand_o', fields.bits, operandLayout(fields)),
    ],
    instances: lanes,
    parts: distinct.map((type) => `${prefix}_decode_${type.name}`),
    letter: port.letter,
    role: port.role,
    operandBits: fields.bits,
    codeBits: port.codeBits,
    selector: half ? 'kind_i' : typeBits ? 'type_i' : '',
    decoders: distinct.map((type) => {
      const own = fieldsOf(type);
      return {
        name: type.name,
        module: `${prefix}_decode_${type.name}`,
        code: type.bits === port.codeBits ? 'code_i' : `code_i[${type.bits - 1}:0]`,
        wires: [
          ...(own.signBits ? [{ port: 'sign_o', name: `${type.name}_sign`, width: 1 }] : []),
          ...(own.exponentBits ? [{ port: 'exp_o', name: `${type.name}_exp`, width: own.exponentBits }] : []),
          { port: `${significand}_o`, name: `${type.name}_${significand}`, width: own.baseBits },
        ],
      };
    }),
    wideBases: distinct.flatMap((type) => wideBaseOf(type) ?? []),
    cases: decoderCases(port, half).map(({ label, type }) => ({ label, operand: operand(type) })),
  };
}

function decoderTitle({ role, typeBits, fields }: OperandPort, half: Half | undefined): string {
  const codes = half ? `on ${half === 'low' ? 'even' : 'odd'} lanes: code` : `: code`;
  const kind = half ? ' and kind' : typeBits ? ' and type' : '';
  return `Decoder of the ${role} port${half ? ' ' : ''}${codes}${kind} to operand ${operandLayout(fields)}.`;
}

/** The cases of a decoder's selection; the last stands for all others. */
function decoderCases(port: OperandPort, half: Half | undefined): { label: string; type: NumericType }[] {
  const { types, wideTypes, typeBits } = port;
  const selectorBits = typeBits + (half ? 1 : 0);
  const label = (...values: number[]): string =>
    values.map((value) => literal(Math.max(selectorBits, 1), value)).join(', ');
  const narrow = types.map((type, i) => {
    // Beside wide types, selectors beyond the list have to be named: the last of all stands for wide ones.
    const beyond = half && i === types.length - 1 ? 2 ** typeBits - types.length : 0;
    return { label: label(...Array.from({ length: 1 + beyond }, (_, n) => i + n)), type };
  });
  const wide = half
    ? wideTypes.map((type, i) => ({ label: label(2 ** typeBits + i), type: halfTypes(type)[half] }))
    : [];
  const cases = [...narrow, ...merged(wide)];
  return cases.map((entry, i) => (i === cases.length - 1 ? { ...entry, label: 'default' } : entry));
}

/** Cases without those that follow one of the same type: the low halves of all wide types are the same. */
function merged<T extends { readonly type: NumericType }>(cases: readonly T[]): T[] {
  return cases.filter(({ type }, i) => type.name !== cases[i - 1]?.type.name);
}

/** `{sign, exp[1:0], base[3:0]}`, with the fields that exist. */
export function operandLayout(fields: OperandFields): string {
  const vector = (name: string, width: number): string => `${name}${width > 1 ? `[${width - 1}:0]` : ''}`;
  const parts = [
    ...(fields.signBits ? ['sign'] : []),
    ...(fields.exponentBits ? [vector('exp', fields.exponentBits)] : []),
    vector(fields.normalised ? 'sig' : 'base', fields.baseBits),
  ];
  return parts.length === 1 ? (parts[0] as string) : `{${parts.join(', ')}}`;
}

/** What the type selector of a port means: `0 int4, 1 flint4, ...`. */
export function typeMeaning(port: OperandPort): string {
  const list = (types: readonly NumericType[]): string => {
    const names = types.map((type, i) => `${i} ${type.name}`).join(', ');
    return `${names}${types.length < 2 ** port.typeBits ? ' (others: as the last)' : ''}`;
  };
  const wide = port.wideTypes.length > 0 ? `; wide: ${list(port.wideTypes)}` : '';
  return `type: ${list(port.types)}${wide}`;
}

/** The operand of a port from the fields of a type's decoder. */
function packOperand(
  { name }: NumericType,
  own: OperandFields,
  port: OperandFields,
  wide: WideBaseView | undefined,
): string {
  const sign = wide ? `${name}_twice` : own.signBits ? `${name}_sign` : "1'd0";
  const exponent = own.exponentBits
    ? zeroExtend(`${name}_exp`, own.exponentBits, port.exponentBits)
    : literal(port.exponentBits, 0);
  const parts = [
    ...(port.signBits ? [sign] : []),
    ...(port.exponentBits ? [wide?.carry ? `${exponent} | ${wide.carry}` : exponent] : []),
    wide ? wide.shortName : zeroExtend(`${name}_base`, own.baseBits, port.baseBits),
  ];
  return parts.length === 1 ? (parts[0] as string) : `{${parts.join(', ')}}`;
}

/** A type of which some bases have a bit more than the port's (see `doubledFields`), and the base that fits. */
export interface WideBaseView {
  readonly name: string;
  readonly top: string;
  readonly next: string;
  /** What is added to the exponent where a base becomes 1 with the next one; empty where none does. */
  readonly carry: string;
  readonly baseBits: number;
  readonly shortName: string;
  readonly short: string;
}

function wideBaseView(type: NumericType, form: OperandForm, port: OperandFields): WideBaseView | undefined {
  const { name } = type;
  const { baseBits, exponentBits, maxExponent } = port;
  const wide = operandsOf(type, form).filter(({ base }) => base >= 2 ** baseBits);
  if (wide.length === 0) return undefined;
  const carries = wide.some((operand) => wideBase(operand, baseBits, form.unit, maxExponent) === 'carry');
  const choice = `${name}_twice ? ${name}_base[${baseBits}:1] : ${name}_base[${baseBits - 1}:0]`;
  return {
    name,
    top: `${name}_base[${baseBits}]`,
    next: `${name}_base[${baseBits - 1}]`,
    carry: carries ? zeroExtend(`${name}_carry`, 1, exponentBits) : '',
    baseBits,
    shortName: `${name}_short`,
    short: carries ? `${name}_carry ? ${literal(baseBits, 1)} : ${choice}` : choice,
  };
}
