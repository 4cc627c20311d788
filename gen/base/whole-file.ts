import writeFileAtomic from 'write-file-atomic';
import { UserError } from './errors.js';

/**
 * Writes a file that is complete, or as before, also where a signal ends the program. A symbolic link is followed.
 *
 * @param option The option that named it, for the message; without, none did.
 * @throws UserError when it cannot be written.
 */
export function writeWhole(file: string, content: string | Uint8Array, option?: string): void {
  try {
    writeFileAtomic.sync(file, Buffer.from(content));
  } catch (error) {
    throw new UserError(
      `${option === undefined ? '' : `${option}: `}cannot write ${file}: ${(error as Error).message}`,
    );
  }
}
