import type { Configuration } from '../config/parameters.js';

/** Rising clock edges for which every design asks to hold its reset. */
export const RESET_EDGES = 4;

/**
 * Rising clock edges that a design's reset must last. A synchronous reset needs two where a clock gate stops the registers:
 * at the first the output buffer empties and the gate opens, at the second the registers behind the gate see the reset.
 */
export function leastResetEdges({ stall, reset }: Pick<Configuration, 'stall' | 'reset'>): number {
  return stall === 'gate' && reset === 'sync' ? 2 : 1;
}
