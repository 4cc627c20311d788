import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../../gen/base/installed.js';
import { BROWSER_SCRIPTS, browserBundle } from '../../tools/bundle.js';

const { entry, built } = BROWSER_SCRIPTS.explorer;

/** The script of the page with its packages: bundled now, or before, where this program is JavaScript. */
export async function explorerScript(): Promise<string> {
  const file = join(ROOT, built);
  return existsSync(file) ? readFileSync(file, 'utf8') : browserBundle(entry);
}
