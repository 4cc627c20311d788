import type { NumericType } from './types/numeric-type.js';

/** What to do with a real number halfway between two values: the larger one (as the ANT artifact), or the even code. */
export type TieRule = 'up' | 'even';

export interface QuantiseOptions {
  /** Real value of one unit of the type's least step. Finite and positive. */
  readonly scale: number;
  readonly ties?: TieRule;
  /** Let an infinity saturate like any other value out of range. Without it an infinity is an error. */
  readonly saturateInfinity?: boolean;
  /** Name of the tensor, for error messages. */
  readonly tensor?: string;
}

/** A number that cannot be quantised: which tensor, which element. */
export class QuantiseError extends Error {
  override readonly name = 'QuantiseError';
}

/** One representable value and the code the encoder uses for it. */
export interface Level {
  readonly value: bigint;
  readonly code: number;
}

/** The value of every code, in code order, in units of the least step; NaN and infinite codes are left undefined. */
export function codeValues(type: NumericType): (bigint | undefined)[] {
  return Array.from({ length: 2 ** type.bits }, (_, code) => {
    const value = type.decode(code);
    return typeof value === 'bigint' ? value : undefined;
  });
}

/**
 * All distinct finite values of a type in rising order, each with its code. Of the two zeros of a
 * sign-and-magnitude type the positive one is kept: the encoder never produces negative zero.
 */
export function levels(type: NumericType): Level[] {
  const codes = new Map<bigint, number>();
  codeValues(type).forEach((value, code) => {
    if (value !== undefined && !codes.has(value)) codes.set(value, code);
  });
  return [...codes].map(([value, code]) => ({ value, code })).sort((a, b) => (a.value < b.value ? -1 : 1));
}

/** The largest magnitude a type can hold, in units of its least step. */
export function largestMagnitude(type: NumericType): bigint {
  return codeValues(type).reduce<bigint>((most, value = 0n) => {
    const magnitude = value < 0n ? -value : value;
    return magnitude > most ? magnitude : most;
  }, 0n);
}

/**
 * Codes of real numbers: the nearest value after division by the scale; a tie goes to the larger value (towards
 * +infinity) or, asked for, to the even code; out of range saturates.
 *
 * @param values n reals.
 * @returns n codes.
 * @throws QuantiseError on NaN, on an infinity unless `saturateInfinity`, and on a scale that is not positive and finite.
 */
export function quantise(type: NumericType, values: ArrayLike<number>, options: QuantiseOptions): Uint8Array {
  const { scale, ties = 'up', saturateInfinity = false, tensor = 'tensor' } = options;
  if (!(scale > 0 && Number.isFinite(scale)))
    throw new QuantiseError(`${tensor}: scale ${scale} is not positive and finite`);
  const encode = encoder(type, ties);
  const codes = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Number.isNaN(value)) throw new QuantiseError(`${tensor}[${i}] is NaN, which has no code`);
    if (!saturateInfinity && !Number.isFinite(value)) {
      throw new QuantiseError(`${tensor}[${i}] is ${value}; ask for saturation of infinities to clip it`);
    }
    codes[i] = encode(value / scale);
  }
  return codes;
}

/** A function from a real number in units of the least step to its code. */
export function encoder(type: NumericType, ties: TieRule = 'up'): (value: number) => number {
  const table = levels(type);
  const codes = table.map((level) => level.code);
  const boundaries = decisionBoundaries(type);
  return (value) => {
    let low = 0;
    let high = boundaries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((boundaries[middle] as number) <= value) low = middle + 1;
      else high = middle;
    }
    const tie = low > 0 && boundaries[low - 1] === value;
    const lower = codes[low - 1] as number;
    return ties === 'even' && tie && lower % 2 === 0 ? lower : (codes[low] as number);
  };
}

/** A function from a real number to the value that its code stands for, both in units of the least step. */
export function rounder(type: NumericType): (value: number) => number {
  const encode = encoder(type);
  const values = Float64Array.from(codeValues(type), (value) => Number(value ?? Number.NaN));
  return (value) => values[encode(value)] as number;
}

/** The midpoints between neighbouring values, rising, in units of the least step: the encoder's decision boundaries. */
export function decisionBoundaries(type: NumericType): number[] {
  const table = levels(type);
  return table.slice(1).map((level, i) => Number(level.value + (table[i] as Level).value) / 2);
}
