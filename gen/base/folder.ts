import { existsSync, lstatSync, mkdirSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { onExit } from 'signal-exit';
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

let watching = false;

/**
 * From here on, a signal waits until the code that is running comes to its end: writing is never cut short. Until a
 * program writes, signals end it at once.
 */
function deferSignals(): void {
  if (!watching) onExit(() => undefined);
  watching = true;
}

/** Where a folder lies: behind a symbolic link, that to which it leads. */
function followed(path: string): string {
  if (!isLink(path)) return resolve(path);
  try {
    return realpathSync(path);
  } catch {
    throw new UserError(`cannot write ${path}: it is a symbolic link that leads nowhere; remove it`);
  }
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

/**
 * Writes a folder: into a temporary one beside it, moved into place when complete. What was there before is gone then;
 * on any failure, and where a signal ends the program, it stays as it was. A symbolic link is followed and stays.
 *
 * @throws UserError when it cannot be written.
 */
export function replaceFolder(folder: string, files: readonly FolderFile[]): void {
  const place = followed(folder);
  const [temporary, previous] = ['new', 'old'].map((state) =>
    join(dirname(place), `.${basename(place)}.${state}-${process.pid}`),
  ) as [string, string];
  deferSignals();
  try {
    makeFolder(temporary);
    for (const { path, content } of files) {
      const target = join(temporary, path);
      makeFolder(dirname(target));
      writeFileSync(target, content);
    }
    if (existsSync(place)) renameSync(place, previous);
    try {
      renameSync(temporary, place);
    } catch (error) {
      if (existsSync(previous)) renameSync(previous, place);
      throw error;
    }
    rmSync(previous, { recursive: true, force: true });
  } catch (error) {
    if (existsSync(temporary)) rmSync(temporary, { recursive: true, force: true });
    throw new UserError(`cannot write ${folder}: ${(error as Error).message}`);
  }
}
