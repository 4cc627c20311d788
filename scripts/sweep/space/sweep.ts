import { createHash } from 'node:crypto';
import type { Job, PlanPoint, SpacePlan } from './plan.js';
import type { Outcomes, Pool } from './pool.js';
import { progressText } from './progress.js';
import { runJobs } from './run.js';
import { type SearchEnd, type SearchRequest, searched } from './search/search.js';
import type { ResultStore } from './store.js';

export interface SweepRequest {
  readonly plan: SpacePlan;
  readonly store: ResultStore;
  readonly pool: Pool;
  /** Points to measure at most. */
  readonly points: number | undefined;
  /** Of the search that chooses points; all are measured without. */
  readonly search: Pick<SearchRequest, 'seed' | 'round'> | undefined;
  /** Nothing is begun after this time, by `performance.now()`. */
  readonly deadline: number | undefined;
  readonly interrupted: AbortSignal;
  /** Told how far it is. */
  readonly show: (text: string) => void;
}

/** What a study, or a search of it, found. */
export interface Swept {
  readonly outcomes: Outcomes;
  readonly search?: SearchEnd;
}

/**
 * Measures the points of a study, all or those that a search asks for.
 *
 * @throws UnkeptError where results cannot be kept: those before are.
 */
export async function swept(request: SweepRequest): Promise<Swept> {
  const { plan, search, store, pool, deadline, interrupted, show } = request;
  const measure = (points: readonly PlanPoint[], before: string): Promise<Outcomes> => {
    const jobs = jobsOf(plan, points);
    const workers = Math.min(pool.width, jobs.length);
    return runJobs({
      ...{ jobs, store, pool, deadline, interrupted },
      onProgress: (state) => show(`${before}${progressText(state, points, jobs, workers)}`),
    });
  };
  if (search === undefined) return { outcomes: await measure(chosenPoints(plan, request.points), '') };
  const all = plan.points.length;
  return searched({
    ...{ plan, ...search, most: request.points ?? all },
    measure: (points, asked) => measure(points, `search, ${asked} of ${all} points: `),
  });
}

/** The points that are measured without a search: all, or some that lie all over the study; the same in every run. */
export function chosenPoints({ points }: SpacePlan, most: number | undefined): PlanPoint[] {
  const place = ({ command }: PlanPoint): string => createHash('sha256').update(command).digest('hex');
  return points
    .map((point) => ({ point, place: place(point) }))
    .sort((x, y) => (x.place < y.place ? -1 : 1))
    .map(({ point }) => point)
    .slice(0, most);
}

/** The measurements of some points, each once, point by point. */
export function jobsOf({ jobs }: SpacePlan, points: readonly PlanPoint[]): Job[] {
  const keys = new Set(points.flatMap((point) => Object.values(point.jobs)));
  return [...keys].map((key) => jobs.get(key) as Job);
}
