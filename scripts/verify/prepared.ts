import { rmSync } from 'node:fs';
import { scratchFolder } from '../tools/verilator.js';
import type { CheckOutcome, PreparedCheck } from './outcome.js';

/** Prepares a check with files in a folder of its own. @param name Of the folder. */
export async function prepared<Outcome extends CheckOutcome>(
  name: string,
  prepare: (scratch: string) => PreparedCheck<Outcome>['run'] | Promise<PreparedCheck<Outcome>['run']>,
): Promise<PreparedCheck<Outcome>> {
  const scratch = scratchFolder(name);
  const end = (): void => rmSync(scratch, { recursive: true, force: true });
  try {
    return { run: await prepare(scratch), end };
  } catch (error) {
    end();
    throw error;
  }
}

/** Runs a check once. */
export async function runOnce<Outcome extends CheckOutcome>(
  preparation: Promise<PreparedCheck<Outcome>>,
): Promise<Outcome> {
  const check = await preparation;
  try {
    return await check.run();
  } finally {
    check.end();
  }
}
