import type { NumericType } from '../../numerics/types/numeric-type.js';
import { input, type ModulePort, type ModuleView, output } from '../module.js';
import { bitsFor, type OperandFields, type OperandForm, operandFields, toOperand } from '../operand.js';
import { operandFormula } from '../operand-text.js';
import { literal, slice, zeroExtend } from '../verilog.js';
import { type DecoderBody, decoderBody, foldsMinimum, magnitudeBits } from './bodies.js';

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
  readonly body: DecoderBody;
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
    body: decoderBody(type, form, fields),
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

/** The template of a type's decoder: one for each kind of type, and three for integers. */
function templateOf(type: NumericType, form: OperandForm): string {
  if (type.kind !== 'int') return type.kind;
  if (!type.signed) return 'uint';
  return foldsMinimum(type, form) ? 'int-folded' : 'int';
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
