import { bitsFor } from '../operand.js';
import { literal, slice } from '../verilog.js';

/** A wire: its name, its width and what it is. */
export interface WireView {
  readonly name: string;
  readonly width: number;
  readonly value: string;
}

/** A group of wires under a comment. */
export interface Section {
  readonly comment: string;
  readonly wires: readonly WireView[];
}

/** The powers of two that shift a vector to any of its places, the largest first. */
export const halvings = (width: number): number[] =>
  Array.from({ length: bitsFor(width - 1) }, (_, i) => 2 ** i).reverse();

/** Whether none of the bits at the top is set. */
const noneOf = (vector: string, width: number, count: number): string =>
  `${count === 1 ? '~' : '~|'}${slice(vector, width, width - 1, width - count)}`;

/**
 * Shifts a vector left until its leading one is at the top; of 0 the shift means nothing.
 *
 * @param none Names `none_16` and so on: the upper bits are 0, so that the vector moves by as many.
 * @param left Names of the vector after each shift.
 */
export function normalise(from: string, width: number, none: string, left: string): WireView[] {
  let current = from;
  return halvings(width).flatMap((by): WireView[] => {
    const before = current;
    current = `${left}_${by}`;
    const moved = `{${slice(before, width, width - by - 1, 0)}, ${literal(by, 0)}}`;
    return [
      { name: `${none}_${by}`, width: 1, value: noneOf(before, width, by) },
      { name: current, width, value: `${none}_${by} ? ${moved} : ${before}` },
    ];
  });
}

/**
 * Counts the zeros before the leading one; `none_16` and so on are the bits of their number, of 0 all are 1. The last bit of what is
 * still to be counted does not matter: each step leaves it out.
 */
export function countZeros(from: string, width: number, none: string, front: string): WireView[] {
  let [current, present] = [from, width];
  return halvings(width).flatMap((by): WireView[] => {
    const [before, bits, kept] = [current, present, by - 1];
    current = `${front}_${by}`;
    present = kept;
    const counts = { name: `${none}_${by}`, width: 1, value: noneOf(before, bits, by) };
    if (kept === 0) return [counts];
    const rest = Math.min(kept, bits - by);
    const below = slice(before, bits, bits - by - 1, bits - by - rest);
    const lower = rest < kept ? `{${below}, ${literal(kept - rest, 0)}}` : below;
    const upper = slice(before, bits, bits - 1, bits - kept);
    return [counts, { name: current, width: kept, value: `${none}_${by} ? ${lower} : ${upper}` }];
  });
}

/** The number whose bits a count or a shift by halvings gave. */
export const countOf = (name: string, width: number, none: string): WireView => {
  const steps = halvings(width);
  return { name, width: steps.length, value: `{${steps.map((by) => `${none}_${by}`).join(', ')}}` };
};
