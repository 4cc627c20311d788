/** A seeded source of pseudo-random numbers: the same seed gives the same numbers on every machine. */
export interface RandomSource {
  /** 32 random bits, as an unsigned number. */
  bits32(): number;
  /** A number from 0 to n - 1; n at most 2^32. */
  below(n: number): number;
}

/** The mulberry32 generator (Tommy Ettinger, public domain): 32 bits of state, period 2^32. */
export function randomSource(seed: number): RandomSource {
  let state = seed | 0;
  const bits32 = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return (z ^ (z >>> 14)) >>> 0;
  };
  return { bits32, below: (n) => Math.floor((bits32() / 2 ** 32) * n) };
}
