/** The least and the greatest value that a number may have. Conditions are numbers, too: 0 is false, 1 is true. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

export const ANY: Range = { least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY };
export const NOT_NEGATIVE: Range = { least: 0, most: Number.POSITIVE_INFINITY };
export const SHARE: Range = { least: 0, most: 1 };
export const NEVER: Range = { least: 0, most: 0 };
export const ALWAYS: Range = { least: 1, most: 1 };
/** Of a condition that may hold or not. */
export const EITHER: Range = { least: 0, most: 1 };

export const exactly = (value: number): Range => ({ least: value, most: value });

export const isNever = ({ most }: Range): boolean => most === 0;
export const isAlways = ({ least }: Range): boolean => least === 1;

/** The values that two ranges share; `undefined` where there are none. */
export function shared(x: Range, y: Range): Range | undefined {
  const [least, most] = [Math.max(x.least, y.least), Math.min(x.most, y.most)];
  return least <= most ? { least, most } : undefined;
}

/** The range around some values; any where one of them is none, such as 0 times infinity. */
const around = (...values: readonly number[]): Range =>
  values.some(Number.isNaN) ? ANY : { least: Math.min(...values), most: Math.max(...values) };

export const sum = (x: Range, y: Range): Range => around(x.least + y.least, x.most + y.most);
export const negative = (x: Range): Range => ({ least: -x.most, most: -x.least });
export const difference = (x: Range, y: Range): Range => sum(x, negative(y));
/** Nothing times infinity is nothing: bounds are not reached. */
const times = (x: number, y: number): number => (x === 0 || y === 0 ? 0 : x * y);
export const product = (x: Range, y: Range): Range =>
  around(times(x.least, y.least), times(x.least, y.most), times(x.most, y.least), times(x.most, y.most));

export function quotient(x: Range, y: Range): Range {
  if (y.least > 0) return product(x, { least: 1 / y.most, most: 1 / y.least });
  if (y.most < 0) return negative(quotient(x, negative(y)));
  // A divisor that may come near 0 from above leaves the sign.
  if (y.least === 0 && x.least >= 0) return { least: y.most === 0 ? 0 : x.least / y.most, most: ANY.most };
  return ANY;
}

/** Of a function that never falls. */
export const rising =
  (of: (value: number) => number) =>
  (x: Range): Range =>
    around(of(x.least), of(x.most));

export const least = (...ranges: readonly Range[]): Range => ({
  least: Math.min(...ranges.map((range) => range.least)),
  most: Math.min(...ranges.map((range) => range.most)),
});

export const greatest = (...ranges: readonly Range[]): Range => negative(least(...ranges.map(negative)));

/** Whether x is below y, or at most y. */
export const below = (x: Range, y: Range, orEqual: boolean): Range => {
  if (orEqual ? x.most <= y.least : x.most < y.least) return ALWAYS;
  return (orEqual ? x.least > y.most : x.least >= y.most) ? NEVER : EITHER;
};

export const equal = (x: Range, y: Range): Range => {
  if (shared(x, y) === undefined) return NEVER;
  return x.least === x.most && y.least === y.most ? ALWAYS : EITHER;
};
