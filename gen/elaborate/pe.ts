import type { OperandFields } from '../operand.js';
import { literal, replicate, slice, zeroExtend } from '../verilog.js';
import type { DesignCore } from './core.js';
import { operandLayout } from './decoder.js';
import { input, type ModuleView, output } from './module.js';

/** The PE: operand registers, multiplier, shifter, adder, accumulator and, for double drain, its shadow. */
export interface PeView extends ModuleView {
  readonly double: boolean;
  readonly enable: boolean;
  readonly a: PeOperand;
  readonly w: PeOperand;
  readonly accBits: number;
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
  /** Right-hand sides in terms of the (possibly registered) stage signals. */
  readonly term: string;
  readonly carry: string;
  readonly kept: string;
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

export function processingElement(core: DesignCore, instances: number): PeView {
  const { config, format, accumulator, magnitudeBits } = core;
  const name = `${config.name}_pe`;
  const double = config.drain === 'double';
  const accBits = accumulator.bits;
  const signs = (['a', 'w'] as const).filter((port) => format[port].signBits).map((port) => `${port}_sign`);
  const exponents = (['a', 'w'] as const).filter((port) => format[port].exponentBits);
  const { productBits, shiftBits } = format;
  const hasShift = shiftBits > 0;
  const registersMagnitude = config.pipeline >= 2;
  const registersProduct = config.pipeline >= 3;
  const productSignal = registersProduct ? 'product_q' : 'product';
  const shiftSignal = registersProduct ? 'shift_q' : 'shift';
  const magnitudeSignal = registersMagnitude ? 'magnitude_q' : 'magnitude';
  const negativeSignal = registersMagnitude ? 'negative_q' : 'negative';
  const unitZeros = format.form.unit === 'none' ? 0 : Math.log2(format.form.unit);
  const wideMagnitude = zeroExtend(magnitudeSignal, magnitudeBits, accBits);
  const sum = (port: 'a' | 'w'): string => zeroExtend(`${port}_exp`, format[port].exponentBits, shiftBits);
  return {
    name,
    file: `rtl/${name}.v`,
    template: 'pe.v',
    title: 'Processing element: multiplies one activation by one weight a cycle and adds the product up.',
    ports: [
      input('clk_i', 1, 'clock'),
      ...(config.stall === 'enable' ? [input('en_i', 1, '0: hold all registers')] : []),
      input('a_i', format.a.bits, `activation ${operandLayout(format.a)}, from the left`),
      output('a_o', format.a.bits, 'the same, one cycle later, to the right'),
      input('w_i', format.w.bits, `weight ${operandLayout(format.w)}, from above`),
      output('w_o', format.w.bits, 'the same, one cycle later, to below'),
      ...(double
        ? [
            input('swap_i', 1, '1: copy the accumulator to the shadow and start anew, from the left'),
            output('swap_o', 1, 'the same, one cycle later, to the right'),
          ]
        : []),
      input('drain_i', 1, `1: take the ${double ? 'shadow' : 'accumulator'} of the PE above, from the left`),
      output('drain_o', 1, 'the same, one cycle later, to the right'),
      input('acc_i', accBits, `${double ? 'shadow' : 'accumulator'} of the PE above`),
      output('acc_o', accBits, `${double ? 'shadow' : 'accumulator'} of this PE`),
    ],
    instances,
    double,
    enable: config.stall === 'enable',
    a: peOperand('a', format.a),
    w: peOperand('w', format.w),
    accBits,
    signed: signs.length > 0,
    negative: signs.join(' ^ '),
    productBits,
    product: `${zeroExtend('a_base', format.a.baseBits, productBits)} * ${zeroExtend('w_base', format.w.baseBits, productBits)}`,
    hasShift,
    shiftBits,
    shift: exponents.map(sum).join(' + '),
    shiftAmount: unitZeros > 0 ? `{${shiftSignal}, ${literal(unitZeros, 0)}}` : shiftSignal,
    magnitudeBits,
    magnitude: hasShift ? zeroExtend(productSignal, productBits, magnitudeBits) : productSignal,
    term: signs.length > 0 ? `(${wideMagnitude} ^ ${replicate(accBits, negativeSignal)})` : wideMagnitude,
    carry: zeroExtend(negativeSignal, 1, accBits),
    kept: double ? `(acc_q & ${replicate(accBits, '~swap_q')})` : 'acc_q',
    registersProduct,
    negativeIntoMagnitude: registersProduct ? 'product_negative_q' : 'negative',
    registersMagnitude,
    largestProduct: String(core.largestProduct),
    unitBase: 2 ** (format.form.unit === 'none' ? 1 : format.form.unit),
  };
}

function peOperand(port: 'a' | 'w', fields: OperandFields): PeOperand {
  const { bits, baseBits, exponentBits, signBits } = fields;
  const entry = (field: string, width: number, low: number) => ({
    name: `${port}_${field}`,
    width,
    select: slice(`${port}_q`, bits, low + width - 1, low),
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
