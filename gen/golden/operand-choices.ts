import { halfTypes } from '../numerics/types/int.js';
import type { NumericType } from '../numerics/types/numeric-type.js';
import { numericType } from '../numerics/types/table.js';

/** What the choices depend on of a port: names of its types, of those with 8 bits on two lanes, and the selector's width. */
interface Port {
  readonly types: readonly string[];
  readonly wideTypes: readonly string[];
  readonly typeBits: number;
}

/** Bits of a selector byte beside the type: the type is one of the wide ones; the lane is an odd one. */
export const WIDE = 64;
export const ODD_LANE = 128;

/** Something a port's decoders turn into an operand: the byte that selects it, and its type or half of a type. */
export interface OperandChoice {
  readonly selector: number;
  readonly type: NumericType;
}

/** All that a PE may get from a port, each once: the types on an even lane, both halves of the wide ones. */
export function operandChoices({ types, wideTypes }: Port): OperandChoice[] {
  return [
    ...types.map((name, selector) => ({ selector, type: numericType(name) })),
    ...wideTypes.flatMap((name, i) => {
      const { low, high } = halfTypes(numericType(name));
      return [
        { selector: i | WIDE, type: low as NumericType },
        { selector: i | WIDE | ODD_LANE, type: high as NumericType },
      ];
    }),
  ];
}

/** Every selector of every decoder of a port; selectors beyond a list mean its last type. */
export function decoderChoices({ types, wideTypes, typeBits }: Port): OperandChoice[] {
  const selectors = Array.from({ length: 2 ** typeBits }, (_, selector) => selector);
  const last = (names: readonly string[], selector: number): NumericType =>
    numericType(names[Math.min(selector, names.length - 1)] as string);
  const lanes = wideTypes.length > 0 ? [0, ODD_LANE] : [0];
  return lanes.flatMap((lane) => {
    const half = lane === 0 ? 'low' : 'high';
    const narrow = selectors.map((i) => ({ selector: i | lane, type: last(types, i) }));
    if (wideTypes.length === 0) return narrow;
    const wide = selectors.map((i) => ({ selector: i | lane | WIDE, type: halfTypes(last(wideTypes, i))[half] }));
    return [...narrow, ...wide];
  });
}
