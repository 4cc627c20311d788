import type { Measured } from './metric.js';
import type { Job } from './plan.js';

/** What became of a measurement. */
export type JobOutcome =
  | { readonly state: 'kept'; readonly values: Measured; readonly seconds: number; readonly isNew: boolean }
  | { readonly state: 'failed'; readonly reason: string; readonly exitCode: number }
  /** Not begun, or not ended: the budget was used up, or the program was interrupted. */
  | { readonly state: 'left' };

export type Outcomes = ReadonlyMap<string, JobOutcome>;

/** Measurements to be made. */
export interface Batch {
  /** Those that are not kept, in the order in which they are to be made. */
  readonly jobs: readonly Job[];
  /** Nothing is begun after this time, by `performance.now()`. */
  readonly deadline: number;
  readonly interrupted: AbortSignal;
  readonly settle: (job: Job, outcome: JobOutcome) => void;
  /** Told of a measurement that goes on. */
  readonly progress: (job: Job, text: string) => void;
}

/** What makes measurements: processes of this machine, or jobs of a cluster. Their results are in the folder of results. */
export interface Pool {
  /** How many it makes at a time. */
  readonly width: number;
  /**
   * Makes measurements, each once, also where another program works on the same folder. Returns when all are settled, or
   * none may be begun any more; those that are not settled are left.
   *
   * @throws UnkeptError where results cannot be kept: those before are; UserError where nothing can be measured.
   */
  readonly measure: (batch: Batch) => Promise<void>;
  /** Ends all that it runs. */
  readonly end: () => Promise<void>;
}
