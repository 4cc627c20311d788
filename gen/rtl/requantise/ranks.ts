import { levels } from '../../numerics/codec.js';
import type { NumericType } from '../../numerics/types/numeric-type.js';

/**
 * Values of a type that are not negative, in steps: the rank of one is its place among them. A doubled value lies in one of
 * these pieces by its leading one; in a piece, ranks are equally far apart.
 */
export interface Octave {
  /** The leading one of the doubled values: bit `lead`, values from 2^(lead-1) to below 2^lead. */
  readonly lead: number;
  /** Rank of the first value of the octave. */
  readonly rank: number;
  /** The octave has 2^fractionBits values. */
  readonly fractionBits: number;
}

/** How the ranks of a type follow from doubled values. */
export interface Ranks {
  /** Values below 2^linearBits are all integers; the octaves begin there. */
  readonly linearBits: number;
  /** From the lowest to the highest. */
  readonly octaves: readonly Octave[];
  readonly largestRank: number;
}

/** Without the sign, as signed types have negative values with the same magnitudes; integers take a way of their own. */
export function ranksOf(type: NumericType): Ranks {
  const values = levels(type)
    .map(({ value }) => value)
    .filter((value) => value >= 0n);
  const largestRank = values.length - 1;
  let linearBits = 0;
  while (
    2 ** (linearBits + 1) <= values.length &&
    values[2 ** (linearBits + 1) - 1] === 2n ** BigInt(linearBits + 1) - 1n
  )
    linearBits++;
  const octaves: Octave[] = [];
  let rank = 2 ** linearBits;
  for (let lead = linearBits + 1; rank <= largestRank; lead++) {
    const first = 2n ** BigInt(lead - 1);
    const inside = values.filter((value) => value >= first && value < 2n * first);
    const fractionBits = Math.log2(inside.length);
    const even = inside.every((value, i) => value === first + (BigInt(i) * first) / BigInt(inside.length));
    if (!even || !Number.isInteger(fractionBits) || rank % inside.length !== 0 || fractionBits >= lead) {
      throw new Error(`${type.name} has values without an encoder at ${first}`);
    }
    octaves.push({ lead, rank, fractionBits });
    rank += inside.length;
  }
  return { linearBits, octaves, largestRank };
}
