import { type BooleanFunction, evaluate } from '../area/boolean.js';

/** The value of every net in every cycle, 32 cycles to a word, the first in bit 0. */
export interface Waves {
  readonly cycles: number;
  /** A row per net. Bits beyond the last cycle are 0. */
  readonly rows: readonly Int32Array[];
}

/**
 * Waves from samples.
 *
 * @param samples A row of `wordsPerCycle` 32-bit words per cycle; net n is bit n % 32 of word floor(n / 32).
 * @param first The first cycle kept, and `cycles` how many.
 */
export function wavesOf(
  samples: Int32Array,
  { nets, first, cycles }: { readonly nets: number; readonly first: number; readonly cycles: number },
): Waves {
  const perCycle = Math.ceil(nets / 32);
  const rows = Array.from({ length: nets }, () => new Int32Array(Math.ceil(cycles / 32)));
  for (let cycle = 0; cycle < cycles; cycle++) {
    const from = (first + cycle) * perCycle;
    const [word, bit] = [cycle >> 5, cycle & 31];
    for (let i = 0; i < perCycle; i++) {
      for (let left = samples[from + i] as number; left !== 0; left &= left - 1) {
        const row = rows[i * 32 + (31 - Math.clz32(left & -left))];
        if (row) row[word] = (row[word] as number) | (1 << bit);
      }
    }
  }
  return { cycles, rows };
}

/** Bits of the last word that are cycles. */
const lastMask = (cycles: number): number => (cycles % 32 === 0 ? -1 : (1 << (cycles % 32)) - 1);

/** Bit c of the result is set where the net is high in cycle c and was low in the cycle before. The first cycle has none. */
export function rises(row: Int32Array): Int32Array {
  return edges(row, (now, before) => now & ~before);
}

/** Likewise where it falls. */
export function falls(row: Int32Array, cycles: number): Int32Array {
  const found = edges(row, (now, before) => ~now & before);
  const last = found.length - 1;
  if (last >= 0) found[last] = (found[last] as number) & lastMask(cycles);
  return found;
}

function edges(row: Int32Array, edge: (now: number, before: number) => number): Int32Array {
  let carry = (row[0] ?? 0) & 1;
  return row.map((now) => {
    const before = (now << 1) | carry;
    carry = now >>> 31;
    return edge(now, before);
  });
}

/** The cycles in which a function is true; `rowOf` gives the wave of a pin, or a constant. */
export function cyclesOf(
  fn: BooleanFunction,
  cycles: number,
  rowOf: (pin: string) => Int32Array | boolean,
): Int32Array {
  const words = new Int32Array(Math.ceil(cycles / 32));
  for (let i = 0; i < words.length; i++) {
    const pin = (name: string): number => {
      const row = rowOf(name);
      return typeof row === 'boolean' ? (row ? -1 : 0) : (row[i] as number);
    };
    words[i] = evaluate(fn, pin, -1) & (i === words.length - 1 ? lastMask(cycles) : -1);
  }
  return words;
}

export function countBits(words: Int32Array): number {
  let count = 0;
  for (const word of words) {
    let bits = word - ((word >>> 1) & 0x55555555);
    bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
    count += Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return count;
}

/** The places of the set bits. */
export function* setBits(words: Int32Array): Generator<number> {
  for (const [i, word] of words.entries()) {
    for (let left = word; left !== 0; left &= left - 1) yield i * 32 + (31 - Math.clz32(left & -left));
  }
}

export const bitAt = (words: Int32Array, place: number): boolean =>
  (((words[place >> 5] as number) >>> (place & 31)) & 1) === 1;
