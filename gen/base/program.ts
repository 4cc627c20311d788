import { CommanderError } from 'commander';
import { EXIT, UserError } from './errors.js';

/**
 * Runs a program's main function: a user's mistake prints its message without a stack; the exit code is the error's.
 * Commander has printed its own (and `--help`). Anything else is a bug and shows its stack.
 */
export async function runProgram(main: () => Promise<number> | number): Promise<void> {
  // Whoever reads the output may stop early, as `head` does.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(process.exitCode ?? EXIT.done);
  });
  try {
    process.exitCode = await main();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.badRequest;
      return;
    }
    if (error instanceof UserError) {
      process.stderr.write(`error: ${error.message}\n`);
      process.exitCode = error.exitCode;
      return;
    }
    process.stderr.write(`internal error: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = EXIT.toolBroken;
  }
}
