import { type Interval, signedBits } from '../../accumulator.js';
import { bitsFor } from '../../operand.js';
import { replicate, slice, zeroExtend } from '../../verilog.js';

/** What the adders of a dot-product unit add up: the lanes' terms, modulo 2^width. */
export interface TermSum {
  readonly lanes: number;
  /** Width of a term, a magnitude or its complement. */
  readonly termBits: number;
  /** Whether terms may be complements, whose 1 is still to be added. */
  readonly signed: boolean;
  /** Width of the sum; none of it is lost where this is the proven width of the sum. */
  readonly width: number;
}

/**
 * The width that holds the sum of `lanes` products, but never more than the accumulator's: two's complement where
 * products have signs.
 */
export function sumBits({ least, greatest }: Interval, lanes: number, signed: boolean, accBits: number): number {
  const count = BigInt(lanes);
  const bits = signed
    ? signedBits({ least: least * count, greatest: greatest * count })
    : Math.max(bitsFor(greatest * count), 1);
  return Math.min(bits, accBits);
}

/** A value of `from` bits widened to `to`, repeating its sign bit if it has one. */
export function extend(value: { name: string; sign: string }, from: number, to: number, signed: boolean): string {
  if (to === from) return value.name;
  return signed ? `{${replicate(to - from, value.sign)}, ${value.name}}` : zeroExtend(value.name, from, to);
}

/** One bit of the sum: the bits that are added there, and what becomes of them. */
export interface Column {
  readonly bit: number;
  /** What is added besides the carries, in words. */
  readonly comment: string;
  /** A concatenation, the first to be added on the right. */
  readonly bits: string;
  readonly count: number;
  readonly carries: number;
  /** Name of the carries. */
  readonly carry: string;
  /** Two and more bits, which full adders add. */
  readonly adders: boolean;
  /** The most significant bit of several: its carries are lost. */
  readonly parity: boolean;
}

/**
 * The sum bit by bit, from the least significant up; n bits of a column make floor(n / 2) carries. A negative term is
 * the complement of its magnitude, its sign is added at bit 0 and its inverted sign at bit `termBits`; the constant
 * makes up for the inverted signs: -s = ~s - 1.
 *
 * @param kept Name of an accumulator of `width` bits that is added, too.
 */
export function sumColumns({ lanes, termBits, signed, width }: TermSum, kept?: string): Column[] {
  const modulus = 1n << BigInt(width);
  const offset = signed ? modulus - ((BigInt(lanes) << BigInt(termBits)) % modulus) : 0n;
  const columns: Column[] = [];
  let carries = 0;
  for (let bit = 0; bit < width; bit++) {
    const parts: [what: string, bits: string, count: number][] = [];
    const add = (what: string, bits: string, count: number): unknown => parts.unshift([what, bits, count]);
    if (bit < termBits) add('terms', slice('column_bits', lanes * termBits, (bit + 1) * lanes - 1, bit * lanes), lanes);
    if (signed && bit === 0) add('signs', 'negative', lanes);
    if (signed && bit === termBits) add('inverted signs', '~negative', lanes);
    if ((offset >> BigInt(bit)) & 1n) add('constant', "1'b1", 1);
    if (kept) add('accumulator', `${kept}[${bit}]`, 1);
    const others = parts.map(([what]) => what).reverse();
    if (carries > 0) add('carries', `carry_${bit - 1}`, carries);
    const count = parts.reduce((sum, part) => sum + part[2], 0);
    const bits = parts.map((part) => part[1]);
    const last = bit === width - 1;
    carries = Math.floor(count / 2);
    columns.push({
      bit,
      comment: others.length > 0 ? others.join(', ') : 'carries',
      bits: bits.length === 0 ? "1'b0" : bits.length === 1 ? (bits[0] as string) : `{${bits.join(', ')}}`,
      count,
      carries,
      carry: `carry_${bit}`,
      adders: count > 1 && !last,
      parity: count > 1 && last,
    });
  }
  return columns;
}

/** A sum of two in the tree of adders. */
export interface AdderNode {
  readonly name: string;
  readonly bits: number;
  readonly expression: string;
}

/** A level of the tree of adders, from the terms down to one sum. */
export interface AdderLevel {
  readonly terms: number;
  readonly nodes: readonly AdderNode[];
}

interface Summand {
  readonly name: string;
  readonly sign: string;
  readonly bits: number;
  readonly lanes: number;
  /** The one sign of its lanes that it has not added. */
  readonly owed: string;
}

/** A tree of adders, and what is left to be added: its root and, of signed terms, the last sign. */
export interface AdderTree {
  readonly levels: readonly AdderLevel[];
  readonly root: { readonly name: string; readonly sign: string };
  readonly rootBits: number;
  readonly carry: string;
}

/**
 * A binary tree of sums, each as wide as its lanes can need. Every sum takes the sign of one of its own lanes as
 * its carry in: what it still owes, and how wide it must be, depends on its lanes alone.
 *
 * @param product The range of a product.
 */
export function adderTree({ lanes, termBits, signed, width }: TermSum, product: Interval): AdderTree {
  const levels: AdderLevel[] = [];
  const term = (lane: number): string => slice('term', lanes * termBits, (lane + 1) * termBits - 1, lane * termBits);
  const sign = (lane: number): string => slice('negative', lanes, lane, lane);
  const leafBits = signed ? Math.min(termBits + 1, width) : termBits;
  let summands: Summand[] = Array.from({ length: lanes }, (_, lane) => ({
    name: leafBits > termBits ? `{${sign(lane)}, ${term(lane)}}` : term(lane),
    sign: sign(lane),
    bits: leafBits,
    lanes: 1,
    owed: sign(lane),
  }));
  // A sum has all signs of its lanes added but one: it may be 1 less than the sum of its products.
  const bitsOf = (count: number): number => {
    const [least, greatest] = [product.least * BigInt(count) - 1n, product.greatest * BigInt(count)];
    return Math.min(signed ? signedBits({ least, greatest }) : Math.max(bitsFor(greatest), 1), width);
  };
  while (summands.length > 1) {
    const level = levels.length;
    const nodes: AdderNode[] = [];
    const next: Summand[] = [];
    for (let i = 0; i + 1 < summands.length; i += 2) {
      const [x, y] = [summands[i] as Summand, summands[i + 1] as Summand];
      const bits = bitsOf(x.lanes + y.lanes);
      const wide = ({ name, sign: top, bits: from }: Summand): string => widen({ name, sign: top }, from, bits, signed);
      const carry = signed ? ` + ${zeroExtend(x.owed, 1, bits)}` : '';
      const name = `sum_${level}_${i / 2}`;
      nodes.push({ name, bits, expression: `${wide(x)} + ${wide(y)}${carry}` });
      next.push({ name, sign: `${name}[${bits - 1}]`, bits, lanes: x.lanes + y.lanes, owed: y.owed });
    }
    if (summands.length % 2 === 1) next.push(summands.at(-1) as Summand);
    levels.push({ terms: summands.length, nodes });
    summands = next;
  }
  const root = summands[0] as Summand;
  return { levels, root, rootBits: root.bits, carry: root.owed };
}

/** As `extend`, with a term's sign taken into the repetition: `{ {2{s}}, t}` and not `{s, {s, t}}`. */
function widen(value: { name: string; sign: string }, from: number, to: number, signed: boolean): string {
  const inner = /^\{([^{},]+), (.+)\}$/.exec(value.name);
  if (!inner || to === from) return extend(value, from, to, signed);
  return `{${replicate(to - from + 1, inner[1] as string)}, ${inner[2]}}`;
}
