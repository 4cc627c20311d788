import { plural } from '../../../gen/base/text-table.js';
import { type Job, type PlanPoint, placeText } from './plan.js';
import type { RunState } from './run.js';

/** Seconds that measurements took, by metric, and those that are left. */
export function secondsLeft(
  jobs: readonly Job[],
  { outcomes }: Pick<RunState, 'outcomes'>,
  workers: number,
): number | undefined {
  const taken = new Map<string, { count: number; seconds: number }>();
  const left = new Map<string, number>();
  for (const { key, metric } of jobs) {
    const outcome = outcomes.get(key);
    if (outcome === undefined) left.set(metric, (left.get(metric) ?? 0) + 1);
    if (outcome?.state !== 'kept') continue;
    const { count, seconds } = taken.get(metric) ?? { count: 0, seconds: 0 };
    taken.set(metric, { count: count + 1, seconds: seconds + outcome.seconds });
  }
  let all = 0;
  for (const [metric, number] of left) {
    const known = taken.get(metric);
    if (known === undefined) return undefined;
    all += (number * known.seconds) / known.count;
  }
  return all / workers;
}

/** A time in words, rounded as an estimate is. */
export function timeText(seconds: number): string {
  if (seconds < 90) return `${Math.max(Math.round(seconds / 5) * 5, 5)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** A line of progress: points that are done, what is left, what is going on. */
export function progressText(
  { outcomes, job, text }: RunState,
  points: readonly PlanPoint[],
  jobs: readonly Job[],
  workers: number,
): string {
  const done = points.filter((point) => Object.values(point.jobs).every((key) => outcomes.has(key))).length;
  const failed = [...outcomes.values()].filter(({ state }) => state === 'failed').length;
  const left = jobs.filter(({ key }) => !outcomes.has(key)).length;
  const seconds = secondsLeft(jobs, { outcomes }, workers);
  const place = points.find((point) => Object.values(point.jobs).includes(job.key));
  return [
    `[${done}/${points.length}] ${plural(left, 'measurement')} left${seconds === undefined ? '' : `, about ${timeText(seconds)}`}`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(left > 0
      ? [`${job.metric} of ${place ? placeText(place.at) : 'a point'}${text === '' ? '' : ` ${text}`}`]
      : []),
  ].join('; ');
}
