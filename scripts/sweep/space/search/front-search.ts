import { type RandomSource, randomSource } from '../../../../gen/golden/vectors.js';
import type { Values } from '../expression.js';
import { dominates, front } from '../objective.js';
import type { Value } from '../operators.js';
import { type Features, featuresOf } from './features.js';
import {
  anyResemblance,
  type Estimate,
  fitted,
  type GaussianProcess,
  gaussianProcess,
  type Resemblance,
} from './gaussian-process.js';

/** What is looked for: the best points of many. */
export interface SearchProblem {
  /** What is known of points before anything is measured. */
  readonly points: readonly Values[];
  /** Values that must be measured to judge a point. */
  readonly measures: readonly string[];
  /** The scores of a point, the smaller the better; nothing where it does not meet the conditions. */
  readonly judged: (values: Values) => readonly number[] | undefined;
}

/** What was found of a point. */
export interface Found {
  /** `measured`: all of it; `failed`: it has no values, and is not looked at again. */
  readonly state: 'measured' | 'failed' | 'open';
  /** Those that are known, of an open point, too: others share its measurements. */
  readonly values: Readonly<Record<string, number | null>>;
}

/** What to measure next. */
export interface Proposal {
  /** Indices of points, the most promising first; none where the search is at its end. */
  readonly points: readonly number[];
  /** How many points that are not measured may be among the best, by the estimate. */
  readonly expected: number;
}

/** The search ends where fewer of the best points than this may be missing, by the estimate. */
const END = 0.25;

/** The estimate is not trusted to end it before so many points were measured for each feature. */
const LEAST_PER_FEATURE = 4;

/** Points of the first round, besides one for each feature. */
const FIRST = 4;

/** Draws of each value that is not known. */
const DRAWS = { most: 200, least: 20, all: 400_000 } as const;

/** Values that a regression is made from, the latest ones, which lie near the front: its time grows with their cube. */
const MOST_KNOWN = 300;

/** A resemblance is looked for from the start when there are so many times the values of the last time. */
const FRESH = 1.3;

/** How the values of a name resemble each other, and how many there were when that was last looked for from the start. */
interface Fit {
  readonly resemblance: Resemblance;
  readonly fresh: number;
}

/**
 * A search for the Pareto front, or the best point of one goal. After some points that lie all over the study, each round
 * measures those that are the most likely to be on the front: Gaussian processes estimate the values that are not
 * known, and draws from them tell how often a point is dominated by what was measured, or is expected of others.
 *
 * The same seed and the same values give the same points.
 */
export class FrontSearch {
  readonly #features: Features;
  readonly #draws: readonly number[];
  readonly #fits = new Map<string, Fit>();
  readonly #first: readonly number[];

  constructor(
    private readonly problem: SearchProblem,
    seed: number,
    /** Points of a round. */
    private readonly round: number,
  ) {
    const count = problem.points.length;
    const random = randomSource(seed);
    this.#features = featuresOf(problem.points);
    const dimensions = this.#features[0]?.length ?? 0;
    this.#first = scattered(this.#features, Math.min(count, dimensions + FIRST), random);
    const draws = Math.max(DRAWS.least, Math.min(DRAWS.most, Math.ceil(DRAWS.all / Math.max(count, 1))));
    this.#draws = normals(draws * Math.max(problem.measures.length, 1), random);
  }

  /** @param found By index, in the order in which they were found; points of which nothing is known may be absent. */
  next(found: ReadonlyMap<number, Found>): Proposal {
    const stateOf = (i: number): Found['state'] => found.get(i)?.state ?? 'open';
    const first = this.#first.filter((i) => stateOf(i) === 'open');
    const open = this.problem.points.map((_, i) => i).filter((i) => stateOf(i) === 'open');
    if (first.length > 0) return { points: first, expected: open.length };
    const estimates = this.#estimates(open, found);
    const measured = [...found].flatMap(([i, { state, values }]) => {
      const scores = state === 'measured' ? this.#scores(i, values) : undefined;
      return scores === undefined ? [] : [scores];
    });
    const chances = this.#chances(open, estimates, measured);
    const expected = chances.reduce((sum, { chance }) => sum + chance, 0);
    const settled = this.problem.points.length - open.length;
    const isTrusted = settled >= LEAST_PER_FEATURE * (this.#features[0]?.length ?? 0);
    // Without a point that meets the conditions, there may still be one.
    if (isTrusted && measured.length > 0 && expected < END) return { points: [], expected };
    const promising = chances.sort((x, y) => y.chance - x.chance || x.point - y.point);
    return { points: promising.slice(0, this.round).map(({ point }) => point), expected };
  }

  /** Scores that are numbers, of a point that meets the conditions. */
  #scores(point: number, values: Found['values']): readonly number[] | undefined {
    const numbers = Object.entries(values).map(([name, value]) => [name, value ?? Number.NaN] as const);
    return this.#judged(new Map([...(this.problem.points[point] as Values), ...numbers]));
  }

