import { accumulate, codeNumber } from '../../../gen/golden/float.js';
import type { RandomSource } from '../../../gen/golden/vectors.js';
import { binary32Bits, binary32Value } from '../../../gen/numerics/binary32.js';
import { numericType } from '../../../gen/numerics/types/table.js';
import {
  type Accumulate,
  BusModel,
  MOST_PAIRS,
  MOST_PRODUCTS,
  type PairCodes,
  type PeInfo,
  type PeVectors,
  Recorder,
} from './pe-vectors.js';

/** Accumulators that each pair of codes meets, at most. */
const MOST_ROUNDS = 24;

/** Steps of a stream of sums of random length, at least. */
const STREAM_STEPS = 60_000;

/** Pairs of codes that meet chosen accumulators, in a round, at most. */
const MOST_TARGETS = 150_000;

/** Products that a wanted accumulator is built of, at most. */
const MOST_BUILT = 8;

/** Sums where the least products are rounded: an odd number is half a unit in the last place, or a quarter. */
const HIGH = [2 ** 24.6, 2 ** 25.6] as const;

/** Products of the longest climb to where sums are rounded. */
const LONGEST_CLIMB = 8192;

/**
 * Vectors for a floating-point PE: all pairs of codes of all pairs of types (a seeded sample beyond `most` pairs), each with
 * accumulators chosen for its product: ties, cancellations, carries, both ends of the range, specials, any bits. Products
 * and accumulators are bits of binary32 numbers; NaN is always the canonical one, as the hardware makes no other.
 */
export function floatPeVectors(info: PeInfo, random: RandomSource, most = MOST_PAIRS): PeVectors {
  const { pipeline } = info.configuration;
  const signed = (['a', 'w'] as const).some((port) => info.ports[port].operand.signBits > 0);
  const { pairs, exhaustive } = choosePairs(info, random, most);
  const add: Accumulate = (sum, product) => accumulate(sum, binary32Value(product));
  const recorder = new Recorder(new BusModel(pipeline, add), pairs, random);
  const rounds = Math.min(Math.max(Math.floor(MOST_PRODUCTS / pairs.length), 2), MOST_ROUNDS);
  const stream = { recorder, pairs, pipeline, random };
  driveStream(stream);
  driveTargets(stream, signed, Math.ceil(rounds / MOST_BUILT));
  driveHigh(stream);
  return { ...recorder.vectors(), pairs: pairs.length, exhaustive, levels: CLASSES };
}

/** One accumulator of every class, zeros and specials included. */
const CLASSES: readonly bigint[] = [
  0x00000000, 0x80000000, 0x00000001, 0x807fffff, 0x00800000, 0x80800000, 0x7f7fffff, 0xff7fffff, 0x7f800000,
  0xff800000, 0x7fc00000, 0x3f800000, 0xbf800000, 0x4b7fffff, 0xcb800000, 0x4b800001,
].map((bits) => BigInt.asIntN(32, BigInt(bits)));

/** Ways to choose an accumulator for a product. */
const KINDS = ['tie', 'tieBelow', 'carry', 'cancel', 'near', 'offTie', 'class', 'any'] as const;

/** Bits of an accumulator that puts a product to the test. Unsigned PEs never hold a negative one. */
function accumulatorFor(product: bigint, index: number, signed: boolean, random: RandomSource): bigint {
  const bits = chooseAccumulator(binary32Value(product), index, random);
  return canonical(signed ? bits : bits & 0x7fffffffn);
}

function chooseAccumulator(product: number, index: number, random: RandomSource): bigint {
  const kind = KINDS[index % KINDS.length] as (typeof KINDS)[number];
  const anyClass = CLASSES[random.below(CLASSES.length)] as bigint;
  if (kind === 'class') return anyClass;
  if (kind === 'any') return BigInt(random.bits32());
  if (product === 0 || !Number.isFinite(product)) return random.below(2) === 0 ? anyClass : BigInt(random.bits32());
  const bits = BigInt.asUintN(31, binary32Bits(product));
  const exponent = Number(bits >> 23n);
  const lowest = lowestPlace(bits, exponent);
  const sign = random.below(2);
  const fraction = random.below(2 ** 23);
  switch (kind) {
    case 'tie':
      // The product's lowest one is half a unit in the last place of the accumulator.
      return pack(sign, lowest + 24, fraction);
    case 'carry':
      // The same, and a sum of all ones that rounding carries through.
      return pack(sign, lowest + 24 - random.below(2), 0x7fffff ^ (random.below(2) << random.below(4)));
    case 'tieBelow': {
      // The accumulator's lowest one is half a unit in the last place of the product, or a place beside it.
      const below = random.below(24);
      return pack(
        sign,
        exponent - 24 + below + random.below(3) - 1,
        (fraction | (1 << (23 - below))) & -(1 << (23 - below)),
      );
    }
    case 'offTie': {
      // Half a unit in the last place of the product, and a single one anywhere below.
      const below = random.below(22);
      const half = 1 << (23 - below);
      return pack(sign, exponent - 24 + below, (fraction & -half) | half | (1 << random.below(23 - below)));
    }
    case 'cancel':
      // The product's opposite, or a few units in the last place away.
      return (bits + BigInt(random.below(2) * (random.below(7) - 3))) | (product > 0 ? 0x80000000n : 0n);
    default: {
      const zeros = random.below(24);
      const pattern = random.below(2) === 0 ? fraction & -(2 ** zeros) : fraction | (2 ** zeros - 1);
      return pack(sign, exponent + random.below(61) - 30, pattern);
    }
  }
}

