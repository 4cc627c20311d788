import type { Problem } from '../base/errors.js';
import { memoised } from '../base/memo.js';
import type { Configuration } from '../config/parameters.js';
import { levels } from '../numerics/codec.js';
import { halfTypes } from '../numerics/types/int.js';
import type { NumericType } from '../numerics/types/numeric-type.js';
import type { SumFacts } from './arch/facts.js';
import { bitsFor } from './operand.js';
import { operandTypes, type PortTypes } from './port.js';

/** The least and the greatest of something, both included. */
export interface Interval {
  readonly least: bigint;
  readonly greatest: bigint;
}

/** What the width of accumulators depends on besides the types. */
export interface SumRequest {
  readonly config: Configuration;
  readonly sums: SumFacts;
  /** What comes on top of every product on its way from row to row (see `DesignCore.productBias`). */
  readonly productBias: bigint;
}

/** The sums of activations that each sum as many products. */
export interface SumCase {
  /** Whether these are 8-bit activations where weights stay, which take two rows of PEs each; else all others. */
  readonly pairsOfRows: boolean;
  readonly product: Interval;
  /** Products in the longest sum. */
  readonly terms: number;
  readonly sum: Interval;
}

/** The proof that the accumulators hold every sum, and what each type contributes to their width. */
export interface AccumulatorProof {
  readonly bits: number;
  /** Bits the bound asks for; `bits` may be more, or less where wrapping was asked for. */
  readonly boundBits: number;
  readonly wraps: boolean;
  /** All products of an activation and a weight, over all pairs of types. */
  readonly product: Interval;
  /** Products in the longest sum: maxK, or the rows of a weight-stationary array. */
  readonly terms: number;
  /** All sums, those of every case. */
  readonly sum: Interval;
  /** What the sums consist of: one case, or two where weights stay and activations of both kinds come. */
  readonly cases: readonly SumCase[];
  /** The longest reduction that `bits` holds for certain; 0 if not even one product is certain to fit. */
  readonly provenK: number;
  /**
   * Widths of the partial sums of a column of PEs from the top, where weights stay; else none. No wider than the results;
   * the last row has exactly their width.
   */
  readonly partialSumBits: readonly number[];
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

const rangeOfType = memoised((type: NumericType) => interval(levels(type).map(({ value }) => value)));

export function rangeOf(types: readonly NumericType[]): Interval {
  return interval(types.map(rangeOfType).flatMap(({ least, greatest }) => [least, greatest]));
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

/** All sums of results: of every activation type as many products as it can have. */
function resultRange(request: SumRequest, a: readonly NumericType[], w: readonly NumericType[]): Interval {
  return interval(sumCases(request, a, w).flatMap(({ sum }) => [sum.least, sum.greatest]));
}

/** Activation types by the number of products they sum. Where weights stay, a wide activation takes two rows. */
function sumCases({ config, sums }: SumRequest, a: readonly NumericType[], w: readonly NumericType[]): SumCase[] {
  const takesPairs = ({ name }: NumericType): boolean =>
    sums.passRows && config.wideActivations.some((wide) => wide === name);
  return [false, true].flatMap((pairsOfRows) => {
    const types = a.filter((type) => takesPairs(type) === pairsOfRows);
    if (types.length === 0) return [];
    const product = productRange(types, w);
    const terms = pairsOfRows ? Math.floor(sums.terms / 2) : sums.terms;
    return [{ pairsOfRows, product, terms, sum: sumRange(product, terms) }];
  });
}

/**
 * Widths of the partial sums of a column, from the top: each with the bias of its products, which makes it positive. Rows are
 * placed bottom up, so of the two rows of a wide activation the upper one has the high half.
 */
function partialSumBits({ config, productBias }: SumRequest, a: PortTypes, w: PortTypes, bits: number): number[] {
  const { rows, lanes } = config;
  const weights = operandTypes(w.types, w.wideTypes);
  const greatest = (row: number): bigint => {
    const wide = a.wideTypes.map((type) => {
      const { low, high } = halfTypes(type);
      const [x, y] = [
        sumRange(productRange([high], weights), Math.ceil(row / 2) * lanes),
        sumRange(productRange([low], weights), Math.floor(row / 2) * lanes),
      ];
      return x.greatest + y.greatest;
    });
    const plain = sumRange(productRange(a.types, weights), row * lanes).greatest;
    return interval([plain, ...wide]).greatest + BigInt(row * lanes) * productBias;
  };
  return Array.from({ length: rows }, (_, p) =>
    p === rows - 1 ? bits : Math.min(Math.max(bitsFor(greatest(p + 1)), 1), bits),
  );
}

const WIDEST = 64;

/** The accumulators of a configuration, or what is wrong with the width it asks for. */
export function proveAccumulator(request: SumRequest, aPort: PortTypes, wPort: PortTypes): AccumulatorProof | Problem {
  const a = [...aPort.types, ...aPort.wideTypes];
  const w = [...wPort.types, ...wPort.wideTypes];
  const product = productRange(a, w);
  const { config, sums } = request;
  const { terms } = sums;
  const sum = resultRange(request, a, w);
  const bound = signedBits(sum);
  const bits = config.accumulatorBits === 'auto' ? bound : config.accumulatorBits;
  const wraps = bits < bound;
  if (config.accumulatorBits === 'auto' && bound > WIDEST) return tooWide(request, bound, a, w);
  if (wraps && config.overflow === 'exact') {
    return {
      key: 'accumulatorBits',
      given: String(bits),
      rule:
        `${terms} products of up to ${reach(product)} ` +
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
    terms,
    sum,
    cases: sumCases(request, a, w),
    provenK: provenK(product, bits),
    partialSumBits: sums.passRows ? partialSumBits(request, aPort, wPort, bits) : [],
    contributions: contributions(request, a, w),
  };
}

function tooWide(request: SumRequest, bound: number, a: readonly NumericType[], w: readonly NumericType[]): Problem {
  const { config } = request;
  const worst = contributions(request, a, w).reduce((x, y) => (reach(y.range) > reach(x.range) ? y : x));
  return {
    key: worst.port === 'a' ? 'activations' : 'weights',
    given: (worst.port === 'a' ? config.activations : config.weights).join(','),
    rule: `${config.block === 'none' ? 'accumulators' : 'sums of a block'} would need ${bound} bits and may have ${WIDEST}: leave out ${worst.type}, whose values reach ${reach(worst.range)}`,
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

function contributions(request: SumRequest, a: readonly NumericType[], w: readonly NumericType[]): TypeContribution[] {
  const boundBits = (x: readonly NumericType[], y: readonly NumericType[]) => signedBits(resultRange(request, x, y));
  const whole = boundBits(a, w);
  const bits = (port: 'a' | 'w', types: readonly NumericType[]): number =>
    port === 'a' ? boundBits(types, w) : boundBits(a, types);
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
