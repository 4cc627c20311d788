import { readFileSync } from 'node:fs';
import { UserError } from './errors.js';

const begin = (name: string): string => `<!-- begin: ${name} -->`;
const end = (name: string): string => `<!-- end: ${name} -->`;

/**
 * A page with new text between the two marks of a name.
 *
 * @throws UserError when the page has not each of the marks once, in their order.
 */
export function withPart(page: string, name: string, text: string, file: string): string {
  const [before, ...rest] = page.split(begin(name));
  const [, after, ...more] = rest.join('').split(end(name));
  if (before === undefined || rest.length !== 1 || after === undefined || more.length > 0) {
    throw new UserError(
      `--write: ${file} must have the lines ${begin(name)} and ${end(name)} once each, in this order, for the tables to go between`,
    );
  }
  return `${before}${begin(name)}\n\n${text}\n\n${end(name)}${after}`;
}

/** A page with new text for several names, as `withPart`. */
export const withParts = (page: string, texts: Readonly<Record<string, string>>, file: string): string =>
  Object.entries(texts).reduce((whole, [name, text]) => withPart(whole, name, text, file), page);

/** A page as it is. @throws UserError when it cannot be read. */
export function readPage(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UserError(`--write: cannot read ${file}: ${(error as Error).message}`);
  }
}
