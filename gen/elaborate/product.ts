import type { OperandFields } from '../operand.js';
import { literal, slice, zeroExtend } from '../verilog.js';
import type { DesignCore } from './core.js';
import { operandLayout } from './decoder.js';
import { tileGrid } from './tile-grid.js';

/** What every PE does before it adds: multiply the bases, add the exponents, shift; with its pipeline registers. */
export interface ProductView {
  readonly a: PeOperand;
  readonly w: PeOperand;
  readonly signed: boolean;
  readonly negative: string;
  readonly productBits: number;
  readonly product: string;
  readonly hasShift: boolean;
  readonly shiftBits: number;
  readonly shift: string;
  readonly shiftAmount: string;
  readonly magnitudeBits: number;
  readonly magnitude: string;
  /** Names of what the adder takes, registered or not. */
  readonly magnitudeSignal: string;
  readonly negativeSignal: string;
  readonly registersProduct: boolean;
  readonly negativeIntoMagnitude: string;
  readonly registersMagnitude: boolean;
  readonly largestProduct: string;
  readonly unitBase: number;
}

interface PeOperand {
  readonly bits: number;
  readonly layout: string;
  readonly fields: readonly { readonly name: string; readonly width: number; readonly select: string }[];
}

export function productView({ config, format, magnitudeBits, largestProduct }: DesignCore): ProductView {
  const signs = (['a', 'w'] as const).filter((port) => format[port].signBits).map((port) => `${port}_sign`);
  const exponents = (['a', 'w'] as const).filter((port) => format[port].exponentBits);
  const { productBits, shiftBits } = format;
  const hasShift = shiftBits > 0;
  const registersMagnitude = config.pipeline >= 2;
  const registersProduct = config.pipeline >= 3;
  const productSignal = registersProduct ? 'product_q' : 'product';
  const shiftSignal = registersProduct ? 'shift_q' : 'shift';
  // A tile of PEs holds the operands of its PEs, except for weights that stay.
  const { tiled } = tileGrid(config);
  const weightHeld = tiled && config.dataflow === 'os';
  const unitZeros = format.form.unit === 'none' ? 0 : Math.log2(format.form.unit);
  const exponent = (port: 'a' | 'w'): string => zeroExtend(`${port}_exp`, format[port].exponentBits, shiftBits);
  return {
    a: peOperand('a', format.a, tiled ? 'a_i' : 'a_q'),
    w: peOperand('w', format.w, weightHeld ? 'w_i' : 'w_q'),
    signed: signs.length > 0,
    negative: signs.join(' ^ '),
    productBits,
    product: `${zeroExtend('a_base', format.a.baseBits, productBits)} * ${zeroExtend('w_base', format.w.baseBits, productBits)}`,
    hasShift,
    shiftBits,
    shift: exponents.map(exponent).join(' + '),
    shiftAmount: unitZeros > 0 ? `{${shiftSignal}, ${literal(unitZeros, 0)}}` : shiftSignal,
    magnitudeBits,
    magnitude: hasShift ? zeroExtend(productSignal, productBits, magnitudeBits) : productSignal,
    magnitudeSignal: registersMagnitude ? 'magnitude_q' : 'magnitude',
    negativeSignal: registersMagnitude ? 'negative_q' : 'negative',
    registersProduct,
    negativeIntoMagnitude: registersProduct ? 'product_negative_q' : 'negative',
    registersMagnitude,
    largestProduct: String(largestProduct),
    unitBase: 2 ** (format.form.unit === 'none' ? 1 : format.form.unit),
  };
}

function peOperand(port: 'a' | 'w', fields: OperandFields, signal: string): PeOperand {
  const { bits, baseBits, exponentBits, signBits } = fields;
  const entry = (field: string, width: number, low: number) => ({
    name: `${port}_${field}`,
    width,
    select: slice(signal, bits, low + width - 1, low),
  });
  return {
    bits,
    layout: operandLayout(fields),
    fields: [
      ...(signBits ? [entry('sign', 1, bits - 1)] : []),
      ...(exponentBits ? [entry('exp', exponentBits, baseBits)] : []),
      entry('base', baseBits, 0),
    ],
  };
}
