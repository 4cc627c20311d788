import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onExit } from 'signal-exit';

/** Folders that are in use. */
const open = new Set<string>();

/** Tools that are being stopped may still write there: a folder that fills again is removed again. */
const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });

onExit(() => {
  for (const folder of open) remove(folder);
});

/**
 * Runs work in a temporary folder that is removed behind it, and also when a signal ends the program before.
 *
 * @param purpose Part of the folder's name.
 */
export async function inScratch<T>(purpose: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), `ant-rtl-${purpose}-`));
  open.add(folder);
  try {
    return await work(folder);
  } finally {
    remove(folder);
    open.delete(folder);
  }
}
