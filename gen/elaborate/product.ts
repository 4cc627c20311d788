import type { OperandFields } from '../operand.js';
import { literal, slice, zeroExtend } from '../verilog.js';
import type { DesignCore } from './core.js';
import { operandFormula, operandLayout } from './decoder.js';
import { tileGrid } from './tile-grid.js';

/** The product of two operands: multiply the bases, add the exponents, shift. */
export interface Multiplication {
  readonly signed: boolean;
  readonly negative: string;
  readonly productBits: number;
  readonly product: string;
  readonly hasShift: boolean;
  readonly shiftBits: number;
  readonly shift: string;
  readonly shiftAmount: string;
  readonly magnitude: string;
  readonly largestProduct: string;
  /** What the operands' values are, as a clause. */
  readonly operands: string;
}

/** What every PE does before it adds: the product, with its pipeline registers. */
export interface ProductView extends Multiplication {
  readonly a: PeOperand;
  readonly w: PeOperand;
  readonly magnitudeBits: number;
  /** Names of what the adder takes, registered or not. */
  readonly magnitudeSignal: string;
  readonly negativeSignal: string;
  readonly registersProduct: boolean;
  readonly negativeIntoMagnitude: string;
  readonly registersMagnitude: boolean;
}

interface PeOperand {
  readonly bits: number;
  readonly layout: string;
  readonly fields: readonly OperandSlice[];
}

/** A field of an operand: its name, and the bits of the operand that it is. */
export interface OperandSlice {
  readonly name: string;
  readonly width: number;
  readonly select: string;
}

/** @param registered Whether a register lies between multiplier and shifter. */
export function multiplication(
  { format, magnitudeBits, largestProduct }: Pick<DesignCore, 'format' | 'magnitudeBits' | 'largestProduct'>,
  registered: boolean,
): Multiplication {
  const signs = (['a', 'w'] as const).filter((port) => format[port].signBits).map((port) => `${port}_sign`);
  const exponents = (['a', 'w'] as const).filter((port) => format[port].exponentBits);
  const { productBits, shiftBits, form } = format;
  const hasShift = shiftBits > 0;
  const [productSignal, shiftSignal] = registered ? ['product_q', 'shift_q'] : ['product', 'shift'];
  const unitZeros = form.unit === 'none' ? 0 : Math.log2(form.unit);
  return {
    signed: signs.length > 0,
    negative: signs.join(' ^ '),
    productBits,
    product: `${zeroExtend('a_base', format.a.baseBits, productBits)} * ${zeroExtend('w_base', format.w.baseBits, productBits)}`,
    hasShift,
    shiftBits,
    shift: exponents.map((port) => zeroExtend(`${port}_exp`, format[port].exponentBits, shiftBits)).join(' + '),
    shiftAmount: unitZeros > 0 ? `{${shiftSignal}, ${literal(unitZeros, 0)}}` : shiftSignal,
    magnitude: hasShift ? zeroExtend(productSignal, productBits, magnitudeBits) : productSignal,
    largestProduct: String(largestProduct),
    operands: operandsText(format),
  };
}

function operandsText({ form, a, w }: DesignCore['format']): string {
  const [activation, weight] = [operandFormula(form.unit, a), operandFormula(form.unit, w)];
  return activation === weight
    ? `their values are ${activation}`
    : `an activation is ${activation}, a weight ${weight}`;
}

export function productView(core: DesignCore): ProductView {
  const { config, format, magnitudeBits } = core;
  const registersMagnitude = config.pipeline >= 2;
  const registersProduct = config.pipeline >= 3;
  // A tile of PEs holds the operands of its PEs, except for weights that stay.
  const { tiled } = tileGrid(config);
  const weightHeld = tiled && config.dataflow === 'os';
  return {
    ...multiplication(core, registersProduct),
    a: peOperand('a', format.a, tiled ? 'a_i' : 'a_q'),
    w: peOperand('w', format.w, weightHeld ? 'w_i' : 'w_q'),
    magnitudeBits,
    magnitudeSignal: registersMagnitude ? 'magnitude_q' : 'magnitude',
    negativeSignal: registersMagnitude ? 'negative_q' : 'negative',
    registersProduct,
    negativeIntoMagnitude: registersProduct ? 'product_negative_q' : 'negative',
    registersMagnitude,
  };
}

function peOperand(port: 'a' | 'w', fields: OperandFields, signal: string): PeOperand {
  return { bits: fields.bits, layout: operandLayout(fields), fields: operandSlices(port, fields, signal) };
}

/** The fields of an operand that a signal holds, from its top. */
export function operandSlices(
  port: 'a' | 'w',
  { bits, baseBits, exponentBits, signBits }: OperandFields,
  signal: string,
): OperandSlice[] {
  const entry = (field: string, width: number, low: number): OperandSlice => ({
    name: `${port}_${field}`,
    width,
    select: slice(signal, bits, low + width - 1, low),
  });
  return [
    ...(signBits ? [entry('sign', 1, bits - 1)] : []),
    ...(exponentBits ? [entry('exp', exponentBits, baseBits)] : []),
    entry('base', baseBits, 0),
  ];
}
