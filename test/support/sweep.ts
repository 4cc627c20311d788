import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { SpaceReport } from '../../scripts/sweep/space/report.js';
import { runProgram } from './program.js';

/** Starts `npm run sweep` on a study. */
export const startSweep = (study: string, results: string, ...args: string[]) =>
  runProgram('sweep', [study, '--results', results, '--json', ...args]);

/** Runs a study to its end. */
export async function sweep(study: string, results: string, ...args: string[]) {
  const { stdout, stderr, exitCode } = await startSweep(study, results, ...args);
  return { stdout, stderr, exitCode, report: stdout.startsWith('{') ? (JSON.parse(stdout) as SpaceReport) : undefined };
}

/** The files of results of a folder. */
export function resultFiles(results: string): string[] {
  const folder = join(results, 'results');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.json'))
    .map((path) => join(folder, path));
}

/** Waits until so many results are kept. */
export async function untilKept(results: string, count: number): Promise<void> {
  while (resultFiles(results).length < count) await setTimeout(50);
}

/** Leaves a file half written. */
export const cutOff = (file: string): void => {
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.slice(0, text.length / 2));
};