/** The biased exponent of the lowest one of a normal number. */
function lowestPlace(bits: bigint, exponent: number): number {
  const significand = Number((bits & 0x7fffffn) | 0x800000n);
  return exponent - 23 + Math.log2(significand & -significand);
}

function pack(sign: number, exponent: number, fraction: number): bigint {
  const legal = Math.min(Math.max(exponent, 0), 254);
  return (BigInt(sign) << 31n) | (BigInt(legal) << 23n) | BigInt(fraction & 0x7fffff);
}

/** The signed encoding of 32 bits, every NaN the canonical one. */
function canonical(bits: bigint): bigint {
  return binary32Bits(binary32Value(bits));
}

/** A code of a port with its value. */
interface Operand {
  readonly type: number;
  readonly codes: readonly number[];
  readonly value: number;
}

/** All pairs of codes, or, where they are too many, a random sample and the corners. */
function choosePairs(
  { ports }: PeInfo,
  random: RandomSource,
  most: number,
): { pairs: PairCodes[]; exhaustive: boolean } {
  const codes = (port: 'a' | 'w'): Operand[] =>
    ports[port].types.map(numericType).flatMap((type, index) =>
      Array.from({ length: 2 ** type.bits }, (_, code) => ({
        type: index,
        codes: [code],
        value: codeNumber(type, code),
      })),
    );
  const pair = (a: Operand, w: Operand): PairCodes => ({
    a,
    w,
    product: binary32Bits(a.value * w.value),
  });
  const every = (activations: Operand[], weights: Operand[]): PairCodes[] =>
    activations.flatMap((a) => weights.map((w) => pair(a, w)));
  const [activations, weights] = [codes('a'), codes('w')];
  if (activations.length * weights.length <= most) return { pairs: every(activations, weights), exhaustive: true };
  const any = (operands: Operand[]): Operand => operands[random.below(operands.length)] as Operand;
  const sample = Array.from({ length: most }, () => pair(any(activations), any(weights)));
  return { pairs: [...every(corners(activations), corners(weights)), ...sample], exhaustive: false };
}

/** The operands of least, greatest and zero value, NaN and infinities. */
function corners(operands: readonly Operand[]): Operand[] {
  const finite = operands.filter(({ value }) => Number.isFinite(value));
  const least = finite.reduce((x, y) => (y.value < x.value ? y : x));
  const greatest = finite.reduce((x, y) => (y.value > x.value ? y : x));
  const first = (test: (value: number) => boolean) => operands.filter(({ value }) => test(value)).slice(0, 1);
  return [
    least,
    greatest,
    ...first((value) => value === 0),
    ...first(Number.isNaN),
    ...first((value) => value === Number.POSITIVE_INFINITY),
    ...first((value) => value === Number.NEGATIVE_INFINITY),
  ];
}

/** A stream of products into a PE that begins a new sum on a swap. */
interface FloatStream {
  readonly recorder: Recorder<PairCodes>;
  readonly pairs: readonly PairCodes[];
  readonly pipeline: number;
  readonly random: RandomSource;
}

const magnitude = ({ product }: PairCodes): number => Math.abs(binary32Value(product));

/** An arbitrary value on the bus below, which must have no effect on this PE's sum. */
const fromBelow = (random: RandomSource) => ({ accIn: canonical(BigInt(random.bits32())) });

/**
 * Sums of random length, a third of them with the largest products of one sign in between, half of these with the very
 * largest alone, which may overflow. Every pair of codes comes at least once.
 */
