import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError, UserError } from '../../../gen/base/errors.js';
import { makeFolder } from '../../../gen/base/folder.js';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import type { TestBudget } from '../budget.js';
import { type FrontEnds, lintDesign } from './lint.js';
import type { Counts, Subject } from './subject.js';

/** Where a trial works, and with what. */
export interface Workshop {
  readonly tools: FrontEnds;
  readonly budget: TestBudget;
  /** For designs and builds while they are needed. */
  readonly scratch: string;
  /** For designs that failed. */
  readonly kept: string;
}

/** What became of a configuration. */
export interface Trial {
  readonly seed: number;
  readonly outcome: 'passed' | 'failed' | 'refused';
  /** The command that generates the design. */
  readonly command: string;
  readonly vectors: number;
  /** What else was run. */
  readonly counts?: Counts;
  readonly seconds: number;
  /** Why it failed or was refused. */
  readonly reason?: string;
  /** The design that failed. */
  readonly folder?: string;
}

/**
 * Generates, lints and verifies a design with few vectors. Only a ConfigurationError refuses a configuration; any other
 * error, of the generator or of a tool, is a failure. A design that failed is kept.
 */
export async function tryConfiguration<Config>(
  subject: Subject<Config>,
  raw: RawConfiguration,
  seed: number,
  workshop: Workshop,
): Promise<Trial> {
  const start = performance.now();
  const scratch = join(workshop.scratch, `seed_${seed}`);
  const kept = join(workshop.kept, `seed_${seed}`);
  makeFolder(scratch);
  rmSync(kept, { recursive: true, force: true });
  try {
    const result = await judge(subject, raw, { seed, scratch, workshop });
    if (result.outcome === 'failed' && result.folder) cpSync(result.folder, kept, { recursive: true });
    return {
      seed,
      command: subject.command(raw),
      seconds: (performance.now() - start) / 1000,
      ...result,
      ...(result.outcome === 'failed' && result.folder ? { folder: kept } : {}),
    };
  } finally {
    // A tool that was just ended may still write: retried, then.
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

type Judgement = Pick<Trial, 'outcome' | 'vectors' | 'counts' | 'reason' | 'folder'>;

async function judge<Config>(
  subject: Subject<Config>,
  raw: RawConfiguration,
  { seed, scratch, workshop }: { readonly seed: number; readonly scratch: string; readonly workshop: Workshop },
): Promise<Judgement> {
  const { tools, budget } = workshop;
  let folder: string | undefined;
  let done: Pick<Judgement, 'vectors' | 'counts'> = { vectors: 0 };
  const failed = (reason: string): Judgement => ({ outcome: 'failed', ...done, reason, ...(folder ? { folder } : {}) });
  try {
    const config = validateOrRefuse(subject, raw);
    if ('refusal' in config) return { outcome: 'refused', ...done, reason: config.refusal };
    folder = subject.write(config.configuration, scratch);
    const { linted, verify } = subject.open(folder);
    const complaint = await lintDesign(folder, linted, tools);
    if (complaint !== undefined) return failed(complaint);
    const builds = join(scratch, 'builds');
    const { failure, ...verified } = await verify(seed, { ...budget, builds });
    done = verified;
    if (failure !== undefined) return failed(failure);
    return done.vectors > 0 ? { outcome: 'passed', ...done } : failed('verification compared nothing');
  } catch (error) {
    return failed(error instanceof UserError ? error.message : String((error as Error).stack ?? error));
  }
}

function validateOrRefuse<Config>(
  subject: Subject<Config>,
  raw: RawConfiguration,
): { configuration: Config } | { refusal: string } {
  try {
    return { configuration: subject.validate(raw) };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { refusal: error.problems.map(({ key, given, rule }) => `${key} ${given}: ${rule}`).join('; ') };
  }
}
