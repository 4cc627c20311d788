import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { validateConfiguration } from '../../../../gen/config/validate.js';
import { renderAll } from '../../../../gen/design/generate.js';
import { elaborate } from '../../../../gen/rtl/design.js';
import { REFERENCES, type Reference } from './list.js';

const FOLDER = fileURLToPath(new URL('../../../../docs/microarchitecture/', import.meta.url));

/** The Verilog of an alternative. */
export const readAlternative = (name: string): string => readFileSync(join(FOLDER, `${name}.v`), 'utf8');

/** A generated PE, with what it holds. */
export interface GeneratedPe {
  readonly module: string;
  readonly text: string;
}

export function generatedPe(of: Reference): GeneratedPe {
  const module = `${REFERENCES[of].name}_pe`;
  const files = renderAll(elaborate(validateConfiguration(REFERENCES[of])));
  // A PE of several lanes has the module of a lane in a file of its own.
  const found = [`${REFERENCES[of].name}_lane`, module].flatMap((name) =>
    files.filter(({ path }) => path === `rtl/${name}.v`),
  );
  if (!found.some(({ path }) => path === `rtl/${module}.v`)) throw new Error(`the design has no ${module}`);
  return { module, text: found.map(({ text }) => text).join('\n') };
}
