import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../../../gen/design/manifest.js';

/** The Verilog of a module and of all that are in it: what else a design has would change the names that synthesis gives. */
export function moduleSource(folder: string, { modules }: Pick<Manifest, 'modules'>, module: string): string {
  const texts = new Map(modules.map(({ name, file }) => [name, readFileSync(join(folder, file), 'utf8')]));
  const wanted = new Set([module]);
  // A set grows while it is gone through.
  for (const name of wanted) {
    const words = new Set(
      texts
        .get(name)
        ?.replaceAll(/\/\/.*/g, '')
        .match(/\w+/g),
    );
    for (const other of texts.keys()) if (words.has(other)) wanted.add(other);
  }
  return [...texts].flatMap(([name, text]) => (wanted.has(name) ? [text] : [])).join('\n');
}
