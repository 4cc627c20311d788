import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError, UserError } from '../../../gen/base/errors.js';
import { makeFolder } from '../../../gen/base/folder.js';
import { withDependentDefaults } from '../../../gen/config/defaults.js';
import { reproduceCommand } from '../../../gen/config/identity.js';
import { defaultName } from '../../../gen/config/name.js';
import { type Configuration, PARAMETER_KEYS, parameterMeta } from '../../../gen/config/parameters.js';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { generate } from '../../../gen/design/generate.js';
import { loadDesign } from '../../../gen/design/manifest.js';
import { elaborate } from '../../../gen/rtl/design.js';
import type { TestBudget } from '../budget.js';
import { verifyDesign } from '../verify.js';
import { type FrontEnds, lintDesign } from './lint.js';

/** Where a trial works, and with what. */
export interface Workshop {
  readonly tools: FrontEnds;
  readonly budget: TestBudget;
  /** For designs and builds while they are needed. */
  readonly scratch: string;
  /** For designs that failed. */
  readonly kept: string;
  /** Writes a design below a folder; returns its own folder. */
  readonly write?: (config: Configuration, out: string) => string;
}

/** What became of a configuration. */
export interface Trial {
  readonly seed: number;
  readonly outcome: 'passed' | 'failed' | 'refused';
  /** The command that generates the design. */
  readonly command: string;
  readonly vectors: number;
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
export async function tryConfiguration(raw: RawConfiguration, seed: number, workshop: Workshop): Promise<Trial> {
  const start = performance.now();
  const scratch = join(workshop.scratch, `seed_${seed}`);
  const kept = join(workshop.kept, `seed_${seed}`);
  makeFolder(scratch);
  rmSync(kept, { recursive: true, force: true });
  try {
    const result = await judge(raw, seed, scratch, workshop);
    if (result.outcome === 'failed' && result.folder) cpSync(result.folder, kept, { recursive: true });
    return {
      seed,
      command: commandOf(raw),
      seconds: (performance.now() - start) / 1000,
      ...result,
      ...(result.outcome === 'failed' && result.folder ? { folder: kept } : {}),
    };
  } finally {
    // A tool that was just ended may still write: retried, then.
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

type Judgement = Pick<Trial, 'outcome' | 'vectors' | 'reason' | 'folder'>;

async function judge(
  raw: RawConfiguration,
  seed: number,
  scratch: string,
  { tools, budget, write = (config, out) => generate(config, out).folder }: Workshop,
): Promise<Judgement> {
  let folder: string | undefined;
  let vectors = 0;
  const failed = (reason: string): Judgement => ({ outcome: 'failed', vectors, reason, ...(folder ? { folder } : {}) });
  try {
    const config = validateOrRefuse(raw);
    if ('refusal' in config) return { outcome: 'refused', vectors, reason: config.refusal };
    folder = write(config.configuration, scratch);
    const manifest = loadDesign(folder);
    const complaint = await lintDesign(folder, manifest, tools);
    if (complaint !== undefined) return failed(complaint);
    const builds = join(scratch, 'builds');
    const verdict = await verifyDesign(folder, manifest, { seed, trace: false, budget: { ...budget, builds } });
    vectors = verdict.vectors;
    if (!verdict.passed) return failed(verdict.failure ?? 'verification failed');
    return vectors > 0 ? { outcome: 'passed', vectors } : failed('verification compared nothing');
  } catch (error) {
    return failed(error instanceof UserError ? error.message : String((error as Error).stack ?? error));
  }
}

function validateOrRefuse(raw: RawConfiguration): { configuration: Configuration } | { refusal: string } {
  try {
    const configuration = validateConfiguration(raw);
    elaborate(configuration);
    return { configuration };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { refusal: error.problems.map(({ key, given, rule }) => `${key} ${given}: ${rule}`).join('; ') };
  }
}

/** The command for a configuration that may be anything: what it leaves out has its default. */
function commandOf(raw: RawConfiguration): string {
  const defaults = Object.fromEntries(PARAMETER_KEYS.map((key) => [key, parameterMeta(key).fallback]));
  const given = { ...defaults, ...withDependentDefaults(raw) } as Configuration;
  return reproduceCommand({ ...given, name: given.name ?? defaultName(given) });
}
