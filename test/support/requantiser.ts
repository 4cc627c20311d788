import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { validateRequantiser } from '../../gen/config/requantiser.js';
import { MANIFEST_FILE, sha256 } from '../../gen/design/manifest.js';
import { generateRequantiser } from '../../gen/design/requantiser/generate.js';
import { loadRequantiser, type RequantiserManifest } from '../../gen/design/requantiser/manifest.js';

/** A requantiser in a folder. */
export interface GeneratedRequantiser {
  readonly folder: string;
  readonly manifest: RequantiserManifest;
}

export function requantiserIn(out: string, raw: object): GeneratedRequantiser {
  const { folder } = generateRequantiser(validateRequantiser({ arch: 'requantise', ...raw }), out, { replace: true });
  return { folder, manifest: loadRequantiser(folder) };
}

/** The same with a piece of a module replaced, and a manifest that agrees, as with a bug of the generator. */
export function brokenRequantiser(
  out: string,
  raw: object,
  [module, piece, replacement]: readonly [string, string, string],
): GeneratedRequantiser {
  const { folder, manifest } = requantiserIn(out, raw);
  const path = `rtl/${manifest.configuration.name}_${module}.v`;
  const text = readFileSync(join(folder, path), 'utf8');
  expect(text, `${path} holds the piece to break`).toContain(piece);
  const changed = text.replace(piece, () => replacement);
  writeFileSync(join(folder, path), changed);
  const files = manifest.files.map((file) => (file.path === path ? { path, sha256: sha256(changed) } : file));
  writeFileSync(join(folder, MANIFEST_FILE), JSON.stringify({ ...manifest, files }));
  return { folder, manifest: loadRequantiser(folder) };
}
