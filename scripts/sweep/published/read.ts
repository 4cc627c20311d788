import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mistakesError, UserError } from '../../../gen/base/errors.js';
import type { TextFiles } from '../../tools/yosys/interface.js';
import type { PublishedSource, SourceFile } from './source.js';

const placeOf = (folder: string, { repository }: PublishedSource, path: string): string =>
  join(folder, repository, path);

/** Where a file is expected, and the commands that fetch it. */
function missing(folder: string, source: PublishedSource, { path, commit }: SourceFile): string {
  const clone = join(folder, source.repository);
  return [
    `--sources: ${placeOf(folder, source, path)} is missing: ${path} of https://github.com/${source.repository} at commit ${commit}`,
    `  git clone https://github.com/${source.repository} ${clone}`,
    `  git -C ${clone} checkout ${commit} -- ${path}`,
  ].join('\n');
}

/** @throws UserError with every file of the sources that is not there, and what fetches it. */
export function requireSources(folder: string, sources: readonly PublishedSource[]): void {
  const messages = [...new Set(sources)].flatMap((source) =>
    source.files
      .filter(({ path }) => !existsSync(placeOf(folder, source, path)))
      .map((file) => missing(folder, source, file)),
  );
  if (messages.length > 0) throw mistakesError(messages);
}

/**
 * The text of a source as it is measured, the added files first.
 *
 * @throws UserError when an edit does not find its place: the file is another than was measured.
 */
export function sourceTexts(folder: string, source: PublishedSource): TextFiles {
  const { files, edits = [], added = {} } = source;
  const read = ({ path, commit }: SourceFile): [string, string] => {
    const original = readFileSync(placeOf(folder, source, path), 'utf8').replaceAll('\r\n', '\n');
    const text = edits
      .filter((edit) => edit.path === path)
      .reduce((before, { from, to }) => {
        const after = before.replace(from, to);
        if (after !== before) return after;
        throw new UserError(`--sources: ${placeOf(folder, source, path)} is not that of commit ${commit}: no ${from}`);
      }, original);
    return [path, text];
  };
  return { ...added, ...Object.fromEntries(files.map(read)) };
}
