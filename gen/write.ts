import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from './errors.js';
import { replaceFolder } from './folder.js';
import { MANIFEST_FILE } from './manifest.js';
import type { RenderedFile } from './render/files.js';

/**
 * Writes a design's folder: into a temporary folder beside it, moved into place when complete. A previous design there
 * is replaced; on any failure it stays as it was.
 *
 * @throws UserError when the folder holds something else than a design, or cannot be written.
 */
export function writeDesign(folder: string, files: readonly RenderedFile[]): void {
  if (existsSync(folder) && !isReplaceable(folder)) {
    throw new UserError(
      `${folder} exists and is no design (it has no ${MANIFEST_FILE}); remove it or choose another --name or --out`,
    );
  }
  const foreign = existsSync(folder) ? foreignEntries(folder) : [];
  if (foreign.length > 0) {
    throw new UserError(
      `${folder} holds what the generator did not write: ${foreign.join(', ')}; move it away or choose another --name or --out`,
    );
  }
  replaceFolder(
    folder,
    files.map(({ path, text }) => ({ path, content: text })),
  );
}

/** What programs and the documented commands leave in a design's folder, besides the files of its manifest. */
const BY_PRODUCTS: readonly string[] = [
  MANIFEST_FILE,
  'area',
  'area.json',
  'area.md',
  'fpga.json',
  'fpga.md',
  'period.json',
  'period.md',
  'curve.json',
  'sim',
  'sim_dir',
];

/** Entries of a design's folder that are neither its files nor by-products. */
function foreignEntries(folder: string): string[] {
  if (readdirSync(folder).length === 0) return [];
  const known = new Set([...BY_PRODUCTS, ...manifestPaths(folder).map((path) => path.split('/')[0] as string)]);
  return readdirSync(folder).filter((entry) => !known.has(entry));
}

/** The paths an existing manifest lists; a broken one lists none, and then everything counts as foreign. */
function manifestPaths(folder: string): string[] {
  try {
    const { files } = JSON.parse(readFileSync(join(folder, MANIFEST_FILE), 'utf8')) as { files: { path: string }[] };
    return files.map(({ path }) => path);
  } catch {
    return [];
  }
}

function isReplaceable(folder: string): boolean {
  if (!statSync(folder).isDirectory()) return false;
  const entries = readdirSync(folder);
  return entries.length === 0 || entries.includes(MANIFEST_FILE);
}
