import { Option } from 'commander';
import type { NodeProto } from 'onnx-buf';
import { UserError } from '../../../gen/base/errors.js';
import { randomSource } from '../../../gen/golden/vectors.js';
import { type Feed, feedOf, randomInputs, type Run } from '../onnx/feed.js';
import type { OnnxModel } from '../onnx/model.js';
import type { Samples } from '../onnx/samples.js';
import { needed } from '../onnx/nodes.js';
import { openInside, type Session } from '../onnx/session.js';
import { elementCount } from '../onnx/tensor.js';
import { withStaticRounding } from '../onnx/static-rounding.js';
import { isFloating, numbersOf, sameValue, slice, stack, type Value, type Values } from '../onnx/value.js';
import { findProducts } from '../products/find.js';
import { operandsOf } from '../products/product.js';

/**
 * What the first dimension of the arrays counts: samples, or steps of one sequence, which only together are the input of a
 * run. `auto`: samples, if rows together give what each gives alone.
 */
export const FIRST_DIMENSIONS = ['auto', 'samples', 'sequence'] as const;
export type FirstDimension = (typeof FIRST_DIMENSIONS)[number];

/** The option of programs that take arrays. @param fallback What it means when it is not given. */
export const firstDimensionOption = (fallback: string): Option =>
  new Option(
    '--first-dimension <what>',
    `what the first dimension of arrays counts: samples, or the steps of one sequence, which is a single sample; auto: samples, if rows together give what each gives alone (default: ${fallback})`,
  ).choices(FIRST_DIMENSIONS);

export interface FeedRequest {
  /** Samples to take, the first ones; all without it. */
  readonly count?: number | undefined;
  readonly first?: FirstDimension | undefined;
}

/** A network's samples, and what a user should know of them. */
export interface OpenedFeed {
  readonly feed: Feed;
  readonly note?: string;
}

/** The samples for a network, where its first dimension is no batch all rows of a run as one. */
export async function openFeed(
  model: OnnxModel,
  samples: Samples,
  { count, first = 'auto' }: FeedRequest = {},
): Promise<OpenedFeed> {
  if (first === 'sequence') return { feed: feedOf(model, samples, { count, sequence: true }) };
  const rows = first === 'samples' ? undefined : feedOf(model, samples, { wholeRuns: true });
  const why = rows && (await rowsDepend(model, rows));
  if (!rows || why === undefined) return { feed: feedOf(model, samples, { count }) };
  const { fixed } = rows;
  const rounded = withStaticRounding(model);
  if (rounded && (await rowsDepend(rounded, rows)) === undefined) {
    if (fixed !== undefined) return { feed: feedOf(model, samples, { count }) };
    return {
      feed: feedOf(model, samples, { count, alone: true }),
      note: `the network rounds by scales that it takes from all of a run (DynamicQuantizeLinear), so the samples of ${samples.name} are run one by one`,
    };
  }
  const found = `the rows of ${samples.name} are no samples of their own: ${why}`;
  const feed = feedOf(model, samples, { sequence: true });
  if (fixed !== undefined) {
    if (count !== undefined && count > feed.count) {
      throw new UserError(
        `--samples ${count}: ${found}; ${fixed} rows, which the network takes at a time, are one sample, and there ${feed.count === 1 ? 'is' : 'are'} ${feed.count}`,
      );
    }
    return {
      feed: feed.part(0, count ?? feed.count),
      note: `${found}; ${fixed} rows, which the network takes at a time, are taken as one sample (--first-dimension samples takes each as one)`,
    };
  }
  if (count !== undefined) {
    throw new UserError(
      `--samples ${count}: ${found}; all rows are one sample. Leave --samples out, or say --first-dimension samples`,
    );
  }
  const taken =
    rows.count === 1 ? 'its row is taken as a sequence of one' : `all ${rows.count} rows are taken as one sample`;
  return { feed, note: `${found}; ${taken} (--first-dimension samples takes each as one)` };
}

/** Rows compared: many where a row is small, as steps of sequences are, else few. */
const rowsCompared = (elements: number): number => (elements <= 2 ** 16 ? 8 : 2);
/** Rows looked at for two that differ. */
const SEARCHED = 256;

