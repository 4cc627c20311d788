import type { DesignCore } from './design-core.js';

/** What PEs add on top of every product: a power of two, so that the bits below it are right as they are. */
export interface Bias {
  /** The lowest bit it reaches, and the bits from there up. */
  readonly low: number;
  readonly bits: number;
}

/** The bias of a PE's products; undefined where they have none, or those of a cycle come to a multiple of 2^bits. */
export function biasOf({ config, productBias, accumulator }: DesignCore): Bias | undefined {
  if (BigInt.asUintN(accumulator.bits, BigInt(config.lanes) * productBias) === 0n) return undefined;
  const low = productBias.toString(2).length - 1;
  return { low, bits: accumulator.bits - low };
}
