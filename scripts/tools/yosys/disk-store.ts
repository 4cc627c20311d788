import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { UserError } from '../../../gen/base/errors.js';
import { makeFolder } from '../../../gen/base/folder.js';
import { STORE_VARIABLE } from './environment.js';
import type { OutcomeStore } from './remember.js';

const ENTRY = z.strictObject({
  key: z.string(),
  log: z.string(),
  files: z.record(z.string(), z.string()),
  tookSeconds: z.number(),
});

/** A store on disk, with what it did so far. */
export interface DiskStore extends OutcomeStore {
  readonly folder: string;
  /** Outcomes that were asked for, and how many of them were there. */
  readonly counts: () => { readonly asked: number; readonly found: number };
}

/**
 * Outcomes as compressed files of a folder, one each, which several programs may use at a time: a file is complete or not there.
 * One that cannot be read, is damaged or is another's counts as not there, and is written again.
 *
 * @param onProblem Told once, where an outcome cannot be written: the work goes on without.
 * @throws UserError where the folder cannot be made.
 */
export function diskStore(folder: string, onProblem: (what: string) => void): DiskStore {
  let [asked, found, complained] = [0, 0, false];
  try {
    makeFolder(folder);
  } catch (error) {
    throw new UserError(`${STORE_VARIABLE}: cannot make ${folder}: ${(error as Error).message}`);
  }
  const fileOf = (key: string): string => join(folder, key.slice(0, 2), `${key}.json.gz`);
  return {
    folder,
    counts: () => ({ asked, found }),
    async get(key) {
      asked++;
      const entry = await readEntry(fileOf(key));
      if (entry?.key !== key) return undefined;
      found++;
      const { key: _, ...outcome } = entry;
      return outcome;
    },
    async set(key, outcome) {
      try {
        const packed = await promisify(gzip)(JSON.stringify({ key, ...outcome }));
        makeFolder(dirname(fileOf(key)));
        await writeFileAtomic(fileOf(key), packed, { fsync: false });
      } catch (error) {
        if (!complained) onProblem(`cannot keep results of Yosys in ${folder}: ${(error as Error).message}`);
        complained = true;
      }
    },
  };
}

async function readEntry(file: string): Promise<z.output<typeof ENTRY> | undefined> {
  try {
    const text = (await promisify(gunzip)(await readFile(file))).toString();
    return ENTRY.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
