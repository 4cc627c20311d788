import { accumulate, codeNumber } from '../../../gen/golden/float.js';
import type { RandomSource } from '../../../gen/golden/vectors.js';
import { binary32Bits, binary32Value } from '../../../gen/numerics/binary32.js';
import { numericType } from '../../../gen/numerics/types/table.js';
import {
  driveSingle,
  MOST_PAIRS,
  MOST_PRODUCTS,
  OutputStationaryModel,
  type PairCodes,
  type PeInfo,
  type PeVectors,
  Recorder,
} from './pe-vectors.js';

/** Accumulators that each pair of codes meets, at most. */
const MOST_ROUNDS = 24;

/** Steps of a double-drain stream, at least. */
const STREAM_STEPS = 60_000;

/**
 * Vectors for a floating-point PE: all pairs of codes of all pairs of types (a seeded sample beyond `most` pairs), each with
 * accumulators chosen for its product: ties, cancellations, carries, both ends of the range, specials, any bits. Products
 * and accumulators are bits of binary32 numbers; NaN is always the canonical one, as the hardware makes no other.
 */
export function floatPeVectors(info: PeInfo, random: RandomSource, most = MOST_PAIRS): PeVectors {
  const { drain, pipeline } = info.configuration;
  const signed = (['a', 'w'] as const).some((port) => info.ports[port].operand.signBits > 0);
  const { pairs, exhaustive } = choosePairs(info, random, most);
  const model = new OutputStationaryModel(drain === 'double', pipeline, (sum, product) =>
    accumulate(sum, binary32Value(product)),
  );
  const recorder = new Recorder(model, pairs, random);
  const rounds = Math.min(Math.max(Math.floor(MOST_PRODUCTS / pairs.length), 2), MOST_ROUNDS);
  if (drain === 'double') driveStream(recorder, pairs, pipeline, random);
  else {
    const work = Array.from({ length: rounds }, (_, round) =>
      pairs.map((pair, i) => ({ level: accumulatorFor(pair.product, round + i, signed, random), pair })),
    );
    driveSingle(recorder, work.flat(), pipeline, random);
  }
  return { ...recorder.vectors(), pairs: pairs.length, exhaustive, levels: CLASSES };
}

/** One accumulator of every class, zeros and specials included. */
const CLASSES: readonly bigint[] = [
  0x00000000, 0x80000000, 0x00000001, 0x807fffff, 0x00800000, 0x80800000, 0x7f7fffff, 0xff7fffff, 0x7f800000,
  0xff800000, 0x7fc00000, 0x3f800000, 0xbf800000, 0x4b7fffff, 0xcb800000, 0x4b800001,
].map((bits) => BigInt.asIntN(32, BigInt(bits)));

/** Ways to choose an accumulator for a product. */
const KINDS = ['tie', 'tieBelow', 'carry', 'cancel', 'near', 'near', 'class', 'any'] as const;

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
  readonly code: number;
  readonly value: number;
}

/** All pairs of codes, or, where they are too many, a random sample and the corners. */
function choosePairs(
  { ports }: PeInfo,
  random: RandomSource,
  most: number,
): { pairs: PairCodes[]; exhaustive: boolean } {
  const codes = (port: 'a' | 'w'): Operand[] =>
    ports[port].types
      .map(numericType)
      .flatMap((type, index) =>
        Array.from({ length: 2 ** type.bits }, (_, code) => ({ type: index, code, value: codeNumber(type, code) })),
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

/**
 * A stream of products into a PE with a shadow set: sums of random length, a third of them of the largest products only, each
 * handed to the shadow, while the drain path shifts arbitrary values through it. Every pair of codes comes at least once.
 */
function driveStream(
  recorder: Recorder<PairCodes>,
  pairs: readonly PairCodes[],
  pipeline: number,
  random: RandomSource,
): void {
  const zero = pairs.find(({ product }) => binary32Value(product) === 0) as PairCodes;
  const magnitude = ({ product }: PairCodes): number => Math.abs(binary32Value(product));
  const finite = pairs.filter((pair) => Number.isFinite(magnitude(pair)));
  const large = [...finite].sort((x, y) => magnitude(y) - magnitude(x)).slice(0, Math.ceil(finite.length / 8));
  const drainAtRandom = () => ({ drain: random.below(3) === 0, accIn: canonical(BigInt(random.bits32())) });
  const offer = (pair: PairCodes, swap = false) => recorder.step(pair, { ...drainAtRandom(), swap });
  for (let i = 0; i < pipeline + 1; i++) recorder.step(zero, { swap: true, check: false });
  recorder.step(zero, { check: false });
  const steps = Math.max(pairs.length, STREAM_STEPS);
  for (let next = 0; next < steps; ) {
    const length = 1 + random.below(2 ** random.below(9));
    const climb = random.below(3) === 0;
    for (let i = 0; i < length; i++, next++) {
      offer(pairs[next % pairs.length] as PairCodes);
      if (climb) for (let n = random.below(16); n > 0; n--) offer(large[random.below(large.length)] as PairCodes);
    }
    offer(random.below(2) === 0 ? zero : recorder.anyPair(), true);
  }
}
