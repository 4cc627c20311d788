import { replicate } from './verilog.js';

/** A sum of two. Where the lowest bit of the addition carries a bit in, that bit of the sum is spare. */
export interface SumNode {
  readonly name: string;
  readonly bits: number;
  readonly spares: readonly string[];
  readonly target: string;
  readonly sum: string;
}

/** What is added: a name, or parts of a concatenation, of some bits, never negative. */
export interface Summand {
  readonly name: string;
  readonly bits: number;
}

/** The lanes' products, as their magnitudes or, of signed ones, the complements of these. */
export interface SumTerms {
  /** The signals of each lane: its term, and of signed products its sign. */
  readonly lanes: readonly { readonly term: string; readonly negative: string }[];
  readonly termBits: number;
  readonly signed: boolean;
  /** The bits of a sum that count. */
  readonly width: number;
}

/** The sum of all lanes, and the sign of the one that is still to be carried in; empty without signs. */
export interface SumTree {
  readonly nodes: readonly SumNode[];
  readonly total: Summand;
  readonly carry: string;
}

/**
 * The sum of two and a bit that the lowest place of the addition carries in: the smallest form in standard cells
 * (docs/microarchitecture.md).
 *
 * @param carry The bit; empty where there is none.
 */
export function carriedSum(name: string, bits: number, [x, y]: readonly [Summand, Summand], carry: string): SumNode {
  const spare = `unused_${name}`;
  const [left, right] = carry === '' ? ['', ''] : [", 1'b1", `, ${carry}`];
  return {
    ...{ name, bits, sum: `${widened(x, bits, left)} + ${widened(y, bits, right)}` },
    spares: carry === '' ? [] : [spare],
    target: carry === '' ? name : `{${name}, ${spare}}`,
  };
}

/**
 * The sum of the lanes' terms, as a binary tree. Of signed products each comes with 2^termBits on top: it is its term, below the
 * inverted sign, and its sign, since -m = ~m + 1. So no summand is negative, and each addition carries the sign of one lane in.
 */
export function sumTree({ lanes, termBits, signed, width }: SumTerms): SumTree {
  const least = (bits: number): number => Math.min(bits, width);
  let summands: Summand[] = lanes.map(({ term, negative }) => ({
    name: signed ? `~${negative}, ${term}` : term,
    bits: least(termBits + (signed ? 1 : 0)),
  }));
  const nodes: SumNode[] = [];
  for (let level = 0; summands.length > 1; level++) {
    const next: Summand[] = [];
    for (let i = 0; i + 1 < summands.length; i += 2) {
      const [x, y] = [summands[i] as Summand, summands[i + 1] as Summand];
      const bits = least(Math.max(x.bits, y.bits) + 1);
      const carry = signed ? (lanes[nodes.length] as SumTerms['lanes'][number]).negative : '';
      nodes.push(carriedSum(`sum_${level}_${i / 2}`, bits, [x, y], carry));
      next.push({ name: `sum_${level}_${i / 2}`, bits });
    }
    if (summands.length % 2 === 1) next.push(summands.at(-1) as Summand);
    summands = next;
  }
  return { nodes, total: summands[0] as Summand, carry: signed ? (lanes.at(-1)?.negative ?? '') : '' };
}

/** A summand as wide as a sum, with what is carried in below it. */
function widened({ name, bits }: Summand, width: number, carry: string): string {
  const parts = `${width > bits ? `${width - bits}'d0, ` : ''}${name}${carry}`;
  return parts.includes(',') ? `{${parts}}` : parts;
}

/** A term of a lane: the magnitude or, if negative, its complement. */
export const complemented = (magnitude: string, bits: number, negative: string): string =>
  `${magnitude} ^ ${replicate(bits, negative)}`;
