import type { DesignCore } from './design-core.js';
import { type InstanceView, instance } from './instance.js';
import type { LaneView } from './lane.js';
import { multiplication, type ProductView } from './product.js';
import { complemented, type SumTree, sumTree } from './sum-tree.js';

/** What a PE adds: the term of its own product, or those of its lanes. */
export interface TermsView {
  /** The partial that makes the terms. */
  readonly termsOf: 'product-term' | 'lane-terms';
  /** Of its own product, the term; of lanes, the module, and bits of all terms. */
  readonly term: string;
  readonly lanes: number;
  readonly lane: InstanceView | undefined;
  readonly termsBits: number;
  /** The largest product, and what is on top of each. */
  readonly bound: string;
  /** How terms are added, as a comment. */
  readonly addition: string;
}

/** What the PEs of dataflows differ in. */
interface TermsText {
  /** The signals that hold the operands of all lanes. */
  readonly a: string;
  readonly w: string;
  /** Whether the last addition carries a sign in. */
  readonly carries: boolean;
  /** What becomes of the bias of products, as a clause. */
  readonly biasEnd: string;
}

/**
 * What PEs of integers add up.
 *
 * @param lane The module of the lanes, if there are several.
 */
export function termsView(
  core: DesignCore,
  { signed, magnitudeSignal, negativeSignal, bound }: ProductView,
  lane: LaneView | undefined,
  { carries, biasEnd, ...operands }: TermsText,
): TermsView {
  const { format, magnitudeBits, productBias } = core;
  const { lanes } = core.facts.computing;
  const wires: Readonly<Record<string, string>> = {
    ...{ clk_i: 'clk_i', en_i: 'en_i', term_o: 'term[l*TERM_BITS +: TERM_BITS]', negative_o: 'negative[l]' },
    a_i: `${operands.a}[l*${format.a.bits} +: ${format.a.bits}]`,
    w_i: `${operands.w}[l*${format.w.bits} +: ${format.w.bits}]`,
  };
  return {
    termsOf: lane ? 'lane-terms' : 'product-term',
    term: signed ? complemented(magnitudeSignal, magnitudeBits, negativeSignal) : magnitudeSignal,
    lanes,
    lane: lane && instance(lane, (port) => wires[port]),
    termsBits: lanes * magnitudeBits,
    bound: productBias > 0n ? `${multiplication(core, false).bound}${biasText(magnitudeBits, biasEnd)}` : bound,
    addition: additionText(core, signed, carries),
  };
}

/**
 * The sum of a PE's terms.
 *
 * @param width Bits of it that count.
 */
export function termSum({ facts, magnitudeBits }: DesignCore, product: ProductView, width: number): SumTree {
  const { signed, negativeSignal } = product;
  const { lanes } = facts.computing;
  const signals =
    lanes > 1
      ? Array.from({ length: lanes }, (_, lane) => ({
          term: `term[${(lane + 1) * magnitudeBits - 1}:${lane * magnitudeBits}]`,
          negative: `negative[${lane}]`,
        }))
      : [{ term: 'term', negative: negativeSignal }];
  return sumTree({ lanes: signals, termBits: magnitudeBits, signed, width });
}

function additionText({ facts, magnitudeBits, productBias }: DesignCore, signed: boolean, carries: boolean): string {
  const several = facts.computing.lanes > 1;
  if (!signed) return several ? 'Add, two by two.' : 'Add.';
  if (productBias === 0n) {
    if (!carries) return 'Add the term and the sign.';
    return several
      ? 'Add, two by two. The lowest bit of an addition carries the sign of a term in.'
      : 'Add the term. The lowest bit carries the sign in.';
  }
  if (!carries)
    return `Add the term, below its inverted sign, and the sign: that is the product and 2^${magnitudeBits}.`;
  return several
    ? `Add, two by two. A term below its inverted sign is the product and 2^${magnitudeBits}, but for the sign, which the\n  // lowest bit of an addition carries in.`
    : `Add the term, below its inverted sign: that is the product and 2^${magnitudeBits}. The lowest bit carries the sign in.`;
}

const biasText = (magnitudeBits: number, biasEnd: string): string =>
  `. Each comes with 2^${magnitudeBits} on top, so that\n// nothing is subtracted; ${biasEnd}. A negative one is its complement plus 1`;

/**
 * What becomes of the bias of products, as a clause.
 *
 * @param takenOff Whether it is taken off results: it is not where it comes to a multiple of 2^bits.
 */
export const biasEndText = ({ accumulator }: DesignCore, takenOff: boolean): string =>
  takenOff ? 'the array takes that off its results' : `on results it is a multiple of 2^${accumulator.bits}`;
