import { join } from 'node:path';
import { UserError } from '../../../gen/base/errors.js';
import { inScratch } from '../../tools/scratch.js';
import { designOf } from './designs.js';
import type { OpenMetric } from './metric.js';
import { SPACE_METRICS } from './metrics/table.js';
import type { Job } from './plan.js';
import type { ResultStore } from './store.js';

/** Metrics that this process has opened. */
const opened = new Map<string, Promise<OpenMetric>>();

function openMetric({ metric, settings, folder }: Job): Promise<OpenMetric> {
  const key = JSON.stringify([metric, settings, folder]);
  const found = opened.get(key) ?? open();
  opened.set(key, found);
  return found;

  async function open(): Promise<OpenMetric> {
    const listed = SPACE_METRICS[metric];
    if (listed === undefined) throw new UserError(`there is no metric ${metric}`);
    return (await listed.load()).open(settings, folder);
  }
}

/**
 * Makes a measurement, and keeps its result.
 *
 * @throws UserError where a tool or a check fails; UnkeptError where the result cannot be kept.
 */
export async function measureJob(job: Job, store: ResultStore, progress: (text: string) => void): Promise<void> {
  const metric = await openMetric(job);
  const start = performance.now();
  const values = await inScratch('sweep', (scratch) =>
    metric.measure(designOf(job.parameters), { scratch: join(scratch, 'design'), progress }),
  );
  const [promised, given] = [metric.values, values].map((of) => Object.keys(of).sort().join());
  if (promised !== given) throw new Error(`${job.metric} gave ${given} in place of ${promised}`);
  store.set(job.key, job.of, { values, seconds: (performance.now() - start) / 1000 });
}
