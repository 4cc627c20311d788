import { join, resolve } from 'node:path';
import { INSTALLED, ROOT } from '../../gen/base/installed.js';

/** Where compiled simulations and other by-products of programs go: the project's folder, or the user's where it is installed. */
export const BUILD_FOLDER = INSTALLED ? resolve('build') : join(ROOT, 'build');
