import { z } from 'zod';
import { memoised } from '../../../gen/base/memo.js';
import { parametersOf } from '../../../gen/config/architectures.js';
import { PARAMETERS, type ParameterKey } from '../../../gen/config/parameters.js';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { clusterSides } from '../../../gen/config/size-rules.js';
import type { RandomSource } from '../../../gen/golden/vectors.js';
import { largestMagnitude } from '../../../gen/numerics/codec.js';
import { NUMERIC_TYPES, numericType } from '../../../gen/numerics/types/table.js';
import { productRange, signedBits } from '../../../gen/rtl/accumulator.js';

/** The values of a parameter that tests draw from. */
export interface Domain {
  /**
   * Any value; undefined: the parameter is left out.
   *
   * @param drawn Values of the parameters before it, in the order of the parameter table.
   */
  draw(random: RandomSource, drawn: RawConfiguration): unknown;
  /** Few values that stand for all; none: the parameter is left out of pairs. */
  readonly representatives: readonly unknown[];
}

/** An integer parameter with no more values than this is drawn evenly and stands for itself in pairs. */
const FEW = 4;

/** Parameters that want other values than all of them evenly. */
const DOMAINS: Partial<Record<ParameterKey, Domain>> = {
  lanes: {
    // Half of the draws 1, some of the others more than there may be.
    draw: (random, drawn) =>
      random.below(2) === 0 ? 1 : 1 + random.below(Math.min(parametersOf(drawn).mostLanes + 1, 24)),
    representatives: [1, 5],
  },
  pipeline: {
    draw: (random) => (random.below(8) === 0 ? 4 + random.below(3) : 1 + random.below(3)),
    representatives: [1, 2, 3, 5],
  },
  block: {
    // Mostly whole beats.
    draw: (random, { lanes }) =>
      random.below(2) === 0
        ? 'none'
        : Math.max(Number(lanes) * (1 + random.below(5)) + (random.below(8) === 0 ? 1 : 0), 2),
    representatives: ['none', 10],
  },
  rows: { draw: drawSide, representatives: [1, 2, 4, 5] },
  cols: { draw: drawSide, representatives: [1, 3, 4] },
  clusterRows: { draw: (random, { rows }) => drawClusterSide(random, rows), representatives: [1, 2] },
  clusterCols: { draw: (random, { cols }) => drawClusterSide(random, cols), representatives: [1, 2] },
  activations: {
    draw: drawTypes,
    representatives: [
      ['int4', 'flint4', 'pot4', 'uint4', 'uflint4'],
      ['int8'],
      ['uflint2', 'uint3'],
      ['e2m1', 'flint6', 'upot3', 'int2'],
      ['e5m2', 'uint4'],
    ],
  },
  weights: {
    draw: drawTypes,
    representatives: [
      ['int4', 'flint4', 'pot4'],
      ['int8'],
      ['uint4'],
      ['flint3', 'e2m3', 'pot2', 'uint7', 'int5'],
      ['e4m3'],
    ],
  },
  busSegment: {
    draw: (random) => (random.below(2) === 0 ? 'auto' : 1 + random.below(6)),
    representatives: ['auto', 1, 2],
  },
  wideActivations: { draw: drawWide, representatives: [[], ['int8', 'uint8']] },
  wideWeights: { draw: drawWide, representatives: [[], ['int8']] },
  maxK: { draw: (random) => 1 + random.below(2 ** random.below(24)), representatives: [1, 100, 1024, 4096] },
  accumulatorBits: {
    draw: (random, drawn) =>
      random.below(4) > 0
        ? 'auto'
        : pick(random, [32, 2 + random.below(63), leastAccumulator(drawn) + random.below(4)]),
    representatives: ['auto', 20, 40],
  },
  // It only chooses others' defaults, and those are given.
  target: { draw: (random) => pick(random, ['asic', 'fpga']), representatives: [] },
  name: { draw: drawName, representatives: [] },
};

/**
 * The domain of a parameter: its own, or all values where the parameter table tells few.
 *
 * @throws Error for a parameter with many values that has no domain yet.
 */
