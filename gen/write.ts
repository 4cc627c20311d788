import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UserError } from './errors.js';
import { MANIFEST_FILE } from './manifest.js';
import type { RenderedFile } from './render/files.js';

/**
 * Writes a design's folder: into a temporary folder beside it, moved into place when complete. A previous design there
 * is replaced; on any failure it stays as it was.
 *
 * @throws UserError when the folder holds something else than a design, or cannot be written.
 */
export function writeDesign(folder: string, files: readonly RenderedFile[]): void {
  if (existsSync(folder) && !isReplaceable(folder)) {
    throw new UserError(
      `${folder} exists and is no design (it has no ${MANIFEST_FILE}); remove it or choose another --name or --out`,
    );
  }
  const parent = dirname(folder);
  const temporary = join(parent, `.${basename(folder)}.new-${process.pid}`);
  const previous = join(parent, `.${basename(folder)}.old-${process.pid}`);
  try {
    for (const { path, text } of files) {
      const target = join(temporary, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, text);
    }
    if (existsSync(folder)) renameSync(folder, previous);
    try {
      renameSync(temporary, folder);
    } catch (error) {
      if (existsSync(previous)) renameSync(previous, folder);
      throw error;
    }
    rmSync(previous, { recursive: true, force: true });
  } catch (error) {
    if (existsSync(temporary)) rmSync(temporary, { recursive: true, force: true });
    throw new UserError(`cannot write ${folder}: ${(error as Error).message}`);
  }
}

function isReplaceable(folder: string): boolean {
  if (!statSync(folder).isDirectory()) return false;
  const entries = readdirSync(folder);
  return entries.length === 0 || entries.includes(MANIFEST_FILE);
}
