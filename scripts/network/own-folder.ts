import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../gen/base/errors.js';
import { requireFolderTarget } from '../../gen/base/target.js';
import { GENERATOR } from '../../gen/base/version.js';

/** What a program writes into its folders: the names of all entries, and which of them is its report. */
export interface OwnEntries {
  readonly entries: readonly string[];
  /** A JSON file with the key `generator`. */
  readonly report: string;
}

/** @throws UserError when a folder cannot be written, or holds anything that an earlier run of the program did not write. */
export function requireOwnFolder(out: string, { entries: own, report }: OwnEntries): void {
  requireFolderTarget(out, '--out');
  if (!existsSync(out)) return;
  const entries = readdirSync(out);
  if (entries.length === 0) return;
  const foreign = entries.filter((entry) => !own.includes(entry));
  if (foreign.length > 0) {
    throw new UserError(`${out} holds what this program did not write: ${foreign.join(', ')}; choose another --out`);
  }
  if (isOwnReport(join(out, report))) return;
  throw new UserError(`${out} exists and holds no ${report} of this program; choose another --out`);
}

function isOwnReport(file: string): boolean {
  try {
    const { generator } = JSON.parse(readFileSync(file, 'utf8')) as { generator?: unknown };
    return typeof generator === 'string' && generator.split(' ')[0] === GENERATOR.split(' ')[0];
  } catch {
    return false;
  }
}
