import { type Browser, chromium } from 'playwright-core';
import { requireTool } from './find.js';

/**
 * Chromium without a window, ended behind its use.
 *
 * @throws UserError (exit code 3) where it is missing or too old.
 */
export async function withChromium<T>(use: (browser: Browser) => Promise<T>): Promise<T> {
  const { path } = await requireTool('chromium');
  // Its sandbox does not run for the superuser, who is whom containers have.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser = await chromium.launch({ executablePath: path, args });
  return use(browser).finally(() => browser.close());
}
