import type { Range } from './range.js';
import * as range from './range.js';

/** What a value of a study may be. */
export type Value = number | boolean | string | readonly string[];

/** Numbers, conditions, words such as `ws`, and lists of words such as types. */
export type Kind = 'number' | 'condition' | 'word' | 'list';

/** What an operator or a function takes and gives. */
export interface Operator {
  readonly takes: readonly Kind[];
  /** Whether it may be given more values of the last kind. */
  readonly more?: boolean;
  readonly gives: Kind;
  readonly of: (...values: never[]) => Value;
  /** Where its values are numbers or conditions; anything without. */
  readonly range?: (...ranges: Range[]) => Range;
}

const numbers = (
  count: number,
  of: (...values: number[]) => number,
  ofRanges?: (...ranges: Range[]) => Range,
  more = false,
): Operator => ({
  takes: Array(count).fill('number'),
  ...{ gives: 'number', of, more },
  ...(ofRanges && { range: ofRanges }),
});

const compared = (of: (x: number, y: number) => boolean, ofRanges: (x: Range, y: Range) => Range): Operator => ({
  takes: ['number', 'number'],
  ...{ gives: 'condition', of, range: ofRanges as Operator['range'] & object },
});

const pair =
  (of: (x: Range, y: Range) => Range) =>
  (...[x = range.ANY, y = range.ANY]: Range[]): Range =>
    of(x, y);

const one =
  (of: (x: Range) => Range) =>
  (...[x = range.ANY]: Range[]): Range =>
    of(x);

/** Operators between two values, by how tightly they bind. */
export const BINARY: Readonly<Record<string, { readonly binds: number; readonly operator: Operator }>> = {
  or: {
    binds: 1,
    operator: {
      takes: ['condition', 'condition'],
      gives: 'condition',
      of: (x: boolean, y: boolean) => x || y,
      range: range.greatest,
    },
  },
  and: {
    binds: 2,
    operator: {
      takes: ['condition', 'condition'],
      gives: 'condition',
      of: (x: boolean, y: boolean) => x && y,
      range: range.least,
    },
  },
  '<': {
    binds: 7,
    operator: compared(
      (x, y) => x < y,
      (x, y) => range.below(x, y, false),
    ),
  },
  '<=': {
    binds: 7,
    operator: compared(
      (x, y) => x <= y,
      (x, y) => range.below(x, y, true),
    ),
  },
  '>': {
    binds: 7,
    operator: compared(
      (x, y) => x > y,
      (x, y) => range.below(y, x, false),
    ),
  },
  '>=': {
    binds: 7,
    operator: compared(
      (x, y) => x >= y,
      (x, y) => range.below(y, x, true),
    ),
  },
  '+': { binds: 9, operator: numbers(2, (x = 0, y = 0) => x + y, pair(range.sum)) },
  '-': { binds: 9, operator: numbers(2, (x = 0, y = 0) => x - y, pair(range.difference)) },
  '*': { binds: 10, operator: numbers(2, (x = 0, y = 0) => x * y, pair(range.product)) },
  '/': { binds: 10, operator: numbers(2, (x = 0, y = 0) => x / y, pair(range.quotient)) },
  per: { binds: 10, operator: numbers(2, (x = 0, y = 0) => x / y, pair(range.quotient)) },
  '%': { binds: 10, operator: numbers(2, (x = 0, y = 0) => x % y) },
};

/** `==` and `!=` take two values of one kind, whatever it is. */
export const EQUALITY_BINDS = 6;

const same = (x: Value, y: Value): boolean => JSON.stringify(x) === JSON.stringify(y);

export function equality(kind: Kind, isEqual: boolean): Operator {
  const ranges = (x: Range, y: Range): Range => {
    const found = range.equal(x, y);
    return isEqual ? found : range.difference(range.ALWAYS, found);
  };
  return {
    takes: [kind, kind],
    gives: 'condition',
    // A number that is not known equals none, and differs from none.
    of: (x: Value, y: Value) => !Number.isNaN(x) && !Number.isNaN(y) && same(x, y) === isEqual,
    ...(kind === 'number' && { range: pair(ranges) }),
  };
}

/** Operators before a value. */
export const UNARY: Readonly<Record<string, Operator>> = {
  '-': numbers(1, (x = 0) => -x, one(range.negative)),
  not: {
    takes: ['condition'],
    gives: 'condition',
    of: (x: boolean) => !x,
    range: one((x) => range.difference(range.ALWAYS, x)),
  },
};

export const FUNCTIONS: Readonly<Record<string, Operator>> = {
  min: numbers(1, Math.min, range.least, true),
  max: numbers(1, Math.max, range.greatest, true),
  ceil: numbers(1, Math.ceil, one(range.rising(Math.ceil))),
  floor: numbers(1, Math.floor, one(range.rising(Math.floor))),
  sqrt: numbers(1, Math.sqrt, one(range.rising(Math.sqrt))),
  log2: numbers(1, Math.log2, one(range.rising(Math.log2))),
  /** Whether a list has a word: `has(weights, 'flint4')`. */
  has: {
    takes: ['list', 'word'],
    gives: 'condition',
    of: (list: readonly string[], word: string) => list.includes(word),
  },
  /** Entries of a list. */
  count: {
    takes: ['list'],
    gives: 'number',
    of: (list: readonly string[]) => list.length,
    range: () => range.NOT_NEGATIVE,
  },
};
