import { fileURLToPath } from 'node:url';

/** Whether this is the installed package, which is plain JavaScript, and not the repository. */
export const INSTALLED = !import.meta.url.endsWith('.ts');

/** The folder of the repository, or of the installed package, whose files lie in the same places. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** How commands begin in the repository; of the options behind `--`. */
const OF_NPM = /npm run (?:-s )?([a-z][\w:-]*)(?: --(?![\w-]))?/g;

/** Text that names commands, in which they are called as the user calls them: `npm run gen --`, or `npx ant-rtl gen`. */
export const asCalled = (text: string, installed = INSTALLED): string =>
  installed ? text.replace(OF_NPM, 'npx ant-rtl $1') : text;
