import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { UserError } from './errors.js';

/**
 * Writes a file that is complete, or as before.
 *
 * @param option The option that named it, for the message; without, none did.
 * @throws UserError when it cannot be written.
 */
export function writeWhole(file: string, content: string | Uint8Array, option?: string): void {
  const temporary = `${file}.new-${process.pid}`;
  try {
    writeFileSync(temporary, content);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new UserError(
      `${option === undefined ? '' : `${option}: `}cannot write ${file}: ${(error as Error).message}`,
    );
  }
}
