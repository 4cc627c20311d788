import { replicate } from './verilog.js';

/** A width in bits, or the parameter of a module that holds it. */
type Width = number | string;

/** A sum of two. Where the lowest bit of the addition carries a bit in, that bit of the sum is spare. */
export interface SumNode<W extends Width = number> {
  readonly name: string;
  readonly bits: W;
  readonly spares: readonly string[];
  readonly target: string;
  readonly sum: string;
}

/** What is added: a name, or parts of a concatenation, of some bits, never negative. */
export interface Summand<W extends Width = number> {
  readonly name: string;
  readonly bits: W;
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
 * @param within Whether the second summand has the bit below it already.
 */
export function carriedSum<W extends Width>(
  name: string,
  bits: W,
  [x, y]: readonly [Summand<Width>, Summand<Width>],
  carry: string,
  within = false,
): SumNode<W> {
  const spare = `unused_${name}`;
  const [left, right] = carry === '' ? ['', ''] : [", 1'b1", within ? '' : `, ${carry}`];
  return {
    ...{ name, bits, sum: `${widened(x, bits, left)} + ${widened(y, bits, right)}` },
    spares: carry === '' ? [] : [spare],
    target: carry === '' ? name : `{${name}, ${spare}}`,
  };
}

/** The same with the bit as a third summand: a little smaller where the sum's width is a parameter and there is one term. */
export function sumOfThree(
  name: string,
  bits: string,
  summands: readonly [Summand<Width>, Summand<Width>],
  carry: string,
): SumNode<string> {
  const { sum } = carriedSum(name, bits, summands, '');
  const third = carry === '' ? '' : ` + ${widened({ name: carry, bits: 1 }, bits, '')}`;
  return { name, bits, spares: [], target: name, sum: `${sum}${third}` };
}

/**
 * The sum of the lanes' terms, as a binary tree. Of signed products each comes with 2^termBits on top: it is its term, below the
 * inverted sign, and its sign, since -m = ~m + 1. So no summand is negative, and each addition carries the sign of one lane in.
 */
export function sumTree({ lanes, termBits, signed, width }: SumTerms): SumTree {
  const least = (bits: number): number => Math.min(bits, width);
  let summands: Summand[] = lanes.map(({ term, negative }) => ({
    // Sums as narrow as a magnitude have no room for the bias, which they leave out.
    name: signed && width > termBits ? `~${negative}, ${term}` : term,
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
function widened({ name, bits }: Summand<Width>, width: Width, carry: string): string {
  const parts = `${zerosAbove(bits, width)}${name}${carry}`;
  return parts.includes(',') ? `{${parts}}` : parts;
}

function zerosAbove(bits: Width, width: Width): string {
  if (bits === width) return '';
  return typeof bits === 'number' && typeof width === 'number'
    ? `${width - bits}'d0, `
    : `{(${width}-${bits}){1'b0}}, `;
}

/** A term of a lane: the magnitude or, if negative, its complement. */
export const complemented = (magnitude: string, bits: number, negative: string): string =>
  `${magnitude} ^ ${replicate(bits, negative)}`;
