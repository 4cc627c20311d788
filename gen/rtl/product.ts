import { clusterGrid } from './cluster-grid.js';
import type { DesignCore } from './design-core.js';
import type { OperandFields } from './operand.js';
import { doublingText, operandFormula, operandLayout } from './operand-text.js';
import type { RegisterView } from './register.js';
import { literal, replicate, slice, zeroExtend } from './verilog.js';

/** The product of two operands: multiply the significands, add the exponents, shift. */
export interface Multiplication {
  readonly signed: boolean;
  readonly negative: string;
  readonly productBits: number;
  readonly product: string;
  /** Where a significand may stand for its double. */
  readonly doubling: Doubling | undefined;
  readonly hasShift: boolean;
  readonly shiftBits: number;
  readonly shift: string;
  /** The largest product and the width that follows, as a clause. */
  readonly bound: string;
  /** The shifted product, and the registers before it. */
  readonly shifted: string;
  readonly productRegisters: readonly RegisterView[];
  /** What the operands' values are, as a clause. */
  readonly operands: string;
  /** Which of them count twice, as a sentence. */
  readonly doublingText: string;
}

/** A significand that stands for its double (see `OperandFields.doubledFrom`): what tells it, and the product without that. */
interface Doubling {
  readonly signal: string;
  readonly condition: string;
  readonly significandsBits: number;
  readonly significands: string;
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
  /** What lies behind the stage's registers, and these. */
  readonly behind: string;
  readonly magnitudeRegisters: readonly RegisterView[];
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
  const { productBits, shiftBits, encoding } = format;
  const doubling = doublingOf(format, productBits);
  const hasShift = shiftBits > 0;
  const [productSignal, shiftSignal] = registered ? ['product_q', 'shift_q'] : ['product', 'shift'];
  const radixZeros = encoding.radixLog2 === 'none' ? 0 : Math.log2(encoding.radixLog2);
  const signed = signs.length > 0;
  const shiftAmount = radixZeros > 0 ? `{${shiftSignal}, ${literal(radixZeros, 0)}}` : shiftSignal;
  const magnitude = hasShift ? zeroExtend(productSignal, productBits, magnitudeBits) : productSignal;
  const shifted =
    encoding.radixLog2 === 3
      ? shiftByThrees(format, magnitudeBits, productSignal, shiftSignal)
      : `${magnitude} << ${shiftAmount}`;
  return {
    signed,
    negative: [...signs, ...(doubling ? [doubling.signal] : [])].join(' ^ '),
    productBits,
    product: doubling
      ? `${zeroExtend('sig_product', doubling.significandsBits, productBits)} << ${doubling.signal}`
      : significandsText(format, productBits),
    doubling,
    hasShift,
    shiftBits,
    shift: exponents.map((port) => zeroExtend(`${port}_exp`, format[port].exponentBits, shiftBits)).join(' + '),
    bound: `No ${signed ? '|product|' : 'product'} exceeds ${largestProduct}, so the magnitude has ${magnitudeBits} bits`,
    shifted: hasShift ? shifted : magnitude,
    productRegisters: registered
      ? [
          ...(signed ? [{ name: 'product_negative_q', width: 1, next: 'negative' }] : []),
          { name: 'product_q', width: productBits, next: 'product' },
          { name: 'shift_q', width: shiftBits, next: 'shift' },
        ]
      : [],
    operands: operandsText(format),
    doublingText: doublingText(format),
  };
}

/** The product shifted by 3 bits for each step of the exponent: a choice of a few products, each with the bits it can have. */
function shiftByThrees(
  { productBits, productBitsBySum, shiftBits }: DesignCore['format'],
  magnitudeBits: number,
  product: string,
  shift: string,
): string {
  const choices = productBitsBySum.flatMap((bits, sum) => {
    if (bits === 0) return [];
    const zeros = sum > 0 ? `, ${literal(3 * sum, 0)}` : '';
    const above = magnitudeBits - bits - 3 * sum;
    const shifted = `${above > 0 ? `${literal(above, 0)}, ` : ''}${slice(product, productBits, bits - 1, 0)}${zeros}`;
    return [`({${shifted}} & ${replicate(magnitudeBits, `${shift} == ${literal(shiftBits, sum)}`)})`];
  });
  return choices.join(' |\n      ');
}

function significandsText({ a, w }: DesignCore['format'], bits: number): string {
  return `${zeroExtend('a_sig', a.significandBits, bits)} * ${zeroExtend('w_sig', w.significandBits, bits)}`;
}

function doublingOf(format: DesignCore['format'], productBits: number): Doubling | undefined {
  const port = (['a', 'w'] as const).find((each) => format[each].doubledFrom !== undefined);
  if (port === undefined) return undefined;
  const significandsBits = Math.min(format.a.significandBits + format.w.significandBits, productBits);
  const top = format[port].significandBits - 1;
  return {
    signal: `${port}_twice`,
    condition: `${port}_sign & ${port}_sig[${top}] & ${port}_sig[${top - 1}]`,
    significandsBits,
    significands: significandsText(format, significandsBits),
  };
}

function operandsText({ encoding, a, w }: DesignCore['format']): string {
  const [activation, weight] = [operandFormula(encoding.radixLog2, a), operandFormula(encoding.radixLog2, w)];
  return activation === weight
    ? `their values are ${activation}`
    : `an activation is ${activation}, a weight ${weight}`;
}

/** @param weightHeld Whether a PE in a cluster of PEs holds its weight, and not the cluster. */
export function productView(core: DesignCore, weightHeld: boolean): ProductView {
  const { config, format, magnitudeBits } = core;
  const registersMagnitude = config.pipeline >= 2;
  const registersProduct = config.pipeline >= 3;
  const { clustered } = clusterGrid(config);
  const product = multiplication(core, registersProduct);
  return {
    ...product,
    bound: `${product.bound}${product.signed ? '; a negative one is added as its complement plus 1' : ''}`,
    a: peOperand('a', format.a, clustered ? 'a_i' : 'a_q'),
    w: peOperand('w', format.w, clustered && !weightHeld ? 'w_i' : 'w_q'),
    magnitudeBits,
    magnitudeSignal: registersMagnitude ? 'magnitude_q' : 'magnitude',
    negativeSignal: registersMagnitude ? 'negative_q' : 'negative',
    registersProduct,
    behind: product.hasShift ? 'shifter' : 'multiplier',
    magnitudeRegisters: registersMagnitude
      ? [
          ...(product.signed
            ? [{ name: 'negative_q', width: 1, next: registersProduct ? 'product_negative_q' : 'negative' }]
            : []),
          { name: 'magnitude_q', width: magnitudeBits, next: 'magnitude' },
        ]
      : [],
    registersMagnitude,
  };
}

function peOperand(port: 'a' | 'w', fields: OperandFields, signal: string): PeOperand {
  return { bits: fields.bits, layout: operandLayout(fields), fields: operandSlices(port, fields, signal) };
}

/** The fields of an operand that a signal holds, from its top. */
export function operandSlices(
  port: 'a' | 'w',
  { bits, significandBits, exponentBits, signBits }: OperandFields,
  signal: string,
): OperandSlice[] {
  const entry = (field: string, width: number, low: number): OperandSlice => ({
    name: `${port}_${field}`,
    width,
    select: slice(signal, bits, low + width - 1, low),
  });
  return [
    ...(signBits ? [entry('sign', 1, bits - 1)] : []),
    ...(exponentBits ? [entry('exp', exponentBits, significandBits)] : []),
    entry('sig', significandBits, 0),
  ];
}
