import { Option } from 'commander';
import type { NodeProto } from 'onnx-buf';
import { UserError } from '../../../gen/base/errors.js';
import { randomSource } from '../../../gen/golden/vectors.js';
import { type Feed, feedOf, type Run, randomInputs } from '../onnx/feed.js';
import type { OnnxModel } from '../onnx/model.js';
import type { Samples } from '../onnx/samples.js';
import { needed } from '../onnx/nodes.js';
import { openInside, type Session } from '../onnx/session.js';
import { elementCount } from '../onnx/tensor.js';
import { withStaticRounding } from '../onnx/static-rounding.js';
import { isFloating, numbersOf, sameValue, slice, type Value, type Values } from '../onnx/value.js';
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

/** The samples for a network, where its first dimension is no batch all rows as one. */
export async function openFeed(
  model: OnnxModel,
  samples: Samples,
  { count, first = 'auto' }: FeedRequest = {},
): Promise<OpenedFeed> {
  if (first === 'sequence') return { feed: feedOf(model, samples, { count, sequence: true }) };
  const feed = feedOf(model, samples, { count });
  if (first === 'samples' || feed.fixed !== undefined || feed.count < 2) return { feed };
  const why = await rowsDepend(model, feed);
  if (why === undefined) return { feed };
  const fixed = withStaticRounding(model);
  if (fixed && (await rowsDepend(fixed, feed)) === undefined) {
    return {
      feed: feedOf(model, samples, { count, alone: true }),
      note: `the network rounds by scales that it takes from all of a run (DynamicQuantizeLinear), so the samples of ${samples.name} are run one by one`,
    };
  }
  const found = `the rows of ${samples.name} are no samples of their own: ${why}`;
  if (count !== undefined) {
    throw new UserError(
      `--samples ${count}: ${found}; all rows are one sample. Leave --samples out, or say --first-dimension samples`,
    );
  }
  return {
    feed: feedOf(model, samples, { sequence: true }),
    note: `${found}; all ${feed.count} rows are taken as one sample (--first-dimension samples takes each as one)`,
  };
}

/** Rows compared: many where a row is small, as steps of sequences are, else few. */
const rowsCompared = (elements: number): number => (elements <= 2 ** 16 ? 8 : 2);
/** Rows looked at for two that differ. */
const SEARCHED = 256;

/** Why a network's results for several samples together are not those for each alone; undefined where they are. */
async function rowsDepend(model: OnnxModel, feed: Feed): Promise<string | undefined> {
  const elements = [...feed.shapes.values()].reduce((sum, shape) => sum + elementCount(shape), 0);
  const many = Math.min(rowsCompared(elements), feed.count);
  const start = Math.max(0, Math.min(firstOther(feed) - 1, feed.count - many));
  const alone = Array.from({ length: many }, (_, i) => runOf(feed.part(start + i, 1)).inputs);
  return runsDiffer(model, runOf(feed.part(start, many)).inputs, alone, `the network does not run on ${many} rows`);
}

/**
 * The same on random inputs, for a network whose inputs all leave their first dimension open; undefined where it does not
 * run on these.
 *
 * @param shapes Shapes of the inputs; their first dimensions count for nothing.
 */
export async function randomRowsDepend(
  model: OnnxModel,
  shapes: ReadonlyMap<string, readonly number[]>,
): Promise<string | undefined> {
  const rests = [...shapes].map(([name, [, ...rest]]) => [name, rest] as const);
  const many = rowsCompared(rests.reduce((sum, [, rest]) => sum + elementCount(rest), 0));
  const inputs = randomInputs(model, new Map(rests.map(([name, rest]) => [name, [many, ...rest]])), randomSource(1));
  const alone = Array.from(
    { length: many },
    (_, i): Values => new Map([...inputs].map(([name, value]) => [name, slice(value, i, 1)])),
  );
  return runsDiffer(model, inputs, alone);
}

const runOf = (feed: Feed): Run => feed.runs(feed.count).next().value as Run;

/** The first row that differs from the one before: of equal rows a mean is that of each. */
function firstOther(feed: Feed): number {
  const rowAt = (i: number): Values => runOf(feed.part(i, 1)).inputs;
  let before = rowAt(0);
  for (let i = 1; i < Math.min(feed.count, SEARCHED); i++) {
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
 * Compares a run with runs of its rows by the tensors with fractions that tell.
 *
 * @param unrunnable What to return where the network does not run on the rows together.
 * @returns Where they differ and how much; undefined where they do not.
 */
async function runsDiffer(
  model: OnnxModel,
  together: Values,
  alone: readonly Values[],
  unrunnable?: string,
): Promise<string | undefined> {
  const tensors = telling(model);
  const session = await openInside(model, tensors);
  try {
    const all = await resultsOf(session, together);
    if (!all) return unrunnable;
    const each: Values[] = [];
    for (const row of alone) {
      const values = await resultsOf(session, row);
      if (!values) return 'the network does not run on one row';
      each.push(values);
    }
    for (const name of tensors) {
      const value = all.get(name) as Value;
      if (!isFloating(value)) continue;
      const difference = differenceOf(
        value,
        each.map((values) => values.get(name) as Value),
      );
      if (difference === undefined) return `${name} has another size for ${alone.length} rows than for each alone`;
      if (difference > ROUNDING) {
        return `${name} for ${alone.length} rows differs from that for each alone by ${(100 * difference).toPrecision(2)} %`;
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

/**
 * The norm of the difference of a tensor and of its parts over the norm; undefined where sizes differ. Parts lie behind
 * each other or, where shapes do not say so, anywhere; or each part is the whole, which then depends on no row.
 */
function differenceOf(whole: Value, parts: readonly Value[]): number | undefined {
  const all = numbersOf(whole) as Float64Array;
  const each = parts.map((part) => numbersOf(part) as Float64Array);
  const same = Math.max(...each.map((part) => (part.length === all.length ? distance(all, part) : 1)));
  if (same <= ROUNDING) return same;
  const joined = Float64Array.from(each.flatMap((part) => [...part]));
  if (joined.length !== all.length) return undefined;
  const [, ...rest] = whole.shape;
  const inRows = parts.every(({ shape: [, ...own] }) => own.join() === rest.join());
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
