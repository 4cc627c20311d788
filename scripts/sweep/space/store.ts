import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { EXIT, UserError } from '../../../gen/base/errors.js';
import { makeFolder } from '../../../gen/base/folder.js';
import { writeWhole } from '../../../gen/base/whole-file.js';
import type { Measured } from './metric.js';

/** The form of a folder of results. */
const FORM = 1;
const MARK = 'sweep.json';

const MARK_FILE = z.object({ form: z.number() });

const RESULT = z.strictObject({
  key: z.string(),
  /** What the key is the hash of. */
  of: z.unknown(),
  values: z.record(z.string(), z.number().nullable()),
  /** That the measurement took. */
  seconds: z.number(),
});

/** A result that is kept. */
export interface Kept {
  readonly values: Measured;
  readonly seconds: number;
}

/** A result that cannot be kept: measuring on is in vain. */
export class UnkeptError extends UserError {
  constructor(folder: string, reason: string) {
    super(`cannot keep results in ${folder}: ${reason}`, EXIT.toolBroken);
  }
}

/** Results that are kept, each under the hash of all that it depends on, to read. */
export interface KeptResults {
  /** Nothing where there is none, or a damaged one. */
  readonly get: (key: string) => Kept | undefined;
}

/** The same, to add to. */
export interface ResultStore extends KeptResults {
  readonly folder: string;
  /** @throws UnkeptError where it cannot be written. */
  readonly set: (key: string, of: unknown, result: Kept) => void;
}

/** Where claims lie, and what Yosys gave. */
const CLAIMS = 'claims';
export const claimsIn = (folder: string): string => join(folder, CLAIMS);
export const yosysIn = (folder: string): string => join(folder, 'yosys');

/** The hash of all that a result depends on. */
export const resultKey = (of: unknown): string => createHash('sha256').update(JSON.stringify(of)).digest('hex');

const fileOf = (folder: string, key: string): string => join(folder, 'results', key.slice(0, 2), `${key}.json`);

/**
 * What a folder of results holds. Nothing where there is no folder, and none is made.
 *
 * @throws UserError where the folder is none of results, or of results of another form.
 */
export function keptResults(folder: string): KeptResults {
  isMarked(folder);
  return {
    get(key) {
      const found = readResult(fileOf(folder, key));
      return found?.key === key && resultKey(found.of) === key ? found : undefined;
    },
  };
}

/**
 * Results as files of a folder, one each, that several programs may use at a time: a file is whole or not there.
 * One that is damaged, or another's, counts as not there, and is written again.
 *
 * @throws UserError where the folder is none of results, or of results of another form, or cannot be made (UnkeptError).
 */
export function resultStore(folder: string): ResultStore {
  if (!isMarked(folder)) mark(folder);
  return {
    ...keptResults(folder),
    folder,
    set(key, of, { values, seconds }) {
      const text = `${JSON.stringify({ key, of, values, seconds })}\n`;
      try {
        makeFolder(dirname(fileOf(folder, key)));
        writeWhole(fileOf(folder, key), text);
      } catch (error) {
        throw new UnkeptError(folder, (error as Error).message);
      }
    },
  };
}

/** Whether a folder is one of results already. @throws UserError where it cannot become one. */
function isMarked(folder: string): boolean {
  const file = join(folder, MARK);
  if (existsSync(file)) {
    const form = readMark(file);
    if (form !== FORM) {
      throw new UserError(
        `${folder} holds results of another form (${form ?? 'unknown'}; this program has ${FORM}); name another folder with --results`,
      );
    }
    return true;
  }
  // What another program that begins at the same moment has written before its mark.
  const isBegun = (name: string): boolean => name === CLAIMS || name.startsWith(MARK);
  const others = existsSync(folder) ? readdirSync(folder).filter((name) => !isBegun(name)) : [];
  if (others.length > 0) {
    throw new UserError(
      `${folder} is no folder of results: it holds ${others.slice(0, 3).join(', ')}; name another with --results`,
    );
  }
  return false;
}

function mark(folder: string): void {
  try {
    makeFolder(claimsIn(folder));
    writeWhole(join(folder, MARK), `${JSON.stringify({ form: FORM })}\n`);
  } catch (error) {
    throw new UnkeptError(folder, (error as Error).message);
  }
}

function readMark(file: string): number | undefined {
  try {
    return MARK_FILE.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data?.form;
  } catch {
    return undefined;
  }
}

function readResult(file: string): z.output<typeof RESULT> | undefined {
  try {
    return RESULT.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}
