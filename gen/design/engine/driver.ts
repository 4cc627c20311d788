import { cMacros } from '../../commands/constants.js';
import { TABLE_VERSION_TEXT } from '../../commands/page.js';
import { BASE_REGISTERS, COMMAND_WORDS, ERRORS } from '../../commands/table.js';
import { COUNTERS } from '../../rtl/engine/registers.js';
import { type Identity, identityLines } from '../../rtl/render/identity.js';
import { renderTemplate } from '../../rtl/render/templates.js';
import type { RenderedFile } from '../rendered-file.js';

const FILES: readonly (readonly [path: string, title: string])[] = [
  ['ant_engine.h', 'Driver of the engine: header.'],
  ['ant_engine.c', 'Driver of the engine.'],
  ['example/example.h', 'Examples of the driver: header.'],
  ['example/bring_up.c', 'Example of the driver: a first job.'],
  ['example/network.c', 'Example of the driver: a compiled network.'],
  ['example/main.c', 'Example of the driver: bare metal.'],
];

/** The driver and its examples, in C99. */
export function renderDriver(identity: Identity): RenderedFile[] {
  const view = {
    version: TABLE_VERSION_TEXT,
    ...{ bases: BASE_REGISTERS, commandWords: COMMAND_WORDS, macros: cMacros() },
    errors: ERRORS.map(({ name, meaning }) => ({ name: `ANT_ERROR_${name.toUpperCase()}`, text: meaning })),
    counters: COUNTERS.map((field) => ({ field, name: `ANT_REG_${field.toUpperCase()}` })),
  };
  return FILES.map(([path, title]) => {
    const header = identityLines(title, identity).map((line) => ` * ${line}`.trimEnd());
    const template = `design/engine/${path.replace(/^example\//, '')}`;
    return { path: `driver/${path}`, text: renderTemplate(template, { ...view, header: header.join('\n') }) };
  });
}
