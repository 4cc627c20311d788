import type { Configuration } from '../config/parameters.js';

/**
 * A kind of tile of a design, by the operands that have 8 bits on two lanes. Counts that the tile's length decides are
 * null.
 */
export interface TileMode {
  readonly aWide: boolean;
  readonly wWide: boolean;
  /** Codes in a beat: one for each row and column, or for each pair of them. */
  readonly aCodes: number;
  readonly wCodes: number;
  /** Rows of results; null: as many as beats of activations. */
  readonly resultRows: number | null;
  /** Results of a row, on every lane or, of 8-bit weights, on the even ones. */
  readonly resultCols: number;
  /** Cycles from one row of results to the next, without stalls. */
  readonly rowCycles: number;
  /** Products of a result; null: as many as the reduction has steps. */
  readonly terms: number | null;
  /** Beats that carry the same row of weights: 2 where weights stay and both halves of an activation meet it. */
  readonly weightRepeats: number;
  /** Most multiply-accumulates per cycle. */
  readonly macsPerCycle: number;
}

/** All kinds of tiles of a design; the first has no wide operands. */
export function allTileModes(
  { wideActivations, wideWeights }: Pick<Configuration, 'wideActivations' | 'wideWeights'>,
  kindOf: (aWide: boolean, wWide: boolean) => TileMode,
): TileMode[] {
  const choices = (wide: readonly string[]): boolean[] => (wide.length > 0 ? [false, true] : [false]);
  return choices(wideActivations).flatMap((aWide) => choices(wideWeights).map((wWide) => kindOf(aWide, wWide)));
}
