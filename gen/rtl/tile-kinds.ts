import type { Configuration } from '../config/parameters.js';

/**
 * A kind of tile of a design, by the operands that have 8 bits on two lanes. Counts that the tile's length decides are
 * null.
 */
export interface TileKind {
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

type Parts = Pick<Configuration, 'arch' | 'dataflow' | 'rows' | 'cols' | 'lanes' | 'wideActivations' | 'wideWeights'>;

/** All kinds of tiles of a design; the first has no wide operands. */
export function tileKinds(config: Parts): TileKind[] {
  const choices = (wide: readonly string[]): boolean[] => (wide.length > 0 ? [false, true] : [false]);
  return choices(config.wideActivations).flatMap((aWide) =>
    choices(config.wideWeights).map((wWide) => tileKind(config, aWide, wWide)),
  );
}

function tileKind({ arch, dataflow, rows, cols, lanes }: Parts, aWide: boolean, wWide: boolean): TileKind {
  if (arch === 'dot') {
    const whole = { aCodes: rows * lanes, wCodes: cols * lanes, resultRows: 1, resultCols: rows * cols };
    return {
      ...{ aWide, wWide, ...whole, rowCycles: 1 },
      ...{ terms: null, weightRepeats: 1, macsPerCycle: rows * cols * lanes },
    };
  }
  const stays = dataflow === 'ws';
  const aCodes = aWide ? rows / 2 : rows;
  const wCodes = wWide ? cols / 2 : cols;
  return {
    aWide,
    wWide,
    aCodes,
    wCodes,
    resultRows: stays ? null : aCodes,
    resultCols: wCodes,
    // Of two rows that are added on the way out the lower one leaves; the other one's cycle is free.
    rowCycles: aWide && !stays ? 2 : 1,
    terms: stays ? aCodes : null,
    weightRepeats: aWide && stays ? 2 : 1,
    macsPerCycle: aCodes * wCodes,
  };
}
