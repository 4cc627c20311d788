import { levels } from '../codec.js';
import type { Configuration } from '../config/parameters.js';
import type { Problem } from '../errors.js';
import type { NumericType } from '../types/numeric-type.js';

/** The least and the greatest of something, both included. */
export interface Interval {
  readonly least: bigint;
  readonly greatest: bigint;
}

/** The proof that the accumulators hold every sum, and what each type contributes to their width. */
export interface AccumulatorProof {
  readonly bits: number;
  /** Bits the bound asks for; `bits` may be more, or less where wrapping was asked for. */
  readonly boundBits: number;
  readonly wraps: boolean;
  /** All products of an activation and a weight, over all pairs of types. */
  readonly product: Interval;
  /** All sums of maxK products. */
  readonly sum: Interval;
  /** The longest reduction that `bits` holds for certain; 0 if not even one product is certain to fit. */
  readonly provenK: number;
  readonly contributions: readonly TypeContribution[];
}

/** The cost of a type on a port in accumulator bits. */
export interface TypeContribution {
  readonly port: 'a' | 'w';
  readonly type: string;
  readonly range: Interval;
  /** Width of the accumulators if the port had this type alone. */
  readonly bitsAlone: number;
  /** Bits saved by leaving this type off the port. */
  readonly bitsSaved: number;
}

/** Width of a two's complement number that holds every value of an interval. */
export function signedBits({ least, greatest }: Interval): number {
  const magnitude = greatest > -least - 1n ? greatest : -least - 1n;
  return magnitude <= 0n ? 1 : magnitude.toString(2).length + 1;
}

export function rangeOf(types: readonly NumericType[]): Interval {
  const values = types.flatMap((type) => levels(type).map((level) => level.value));
  return interval(values);
}

function interval(values: readonly bigint[]): Interval {
  return {
    least: values.reduce((x, y) => (y < x ? y : x)),
    greatest: values.reduce((x, y) => (y > x ? y : x)),
  };
}

export function productRange(a: readonly NumericType[], w: readonly NumericType[]): Interval {
  const [x, y] = [rangeOf(a), rangeOf(w)];
  return interval([x.least * y.least, x.least * y.greatest, x.greatest * y.least, x.greatest * y.greatest]);
}

/** The range of sums of up to `terms` values of an interval. */
export function sumRange(product: Interval, terms: number): Interval {
  const count = BigInt(terms);
  return {
    least: product.least < 0n ? product.least * count : 0n,
    greatest: product.greatest > 0n ? product.greatest * count : 0n,
  };
}

function boundBits(a: readonly NumericType[], w: readonly NumericType[], maxK: number): number {
  return signedBits(sumRange(productRange(a, w), maxK));
}

const WIDEST = 64;

/** The accumulators of a configuration, or what is wrong with the width it asks for. */
export function proveAccumulator(
  config: Configuration,
  a: readonly NumericType[],
  w: readonly NumericType[],
): AccumulatorProof | Problem {
  const product = productRange(a, w);
  const sum = sumRange(product, config.maxK);
  const bound = signedBits(sum);
  const bits = config.accumulatorBits === 'auto' ? bound : config.accumulatorBits;
  const wraps = bits < bound;
  if (config.accumulatorBits === 'auto' && bound > WIDEST) return tooWide(config, bound, a, w);
  if (wraps && config.overflow === 'exact') {
    return {
      key: 'accumulatorBits',
      given: String(bits),
      rule:
        `${config.maxK} products of up to ${reach(product)} ` +
        `reach ${sum.least} to ${sum.greatest}, which takes ${bound} bits (overflow: wrap allows fewer)`,
      nearest: String(bound),
    };
  }
  if (bits < signedBits(product)) {
    return {
      key: 'accumulatorBits',
      given: String(bits),
      rule: `a single product takes ${signedBits(product)} bits, and the accumulators must hold at least that`,
      nearest: String(signedBits(product)),
    };
  }
  return {
    bits,
    boundBits: bound,
    wraps,
    product,
    sum,
    provenK: provenK(product, bits),
    contributions: contributions(config, a, w),
  };
}

function tooWide(config: Configuration, bound: number, a: readonly NumericType[], w: readonly NumericType[]): Problem {
  const worst = contributions(config, a, w).reduce((x, y) => (reach(y.range) > reach(x.range) ? y : x));
  return {
    key: worst.port === 'a' ? 'activations' : 'weights',
    given: (worst.port === 'a' ? config.activations : config.weights).join(','),
    rule: `accumulators would need ${bound} bits and may have ${WIDEST}: leave out ${worst.type}, whose values reach ${reach(worst.range)}`,
  };
}

const reach = ({ least, greatest }: Interval): bigint => (-least > greatest ? -least : greatest);

function provenK(product: Interval, bits: number): number {
  const half = 1n << BigInt(bits - 1);
  const limits = [
    product.greatest > 0n ? (half - 1n) / product.greatest : undefined,
    product.least < 0n ? half / -product.least : undefined,
  ].filter((limit) => limit !== undefined);
  const least = limits.reduce((x, y) => (y < x ? y : x), 1n << 53n);
  return Number(least < 1n << 53n ? least : (1n << 53n) - 1n);
}

function contributions(
  config: Configuration,
  a: readonly NumericType[],
  w: readonly NumericType[],
): TypeContribution[] {
  const whole = boundBits(a, w, config.maxK);
  const bits = (port: 'a' | 'w', types: readonly NumericType[]): number =>
    port === 'a' ? boundBits(types, w, config.maxK) : boundBits(a, types, config.maxK);
  return (['a', 'w'] as const).flatMap((port) =>
    (port === 'a' ? a : w).map((type, _, all) => {
      const others = all.filter((other) => other !== type);
      return {
        port,
        type: type.name,
        range: rangeOf([type]),
        bitsAlone: bits(port, [type]),
        bitsSaved: others.length === 0 ? 0 : whole - bits(port, others),
      };
    }),
  );
}
