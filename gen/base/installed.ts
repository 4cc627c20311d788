import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository, or of the installed package, whose files lie in the same places. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The ending of the modules that run: `.ts`, or `.js` where they were translated before. */
export const ENDING = extname(import.meta.url);

/** Whether this is the installed package, which has no TypeScript, and not the repository. */
export const INSTALLED = !existsSync(join(ROOT, 'tsconfig.json'));

/** How commands begin in the repository; of the options behind `--`. */
const OF_NPM = /npm run (?:-s )?([a-z][\w:-]*)(?: --(?![\w-]))?/g;

/** Text that names commands, in which they are called as the user calls them: `npm run gen --`, or `npx ant-rtl gen`. */
export const asCalled = (text: string, installed = INSTALLED): string =>
  installed ? text.replace(OF_NPM, 'npx ant-rtl $1') : text;