/** Why a network's results for several samples together are not those for each alone; undefined where they are. */
async function rowsDepend(model: OnnxModel, feed: Feed): Promise<string | undefined> {
  const { fixed = 1, count } = feed;
  // A run has one row, or the array has a dimension in front of the network's.
  if (feed.fixed === 1) return undefined;
  const rowAt = (i: number): Values => {
    const run = feed
      .part(i - (i % fixed), fixed)
      .runs(fixed)
      .next().value as Run;
    return rowOf(run.inputs, i % fixed);
  };
  if (count === 1) {
    const row = rowAt(0);
    return runsDiffer(model, [row, turned(row)]);
  }
  const elements = [...rowAt(0).values()].reduce((sum, { shape }) => sum + elementCount(shape), 0);
  const many = Math.min(rowsCompared(elements), feed.fixed ?? count);
  const start = Math.max(0, Math.min(firstOther(rowAt, count) - 1, count - many));
  const rows = Array.from({ length: many }, (_, i) => rowAt(start + i));
  return runsDiffer(model, rows, { fixed: feed.fixed, unrunnable: `the network does not run on ${many} rows` });
}

/**
 * The same on random inputs, for a network whose inputs all leave their first dimension open or fix the same; undefined
 * where it does not run on these.
 *
 * @param shapes Shapes of the inputs; their first dimensions count for nothing.
 * @param fixed Rows of a run, where the network fixes them.
 */
export async function randomRowsDepend(
  model: OnnxModel,
  shapes: ReadonlyMap<string, readonly number[]>,
  fixed?: number,
): Promise<string | undefined> {
  const rests = [...shapes].map(([name, [, ...rest]]) => [name, rest] as const);
  const many = Math.min(rowsCompared(rests.reduce((sum, [, rest]) => sum + elementCount(rest), 0)), fixed ?? Infinity);
  const inputs = randomInputs(model, new Map(rests.map(([name, rest]) => [name, [many, ...rest]])), randomSource(1));
  return runsDiffer(
    model,
    Array.from({ length: many }, (_, i) => rowOf(inputs, i)),
    { fixed },
  );
}

const rowOf = (inputs: Values, i: number): Values =>
  new Map([...inputs].map(([name, value]) => [name, slice(value, i, 1)]));

/** Rows as the inputs of a run. */
const joined = (rows: readonly Values[]): Values =>
  new Map(
    [...(rows[0] as Values)].map(
      ([
        name,
        {
          shape: [, ...rest],
        },
      ]) => {
        const { data, type } = stack(rows.map((row) => row.get(name) as Value));
        return [name, { type, shape: [rows.length, ...rest], data } as Value];
      },
    ),
  );

/** Another row, of elements that the network takes: those of a row from its end, and floats half as large. */
const turned = (row: Values): Values =>
  new Map(
    [...row].map(([name, value]) => {
      const data = value.data.slice().reverse() as Float32Array;
      return [name, { ...value, data: isFloating(value) ? data.map((each) => each / 2) : data } as Value];
    }),
  );

/** The first row that differs from the one before: of equal rows a mean is that of each. */
function firstOther(rowAt: (i: number) => Values, count: number): number {
  let before = rowAt(0);
  for (let i = 1; i < Math.min(count, SEARCHED); i++) {
    const row = rowAt(i);
    if ([...row].some(([name, value]) => !sameValue(value, before.get(name) as Value))) return i;
    before = row;
  }
  return 0;
}

/** Differences up to this share of the norm are rounding: kernels for one row and for several add in another order. */
const ROUNDING = 1e-3;

/** Operators that name rows by their number. */
const PLACES: ReadonlySet<string> = new Set(['NonMaxSuppression', 'NonZero']);

/**
 * Tensors that show what rows do to each other: outputs that name no rows by their number, and the operands of products
 * that no other product depends on.
 */
function telling(model: OnnxModel): string[] {
  const { graph, inputs, outputs } = model;
  const given = new Set(inputs.map(({ name }) => name));
  const shown = outputs.filter((name) => !needed(graph.node, [name]).some(({ opType }) => PLACES.has(opType)));
  const above = new Set<NodeProto>();
  for (const product of findProducts(model).products.toReversed()) {
    if (above.has(product.within ?? product.node)) continue;
    const operands = operandsOf(product);
    shown.push(...operands);
    for (const node of needed(graph.node, operands)) above.add(node);
  }
  return [...new Set(shown)].filter((name) => !given.has(name));
}

/**
 * Compares a run of several rows with runs of each, by the tensors with fractions that tell. Where the network fixes how
 * many rows it takes, the rows are taken in turn until a run is full, and a run of each has nothing but copies of it.
 *
 * @param unrunnable What to return where the network does not run on the rows together.
 * @returns Where they differ and how much; undefined where they do not.
 */
