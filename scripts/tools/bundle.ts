import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../gen/base/installed.js';

/** Scripts of pages: where their modules begin, and where they lie bundled beside programs in JavaScript. */
export const BROWSER_SCRIPTS = {
  explorer: {
    entry: 'scripts/sweep/explorer/browser/main.tsx',
    built: 'scripts/sweep/explorer/browser.js',
  },
} as const;

/**
 * A script for browsers and all that it imports as one text, the licences of the packages in it on top.
 *
 * @param entry From the root of the repository.
 */
export async function browserBundle(entry: string): Promise<string> {
  const { build } = await import('esbuild');
  const { outputFiles, metafile } = await build({
    ...{ absWorkingDir: ROOT, entryPoints: [entry], bundle: true, write: false, metafile: true, minify: true },
    ...{ format: 'iife', target: 'es2022', charset: 'utf8', legalComments: 'none', logLevel: 'silent' },
    ...{ jsx: 'automatic', jsxImportSource: 'preact' },
  });
  const packages = Object.keys(metafile.inputs).flatMap((file) => packageOf(file) ?? []);
  const notices = [...new Set(packages)].sort().map(licenceNotice);
  // The text of a script element must not end it.
  const script = (outputFiles[0]?.text ?? '').replace(/<(?=\/script|!--)/gi, '\\x3c');
  return `${notices.join('\n')}\n${script}`;
}

/** The folder of the package that a file is of: `node_modules/d3-scale`. */
const packageOf = (file: string): string | undefined => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];

function licenceNotice(folder: string): string {
  const file = ['LICENSE', 'LICENSE.md', 'LICENCE'].map((name) => join(ROOT, folder, name)).find(existsSync);
  if (file === undefined) throw new Error(`${folder} has no licence text`);
  const { name, version } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
  return `/*! ${name} ${version}\n${readFileSync(file, 'utf8').trim().replaceAll('*/', '* /')}\n*/`;
}
