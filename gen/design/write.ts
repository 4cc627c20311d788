import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../base/errors.js';
import { replaceFolder } from '../base/folder.js';
import { MANIFEST_FILE, sha256 } from './manifest.js';
import type { RenderedFile } from './rendered-file.js';

/**
 * Writes a design's folder: into a temporary folder beside it, moved into place when complete. A previous design there
 * is replaced; on any failure it stays as it was.
 *
 * @throws UserError when the folder holds something else than a design as it was generated, or cannot be written.
 */
export function writeDesign(folder: string, files: readonly RenderedFile[]): void {
  if (existsSync(folder) && !isReplaceable(folder)) {
    throw new UserError(
      `${folder} exists and is no design (it has no ${MANIFEST_FILE}); remove it or choose another --name or --out`,
    );
  }
  const foreign = existsSync(folder) ? foreignFiles(folder) : [];
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
const BY_PRODUCT =
  /^(manifest\.json|(area|fpga|period)\.(json|md)|curve\.json|(area|period)\/netlist\/[^/]+\.v|sim|sim_dir\/.+)$/;

/** Files of a design's folder that are neither its own, as they were generated, nor by-products. */
function foreignFiles(folder: string): string[] {
  const generated = manifestFiles(folder);
  return filesOf(folder).flatMap((path) => {
    const hash = generated.get(path);
    if (hash === undefined) return BY_PRODUCT.test(path) ? [] : [path];
    return sha256(readFileSync(join(folder, path))) === hash ? [] : [`${path} (changed since)`];
  });
}

/** The paths of all files in a folder and below it, relative to it; empty folders among them, which somebody made. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory()) return [entry.name];
    const below = filesOf(join(folder, entry.name));
    return below.length === 0 ? [entry.name] : below.map((path) => `${entry.name}/${path}`);
  });
}

/** The files that an existing manifest lists, with their hashes; a broken one lists none, and then everything is foreign. */
function manifestFiles(folder: string): ReadonlyMap<string, string> {
  try {
    const { files } = JSON.parse(readFileSync(join(folder, MANIFEST_FILE), 'utf8')) as {
      files: { path: string; sha256: string }[];
    };
    return new Map(files.map(({ path, sha256: hash }) => [path, hash]));
  } catch {
    return new Map();
  }
}

function isReplaceable(folder: string): boolean {
  if (!statSync(folder).isDirectory()) return false;
  const entries = readdirSync(folder);
  return entries.length === 0 || entries.includes(MANIFEST_FILE);
}
