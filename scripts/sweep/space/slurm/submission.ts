import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { EXIT } from '../../../../gen/base/errors.js';
import { makeFolder } from '../../../../gen/base/folder.js';
import { writeWhole } from '../../../../gen/base/whole-file.js';
import type { Job } from '../plan.js';

/** Measurements that were given to Slurm as one array, task by task. */
export interface Submission {
  /** Of the array, too: by it a later run of the program finds its tasks. */
  readonly name: string;
  readonly jobs: readonly Job[];
}

const JOB = z.object({
  key: z.string(),
  of: z.unknown(),
  metric: z.string(),
  settings: z.unknown(),
  folder: z.string(),
  parameters: z.record(z.string(), z.unknown()),
});
const FAILURE = z.object({ reason: z.string(), exitCode: z.int() });

export type TaskFailure = z.output<typeof FAILURE>;

const folderOf = (results: string): string => join(results, 'slurm');
const fileOf = (results: string, name: string): string => join(folderOf(results), `${name}.json`);
const failureFile = (results: string, name: string, index: number): string =>
  join(folderOf(results), `${name}-${index}.failed`);

/** A file for what a task says. */
export const logFile = (results: string, name: string, index: number | '%a'): string =>
  join(folderOf(results), `${name}-${index}.log`);

/** A name that no other array has. */
export const newName = (): string => `ant-rtl-sweep-${randomUUID()}`;

/** @throws UserError where it cannot be written. */
export function writeSubmission(results: string, { name, jobs }: Submission): void {
  makeFolder(folderOf(results));
  writeWhole(fileOf(results, name), JSON.stringify(jobs));
}

/** Nothing where it is not there any more. */
export function readSubmission(results: string, name: string): Submission | undefined {
  try {
    return { name, jobs: z.array(JOB).parse(JSON.parse(readFileSync(fileOf(results, name), 'utf8'))) };
  } catch {
    return undefined;
  }
}

/** All that are there. */
export function submissions(results: string): Submission[] {
  if (!existsSync(folderOf(results))) return [];
  return readdirSync(folderOf(results)).flatMap((file) =>
    file.endsWith('.json') ? (readSubmission(results, file.slice(0, -'.json'.length)) ?? []) : [],
  );
}

/** Removes one with all that its tasks left. */
export function removeSubmission(results: string, name: string): void {
  for (const file of readdirSync(folderOf(results))) {
    if (file.startsWith(name)) rmSync(join(folderOf(results), file), { force: true });
  }
}

/** Tells the program that submitted it why a task has no result. */
export function writeFailure(results: string, name: string, index: number, failure: TaskFailure): void {
  writeWhole(failureFile(results, name, index), JSON.stringify(failure));
}

export function readFailure(results: string, name: string, index: number): TaskFailure | undefined {
  try {
    return FAILURE.parse(JSON.parse(readFileSync(failureFile(results, name, index), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Characters of what a task says last, for the reason of a failure. */
const LAST_WORDS = 400;

/** The failure of a task that ended without a word of its own. */
export function endedBySlurm(results: string, name: string, index: number, state: string | undefined): TaskFailure {
  const file = logFile(results, name, index);
  const said = existsSync(file) ? readFileSync(file, 'utf8').trim().slice(-LAST_WORDS) : '';
  const how = state === undefined ? 'Slurm no longer knows its task' : `its task in Slurm ended: ${state}`;
  return { reason: `${how}${said === '' ? '' : `\n${said}`}`, exitCode: EXIT.toolBroken };
}
