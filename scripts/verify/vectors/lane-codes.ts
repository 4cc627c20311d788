import type { RandomSource } from '../../../gen/golden/vectors.js';
import { codeValues, type Level, levels } from '../../../gen/numerics/codec.js';
import type { NumericType } from '../../../gen/numerics/types/numeric-type.js';

/** Codes of all lanes in a cycle. */
export interface LaneCodes {
  readonly a: readonly number[];
  readonly w: readonly number[];
}

type Pair = readonly [a: number, w: number];

/** What lanes are given of two types, and how many pairs of codes it was made of. */
export interface LaneCases {
  readonly codes: readonly LaneCodes[];
  readonly pairs: number;
  readonly exhaustive: boolean;
}

/**
 * Codes for lanes: all pairs of codes of two types (a seeded sample of `most` beyond), side by side in the lanes and then alone
 * in each lane; all lanes at their limits, with equal and with alternating signs; runs of lanes at a limit among others.
 */
export function laneCases(
  [aType, wType]: readonly [NumericType, NumericType],
  lanes: number,
  most: number,
  random: RandomSource,
): LaneCases {
  const { pairs, exhaustive } = choosePairs(aType, wType, most, random);
  // Alone in every lane, as many of them as the budget allows.
  const alone = everyNth(pairs, Math.ceil((pairs.length * lanes) / most));
  const codes = [
    ...sideBySide(pairs, lanes),
    ...oneHot(alone, lanes, [zeroOf(aType), zeroOf(wType)]),
    ...limits(aType, wType, lanes),
    ...runs(aType, wType, lanes),
  ];
  return { codes, pairs: pairs.length, exhaustive };
}

function choosePairs(
  aType: NumericType,
  wType: NumericType,
  most: number,
  random: RandomSource,
): { pairs: Pair[]; exhaustive: boolean } {
  const [aCount, wCount] = [2 ** aType.bits, 2 ** wType.bits];
  if (aCount * wCount <= most) {
    const pairs = Array.from({ length: aCount * wCount }, (_, i): Pair => [Math.floor(i / wCount), i % wCount]);
    return { pairs, exhaustive: true };
  }
  const pairs = Array.from({ length: most }, (): Pair => [random.below(aCount), random.below(wCount)]);
  return { pairs, exhaustive: false };
}

const everyNth = <T>(items: readonly T[], n: number): T[] => items.filter((_, i) => i % n === 0);

function codesOf(pairs: readonly Pair[]): LaneCodes {
  return { a: pairs.map(([a]) => a), w: pairs.map(([, w]) => w) };
}

/** Pairs side by side; each beat begins one pair behind the last one's end, so that none is bound to a lane. */
function sideBySide(pairs: readonly Pair[], lanes: number): LaneCodes[] {
  const count = Math.ceil(pairs.length / lanes);
  return Array.from({ length: count }, (_, beat) =>
    codesOf(Array.from({ length: lanes }, (__, lane) => pairs[(beat * lanes + lane) % pairs.length] as Pair)),
  );
}

/** Each pair alone in each lane, the others at zero. */
function oneHot(pairs: readonly Pair[], lanes: number, zero: Pair): LaneCodes[] {
  return pairs.flatMap((pair) =>
    Array.from({ length: lanes }, (_, hot) =>
      codesOf(Array.from({ length: lanes }, (__, lane) => (lane === hot ? pair : zero))),
    ),
  );
}

/** Pairs of the least and the greatest values of two types. */
function corners(aType: NumericType, wType: NumericType): { readonly pair: Pair; readonly product: bigint }[] {
  const ends = (type: NumericType): Level[] => {
    const table = levels(type);
    return [table[0], table.at(-1)] as Level[];
  };
  return ends(aType).flatMap((a) =>
    ends(wType).map((w) => ({ pair: [a.code, w.code] as const, product: a.value * w.value })),
  );
}

/** All lanes at the limits of their types: alike, alternating from lane to lane, and all but one alike. */
function limits(aType: NumericType, wType: NumericType, lanes: number): LaneCodes[] {
  const pairs = corners(aType, wType).map(({ pair }) => pair);
  return pairs.flatMap((x) =>
    pairs.flatMap((y) => [
      codesOf(Array.from({ length: lanes }, (_, lane) => (lane % 2 === 0 ? x : y))),
      codesOf(Array.from({ length: lanes }, (_, lane) => (lane === lanes - 1 ? y : x))),
    ]),
  );
}

/**
 * Every run of 2, 4, 8 ... lanes, at a multiple of its length, at the least or the greatest product, the other lanes at zero
 * or at the opposite limit: what sums of some of the lanes must hold.
 */
function runs(aType: NumericType, wType: NumericType, lanes: number): LaneCodes[] {
  const byProduct = [...corners(aType, wType)].sort((x, y) => (x.product < y.product ? -1 : 1));
  const [least, greatest] = [byProduct[0], byProduct.at(-1)].map((corner) => (corner as { pair: Pair }).pair) as [
    Pair,
    Pair,
  ];
  const zero: Pair = [zeroOf(aType), zeroOf(wType)];
  const lengths = Array.from({ length: Math.ceil(Math.log2(lanes)) }, (_, i) => 2 ** i).slice(1);
  return lengths.flatMap((length) =>
    Array.from({ length: Math.ceil(lanes / length) }, (_, run) => run).flatMap((run) =>
      [
        [least, zero],
        [least, greatest],
        [greatest, zero],
        [greatest, least],
      ].map(([inside, outside]) =>
        codesOf(
          Array.from({ length: lanes }, (_, lane) => (Math.floor(lane / length) === run ? inside : outside) as Pair),
        ),
      ),
    ),
  );
}

function zeroOf(type: NumericType): number {
  return codeValues(type).indexOf(0n);
}
