import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import type { TestProject } from 'vitest/node';
import { otherFiles, SOURCES } from '../../scripts/tools/package.js';
import { ROOT } from './root.js';

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
export async function setup({ provide }: TestProject): Promise<void> {
  const out = join(ROOT, 'build/javascript');
  rmSync(out, { recursive: true, force: true });
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  await execa(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--declaration', 'false', '--outDir', out], {
    cwd: ROOT,
  });
  for (const path of SOURCES.flatMap(otherFiles)) {
    mkdirSync(dirname(join(out, path)), { recursive: true });
    cpSync(join(ROOT, path), join(out, path));
  }
  for (const path of LINKED) symlinkSync(join(ROOT, path), join(out, path));
  provide('javascript', out);
}
