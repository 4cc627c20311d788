import type { Configuration } from '../config/parameters.js';

/**
 * How the PEs of an array are grouped into tiles. A tile holds its operands once, in registers at its left and top edge;
 * between its PEs operands go without registers. So waves take a cycle per tile instead of one per PE.
 */
export interface TileGrid {
  /** Whether tiles are modules of their own: they have more than one PE. */
  readonly tiled: boolean;
  readonly tileRows: number;
  readonly tileCols: number;
  /** Tiles in a column of the array. */
  readonly rowTiles: number;
  /** Tiles in a row of the array. */
  readonly colTiles: number;
}

export function tileGrid({ rows, cols, tileRows, tileCols }: Configuration): TileGrid {
  return {
    tiled: tileRows * tileCols > 1,
    tileRows,
    tileCols,
    rowTiles: rows / tileRows,
    colTiles: cols / tileCols,
  };
}

/** The grid as the top's template writes it: conditions and depths in terms of the row p and the column c. */
export interface GridView extends TileGrid {
  /** Whether there are several rows, several columns of operand registers: then operands and results wait for each other. */
  readonly skewsRows: boolean;
  readonly skewsCols: boolean;
  /** Tiles with several rows, with several columns. */
  readonly tall: boolean;
  readonly wide: boolean;
  /** Whether row p or column c meets the wave of operands without a delay, and how long it waits otherwise. */
  readonly rowDirect: string;
  readonly rowDepth: string;
  readonly colDirect: string;
  readonly colDepth: string;
  /** Likewise for the results of column c, behind the drain wave. */
  readonly outDirect: string;
  readonly outDepth: string;
  /** Rows of operand registers. */
  readonly rowCount: string;
}

export function gridView(config: Configuration): GridView {
  const grid = tileGrid(config);
  const [tall, wide] = [grid.tileRows > 1, grid.tileCols > 1];
  return {
    ...grid,
    skewsRows: grid.rowTiles > 1,
    skewsCols: grid.colTiles > 1,
    tall,
    wide,
    rowDirect: tall ? 'p < TILE_ROWS' : 'p == 0',
    rowDepth: tall ? 'p / TILE_ROWS' : 'p',
    colDirect: wide ? 'c < TILE_COLS' : 'c == 0',
    colDepth: wide ? 'c / TILE_COLS' : 'c',
    outDirect: wide ? 'c >= COLS - TILE_COLS' : 'c == COLS - 1',
    outDepth: wide ? '(COLS - 1 - c) / TILE_COLS' : 'COLS - 1 - c',
    rowCount: tall ? 'ROWS/TILE_ROWS' : 'ROWS',
  };
}
