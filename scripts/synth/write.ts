import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../gen/base/errors.js';
import { renderMarkdown } from './render.js';
import type { AreaReport } from './report.js';

/** Writes `area.json` and `area.md` to a design's folder. */
export function writeReport(folder: string, report: AreaReport): string[] {
  return writeReportFiles(folder, { 'area.json': reportJson(report), 'area.md': renderMarkdown(report) });
}

/** Writes files to a design's folder, by name; either all are new or all are as before. */
export function writeReportFiles(folder: string, contents: Readonly<Record<string, string | Uint8Array>>): string[] {
  const files = Object.entries(contents).map(([name, content]) => [join(folder, name), content] as const);
  const temporary = (path: string): string => `${path}.new-${process.pid}`;
  try {
    for (const [path, content] of files) writeFileSync(temporary(path), content);
    for (const [path] of files) renameSync(temporary(path), path);
  } catch (error) {
    for (const [path] of files) rmSync(temporary(path), { force: true });
    throw new UserError(`cannot write the report to ${folder}: ${(error as Error).message}`);
  }
  return files.map(([path]) => path);
}

/** A report as the text of a JSON file. */
export function reportJson(report: object): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