async function runsDiffer(
  model: OnnxModel,
  rows: readonly Values[],
  { fixed, unrunnable }: { readonly fixed?: number | undefined; readonly unrunnable?: string } = {},
): Promise<string | undefined> {
  const tensors = telling(model);
  const session = await openInside(model, tensors);
  const inTurn = Array.from({ length: fixed ?? rows.length }, (_, i) => i % rows.length);
  try {
    const all = await resultsOf(session, joined(inTurn.map((i) => rows[i] as Values)));
    if (!all) return unrunnable;
    const each: Values[] = [];
    for (const row of rows) {
      const values = await resultsOf(session, joined(new Array(fixed ?? 1).fill(row)));
      if (!values) return 'the network does not run on one row';
      each.push(values);
    }
    const others = fixed === undefined ? 'for each alone' : 'for copies of each';
    for (const name of tensors) {
      const value = all.get(name) as Value;
      if (!isFloating(value)) continue;
      const own = each.map((values) => values.get(name) as Value);
      const ways = fixed === undefined ? [own.map(wholePart)] : partings(own, inTurn);
      const difference = leastOf(ways.map((parts) => differenceOf(value, own, parts)));
      if (difference === undefined) return `${name} has another size for ${inTurn.length} rows than ${others}`;
      if (difference > ROUNDING) {
        return `${name} for ${inTurn.length} rows differs from that ${others} by ${(100 * difference).toPrecision(2)} %`;
      }
    }
    return undefined;
  } finally {
    await session.close();
  }
}

/** What a session computes; undefined where it cannot. */
async function resultsOf(session: Session, inputs: Values): Promise<Values | undefined> {
  try {
    return await session.run(inputs);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** What a row makes of a tensor. */
interface Part {
  readonly numbers: Float64Array;
  /** Sizes behind the first dimension; undefined where elements are in no order. */
  readonly rest?: readonly number[];
}

function wholePart(value: Value): Part {
  const [, ...rest] = value.shape;
  return { numbers: numbersOf(value) as Float64Array, rest };
}

/**
 * What may be each row's in a tensor of runs of equal rows: a part of its first dimension, one of so many equal elements
 * anywhere, or either, where the first dimension may count something else.
 *
 * @param runs The tensor in each run. @param inTurn The run that each row of the run of all is from.
 */
function partings(runs: readonly Value[], inTurn: readonly number[]): Part[][] {
  const rows = inTurn.length;
  const firsts = runs.map(({ shape: [first = 1] }) => first);
  const inFront = (run: Value, at: number): Part => {
    const [first = 1] = run.shape;
    return wholePart(slice(run, (at * first) / rows, first / rows));
  };
  const anywhere = runs.map((run): Part => {
    const numbers = (numbersOf(run) as Float64Array).toSorted();
    return { numbers: numbers.filter((_, i) => i % rows === 0) };
  });
  return [
    ...(firsts.every((first) => first % rows === 0) ? [inTurn.map((i, at) => inFront(runs[i] as Value, at))] : []),
    ...(firsts.every((first) => first === rows) ? [] : [inTurn.map((i) => anywhere[i] as Part)]),
  ];
}

function leastOf(differences: readonly (number | undefined)[]): number | undefined {
  const known = differences.filter((each) => each !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/**
 * The norm of the difference of a tensor and of its parts over the norm; undefined where sizes differ. Parts lie behind
 * each other or, where shapes do not say so, anywhere; or the run of each row gives the whole, which then depends on none.
 */
function differenceOf(whole: Value, runs: readonly Value[], parts: readonly Part[]): number | undefined {
  const all = numbersOf(whole) as Float64Array;
  const each = runs.map((run) => numbersOf(run) as Float64Array);
  const same = Math.max(...each.map((own) => (own.length === all.length ? distance(all, own) : 1)));
  if (same <= ROUNDING) return same;
  const joined = Float64Array.from(parts.flatMap(({ numbers }) => [...numbers]));
  if (joined.length !== all.length) return undefined;
  const [, ...rest] = whole.shape;
  const inRows = parts.every((part) => part.rest?.join() === rest.join());
  return inRows ? distance(all, joined) : distance(all.toSorted(), joined.toSorted());
}

function distance(a: Float64Array, b: Float64Array): number {
  let [error, squares] = [0, 0];
  for (const [i, value] of a.entries()) {
    const other = b[i] as number;
    if (Object.is(value, other)) continue;
    error += (value - other) ** 2;
  }
  for (const value of a) if (Number.isFinite(value)) squares += value ** 2;
  if (error === 0) return 0;
  return squares === 0 || Number.isNaN(error) ? 1 : Math.sqrt(error / squares);
}
