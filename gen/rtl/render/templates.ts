import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Handlebars from 'handlebars';
import { registerHelpers } from './helpers.js';

const FOLDER = fileURLToPath(new URL('../../../templates/', import.meta.url));

const engine = Handlebars.create();
registerHelpers(engine);
for (const file of readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })) {
  const partial = /(?:^|\/)partials\/(.+)\.hbs$/.exec(file)?.[1];
  if (partial !== undefined) engine.registerPartial(partial, readFileSync(`${FOLDER}${file}`, 'utf8'));
}

const compiled = new Map<string, Handlebars.TemplateDelegate>();

/** Renders a template of `templates/` (`name` without `.hbs`). Unknown names in the template are errors. */
export function renderTemplate(name: string, view: object): string {
  let template = compiled.get(name);
  if (!template) {
    const source = readFileSync(`${FOLDER}${name}.hbs`, 'utf8');
    template = engine.compile(source, { strict: true, noEscape: true, knownHelpersOnly: false });
    compiled.set(name, template);
  }
  return template(view);
}
