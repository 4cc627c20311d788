import type { DesignCore } from '../../design-core.js';
import { input, output } from '../../module.js';
import { operandLayout } from '../../operand-text.js';
import { clock, enablePorts } from '../../ports.js';
import { type Multiplication, multiplication, type OperandSlice, operandSlices } from '../../product.js';
import type { PassedView } from '../../register.js';
import { replicate } from '../../verilog.js';
import { dotStages } from './stages.js';
import { type DotView, dotView } from './view.js';

/** A lane: multiplies two operands to a term, which is the product's magnitude or, if negative, its complement. */
export interface LaneView extends DotView, Multiplication {
  readonly fields: readonly OperandSlice[];
  readonly clocked: boolean;
  readonly termBits: number;
  readonly shiftText: string;
  readonly complementText: string;
  /** The term and, of signed products, its sign: what they are, and what leaves: these or registers. */
  readonly outputs: readonly (PassedView & { readonly value: string; readonly out: string })[];
}

export function laneModule(core: DesignCore): LaneView {
  const { config, format, magnitudeBits } = core;
  const stages = dotStages(config.pipeline);
  const clocked = stages.terms;
  const product = multiplication(core, stages.products);
  const { signed } = product;
  const negativeSignal = stages.products ? 'product_negative_q' : 'negative';
  const ports = [
    ...(clocked ? [clock, ...enablePorts(core.config)] : []),
    input('a_i', format.a.bits, `activation ${operandLayout(format.a)}`),
    input('w_i', format.w.bits, `weight ${operandLayout(format.w)}`),
    output('term_o', magnitudeBits, `magnitude of the product${signed ? ', complemented if negative' : ''}`),
    ...(signed ? [output('negative_o', 1, '1: the term is a complement, 1 is to be added')] : []),
  ];
  const title = 'Multiplier lane: multiplies one activation by one weight.';
  return {
    ...dotView(core, { suffix: 'lane', title, ports, instances: config.rows * config.cols * config.lanes }),
    ...product,
    fields: [...operandSlices('a', format.a, 'a_i'), ...operandSlices('w', format.w, 'w_i')],
    clocked,
    termBits: magnitudeBits,
    shiftText: signed ? 'Shift and complement' : 'Shift',
    complementText: signed
      ? ' Of a negative one the term is the complement, to which the adders of the\n// unit add the missing 1.'
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
