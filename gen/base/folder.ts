import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from './errors.js';

/** A file of a folder to be written. */
export interface FolderFile {
  /** Relative to the folder. */
  readonly path: string;
  readonly content: string | Uint8Array;
}

/**
 * Makes a folder and those above it. Node's own `recursive` never returns where the system says of an existing folder
 * that it does not exist, as Linux does below /proc.
 *
 * @throws the system's error when it cannot be made.
 */
export function makeFolder(folder: string): void {
  const full = resolve(folder);
  try {
    makeOne(full);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(full) === full) throw error;
    makeFolder(dirname(full));
    makeOne(full);
  }
}

/** Makes a folder in an existing one, unless it is there, made by another process perhaps. */
function makeOne(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !statSync(folder).isDirectory()) throw error;
  }
}

/**
 * Writes a folder: into a temporary one beside it, moved into place when complete. What was there before is gone then;
 * on any failure it stays as it was.
 *
 * @throws UserError when it cannot be written.
 */
export function replaceFolder(folder: string, files: readonly FolderFile[]): void {
  const parent = dirname(resolve(folder));
  const temporary = join(parent, `.${basename(folder)}.new-${process.pid}`);
  const previous = join(parent, `.${basename(folder)}.old-${process.pid}`);
  try {
    makeFolder(temporary);
    for (const { path, content } of files) {
      const target = join(temporary, path);
      makeFolder(dirname(target));
      writeFileSync(target, content);
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
