import type { ScaleFormat } from '../numerics/blocks/scale-format.js';
import type { RandomSource } from './random.js';

/** Binary logarithms of products of two scales around which results are subnormal, ordinary, or run into infinity. */
const ENDS = { least: -149, middle: 0, greatest: 127 } as const;

/** How far the scales of a tile lie apart: equal, near each other, or anywhere. */
const SPREADS = [0, 3, 30, Number.POSITIVE_INFINITY] as const;

const pick = <T>(random: RandomSource, values: readonly T[]): T => values[random.below(values.length)] as T;

/**
 * Scales of a tile: those of activations and weights lie around two numbers whose product is near the ends of binary32 or in
 * its middle, as far as the format reaches. In one of four tiles some of them are NaN.
 */
export function randomScales(
  random: RandomSource,
  format: ScaleFormat,
  blocks: number,
  { rows, cols }: { readonly rows: number; readonly cols: number },
): { aScales: Uint8Array; wScales: Uint8Array } {
  const codes = Array.from({ length: 2 ** format.bits }, (_, code) => code);
  const finite = codes.filter((code) => !Number.isNaN(format.decode(code)));
  const nans = codes.filter((code) => Number.isNaN(format.decode(code)));
  const product = pick(random, Object.values(ENDS)) + random.below(24) - 12;
  const first = random.below(finite.length);
  // Of powers of two, the code of the other scale follows; codes of other formats cover far less than binary32.
  const second = Math.min(Math.max(product - 2 * format.stepExponent - first, 0), finite.length - 1);
  const centres = format.fractionBits === 0 ? [first, second] : [first, random.below(finite.length)];
  const spread = pick(random, SPREADS);
  const rareNan = random.below(4) === 0;
  const scales = (centre: number, width: number): Uint8Array =>
    Uint8Array.from({ length: blocks * width }, () => {
      if (rareNan && random.below(2 * blocks * width) === 0) return pick(random, nans);
      const away = Number.isFinite(spread)
        ? random.below(2 * spread + 1) - spread
        : random.below(finite.length) - centre;
      return finite[Math.min(Math.max(centre + away, 0), finite.length - 1)] as number;
    });
  return { aScales: scales(centres[0] as number, rows), wScales: scales(centres[1] as number, cols) };
}
