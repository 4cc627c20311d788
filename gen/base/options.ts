import { Command } from 'commander';
import { mistakesError, UserError } from './errors.js';
import { nearWord } from './suggest.js';
import { GENERATOR } from './version.js';

/** A program of the project, by how it is called. It tells its version, and throws where Commander would end the process. */
export function programCommand(call: string): Command {
  return new Command(call).version(GENERATOR, '--version').exitOverride();
}

/** Parses a command line to its end; what it holds besides known options is left to {@link requireKnown}. */
export function parseWhole(program: Command): void {
  program.allowUnknownOption().allowExcessArguments().parse();
}

/**
 * What {@link parseWhole} left over, as a mistake to report with the others.
 *
 * @throws UserError that names every unknown option, with the nearest known one, and every stray word.
 */
export function requireKnown(program: Command): void {
  const isOption = (word = ''): boolean => word.startsWith('-');
  const unknown = program.args.filter(isOption).map((word) => word.replace(/=.*/, ''));
  // A word after an unknown option is its value, unless that has one.
  const hasNext = (word = ''): boolean => isOption(word) && !word.includes('=');
  const stray = program.args.filter((word, i) => !isOption(word) && !hasNext(program.args[i - 1]));
  const flags = program.options.flatMap(({ long }) => long ?? []);
  const messages = [
    ...unknown.map((option) => `unknown option '${option}'${suggestion(option, flags)}`),
    ...stray.map((word) => `${word} belongs to no option; --help lists them`),
  ];
  if (messages.length > 0) throw mistakesError(messages);
}

/**
 * The value of an option that a program cannot do without. Commander's own required options are looked for before unknown ones are
 * named, so that a slip in the name of one reads as if it had been left out.
 *
 * @throws UserError when it is not given.
 */
export function required<T>(flag: string, value: T | undefined): T {
  if (value === undefined) throw new UserError(`${flag} is missing`);
  return value;
}

function suggestion(option: string, flags: readonly string[]): string {
  const bare = (flag: string): string => flag.replace(/^-+/, '');
  const nearest = nearWord(bare(option), flags.map(bare));
  return nearest === undefined ? '' : `; did you mean --${nearest}?`;
}
