import { ConfigurationError, type Problem, UserError } from '../../gen/base/errors.js';

/** The cells of a line of a Markdown table. */
export const cellsOf = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

/** The figures in a text, in order: what it says must stay, how it says it may change. */
export const figuresIn = (text = ''): number[] =>
  [...text.matchAll(/-?\d[\d,]*(?:\.\d+)?/g)].map(([figure]) => Number(figure.replaceAll(',', '')));

/** The error by which a call refuses a request. */
export function refusalOf(call: () => unknown): UserError {
  try {
    call();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('the call refused nothing');
}

/** What is wrong with a request, by key. */
export function problemsOf(call: () => unknown): readonly Problem[] {
  const refusal = refusalOf(call);
  if (refusal instanceof ConfigurationError) return refusal.problems;
  throw new Error(`no list of problems: ${refusal.message}`);
}

/** The options with a value of a command, as the command line gives them to a program. */
export const flagsOf = (command: string): Record<string, string> =>
  Object.fromEntries(
    [...command.matchAll(/--([a-z-]+) ([^\s-]\S*)/g)].map(([, flag = '', value = '']) => [
      flag.replace(/-./g, (text) => text.slice(1).toUpperCase()),
      value,
    ]),
  );