function driveStream({ recorder, pairs, pipeline, random }: FloatStream): void {
  const zero = pairs.find(({ product }) => binary32Value(product) === 0) as PairCodes;
  const finite = pairs.filter((pair) => Number.isFinite(magnitude(pair)));
  const largest = [...finite].sort((x, y) => magnitude(y) - magnitude(x)).slice(0, Math.ceil(finite.length / 8));
  const bySign = [1, -1]
    .map((sign) => largest.filter(({ product }) => binary32Value(product) * sign > 0))
    .filter((some) => some.length > 0);
  const offer = (pair: PairCodes, swap = false) => recorder.step(pair, { ...fromBelow(random), swap });
  for (let i = 0; i < pipeline + 1; i++) recorder.step(zero, { swap: true, check: false });
  recorder.step(zero, { check: false });
  const steps = Math.max(pairs.length, STREAM_STEPS);
  for (let next = 0; next < steps; ) {
    const length = 1 + random.below(2 ** random.below(9));
    const large = random.below(3) === 0 ? (bySign[random.below(bySign.length)] ?? []) : [];
    const among = random.below(2) === 0 ? large.length : Math.min(large.length, 1);
    for (let i = 0; i < length; i++, next++) {
      offer(pairs[next % pairs.length] as PairCodes);
      if (among > 0) for (let n = random.below(16); n > 0; n--) offer(large[random.below(among)] as PairCodes);
    }
    offer(random.below(2) === 0 ? zero : recorder.anyPair(), true);
  }
}

/**
 * Every pair of codes on accumulators chosen for its product, as near as a few products add up to: the nearest product to
 * what is missing, again and again.
 */
function driveTargets({ recorder, pairs, pipeline, random }: FloatStream, signed: boolean, rounds: number): void {
  const sorted = pairs
    .map((pair) => ({ pair, value: binary32Value(pair.product) }))
    .filter(({ value }) => Number.isFinite(value) && value !== 0)
    .sort((x, y) => x.value - y.value);
  const special = pairs.filter((pair) => !Number.isFinite(magnitude(pair)));
  const nearest = (value: number) => {
    let [low, high] = [0, sorted.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle] as { value: number }).value < value) low = middle + 1;
      else high = middle;
    }
    const [below, above] = [sorted[Math.max(low - 1, 0)], sorted[low]] as [SortedPair, SortedPair];
    return value - below.value < above.value - value ? below : above;
  };
  const build = (target: number): PairCodes[] => {
    if (!Number.isFinite(target)) return special.length > 0 ? [special[random.below(special.length)] as PairCodes] : [];
    const built: PairCodes[] = [];
    let missing = target;
    while (sorted.length > 0 && built.length < MOST_BUILT && missing !== 0) {
      const { pair, value } = nearest(missing);
      if (Math.abs(missing - value) >= Math.abs(missing)) break;
      built.push(pair);
      missing -= value;
    }
    return built;
  };
  // The swap goes with the first product: it takes effect when that arrives.
  const swaps: boolean[] = new Array<boolean>(pipeline - 1).fill(false);
  const offer = (pair: PairCodes, begins: boolean) => {
    swaps.push(begins);
    recorder.step(pair, { ...fromBelow(random), swap: swaps.shift() as boolean });
  };
  for (let round = 0; round < rounds; round++) {
    someOf(pairs, round).forEach((pair, i) => {
      const target = binary32Value(accumulatorFor(pair.product, round * 3 + i, signed, random));
      [...build(target), pair].forEach((one, n) => {
        offer(one, n === 0);
      });
    });
  }
}

/** Every so many of the pairs, from one or another on, where they are too many. */
function someOf(pairs: readonly PairCodes[], from: number): readonly PairCodes[] {
  const each = Math.ceil(pairs.length / MOST_TARGETS);
  return each === 1 ? pairs : pairs.filter((_, i) => i % each === from % each);
}

/** A product with its value. */
interface SortedPair {
  readonly pair: PairCodes;
  readonly value: number;
}

/**
 * Pairs of codes on sums of 2^24 and more, where the least products are rounded, as far as a long climb reaches: upwards, and
 * downwards where products are negative. Sums stay there by products that bring them back. Larger products are left out.
 */
function driveHigh({ recorder, pairs, random }: FloatStream): void {
  const value = ({ product }: PairCodes): number => binary32Value(product);
  const finite = pairs.filter((pair) => Number.isFinite(value(pair)));
  const zero = finite.find((pair) => value(pair) === 0) as PairCodes;
  const climbing = finite.filter((pair) => Math.abs(value(pair)) <= HIGH[0] / 4);
  const [lowest, highest] = climbing.reduce<[PairCodes, PairCodes]>(
    ([least, most], pair) => [value(pair) < value(least) ? pair : least, value(pair) > value(most) ? pair : most],
    [zero, zero],
  );
  const offer = (pair: PairCodes, swap = false) => recorder.step(pair, { ...fromBelow(random), swap });
  for (const level of [...HIGH, ...HIGH.map((one) => -one)]) {
    const stride = level > 0 ? highest : lowest;
    if (value(stride) === 0 || level / value(stride) > LONGEST_CLIMB) continue;
    let sum = 0;
    const add = (pair: PairCodes) => {
      offer(pair);
      sum = Math.fround(sum + value(pair));
    };
    offer(zero, true);
    for (const pair of someOf(climbing, level > 0 ? 0 : 1)) {
      while (level > 0 ? sum < level : sum > level) add(stride);
      add(pair);
    }
  }
}
