import { judged, judgedBy } from '../judge.js';
import type { Measured } from '../metric.js';
import type { PlanPoint, SpacePlan } from '../plan.js';
import type { JobOutcome, Outcomes } from '../pool.js';
import { type Found, FrontSearch } from './front-search.js';

/** How a search ended. */
export interface SearchEnd {
  readonly seed: number;
  readonly round: number;
  /** Points that it asked for. */
  readonly asked: number;
  readonly of: number;
  /** How many points that were not measured may be among the best, by the estimate; the search ends where it is small. */
  readonly expected: number;
  /** Whether it came to its own end, not that of a budget. */
  readonly complete: boolean;
}

export interface SearchRequest {
  readonly plan: SpacePlan;
  /** The same study, seed and round ask for the same points. */
  readonly seed: number;
  /** Points that it asks for at a time, after the first ones. */
  readonly round: number;
  /** Points to ask for at most. */
  readonly most: number;
  /** Makes the measurements of some points; `asked` counts those before and these. */
  readonly measure: (points: readonly PlanPoint[], asked: number) => Promise<Outcomes>;
}

/**
 * Looks for the best points of a study by measuring some of them, round by round. It asks for the same points whatever is
 * kept, so that one that was interrupted goes on where it was.
 */
export async function searched({
  plan,
  seed,
  round,
  most,
  measure,
}: SearchRequest): Promise<{ readonly outcomes: Outcomes; readonly search: SearchEnd }> {
  const { points } = plan;
  const search = new FrontSearch(
    {
      points: points.map(({ known }) => known),
      measures: judgedBy(plan),
      judged: (values) => judged(plan, values),
    },
    seed,
    round,
  );
  const outcomes = new Map<string, JobOutcome>();
  const asked: number[] = [];
  for (;;) {
    const proposal = search.next(foundOf(points, asked, outcomes));
    const next = proposal.points.slice(0, most - asked.length);
    const isLeft = [...outcomes.values()].some(({ state }) => state === 'left');
    if (next.length === 0 || isLeft) {
      const complete = proposal.points.length === 0;
      const { expected } = proposal;
      return { outcomes, search: { seed, round, asked: asked.length, of: points.length, expected, complete } };
    }
    asked.push(...next);
    const chosen = next.map((i) => points[i] as PlanPoint);
    for (const [key, outcome] of await measure(chosen, asked.length)) {
      if (!outcomes.has(key)) outcomes.set(key, outcome);
    }
  }
}

/** What is known of points: of those that share measurements with others, then of those that were asked for, in this order. */
function foundOf(points: readonly PlanPoint[], asked: readonly number[], outcomes: Outcomes): Map<number, Found> {
  const all = points.map(({ jobs }, i): [number, Found] => {
    const own = Object.values(jobs).map((key) => outcomes.get(key));
    const values: Measured = Object.assign({}, ...own.map((each) => (each?.state === 'kept' ? each.values : {})));
    const failed = own.some((each) => each?.state === 'failed');
    const state = failed ? 'failed' : own.every((each) => each?.state === 'kept') ? 'measured' : 'open';
    return [i, { state, values }];
  });
  const known = all.filter(([, { state, values }]) => state !== 'open' || Object.keys(values).length > 0);
  const place = new Map(asked.map((point, i) => [point, i]));
  return new Map(known.sort(([x], [y]) => (place.get(x) ?? -1) - (place.get(y) ?? -1)));
}
