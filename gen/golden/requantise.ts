import { type Level, levels } from '../numerics/codec.js';
import type { NumericType } from '../numerics/types/numeric-type.js';

/** What is done with a value halfway between two of the type: the larger one, or of integer types the even one. */
export type Rounding = 'up' | 'even';

/** A value times a power of two: numerator / 2^shift. */
export interface Fraction {
  readonly numerator: bigint;
  readonly shift: number;
}

/** A sum of a layer and what makes a code of it. All are integers; multipliers are not negative. */
export interface RequantiseInput {
  readonly sum: bigint;
  readonly bias: bigint;
  readonly multiplier: bigint;
  readonly shift: number;
  /** A second operand, which is added before rounding. */
  readonly addend?: bigint;
  readonly addendMultiplier?: bigint;
  /** Least and greatest value in steps of the type, before it is encoded; 0 as the least is ReLU. */
  readonly low?: bigint | undefined;
  readonly high?: bigint | undefined;
}

/** ((sum + bias) · multiplier + addend · addendMultiplier) / 2^shift, exactly. */
export function scaledValue(input: RequantiseInput): Fraction {
  const { sum, bias, multiplier, shift, addend = 0n, addendMultiplier = 0n } = input;
  return { numerator: (sum + bias) * multiplier + addend * addendMultiplier, shift };
}

/** A function from sums to codes of a type. */
export function requantiser(type: NumericType, rounding: Rounding): (input: RequantiseInput) => number {
  const encode = fractionEncoder(type, rounding);
  return (input) => {
    const value = scaledValue(input);
    const { low, high } = input;
    if (low !== undefined && isBelow(value, low)) return encode({ numerator: low, shift: 0 });
    if (high !== undefined && !isBelow(value, high)) return encode({ numerator: high, shift: 0 });
    return encode(value);
  };
}

const isBelow = ({ numerator, shift }: Fraction, bound: bigint): boolean => numerator < bound << BigInt(shift);

/**
 * A function from a value in steps of a type to the code of the nearest value of the type; beyond its range to that of the
 * nearest end.
 */
export function fractionEncoder(type: NumericType, rounding: Rounding): (value: Fraction) => number {
  const table = levels(type);
  const even = rounding === 'even' && type.kind === 'int';
  return ({ numerator, shift }) => {
    // Twice the value against the sum of two neighbours: which of them is nearer.
    const twice = numerator << 1n;
    let [low, high] = [0, table.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      const [lower, upper] = [table[middle] as Level, table[middle + 1] as Level];
      const halfway = (lower.value + upper.value) << BigInt(shift);
      const takesUpper = twice === halfway ? !even || upper.value % 2n === 0n : twice > halfway;
      if (takesUpper) low = middle + 1;
      else high = middle;
    }
    return (table[low] as Level).code;
  };
}

/** Twice a value, rounded down, and whether that is exact: what the encoder of a design gets. */
export interface Doubled {
  readonly doubled: bigint;
  readonly exact: boolean;
}

/** The code of a doubled value: one that is not exact lies between it and the next. */
export function doubledEncoder(type: NumericType, rounding: Rounding): (value: Doubled) => number {
  const encode = fractionEncoder(type, rounding);
  return ({ doubled, exact }) =>
    encode(exact ? { numerator: doubled, shift: 1 } : { numerator: 2n * doubled + 1n, shift: 2 });
}
