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

const SIGNIFICAND_BITS = 24;
const LEAST_EXPONENT = -149;
const GREATEST_EXPONENT = 127;

/** A number as an integer times a power of two. */
export interface Exact {
  readonly significand: bigint;
  readonly exponent: number;
}

const double = new Float64Array(1);
const doubleBits = new BigUint64Array(double.buffer);

/** A finite double taken apart. */
export function exactly(value: number): Exact {
  double[0] = Math.abs(value);
  const bits = doubleBits[0] as bigint;
  const field = Number(bits >> 52n);
  const fraction = bits & ((1n << 52n) - 1n);
  const magnitude = field === 0 ? fraction : fraction + (1n << 52n);
  return { significand: value < 0 ? -magnitude : magnitude, exponent: Math.max(field, 1) - 1075 };
}

/** The exact sum of two numbers. */
export function exactSum(x: Exact, y: Exact): Exact {
  const exponent = Math.min(x.exponent, y.exponent);
  const raised = (each: Exact): bigint => each.significand << BigInt(each.exponent - exponent);
  return { significand: raised(x) + raised(y), exponent };
}

/** The binary32 number nearest to an exact one, ties to even: an infinity beyond the largest; of 0, +0. */
export function roundedToBinary32({ significand, exponent }: Exact): number {
  if (significand === 0n) return 0;
  const magnitude = significand < 0n ? -significand : significand;
  const sign = significand < 0n ? -1 : 1;
  const leading = exponent + magnitude.toString(2).length - 1;
  if (leading > GREATEST_EXPONENT) return sign * Number.POSITIVE_INFINITY;
  const unit = Math.max(leading - SIGNIFICAND_BITS + 1, LEAST_EXPONENT);
  const dropped = BigInt(unit - exponent);
  if (dropped <= 0n) return sign * Number(magnitude) * 2 ** exponent;
  const [kept, rest, half] = [magnitude >> dropped, magnitude & ((1n << dropped) - 1n), 1n << (dropped - 1n)];
  const up = rest > half || (rest === half && kept % 2n === 1n);
  const value = Number(kept + (up ? 1n : 0n)) * 2 ** unit;
  return sign * (value < 2 ** (GREATEST_EXPONENT + 1) ? value : Number.POSITIVE_INFINITY);
}
