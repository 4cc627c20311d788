import { existsSync, mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UserError } from './errors.js';

/** What keeps a file from being written, for a message; undefined where nothing does. */
export function fileObstacle(file: string): string | undefined {
  if (existsSync(file) && !statSync(file).isFile()) {
    return statSync(file).isDirectory() ? 'it is a folder; name a file' : 'it is a device or the like; name a file';
  }
  const folder = dirname(resolve(file));
  return existsSync(folder) ? folderObstacle(folder) : `there is no folder ${folder}`;
}

/** What keeps a folder, and those above it, from being made and written, for a message; undefined where nothing does. */
export function folderObstacle(folder: string): string | undefined {
  const full = resolve(folder);
  if (!existsSync(full)) return folderObstacle(dirname(full));
  if (!statSync(full).isDirectory()) return `${full} is a file; name a folder`;
  try {
    rmdirSync(mkdtempSync(join(full, '.ant-rtl-')));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * Looks whether a file can be written, for before the long part of a program begins.
 *
 * @param option The option that named it, for the message; without, none did.
 * @throws UserError when it cannot.
 */
export function requireFileTarget(file: string, option?: string): void {
  refuse(fileObstacle(file), file, option);
}

/**
 * Looks whether a folder can be made and written, for before the long part of a program begins.
 *
 * @param option The option that named it.
 * @throws UserError when it cannot.
 */
export function requireFolderTarget(folder: string, option: string): void {
  refuse(folderObstacle(folder), folder, option);
}

function refuse(obstacle: string | undefined, target: string, option: string | undefined): void {
  if (obstacle === undefined) return;
  throw new UserError(`${option === undefined ? '' : `${option}: `}cannot write ${target}: ${obstacle}`);
}
