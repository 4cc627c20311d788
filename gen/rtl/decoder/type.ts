import type { NumericType } from '../../numerics/types/numeric-type.js';
import { input, type ModulePort, type ModuleView, output } from '../module.js';
import {
  bitsFor,
  isTabulated,
  magnitudeBits,
  type OperandEncoding,
  type OperandFields,
  operandFields,
  toOperand,
} from '../operand.js';
import { operandFormula } from '../operand-text.js';
import { literal, slice, zeroExtend } from '../verilog.js';
import { type DecoderBody, decoderBody, foldsMinimum } from './bodies.js';

/** A decoder of one type: code in, sign, exponent and significand out, in the design's operand encoding. */
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
  readonly significandOut: string;
  readonly body: DecoderBody;
}

/** The decoder of a type in an operand encoding. */
export function typeDecoder(
  prefix: string,
  type: NumericType,
  encoding: OperandEncoding,
  instances: number,
): TypeDecoderView {
  const fields = operandFields([type], encoding);
  const name = `${prefix}_decode_${type.name}`;
  return {
    name,
    file: `rtl/${name}.v`,
    template: `rtl/decoder/${templateOf(type, encoding)}.v`,
    title: `Decoder of ${halfOf(type) ? `${halfOf(type)}, which counts 16 times` : type.name}: code to ${fieldNames(fields)}.`,
    ports: [input('code_i', type.bits, halfOf(type) ?? `${type.name} code`), ...fieldPorts(fields)],
    instances,
    type: type.name,
    signed: type.signed,
    bits: type.bits,
    signBit: slice('code_i', type.bits, type.bits - 1, type.bits - 1),
    formula: operandFormula(encoding.radixLog2, fields),
    examples: examples(type, encoding, fields),
    allCodes: 2 ** type.bits <= EXAMPLES,
    hasExponent: fields.exponentBits > 0,
    ...outputs(type, encoding, fields),
    body: decoderBody(type, encoding, fields),
  };
}

/** The half of an 8-bit integer whose decoder this is; undefined for a type of its own. */
function halfOf(type: NumericType): string | undefined {
  return type.kind === 'int' && type.highHalfOf !== undefined ? `the high half of ${type.highHalfOf}` : undefined;
}

/** `{sign, exponent, significand}`, with the fields that exist. */
function fieldNames({ signBits, exponentBits }: OperandFields): string {
  const names = [...(signBits ? ['sign'] : []), ...(exponentBits ? ['exponent'] : []), 'sig'];
  return names.length === 1 ? 'sig' : `{${names.join(', ')}}`;
}

function fieldPorts(fields: OperandFields): ModulePort[] {
  return [
    ...(fields.signBits ? [output('sign_o', 1, '1: negative')] : []),
    ...(fields.exponentBits ? [output('exp_o', fields.exponentBits, 'exponent')] : []),
    output('sig_o', fields.significandBits, 'significand'),
  ];
}

/** The template of a type's decoder: one for each kind of type, three for integers, and one for tables. */
function templateOf(type: NumericType, encoding: OperandEncoding): string {
  if (isTabulated(type, encoding)) return 'table';
  if (type.kind !== 'int') return type.kind;
  if (!type.signed) return 'uint';
  return foldsMinimum(type, encoding) ? 'int-folded' : 'int';
}

const EXAMPLES = 16;

/** The value table of a type, all codes up to 4 bits, an even selection beyond. */
function examples(type: NumericType, encoding: OperandEncoding, { exponentBits }: OperandFields): string[] {
  const codes = 2 ** type.bits;
  const step = Math.max(codes / EXAMPLES, 1);
  const values = Array.from(
    { length: Math.min(codes, EXAMPLES) },
    (_, i) => Math.floor(i * step + (step > 1 ? i : 0)) % codes,
  );
  const widest = Math.max(...values.map((code) => String(type.decode(code)).length));
  return values.map((code) => {
    const { negative, significand, exponent } = toOperand(type, code, encoding);
    const power = exponentBits === 0 ? '' : ` * ${2 ** Number(encoding.radixLog2)}^${exponent}`;
    const value = String(type.decode(code)).padStart(widest);
    return `${code.toString(2).padStart(type.bits, '0')} -> ${value} = ${negative ? '-' : '+'}${significand}${power}`;
  });
}

/** How the type's own exponent becomes significand and exponent of the operand: its low bits shift the significand. */
function outputs(
  type: NumericType,
  encoding: OperandEncoding,
  fields: OperandFields,
): { exponentOut: string; significandOut: string } {
  if (isTabulated(type, encoding)) return { exponentOut: 'exponent', significandOut: 'significand' };
  const { ownSignificandBits, exponentBits, stepBits } = ownWidths(type);
  const radixBits = encoding.radixLog2 === 'none' ? Number.POSITIVE_INFINITY : Math.log2(encoding.radixLog2);
  const remainderBits = Math.min(Math.max(radixBits - stepBits, 0), exponentBits);
  const scale = Math.max(stepBits - radixBits, 0);
  const kept = exponentBits - remainderBits;
  const exponent = kept > 0 ? slice('exponent', exponentBits, exponentBits - 1, remainderBits) : '';
  const significand = zeroExtend(
    'significand',
    ownSignificandBits,
    Math.max(fields.significandBits, ownSignificandBits),
  );
  const remainder = remainderBits > 0 ? slice('exponent', exponentBits, remainderBits - 1, 0) : '';
  const amount = stepBits > 0 ? `{${remainder}, ${literal(stepBits, 0)}}` : remainder;
  return {
    exponentOut: scale > 0 ? `{${exponent}, ${literal(scale, 0)}}` : exponent,
    significandOut: remainderBits > 0 ? `${significand} << ${amount}` : significand,
  };
}

/**
 * Widths of the wires `significand` and `exponent` in the decoder of a type. The exponent counts in steps of
 * 2^stepBits: flint's is always even.
 */
function ownWidths(type: NumericType): { ownSignificandBits: number; exponentBits: number; stepBits: number } {
  switch (type.kind) {
    case 'int':
    case 'biscaled':
      return { ownSignificandBits: type.bits, exponentBits: 0, stepBits: 0 };
    case 'flint':
      return { ownSignificandBits: type.magnitudeBits, exponentBits: bitsFor(type.magnitudeBits - 1), stepBits: 1 };
    case 'pot':
      return { ownSignificandBits: 1, exponentBits: bitsFor(2 ** magnitudeBits(type) - 2), stepBits: 0 };
    case 'float':
      return {
        ownSignificandBits: type.fractionBits + 1,
        exponentBits: bitsFor(2 ** type.exponentBits - 2),
        stepBits: 0,
      };
  }
}
