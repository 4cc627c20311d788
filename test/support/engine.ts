import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { validateEngine } from '../../gen/config/engine.js';
import { generateEngine } from '../../gen/design/engine/generate.js';
import { type EngineManifest, loadEngine } from '../../gen/design/engine/manifest.js';
import { MANIFEST_FILE, sha256 } from '../../gen/design/manifest.js';

/** An engine in a folder. */
export interface GeneratedEngine {
  readonly folder: string;
  readonly manifest: EngineManifest;
}

export function engineIn(out: string, raw: object): GeneratedEngine {
  const { folder } = generateEngine(validateEngine({ engine: true, ...raw }), out, { replace: true });
  return { folder, manifest: loadEngine(folder) };
}

/** The same with its Verilog changed, and a manifest that agrees, as with a bug of the generator. */
export function brokenEngine(
  out: string,
  raw: object,
  broken: (file: string, text: string) => string,
): GeneratedEngine {
  const { folder, manifest } = engineIn(out, raw);
  const files = manifest.files.map(({ path, sha256: hash }) => {
    if (!path.endsWith('.v')) return { path, sha256: hash };
    const text = broken(basename(path), readFileSync(join(folder, path), 'utf8'));
    writeFileSync(join(folder, path), text);
    return { path, sha256: sha256(text) };
  });
  if (files.every(({ sha256: hash }, i) => hash === manifest.files[i]?.sha256))
    throw new Error('the break changes nothing');
  writeFileSync(join(folder, MANIFEST_FILE), JSON.stringify({ ...manifest, files }));
  return { folder, manifest: loadEngine(folder) };
}
