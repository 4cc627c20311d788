const float = new Float32Array(1);
const word = new Int32Array(float.buffer);

/** The quiet NaN: every NaN that the hardware gives. */
export const CANONICAL_NAN = 0x7fc00000n;

/** The bits of a binary32 number as a signed 32-bit integer; every NaN is the canonical one. */
export function binary32Bits(value: number): bigint {
  if (Number.isNaN(value)) return CANONICAL_NAN;
  float[0] = value;
  return BigInt(word[0] as number);
}

/** The number that 32 bits stand for, given as a signed or an unsigned integer. */
export function binary32Value(bits: bigint): number {
  word[0] = Number(BigInt.asIntN(32, bits));
  return float[0] as number;
}

/** A number and its bits, for messages: `-1.5 (bfc00000)`. */
export function showBinary32(bits: bigint): string {
  const value = binary32Value(bits);
  const hexadecimal = BigInt.asUintN(32, bits).toString(16).padStart(8, '0');
  return `${Object.is(value, -0) ? '-0' : value} (${hexadecimal})`;
}
