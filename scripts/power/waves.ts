import { type BooleanFunction, onWords, type Words } from '../tools/liberty/boolean.js';

/**
 * The value of every net in every cycle of many instances, which are bits of words: word i of a row holds cycle
 * floor(i / stride) of instances 32 * (i % stride) and on.
 */
export interface Waves {
  readonly cycles: number;
  readonly instances: number;
  /** Words that the instances fill. */
  readonly stride: number;
  /** A row per net. Bits beyond the last instance are 0. */
  readonly rows: readonly Int32Array[];
}

/** Waves without any net high. */
export function emptyWaves(nets: number, { cycles, instances }: Pick<Waves, 'cycles' | 'instances'>): Waves {
  const stride = Math.ceil(instances / 32);
  return { cycles, instances, stride, rows: Array.from({ length: nets }, () => new Int32Array(cycles * stride)) };
}

/** The bits of a cycle's words that are instances. */
export const laneMask = ({ instances, stride }: Pick<Waves, 'instances' | 'stride'>, word: number): number =>
  word % stride === stride - 1 && instances % 32 !== 0 ? (1 << (instances % 32)) - 1 : -1;

/** Where a net is high and was low in the cycle before. The first cycle has no transitions. */
export function rises(row: Int32Array, stride: number): Int32Array {
  return row.map((now, i) => (i < stride ? 0 : now & ~(row[i - stride] as number)));
}

/** Where a net is low and was high in the cycle before. */
export function falls(row: Int32Array, stride: number): Int32Array {
  return row.map((now, i) => (i < stride ? 0 : ~now & (row[i - stride] as number)));
}

/** Where a function is true; `rowOf` gives the wave of a pin, or a constant. */
export function placesOf(fn: BooleanFunction, waves: Waves, rowOf: (pin: string) => Int32Array | boolean): Int32Array {
  const value = onWords(fn, (pin) => wordsOf(rowOf(pin)));
  return Int32Array.from({ length: waves.cycles * waves.stride }, (_, i) => value(i) & laneMask(waves, i));
}

/** The words of a wave, or of a constant. */
export function wordsOf(row: Int32Array | boolean): Words {
  if (typeof row !== 'boolean') return (place) => row[place] as number;
  const word = row ? -1 : 0;
  return () => word;
}

/** A part of waves: `cycles` from cycle `first` on. */
export function partOf(waves: Waves, { first, cycles }: { readonly first: number; readonly cycles: number }): Waves {
  const [from, to] = [first * waves.stride, (first + cycles) * waves.stride];
  return { ...waves, cycles, rows: waves.rows.map((row) => row.subarray(from, to)) };
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