  #judged(values: Values): readonly number[] | undefined {
    const scores = this.problem.judged(values);
    return scores?.every(Number.isFinite) ? scores : undefined;
  }

  /** How likely each open point is to be among the best. */
  #chances(
    open: readonly number[],
    estimates: ReadonlyMap<number, ReadonlyMap<string, Drawn>>,
    measured: readonly (readonly number[])[],
  ) {
    const { measures, points } = this.problem;
    const draws = this.#draws.length / Math.max(measures.length, 1);
    const valuesOf = new Map(open.map((point) => [point, new Map(points[point] as Values)]));
    const scoresAt = (point: number, draw: number | undefined): readonly number[] | undefined => {
      const values = valuesOf.get(point) as Map<string, Value>;
      for (const [i, name] of measures.entries()) {
        const normal = draw === undefined ? 0 : (this.#draws[draw * measures.length + i] as number);
        values.set(name, estimates.get(point)?.get(name)?.(normal) ?? Number.NaN);
      }
      return this.#judged(values);
    };
    const expected = open.map((point) => ({ point, scores: scoresAt(point, undefined) }));
    const all = [...measured.map((scores) => ({ point: -1, scores })), ...expected].flatMap(({ point, scores }) =>
      scores === undefined ? [] : [{ point, scores }],
    );
    const best = [...front(all.map(({ scores }) => scores))].map((i) => all[i] as (typeof all)[number]);
    return open.map((point) => {
      const rivals = best.filter((each) => each.point !== point);
      let count = 0;
      for (let draw = 0; draw < draws; draw++) {
        const scores = scoresAt(point, draw);
        if (scores !== undefined && !rivals.some((rival) => dominates(rival.scores, scores))) count++;
      }
      return { point, chance: count / draws };
    });
  }

  /** The values of open points: known ones, or estimates from those that were measured. */
  #estimates(open: readonly number[], found: ReadonlyMap<number, Found>) {
    const estimates = new Map(open.map((point) => [point, new Map<string, Drawn>()]));
    for (const name of this.problem.measures) {
      const known = [...found].flatMap(([point, { values }]) => {
        const value = values[name];
        return typeof value === 'number' ? [{ point, value }] : [];
      });
      const values = new Map(known.map(({ point, value }) => [point, value]));
      const estimate = this.#regression(name, known.slice(-MOST_KNOWN));
      for (const point of open) {
        const value = values.get(point);
        const drawn = value === undefined ? estimate(this.#features[point] as Float64Array) : () => value;
        estimates.get(point)?.set(name, drawn);
      }
    }
    return estimates;
  }

  #regression(
    name: string,
    known: readonly { readonly point: number; readonly value: number }[],
  ): (features: Float64Array) => Drawn {
    const points = known.map(({ point }) => this.#features[point] as Float64Array);
    if (points.length < 2) return () => () => Number.NaN;
    const asLogarithm = known.every(({ value }) => value > 0);
    const values = Float64Array.from(known, ({ value }) => (asLogarithm ? Math.log(value) : value));
    const before = this.#fits.get(name);
    const fresh = before === undefined || known.length >= before.fresh * FRESH ? known.length : before.fresh;
    const starts = [before?.resemblance ?? [], fresh === known.length ? anyResemblance(points[0]?.length ?? 0) : []];
    const resemblance = fitted(points, values, starts.flat());
    this.#fits.set(name, { resemblance, fresh });
    const process: GaussianProcess = gaussianProcess(points, values, resemblance);
    return (features) => {
      const { mean, deviation }: Estimate = process.at(features);
      return (normal) => (asLogarithm ? Math.exp(mean + normal * deviation) : mean + normal * deviation);
    };
  }
}

/** A value by a draw of the normal distribution. */
type Drawn = (normal: number) => number;

/** Points each of which lies as far as can be from those before, the first one at random. */
function scattered(features: Features, count: number, random: RandomSource): number[] {
  const chosen: number[] = [];
  const distances = features.map(() => Number.POSITIVE_INFINITY);
  for (let next = random.below(features.length); chosen.length < count; next = distances.indexOf(most(distances))) {
    chosen.push(next);
    const from = features[next] as Float64Array;
    for (const [i, to] of features.entries()) {
      const distance = to.reduce((sum, value, d) => sum + (value - (from[d] as number)) ** 2, 0);
      distances[i] = i === next ? -1 : Math.min(distances[i] as number, distance);
    }
  }
  return chosen;
}

const most = (values: readonly number[]): number => values.reduce((x, y) => Math.max(x, y));

/** Draws of the normal distribution (Box and Muller, 1958). */
function normals(count: number, random: RandomSource): number[] {
  const unit = (): number => (random.bits32() + 0.5) / 2 ** 32;
  return Array.from({ length: count }, () => Math.sqrt(-2 * Math.log(unit())) * Math.cos(2 * Math.PI * unit()));
}
