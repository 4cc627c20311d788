import { halfTypes } from '../../numerics/types/int.js';
import type { NumericType } from '../../numerics/types/numeric-type.js';
import { input, type ModuleView, output } from '../module.js';
import { type OperandEncoding, type OperandFields, operandFields, operandsOf, wideSignificand } from '../operand.js';
import { operandLayout, typeMeaning } from '../operand-text.js';
import type { OperandPort } from '../port.js';
import { literal, replicate, slice, zeroExtend } from '../verilog.js';

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
  readonly wideSignificands: readonly WideSignificandView[];
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
export interface OperandPacking<Fields extends OperandFields> {
  own(type: NumericType): Fields;
  pack(type: NumericType, own: Fields): string;
  /** What a significand that is wider than the port's takes besides. */
  wideSignificand(type: NumericType): WideSignificandView | undefined;
}

/** Operands of integer PEs in a encoding: `{sign, exp, sig}`. */
export const integerPacking = (encoding: OperandEncoding, { fields }: OperandPort): OperandPacking<OperandFields> => ({
  own: (type) => operandFields([type], encoding),
  pack: (type, own) =>
    own.maxExponent > fields.maxExponent
      ? packLowered(type, own, fields, encoding)
      : packOperand(type, own, fields, wideSignificandView(type, encoding, fields)),
  wideSignificand: (type) => wideSignificandView(type, encoding, fields),
});

export function portDecoder<Fields extends OperandFields>(
  prefix: string,
  port: OperandPort,
  { own: fieldsOf, pack, wideSignificand: wideSignificandOf }: OperandPacking<Fields>,
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
      ...(half ? [input('mode_i', 1 + typeBits, typeBits ? '{wide, type}' : '1: half of an 8-bit code')] : []),
      ...(!half && typeBits ? [input('type_i', typeBits, typeMeaning(port))] : []),
      output('operand_o', fields.bits, operandLayout(fields)),
    ],
    instances: lanes,
    parts: distinct.map((type) => `${prefix}_decode_${type.name}`),
    letter: port.letter,
    role: port.role,
    operandBits: fields.bits,
    codeBits: port.codeBits,
    selector: half ? 'mode_i' : typeBits ? 'type_i' : '',
    decoders: distinct.map((type) => {
      const own = fieldsOf(type);
      return {
        name: type.name,
        module: `${prefix}_decode_${type.name}`,
        code: type.bits === port.codeBits ? 'code_i' : `code_i[${type.bits - 1}:0]`,
        wires: [
          ...(own.signBits ? [{ port: 'sign_o', name: `${type.name}_sign`, width: 1 }] : []),
          ...(own.exponentBits ? [{ port: 'exp_o', name: `${type.name}_exp`, width: own.exponentBits }] : []),
          { port: 'sig_o', name: `${type.name}_sig`, width: own.significandBits },
        ],
      };
    }),
    wideSignificands: distinct.flatMap((type) => wideSignificandOf(type) ?? []),
    cases: decoderCases(port, half).map(({ label, type }) => ({ label, operand: operand(type) })),
  };
}

function decoderTitle({ role, typeBits, fields }: OperandPort, half: Half | undefined): string {
  const codes = half ? `on ${half === 'low' ? 'even' : 'odd'} lanes: code` : `: code`;
  const mode = half ? ' and mode' : typeBits ? ' and type' : '';
  return `Decoder of the ${role} port${half ? ' ' : ''}${codes}${mode} to operand ${operandLayout(fields)}.`;
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

/** The operand of a port from the fields of a type's decoder. */
function packOperand(
  { name }: NumericType,
  own: OperandFields,
  port: OperandFields,
  wide: WideSignificandView | undefined,
): string {
  const sign = wide ? `${name}_twice` : own.signBits ? `${name}_sign` : "1'd0";
  const exponent = own.exponentBits
    ? zeroExtend(`${name}_exp`, own.exponentBits, port.exponentBits)
    : literal(port.exponentBits, 0);
  const parts = [
    ...(port.signBits ? [sign] : []),
    ...(port.exponentBits ? [wide?.carry ? `${exponent} | ${wide.carry}` : exponent] : []),
    wide ? wide.shortName : zeroExtend(`${name}_sig`, own.significandBits, port.significandBits),
  ];
  return parts.length === 1 ? (parts[0] as string) : `{${parts.join(', ')}}`;
}

/** The same of a type whose largest exponent is one more than the port's: a step of it goes into the significand. */
function packLowered(
  { name }: NumericType,
  own: OperandFields,
  port: OperandFields,
  { radixLog2 }: OperandEncoding,
): string {
  const [exponent, significand, largest] = [`${name}_exp`, `${name}_sig`, `${name}_exp[${port.exponentBits}]`];
  const kept = Math.min(port.significandBits - Number(radixLog2), own.significandBits);
  const stepped = `{${slice(significand, own.significandBits, kept - 1, 0)}, ${literal(Number(radixLog2), 0)}}`;
  const parts = [
    ...(port.signBits ? [own.signBits ? `${name}_sign` : "1'd0"] : []),
    `${slice(exponent, own.exponentBits, port.exponentBits - 1, 0)} | ${replicate(port.exponentBits, largest)}`,
    `${largest} ? ${zeroExtend(stepped, kept + Number(radixLog2), port.significandBits)} : ${zeroExtend(significand, own.significandBits, port.significandBits)}`,
  ];
  return `{${parts.join(', ')}}`;
}

/** A type of which some significands have a bit more than the port's (see `doubledFields`), and the significand that fits. */
export interface WideSignificandView {
  readonly name: string;
  readonly top: string;
  readonly next: string;
  /** What is added to the exponent where a significand becomes 1 with the next one; empty where none does. */
  readonly carry: string;
  readonly significandBits: number;
  readonly shortName: string;
  readonly short: string;
}

function wideSignificandView(
  type: NumericType,
  encoding: OperandEncoding,
  port: OperandFields,
): WideSignificandView | undefined {
  const { name } = type;
  const { significandBits, exponentBits, maxExponent } = port;
  const wide = operandsOf(type, encoding).filter(({ significand }) => significand >= 2 ** significandBits);
  if (wide.length === 0) return undefined;
  const carries = wide.some(
    (operand) => wideSignificand(operand, significandBits, encoding.radixLog2, maxExponent) === 'carry',
  );
  const choice = `${name}_twice ? ${name}_sig[${significandBits}:1] : ${name}_sig[${significandBits - 1}:0]`;
  return {
    name,
    top: `${name}_sig[${significandBits}]`,
    next: `${name}_sig[${significandBits - 1}]`,
    carry: carries ? zeroExtend(`${name}_carry`, 1, exponentBits) : '',
    significandBits,
    shortName: `${name}_short`,
    short: carries ? `${name}_carry ? ${literal(significandBits, 1)} : ${choice}` : choice,
  };
}
