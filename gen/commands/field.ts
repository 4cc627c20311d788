/** A field of a command or a register: bits of one 32-bit word. */
export interface Field<Name extends string = string> {
  readonly name: Name;
  /** Index of its 32-bit word in the command; of registers 0. */
  readonly word: number;
  /** Its lowest bit in the word. */
  readonly low: number;
  readonly bits: number;
  readonly signed: boolean;
  /** What one counts: words, bytes, pixels; none for flags and numbers of things. */
  readonly unit: string;
  /** Least and greatest legal value. */
  readonly least: number;
  readonly most: number;
  readonly meaning: string;
}

interface FieldText {
  readonly unit?: string;
  readonly signed?: boolean;
  /** Where it is not all that the bits can hold. */
  readonly least?: number;
  readonly most?: number;
}

/**
 * A field at `word[high:low]`, written as the page shows it.
 *
 * @param place Such as `2[15:0]`, or `1[22]` for a flag.
 */
export function field<Name extends string>(
  name: Name,
  place: string,
  meaning: string,
  text: FieldText = {},
): Field<Name> {
  const [, word = '', high = '', low = high] = place.match(/^(\d+)\[(\d+)(?::(\d+))?\]$/) ?? [];
  if (word === '') throw new Error(`${name}: no place of a field: ${place}`);
  const bits = Number(high) - Number(low) + 1;
  const { unit = '', signed = false } = text;
  const least = text.least ?? (signed ? -(2 ** (bits - 1)) : 0);
  const most = text.most ?? 2 ** (signed ? bits - 1 : bits) - 1;
  return { name, word: Number(word), low: Number(low), bits, signed, unit, least, most, meaning };
}

/** The place of a field, as `field` takes it. */
export const placeOf = ({ word, low, bits }: Field): string =>
  `${word}[${bits === 1 ? low : `${low + bits - 1}:${low}`}]`;

/** Whether a field can hold values that are illegal. */
export const canBeIllegal = ({ bits, signed, least, most }: Field): boolean =>
  most - least + 1 < 2 ** bits || (signed && least > -(2 ** (bits - 1)));

/** A value that no field can have. */
export class FieldError extends Error {
  override readonly name = 'FieldError';
}

/** The bits of a value. @throws FieldError for one out of the field's range. */
export function fieldBits({ name, bits, least, most }: Field, value: number): number {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new FieldError(`${name} is ${value}; it must be an integer from ${least} to ${most}`);
  }
  return (value < 0 ? value + 2 ** bits : value) >>> 0;
}

/** The value of a field in a word, legal or not. */
export function fieldValue({ low, bits, signed }: Field, word: number): number {
  const raw = bits === 32 ? word >>> 0 : (word >>> low) & (2 ** bits - 1);
  return signed && raw >= 2 ** (bits - 1) ? raw - 2 ** bits : raw;
}
