import { existsSync, readFileSync } from 'node:fs';
import { UserError } from '../../gen/base/errors.js';
import { readPage, withParts } from '../../gen/base/page.js';
import { requireFileTarget, requireFolderTarget } from '../../gen/base/target.js';
import { reportJson } from '../synth/write.js';
import type { Library } from '../tools/liberty/library.js';
import type { Target } from './study.js';

/** @throws UserError naming the option whose file or folder cannot be written. */
export function requireWritable(writes: Readonly<Record<string, 'file' | 'folder'>>, flags: object): void {
  for (const [key, value] of Object.entries(flags)) {
    if (typeof value !== 'string') continue;
    if (writes[key] === 'file') requireFileTarget(value, `--${key}`);
    if (writes[key] === 'folder') requireFolderTarget(value, `--${key}`);
  }
}

/** The report as a file, JSON. None where the option was not given. */
export function jsonTarget<Report extends object>(option: string, file: string | undefined): Target<Report>[] {
  if (file === undefined) return [];
  return [{ option, file, text: reportJson }];
}

/** The part of a page that is a library's. */
export const partName = (library: Library | undefined): string => library?.identity.name ?? 'generic gates';

/**
 * Parts of a page, by the names of their marks. None where the page was not given.
 *
 * @throws UserError when it lacks a mark.
 */
export function partsTarget<Report>(
  file: string | undefined,
  parts: Readonly<Record<string, (report: Report) => string>>,
): Target<Report>[] {
  if (file === undefined) return [];
  const filled = (text: (part: (report: Report) => string) => string): string =>
    withParts(
      readPage(file),
      Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, text(part)])),
      file,
    );
  filled(() => '');
  return [{ option: '--write', file, text: (report) => filled((part) => part(report)) }];
}

/**
 * A whole page, which is known again by a line in it. None where it was not given.
 *
 * @throws UserError when it is there and another program's.
 */
export function pageTarget<Report>(
  file: string | undefined,
  {
    program,
    mark,
    text,
  }: { readonly program: string; readonly mark: string; readonly text: (report: Report) => string },
): Target<Report>[] {
  if (file === undefined) return [];
  if (existsSync(file) && !readFileSync(file, 'utf8').includes(mark)) {
    throw new UserError(`--write: ${file} exists and is no page of ${program}; remove it or choose another file`);
  }
  return [{ option: '--write', file, text }];
}
