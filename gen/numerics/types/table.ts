import { biscaledType } from './biscaled.js';
import { flintType } from './flint.js';
import { floatType } from './float.js';
import { intType } from './int.js';
import type { NumericType } from './numeric-type.js';
import { potType } from './pot.js';

const range = (low: number, high: number): number[] => Array.from({ length: high - low + 1 }, (_, i) => low + i);

const floats = (signed: boolean): NumericType[] =>
  range(2, 8).flatMap((bits) => {
    const fields = signed ? bits - 1 : bits;
    return range(1, fields).map((exponentBits) => floatType(exponentBits, fields - exponentBits, signed));
  });

/** The table of all numeric types, 2 to 8 bits wherever the kind allows it. Everything else derives from it. */
export const NUMERIC_TYPES: ReadonlyMap<string, NumericType> = new Map(
  [
    ...range(2, 8).map((bits) => intType(bits, true)),
    ...range(2, 8).map((bits) => intType(bits, false)),
    ...range(3, 8).map((bits) => flintType(bits, true)),
    ...range(2, 8).map((bits) => flintType(bits, false)),
    ...range(2, 8).map((bits) => potType(bits, true)),
    ...range(2, 8).map((bits) => potType(bits, false)),
    ...floats(true),
    ...floats(false),
    ...range(2, 7).flatMap((integerBits) => range(1, 4).map((shift) => biscaledType(integerBits, shift))),
  ].map((type) => [type.name, type]),
);

/** The type of a name such as `flint4`. Throws on an unknown name: names from users are validated before. */
export function numericType(name: string): NumericType {
  const type = NUMERIC_TYPES.get(name);
  if (!type) throw new Error(`unknown numeric type ${name}`);
  return type;
}

/** Types every code of which is a number: the ones an integer PE can take. The floating-point PE takes all. */
export const HARDWARE_TYPES: readonly NumericType[] = [...NUMERIC_TYPES.values()].filter(
  (type) => type.kind !== 'float' || !type.hasSpecials,
);

const PLAIN = new Map<NumericType, NumericType>(
  [...NUMERIC_TYPES.values()].flatMap((type) =>
    type.kind === 'float' && type.hasSpecials
      ? [[type, floatType(type.exponentBits, type.fractionBits, type.signed, false)]]
      : [],
  ),
);

/**
 * The type with codes for NaN and infinity read as numbers, as their fields say: what a decoder makes of them where something else
 * tells that they are none.
 */
export const withoutSpecials = (type: NumericType): NumericType => PLAIN.get(type) ?? type;
