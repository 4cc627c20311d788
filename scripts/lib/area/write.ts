import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderMarkdown } from '../../../gen/area/render.js';
import type { AreaReport } from '../../../gen/area/report.js';
import { UserError } from '../../../gen/errors.js';

/** Writes `area.json` and `area.md` to a design's folder; either both are new or both are as before. */
export function writeReport(folder: string, report: AreaReport): string[] {
  const files: [string, string][] = [
    [join(folder, 'area.json'), areaJson(report)],
    [join(folder, 'area.md'), renderMarkdown(report)],
  ];
  const temporary = (path: string): string => `${path}.new-${process.pid}`;
  try {
    for (const [path, text] of files) writeFileSync(temporary(path), text);
    for (const [path] of files) renameSync(temporary(path), path);
  } catch (error) {
    for (const [path] of files) rmSync(temporary(path), { force: true });
    throw new UserError(`cannot write the report to ${folder}: ${(error as Error).message}`);
  }
  return files.map(([path]) => path);
}

export function areaJson(report: AreaReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
