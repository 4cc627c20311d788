import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { ROOT } from '../../gen/base/installed.js';
import { writeJavaScript } from '../../scripts/tools/package.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the programs in JavaScript. */
    readonly javascript: string;
  }
}

/** What programs find in the same place as in the repository. */
const LINKED = ['build', 'docs', 'models', 'tb', 'templates', 'tsconfig.json'];

/**
 * The repository's programs as JavaScript, once for all tests: tsx translates on each start, which takes a second or two
 * of a test that takes three. Tests of `npm run` itself start what package.json names.
 */
export async function setup({ provide }: TestProject): Promise<() => void> {
  mkdirSync(join(ROOT, 'build'), { recursive: true });
  // A folder for each run, as runs may be at the same time.
  const out = mkdtempSync(join(ROOT, 'build/javascript-'));
  await writeJavaScript(out);
  for (const path of LINKED) symlinkSync(join(ROOT, path), join(out, path));
  provide('javascript', out);
  return () => rmSync(out, { recursive: true });
}
