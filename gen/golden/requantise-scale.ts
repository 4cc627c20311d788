/** A multiplier and a shift that stand for scales: scale ≈ multiplier / 2^shift. */
export interface FixedPointScales {
  /** One for each scale. */
  readonly multipliers: readonly number[];
  /** One for all. */
  readonly shift: number;
  /** Whether every multiplier stands for its scale exactly. */
  readonly exact: boolean;
  /** The largest relative error; 1 where a scale becomes 0. */
  readonly relativeError: number;
}

/** What a requantiser has room for. */
export interface ScaleRoom {
  readonly multiplierBits: number;
  readonly largestShift: number;
}

/** A scale that no multiplier and shift can stand for. */
export class ScaleError extends Error {
  override readonly name = 'ScaleError';
}

/**
 * The multipliers and the shift of the channels of a layer. The shift is the largest with which the largest multiplier fits.
 * Where all multipliers are exact, zeros that they share at their ends are taken off.
 *
 * @param scales Real values of one unit of the sum of a channel, over that of a step of the result. Not negative.
 * @throws ScaleError for a scale that is negative, infinite or NaN, or too large for a shift of 0.
 */
export function fixedPointScales(
  scales: readonly number[],
  { multiplierBits, largestShift }: ScaleRoom,
): FixedPointScales {
  const wrong = scales.find((scale) => !(scale >= 0 && Number.isFinite(scale)));
  if (wrong !== undefined) throw new ScaleError(`the scale ${wrong} is not a finite number, 0 or larger`);
  const largest = Math.max(...scales, 0);
  const limit = 2 ** multiplierBits;
  const at = (shift: number): number[] => scales.map((scale) => roundHalfUp(scale * 2 ** shift));
  if (Math.max(...at(0), 0) >= limit) {
    throw new ScaleError(`the scale ${largest} is too large for a multiplier of ${multiplierBits} bits`);
  }
  let shift = largestShift;
  while (Math.max(...at(shift), 0) >= limit) shift--;
  const found = measured(at(shift), shift);
  if (!found.exact) return found;
  const common = Math.min(shift, ...found.multipliers.map(trailingZeros));
  return measured(
    found.multipliers.map((multiplier) => multiplier / 2 ** common),
    shift - common,
  );

  function measured(multipliers: readonly number[], places: number): FixedPointScales {
    const errors = scales.map((scale, c) =>
      scale === 0 ? 0 : Math.abs((multipliers[c] as number) / 2 ** places - scale) / scale,
    );
    const relativeError = Math.max(...errors, 0);
    return { multipliers, shift: places, exact: relativeError === 0, relativeError };
  }
}

function trailingZeros(value: number): number {
  return value === 0 ? Number.POSITIVE_INFINITY : value % 2 === 0 ? 1 + trailingZeros(value / 2) : 0;
}

/** Products of a scale and a power of two are exact, and so is this. */
const roundHalfUp = (value: number): number => (value % 1 === 0 ? value : Math.floor(value + 0.5));
