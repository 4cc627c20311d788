#!/usr/bin/env node
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EXIT, UserError } from '../gen/base/errors.js';
import { ENDING, ROOT } from '../gen/base/installed.js';
import { runProgram } from '../gen/base/program.js';
import { nearWord } from '../gen/base/suggest.js';
import { GENERATOR } from '../gen/base/version.js';
import { COMMAND_NAMES, COMMANDS, fileOf } from './tools/commands.js';
import { completedCommands, completionScript, parseShell } from './tools/completion.js';

function usage(): string {
  const width = Math.max(...COMMAND_NAMES.map((name) => name.length));
  return [
    'Usage: ant-rtl <command> [options]',
    '',
    'Generates, verifies, proves and measures Verilog for ANT low-bit numeric types.',
    '',
    'Commands:',
    ...COMMAND_NAMES.map((name) => `  ${name.padEnd(width)}  ${COMMANDS[name]}`),
    `  ${'completion'.padEnd(width)}  prints the completion for a shell: bash, zsh or fish`,
    '',
    'ant-rtl <command> --help tells the options of a command, ant-rtl --version the version.',
    '',
    'Exit codes: 0 done, 1 a check failed, 2 wrong request, 3 a tool is missing or broke.',
    '',
  ].join('\n');
}

/** What is no program of its own. */
async function own(command: string | undefined, words: readonly string[]): Promise<number> {
  if (command === undefined || command === '--help' || command === '-h' || command === 'help') {
    (command === undefined ? process.stderr : process.stdout).write(usage());
    return command === undefined ? EXIT.badRequest : EXIT.done;
  }
  if (command === '--version') {
    process.stdout.write(`${GENERATOR}\n`);
    return EXIT.done;
  }
  if (command === 'completion') {
    const [shell, ...more] = words;
    if (more.length > 0) throw new UserError(`completion: ${more.join(' ')} is too much; name one shell`);
    process.stdout.write(completionScript(parseShell(shell), await completedCommands()));
    return EXIT.done;
  }
  const nearest = nearWord(command, [...COMMAND_NAMES, 'completion']);
  const hint = nearest === undefined ? '; ant-rtl --help lists them' : `; did you mean ${nearest}?`;
  throw new UserError(`${command} is no command${hint}`);
}

const [node = '', , command, ...words] = process.argv;
if ((COMMAND_NAMES as readonly (string | undefined)[]).includes(command)) {
  const file = join(ROOT, `${fileOf(command ?? '')}${ENDING}`);
  process.argv = [node, file, ...words];
  await import(pathToFileURL(file).href);
} else {
  await runProgram(() => own(command, words));
}
