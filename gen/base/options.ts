import { Command, type Option } from 'commander';
import { mistakesError, UserError } from './errors.js';
import { asCalled } from './installed.js';
import { isRunByNpm, requireDashes } from './npm.js';
import { nearWord } from './suggest.js';
import { GENERATOR } from './version.js';

/** A command that takes each option once, and none that npm kept for itself. */
class ProgramCommand extends Command {
  private readonly given = new Map<string, string>();

  override addOption(option: Option): this {
    super.addOption(option);
    if (option.variadic || option.parseArg !== undefined) return this; // gathers values
    return this.on(`option:${option.name()}`, () => this.requireFirst(option));
  }

  override parse(...[words, options]: Parameters<Command['parse']>): this {
    this.given.clear();
    if (isRunByNpm()) requireDashes(this.options.flatMap(({ long }) => long ?? []));
    return super.parse(words, options);
  }

  /** `--scan` and `--no-scan` are one option. */
  private requireFirst(option: Option): void {
    const flag = option.long ?? option.flags;
    const before = this.given.get(option.attributeName());
    this.given.set(option.attributeName(), flag);
    if (before === undefined) return;
    throw new UserError(before === flag ? `${flag} is given twice` : `${before} and ${flag} contradict each other`);
  }
}

/**
 * A program of the project, by how it is called. It tells its version, and throws where Commander would end the process.
 * An option given twice, or before the `--` of npm, is a mistake.
 */
export function programCommand(call: string): Command {
  const program = new ProgramCommand(asCalled(call)).version(GENERATOR, '--version').exitOverride();
  return program.configureOutput({
    writeOut: (text) => process.stdout.write(asCalled(text)),
    writeErr: (text) => process.stderr.write(asCalled(text)),
  });
}

/** The parser of an option that may be given again: all its values, in order. */
export const collect = (text: string, all: readonly string[] = []): string[] => [...all, text];

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
  const flags = program.options.flatMap(({ long }) => long ?? []);
  const options = program.args.filter(isOption).map((word) => word.replace(/=.*/, ''));
  // A word after an unknown option is its value, unless that has one.
  const hasNext = (word = ''): boolean => isOption(word) && !word.includes('=');
  const stray = program.args.filter((word, i) => !isOption(word) && !hasNext(program.args[i - 1]));
  const messages = [
    // Commander leaves a known option over where it takes no value and has one.
    ...options.map((option) =>
      flags.includes(option)
        ? `${option} takes no value; ${valueless(option, flags)}`
        : `unknown option '${option}'${suggestion(option, flags)}`,
    ),
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

/** @throws UserError when the name of a file or folder is empty, which would stand for the current folder. */
export function requireNamed(flag: string, name: string): void {
  if (name.trim() === '') throw new UserError(`${flag}: given an empty name; name a folder, or leave it out`);
}

/** How an option without a value is switched on and, where that can be, off. */
function valueless(option: string, flags: readonly string[]): string {
  const negated = option.replace(/^--/, '--no-');
  return flags.includes(negated)
    ? `write ${option} for true, ${negated} for false`
    : `write ${option}, or leave it out`;
}

function suggestion(option: string, flags: readonly string[]): string {
  const bare = (flag: string): string => flag.replace(/^-+/, '');
  const nearest = nearWord(bare(option), flags.map(bare));
  return nearest === undefined ? '' : `; did you mean --${nearest}?`;
}
