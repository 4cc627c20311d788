import type { Configuration } from '../../../config/parameters.js';
import { asNarrowAsProducts } from '../../largest-product.js';
import { arrayComputing } from '../array.js';

/**
 * Whether the accumulators are in two parts: the bits above the products take the carry of those below and the swap from registers, a
 * cycle later, and come later over the bus, too. That shortens the path of several lanes by a fifth for a few flip-flops; one lane's
 * is short as it is (docs/microarchitecture.md). Accumulators as narrow as products have no bits above them.
 */
export const hasLatePart = (config: Configuration): boolean =>
  config.pe !== 'float' && arrayComputing(config).lanes > 1 && !asNarrowAsProducts(config, config.accumulatorBits);

/** The cycles by which that part, and so every result, is late. */
export const lateCycles = (config: Configuration): number => (hasLatePart(config) ? 1 : 0);
