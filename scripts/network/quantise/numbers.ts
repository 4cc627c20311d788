import { UserError } from '../../../gen/base/errors.js';

/** @throws UserError when an option is no whole number in its range. */
export function integer(flag: string, text: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `at least ${least}` : `from ${least} to ${most}`;
  throw new UserError(`${flag}: given ${text}; a whole number ${range} is needed`);
}

/** @throws UserError when an option is no number above 0 and at most `most`. */
export function real(flag: string, text: string, most: number): number {
  const value = Number(text);
  if (value > 0 && value <= most) return value;
  const range = Number.isFinite(most) ? `above 0, at most ${most},` : 'above 0';
  throw new UserError(`${flag}: given ${text}; a number ${range} is needed`);
}