export function domainOf(key: ParameterKey): Domain {
  const own = DOMAINS[key];
  if (own) return own;
  const values = fewValues(key);
  if (!values)
    throw new Error(`the parameter ${key} has many values: give it a domain in scripts/verify/fuzz/domains.ts`);
  return { draw: (random) => pick(random, values), representatives: values };
}

const fewValues = (key: ParameterKey): readonly unknown[] | undefined => fewValuesOf(PARAMETERS.shape[key]);

const fewValuesOf = memoised((parameter: z.ZodType): readonly unknown[] | undefined => {
  const schema = z.toJSONSchema(parameter);
  if (schema.enum) return schema.enum;
  if (schema.type === 'boolean') return [false, true];
  const { minimum, maximum } = schema;
  if (schema.type !== 'integer' || minimum === undefined || maximum === undefined) return undefined;
  return maximum - minimum < FEW ? Array.from({ length: maximum - minimum + 1 }, (_, i) => minimum + i) : undefined;
});

export function pick<T>(random: RandomSource, values: readonly T[]): T {
  return values[random.below(values.length)] as T;
}

/** 1 to 12: a quarter of the draws a single row or column, a quarter a prime. */
function drawSide(random: RandomSource): number {
  const kind = random.below(4);
  if (kind === 0) return 1;
  return kind === 1 ? pick(random, [2, 3, 5, 7, 11]) : 1 + random.below(12);
}

/** Half of the draws 1, else any divisor of a side of the array. */
function drawClusterSide(random: RandomSource, whole: unknown): number {
  return random.below(2) === 0 ? 1 : pick(random, clusterSides(Number(whole)));
}

const ALL_TYPES = [...NUMERIC_TYPES.values()];
const KINDS = [...new Set(ALL_TYPES.map((type) => type.kind))];
const REACHES = ALL_TYPES.map((type) => ({ type, most: largestMagnitude(type) }));

/** The least width that accumulators of the types drawn may have. */
function leastAccumulator({ activations, weights, wideActivations, wideWeights }: RawConfiguration): number {
  const types = (...lists: unknown[]) => lists.flatMap((list) => (list as string[]).map(numericType));
  const product = productRange(types(activations, wideActivations), types(weights, wideWeights));
  return Math.max(signedBits(product), 2);
}

/** Mostly none: both, in any order, or one. */
function drawWide(random: RandomSource): string[] {
  if (random.below(4) > 0) return [];
  return pick(random, [['int8'], ['uint8'], ['int8', 'uint8'], ['uint8', 'int8']]);
}

/**
 * One to six different types in any order, a third of the draws a single one. A bound on the values, drawn first, keeps
 * most products within 64 bits: without it, nearly every list would have a float or a power of two beyond, which is
 * refused.
 */
function drawTypes(random: RandomSource): string[] {
  const reach = 2n ** BigInt(pick(random, [2, 4, 7, 7, 8, 10, 12, 14, 16, 20, 24, 32, 64, 256]));
  const kinds = random.below(3) === 0 ? [pick(random, KINDS)] : KINDS;
  const pool = REACHES.filter(({ type, most }) => kinds.includes(type.kind) && most <= reach).map(({ type }) => type);
  const present = kinds.filter((kind) => pool.some((type) => type.kind === kind));
  const count = random.below(3) === 0 ? 1 : 1 + random.below(6);
  const drawn = Array.from({ length: count }, () => {
    const kind = pick(random, present);
    return pick(
      random,
      pool.filter((type) => type.kind === kind),
    ).name;
  });
  return [...new Set(drawn)];
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const CHARACTERS = `${LETTERS}0123456789_`;

/** Mostly none; else letters, digits and underscores at random, up to the longest name, or a word that Verilog has reserved. */
function drawName(random: RandomSource): string | undefined {
  if (random.below(4) > 0) return undefined;
  if (random.below(8) === 0)
    return pick(random, ['module', 'wire', 'begin', 'logic', 'int', 'a', 'pe', 'array', 'work']);
  const length = pick(random, [0, 1, 5, 62]);
  const rest = Array.from({ length }, () => pick(random, [...CHARACTERS]));
  return [pick(random, [...LETTERS]), ...rest].join('');
}
