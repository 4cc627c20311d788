/** A figure of the array in clock cycles, as a formula and with its value for this design. */
export interface Formula {
  readonly formula: string;
  readonly cycles: number;
}

/**
 * Cycle counts of a design without stalls. A cycle count is the difference between the numbers of the two clock edges
 * at which the named transfers happen.
 */
export interface Timing {
  /**
   * From the transfer of a tile's last beat in to the transfer of a row out. Holds for tiles of at least `minimumK`
   * beats: the last beat of a shorter one may wait in the input register.
   */
  readonly latency: Formula & { readonly to: 'first row' | 'last row'; readonly minimumK: number };
  /**
   * From one tile's first row out to the next one's, for tiles of n beats: max(n + bubble, minimum). The formula calls the
   * beats K where each is a step of the reduction, M where each is a row of results, B in dot-product units.
   */
  readonly tilePeriod: { readonly formula: string; readonly bubble: number; readonly minimum: number };
  /** From a tile's first row out to its last, operands of 8 bits aside; null: one less than the tile has beats. */
  readonly drain: {
    readonly formula: string;
    readonly cycles: number | null;
    /** Rows that leave in cycles next to each other: an idle cycle follows as many. Null: all of a tile. */
    readonly segment: number | null;
  };
  /**
   * After reset, from the transfer of the first weight beat to the first row out, with both streams offered at once;
   * null where weights and activations come together.
   */
  readonly fill: Formula | null;
  /** Most multiply-accumulates per cycle. */
  readonly macsPerCycle: number;
}

/** Cycles from a tile's first row out to the next one's, for tiles of `k` beats, without stalls. */
export function tilePeriod({ tilePeriod: period }: Pick<Timing, 'tilePeriod'>, k: number): number {
  return Math.max(k + period.bubble, period.minimum);
}

/** Cycles from a tile's first row out to its row `row`, without stalls. */
export function rowCycle({ drain }: Pick<Timing, 'drain'>, row: number): number {
  return row + (drain.segment === null ? 0 : Math.floor(row / drain.segment));
}

/** Cycles from the first row of a tile of `k` beats out to its last, without stalls. */
export function drainCycles({ drain }: Pick<Timing, 'drain'>, k: number): number {
  return drain.cycles ?? k - 1;
}
