import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { EXIT, UserError } from '../../gen/base/errors.js';
import type { Manifest } from '../../gen/design/manifest.js';
import type { Check } from '../formal/check.js';
import { checksOf } from '../formal/checks/table.js';
import { proveCheck } from '../formal/prove.js';
import { propertyName } from '../formal/verdict.js';
import { mapLimit, TOOLS_AT_A_TIME } from '../tools/pool.js';
import type { Yosys } from '../tools/yosys/interface.js';
import type { CheckOutcome, PreparedCheck } from '../verify/outcome.js';
import { type CheckName, type Prepare, simulationsOf } from './checks.js';
import { changedReader, MUTANT_ARGUMENT, type Mutant, type MutatedSource, selectable } from './mutant.js';

/** What a check says of a mutant that it finds. */
export interface Finding {
  readonly check: CheckName;
  readonly by: string;
}

export interface KillRequest {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly sources: readonly MutatedSource[];
  readonly mutants: readonly Mutant[];
  /** Each looks for the mutants that those before it did not find. */
  readonly checks: readonly CheckName[];
  readonly seed: number;
  readonly yosys: Yosys;
  /** A folder for the changed design. */
  readonly scratch: string;
  readonly progress: (done: number, all: number, what: string) => void;
}

/** Times that a mutant's simulation may take of the design's own, and milliseconds besides. */
const PATIENCE = { times: 10, more: 20_000 };

/**
 * Looks for mutants of a design. In simulations all are in one build, each chosen by an argument.
 *
 * @throws UserError where the design itself does not pass.
 */
export async function findMutants(request: KillRequest): Promise<Map<Mutant, Finding>> {
  const { checks, seed, mutants } = request;
  const simulations = simulationsOf(seed);
  const found = new Map<Mutant, Finding>();
  const left = (): Mutant[] => mutants.filter((mutant) => !found.has(mutant));
  const isSimulated = checks.some((check) => simulations[check].length > 0);
  const design = isSimulated ? changedDesign(request) : request.folder;
  for (const check of checks) {
    const tell = (mutant: Mutant, by: string): void => void found.set(mutant, { check, by });
    for (const prepare of simulations[check]) {
      if (left().length > 0) await simulateMutants(design, request, prepare, left(), tell);
    }
    if (check === 'formal') await disproveMutants(request, left(), tell);
  }
  return found;
}

/** A copy of the design with all its mutants. */
function changedDesign({ folder, sources, mutants, scratch }: KillRequest): string {
  const design = join(scratch, 'design');
  cpSync(folder, design, { recursive: true });
  const wanted = new Set(mutants);
  for (const source of sources) {
    const chosen = source.mutants.filter((mutant) => wanted.has(mutant));
    writeFileSync(join(design, source.file), selectable(source, chosen));
  }
  return design;
}

type Tell = (mutant: Mutant, by: string) => void;

async function simulateMutants(
  design: string,
  { manifest, scratch, progress }: KillRequest,
  prepare: Prepare,
  mutants: readonly Mutant[],
  tell: Tell,
): Promise<void> {
  const checks = await prepare(design, manifest, scratch);
  try {
    const limits: number[] = [];
    for (const check of checks) limits.push(await ownRun(check));
    let done = 0;
    await mapLimit(mutants, availableParallelism(), async (mutant) => {
      const failure = await firstFailure(checks, limits, mutant);
      if (failure !== undefined) tell(mutant, failure);
      progress(++done, mutants.length, `${mutant.module} ${failure === undefined ? 'passes' : 'killed'}`);
    });
  } finally {
    for (const check of checks) check.end();
  }
}

/** Runs a check of the design as it is. @returns Milliseconds that a mutant gets. */
async function ownRun(check: PreparedCheck): Promise<number> {
  const start = performance.now();
  const { failure } = await check.run({ plusArgument: choosing(0) });
  if (failure !== undefined) throw ownFailure(failure);
  return PATIENCE.times * (performance.now() - start) + PATIENCE.more;
}

/** Nothing is said of a check's findings where it finds the design itself. */
const ownFailure = (what: string): UserError => new UserError(`the design itself fails: ${what}`, EXIT.checkFailed);

const choosing = (number: number): string => `+${MUTANT_ARGUMENT}=${number}`;

/** What the first check that fails says, also by breaking down or not ending: the design itself passes all of them. */
async function firstFailure(
  checks: readonly PreparedCheck[],
  limits: readonly number[],
  { number }: Mutant,
): Promise<string | undefined> {
  for (const [i, check] of checks.entries()) {
    const outcome = await check
      .run({ plusArgument: choosing(number), timeout: limits[i] as number })
      .catch((error: unknown): Pick<CheckOutcome, 'failure'> => {
        if (!(error instanceof UserError)) throw error;
        return { failure: error.message };
      });
    if (outcome.failure !== undefined) return outcome.failure;
  }
  return undefined;
}

/** For ABC, per property. */
const LIMIT_SECONDS = 20;

/** Looks for a property of its module that a mutant violates, or that never applies to it. */
async function disproveMutants(
  { folder, manifest, sources, yosys, progress }: KillRequest,
  mutants: readonly Mutant[],
  tell: Tell,
): Promise<void> {
  const changed = new Set(mutants.map(({ module }) => module));
  const checks = checksOf(manifest).filter(({ module }) => changed.has(module));
  const own = await firstViolation(yosys, (file) => readFileSync(join(folder, file), 'utf8'), checks);
  if (own !== undefined) throw ownFailure(own);
  let done = 0;
  await mapLimit(mutants, TOOLS_AT_A_TIME, async (mutant) => {
    const read = changedReader(folder, sources, mutant);
    const failure = await firstViolation(
      yosys,
      read,
      checks.filter(({ module }) => module === mutant.module),
    );
    if (failure !== undefined) tell(mutant, failure);
    progress(++done, mutants.length, `${mutant.module} ${failure === undefined ? 'holds' : 'killed'}`);
  });
}

async function firstViolation(
  yosys: Yosys,
  read: (file: string) => string,
  checks: readonly Check[],
): Promise<string | undefined> {
  for (const check of checks) {
    for (const result of await proveCheck({ yosys, read, limitSeconds: LIMIT_SECONDS }, check)) {
      const { result: verdict } = result.outcome;
      if (verdict === 'violated' || verdict === 'vacuous') return `${propertyName(result)} is ${verdict}`;
    }
  }
  return undefined;
}
