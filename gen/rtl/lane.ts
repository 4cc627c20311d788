import type { DesignCore } from './design-core.js';
import { input, type ModuleView, output } from './module.js';
import type { OperandFields } from './operand.js';
import { operandLayout } from './operand-text.js';
import { clock, enablePorts } from './ports.js';
import { type Multiplication, multiplication, type OperandSlice, operandSlices } from './product.js';
import type { PassedView } from './register.js';
import { replicate } from './verilog.js';

/** Where a lane has registers. */
export interface LaneRegisters {
  /** Between multiplier and shifter. */
  readonly product: boolean;
  /** Behind complementing: the term. */
  readonly term: boolean;
}

/** A lane: multiplies two operands to a term, which is the product's magnitude or, if negative, its complement. */
export interface LaneView extends ModuleView, Multiplication {
  readonly fields: readonly OperandSlice[];
  readonly enable: boolean;
  /** Whether it has a register between multiplier and shifter, and one behind the term. */
  readonly registersProduct: boolean;
  readonly clocked: boolean;
  readonly termBits: number;
  readonly shiftText: string;
  readonly complementText: string;
  /** The term and, of signed products, its sign: what they are, and what leaves: these or registers. */
  readonly outputs: readonly (PassedView & { readonly value: string; readonly out: string })[];
}

/** The lane of a design whose PEs or units have several. */
export function laneModule(core: DesignCore, registers: LaneRegisters): LaneView {
  const { config, format, magnitudeBits, facts } = core;
  const clocked = registers.term;
  const product = multiplication(core, registers.product);
  const { signed } = product;
  const negativeSignal = registers.product ? 'product_negative_q' : 'negative';
  const name = `${config.name}_lane`;
  return {
    name,
    file: `rtl/${name}.v`,
    template: 'rtl/lane.v',
    title: 'Multiplier lane: multiplies one activation by one weight.',
    ports: [
      ...(clocked ? [clock, ...enablePorts(config)] : []),
      input('a_i', format.a.bits, `activation ${operandLayout(format.a)}`),
      input('w_i', format.w.bits, `weight ${operandLayout(format.w)}`),
      output('term_o', magnitudeBits, `magnitude of the product${signed ? ', complemented if negative' : ''}`),
      ...(signed ? [output('negative_o', 1, '1: the term is a complement, 1 is to be added')] : []),
    ],
    instances: config.rows * config.cols * config.lanes,
    ...product,
    fields: [...operandSlices('a', format.a, 'a_i'), ...operandSlices('w', format.w, 'w_i')],
    enable: config.stall === 'enable',
    registersProduct: registers.product,
    clocked,
    termBits: magnitudeBits,
    shiftText: signed ? 'Shift and complement' : 'Shift',
    complementText: signed
      ? `\n// Of a negative one the term is the complement, to which the adders of the ${facts.names.short} add the missing 1.`
      : '',
    outputs: [
      {
        name: 'term',
        width: magnitudeBits,
        value: signed ? `magnitude ^ ${replicate(magnitudeBits, negativeSignal)}` : 'magnitude',
      },
      ...(signed ? [{ name: 'negative', width: 1, value: negativeSignal }] : []),
    ].map((each) => ({ ...each, out: clocked ? `${each.name}_q` : each.value })),
  };
}

/** What the operands of all lanes of a PE are. */
export const lanesOf = (fields: OperandFields, lanes: number): string =>
  `${operandLayout(fields)}${lanes > 1 ? `, lane l at [l*${fields.bits} +: ${fields.bits}]` : ''}`;
