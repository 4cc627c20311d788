import { CommanderError } from 'commander';
import { EXIT, UserError } from './errors.js';
import { asCalled } from './installed.js';
import { isRunByNpm } from './npm.js';

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
    standWhereCalled();
    notePlainJson();
    process.exitCode = await main();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.badRequest;
      return;
    }
    if (error instanceof UserError) {
      process.stderr.write(`error: ${asCalled(error.message)}\n`);
      process.exitCode = error.exitCode;
      return;
    }
    process.stderr.write(`internal error: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = EXIT.toolBroken;
  }
}

/** npm runs programs in the project's folder: paths on the command line begin where the user stands. */
function standWhereCalled(): void {
  if (process.env.INIT_CWD !== undefined && isRunByNpm()) process.chdir(process.env.INIT_CWD);
}

/** npm prints a line about the program before its output, unless told to be silent. */
function notePlainJson(): void {
  if (!process.argv.includes('--json') || process.stdout.isTTY || process.env.npm_config_loglevel === 'silent') return;
  if (isRunByNpm())
    process.stderr.write('note: npm prints its own lines before the JSON; npm run -s leaves them out\n');
}
