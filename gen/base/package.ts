import { EXIT, UserError } from './errors.js';
import { INSTALLED } from './installed.js';

/**
 * Loads a package that only measuring needs: an installation for Verilog alone (`npm ci --omit=dev`) is without it.
 *
 * @throws UserError (exit code 3) that says how to install it.
 */
export async function loadPackage<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    const wayOut = INSTALLED ? `npm install ${name} installs it` : 'npm ci installs all packages';
    throw new UserError(`the package ${name} is not installed; ${wayOut}`, EXIT.toolBroken);
  }
}
