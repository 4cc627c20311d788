import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../../gen/base/installed.js';

/** What results may depend on: generator, measurement, templates, test benches, and the packages that they use. */
const SOURCES = ['gen', 'scripts', 'templates', 'tb'];

/** What only shows results. */
const APART = ['scripts/sweep/explorer/', 'templates/sweep/'];

let known: string | undefined;

/** The sha256 of this program: another one may measure otherwise, even under the same version. */
export function programDigest(): string {
  if (known !== undefined) return known;
  const files = SOURCES.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.d.ts'))
      .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length))
      .filter((file) => !APART.some((folder) => file.startsWith(folder))),
  );
  const hash = createHash('sha256');
  for (const file of [...files.sort(), 'package.json']) {
    const content = readFileSync(join(ROOT, file));
    hash.update(`${file} ${content.length}\n`).update(content);
  }
  known = hash.digest('hex');
  return known;
}
