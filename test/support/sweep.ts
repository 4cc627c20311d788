import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { SpaceReport, SpaceRow } from '../../scripts/sweep/space/report.js';
import { runProgram } from './program.js';

/** Starts `npm run sweep` on a study. */
export const startSweep = (study: string, results: string, ...args: string[]) =>
  runProgram('sweep', [study, '--results', results, '--json', ...args]);

/** Runs a study to its end. */
export async function sweep(study: string, results: string, ...args: string[]) {
  const { stdout, stderr, exitCode } = await startSweep(study, results, ...args);
  return { stdout, stderr, exitCode, report: stdout.startsWith('{') ? (JSON.parse(stdout) as SpaceReport) : undefined };
}

/** Writes a study of eight measurements that take some seconds together. */
export function writeStudy(folder: string): string {
  const file = join(folder, 'study.yaml');
  writeFileSync(
    file,
    `design: { activations: [int4, uint4], weights: [int4] }
axes: { rows: [4, 8, 16, 32], cols: [4, 8] }
metrics: { model: { networks: [ResNet18] } }
objective: minimise cycles
`,
  );
  return file;
}

/** What was measured of each point. */
export const valuesOf = (report: SpaceReport | undefined): SpaceRow['values'][] =>
  report?.points.map((row) => row.values) ?? [];

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
