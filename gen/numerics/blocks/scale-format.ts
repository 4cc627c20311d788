/** How the scales of blocks are stored. All of a format's codes but NaN are positive or zero. */
export interface ScaleFormat {
  readonly name: string;
  /** Width of a code as stored. */
  readonly bits: number;
  /** The exponent's field; below it those of the fraction, none where all scales are powers of two. */
  readonly exponentBits: number;
  readonly fractionBits: number;
  /** Binary logarithm of the step in which all scales are whole numbers. */
  readonly stepExponent: number;
  /** Whether block scales count in a scale of the whole tensor, one binary32 number. */
  readonly hasTensorScale: boolean;
  /** The code of NaN. */
  readonly nan: number;
  /** The code of the least scale above 0. */
  readonly least: number;
  /** The largest scale. */
  readonly largest: number;
  /** The scale that a code stands for. */
  decode(code: number): number;
  /**
   * The code of the scale that maps the largest magnitude of a block to the largest number of an element; never that of
   * 0. Scales out of range saturate.
   *
   * @param magnitude Finite, not negative.
   * @param largest The largest number that an element can be in both signs, times the scale of the tensor; positive.
   */
  scaleOf(magnitude: number, largest: number): number;
}

const E8M0_BIAS = 127;
const E8M0_NAN = 255;

/** The exponent of a positive finite number: the largest integer e with 2^e <= value. */
export function floorLog2(value: number): number {
  const exponent = Math.floor(Math.log2(value));
  // The logarithm is rounded: next to a power of two it may be one off.
  if (2 ** exponent > value) return exponent - 1;
  return 2 ** (exponent + 1) <= value ? exponent + 1 : exponent;
}

/**
 * E8M0 of OCP Microscaling 1.0: code c is 2^(c - 127), 255 is NaN; there is neither zero nor infinity. The scale is the
 * largest power of two in the block over the largest power of two of the element, clamped to the range of codes.
 */
const E8M0: ScaleFormat = {
  name: 'e8m0',
  bits: 8,
  exponentBits: 8,
  fractionBits: 0,
  stepExponent: -E8M0_BIAS,
  hasTensorScale: false,
  nan: E8M0_NAN,
  least: 0,
  largest: 2 ** E8M0_BIAS,
  decode: (code) => (code === E8M0_NAN ? Number.NaN : 2 ** (code - E8M0_BIAS)),
  scaleOf: (magnitude, largest) => {
    if (magnitude === 0) return 0;
    const exponent = floorLog2(magnitude) - floorLog2(largest);
    return Math.min(Math.max(exponent + E8M0_BIAS, 0), E8M0_NAN - 1);
  },
};

interface FloatFields {
  readonly exponentBits: number;
  readonly fractionBits: number;
  readonly greatestCode: number;
  readonly nan: number;
}

/**
 * Scales in a binary floating-point format with subnormals; the sign is always positive. The scale is the block's largest
 * magnitude over the element's largest number, to the nearest, ties to even, saturated.
 *
 * @param about Its name, width as stored and whether tensors have a scale, too.
 */
function floatScales(
  about: Pick<ScaleFormat, 'name' | 'bits' | 'hasTensorScale'>,
  { exponentBits, fractionBits, greatestCode, nan }: FloatFields,
): ScaleFormat {
  const steps = 2 ** fractionBits;
  const leastExponent = 2 - 2 ** (exponentBits - 1);
  const decode = (code: number): number => {
    if (code > greatestCode) return Number.NaN;
    const field = Math.floor(code / steps);
    const significand = field === 0 ? code : steps + (code % steps);
    return significand * 2 ** (leastExponent + Math.max(field - 1, 0) - fractionBits);
  };
  const largest = decode(greatestCode);
  const encode = (value: number): number => {
    if (value >= largest) return greatestCode;
    const exponent = value === 0 ? leastExponent : Math.max(floorLog2(value), leastExponent);
    // Rounded up to the next power of two, the significand carries into the exponent's field by itself.
    const significand = roundToEven(value * 2 ** (fractionBits - exponent));
    return Math.max((exponent - leastExponent) * steps + significand, 1);
  };
  return {
    ...{ ...about, exponentBits, fractionBits, stepExponent: leastExponent - fractionBits },
    ...{ nan, least: 1, largest, decode, scaleOf: (magnitude, most) => encode(magnitude / most) },
  };
}

/** To the nearest integer, of two the even one; exact for what is not negative and below 2^52. */
function roundToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}

/** The formats of scales: E8M0 of OCP, E4M3 of NVFP4 (OCP FP8), binary16, and binary32 ("free"). */
export const SCALE_FORMATS: ReadonlyMap<string, ScaleFormat> = new Map(
  [
    E8M0,
    floatScales(
      { name: 'e4m3', bits: 8, hasTensorScale: true },
      { exponentBits: 4, fractionBits: 3, greatestCode: 0x7e, nan: 0x7f },
    ),
    floatScales(
      { name: 'fp16', bits: 16, hasTensorScale: false },
      { exponentBits: 5, fractionBits: 10, greatestCode: 0x7bff, nan: 0x7e00 },
    ),
    floatScales(
      { name: 'free', bits: 32, hasTensorScale: false },
      { exponentBits: 8, fractionBits: 23, greatestCode: 0x7f7fffff, nan: 0x7fc00000 },
    ),
  ].map((format) => [format.name, format]),
);

/** The format of a name such as `e8m0`. Throws on an unknown name: names from users are validated before. */
export function scaleFormat(name: string): ScaleFormat {
  const format = SCALE_FORMATS.get(name);
  if (!format) throw new Error(`unknown format of scales ${name}`);
  return format;
}
