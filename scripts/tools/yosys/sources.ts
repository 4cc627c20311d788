import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TextFiles } from './interface.js';

/** The text of files of a design. */
export const sourcesOf = (folder: string, files: readonly string[]): TextFiles =>
  Object.fromEntries(files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
