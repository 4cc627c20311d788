import { ConfigurationError, type Problem } from '../../base/errors.js';
import type { Configuration } from '../../config/parameters.js';
import { ruleProblems } from '../../config/rules.js';
import type { NumericType } from '../../numerics/types/numeric-type.js';
import { numericType } from '../../numerics/types/table.js';
import { type AccumulatorProof, productRange, sumRange } from '../accumulator.js';
import { factsOf, timingOf } from '../arch/table.js';
import type { DesignCore } from '../design-core.js';
import { bitsFor, largest, type OperandCandidate } from '../operand.js';
import { operandPort } from '../port.js';
import type { FloatFormat } from './format.js';
import { NORMALISED, normalFields } from './operand.js';

/** Bits of a binary32 number. */
export const ACCUMULATOR_BITS = 32;

/** Bits of a binary32 significand, the leading one included. */
export const SIGNIFICAND_BITS = 24;

/**
 * Products below 2^103 change no finite number to infinity: the half unit in the last place of the largest one is 2^103.
 * The same distance lets the adder leave an infinite or NaN accumulator as it is without a look at it.
 */
const OVERFLOW_FROM = 2n ** 103n;

/** The first power of two beyond binary32. */
const BINARY32_LIMIT = 2n ** 128n;

/** A tile of any length: accumulators of binary32 promise no exact sum, so no length is the longest. */
const ANY_LENGTH = Number.MAX_SAFE_INTEGER;

/**
 * The widths and cycle counts of a configuration with floating-point PEs.
 *
 * @throws ConfigurationError for products beyond binary32, another accumulator width, stages without logic.
 */
export function elaborateFloatCore(config: Configuration): DesignCore {
  const aTypes = config.activations.map(numericType);
  const wTypes = config.weights.map(numericType);
  const float = floatFormat(aTypes, wTypes);
  const problems = [
    ...ruleProblems(config),
    ...productProblems(config, aTypes, wTypes),
    ...accumulatorProblems(config),
    ...stageProblems(config, float),
  ];
  if (problems.length > 0) throw new ConfigurationError(problems);
  const format: OperandCandidate = {
    encoding: NORMALISED,
    a: float.a,
    w: float.w,
    productBits: float.productBits,
    shiftBits: bitsFor(float.a.maxExponent + float.w.maxExponent),
    productBitsBySum: [],
    estimate: 0,
  };
  const largestProduct = largest(aTypes) * largest(wTypes);
  return {
    config,
    facts: factsOf(config),
    a: operandPort('a', { types: aTypes, wideTypes: [] }, config.rows, format),
    w: operandPort('w', { types: wTypes, wideTypes: [] }, config.cols, format),
    format,
    candidates: [],
    accumulator: binary32Accumulator(config, aTypes, wTypes),
    largestProduct,
    magnitudeBits: bitsFor(largestProduct),
    productBias: 0n,
    lateFrom: undefined,
    timing: timingOf(config),
    float,
  };
}

function floatFormat(aTypes: readonly NumericType[], wTypes: readonly NumericType[]): FloatFormat {
  const [a, w] = [normalFields(aTypes), normalFields(wTypes)];
  const normalises = a.fractionBits > 0 && w.fractionBits > 0;
  const hasInfinity = a.hasInfinity || w.hasInfinity;
  return {
    a,
    w,
    productBits: a.fractionBits + w.fractionBits + (normalises ? 2 : 1),
    normalises,
    signed: a.signBits + w.signBits > 0,
    hasNan: a.hasNan || w.hasNan,
    hasInfinity,
    mayOverflow: largest(aTypes) * largest(wTypes) >= OVERFLOW_FROM,
  };
}

/** Every product must be a number of binary32: at most 2^128, and of at most 24 bits, which types of 8 bits cannot exceed. */
function productProblems(
  config: Configuration,
  aTypes: readonly NumericType[],
  wTypes: readonly NumericType[],
): Problem[] {
  const product = largest(aTypes) * largest(wTypes);
  if (product < BINARY32_LIMIT) return [];
  const [a, w] = [largest(aTypes), largest(wTypes)];
  const [key, types, reach] = a >= w ? (['activations', aTypes, a] as const) : (['weights', wTypes, w] as const);
  const worst = types.find((type) => largest([type]) === reach) as NumericType;
  const rest = config[key].filter((name) => name !== worst.name);
  return [
    {
      key,
      given: config[key].join(','),
      rule: `products reach 2^${bitsFor(product) - 1}, and binary32 numbers stay below 2^128: leave out ${worst.name}, whose values reach ${reach}`,
      ...(rest.length > 0 ? { nearest: rest.join(',') } : {}),
    },
  ];
}

function accumulatorProblems({ accumulatorBits }: Configuration): Problem[] {
  if (accumulatorBits === 'auto' || accumulatorBits === ACCUMULATOR_BITS) return [];
  const rule = 'accumulators of the floating-point PE (pe: float) are binary32: must be auto or 32';
  return [{ key: 'accumulatorBits', given: String(accumulatorBits), rule, nearest: String(ACCUMULATOR_BITS) }];
}

/** Stages lie behind the operands, behind the multiplier and, where products are normalised, behind that. */
function stageProblems({ pipeline }: Configuration, { normalises }: FloatFormat): Problem[] {
  const most = normalises ? 3 : 2;
  if (pipeline <= most) return [];
  const why = normalises ? 'a floating-point PE' : 'products of these types need no normalisation, so a PE';
  return [
    { key: 'pipeline', given: String(pipeline), rule: `${why} has at most ${most} stages`, nearest: String(most) },
  ];
}

/** Accumulators of binary32, which hold sums of any length. */
export function binary32Accumulator(
  config: Configuration,
  aTypes: readonly NumericType[],
  wTypes: readonly NumericType[],
): AccumulatorProof {
  const product = productRange(aTypes, wTypes);
  const sum = sumRange(product, config.maxK);
  return {
    bits: ACCUMULATOR_BITS,
    boundBits: ACCUMULATOR_BITS,
    wraps: false,
    product,
    terms: config.maxK,
    sum,
    cases: [{ pairsOfRows: false, product, terms: config.maxK, sum }],
    provenK: ANY_LENGTH,
    partialSumBits: [],
    contributions: [],
  };
}

/** The longest reduction all of whose sums are exact: none exceeds 2^24. */
export function exactLength(largestProduct: bigint): bigint {
  return largestProduct === 0n ? 2n ** 24n : 2n ** BigInt(SIGNIFICAND_BITS) / largestProduct;
}
