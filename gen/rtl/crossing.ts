import type { Configuration } from '../config/parameters.js';
import { tileGrid } from './tile-grid.js';

/** What a wave of operands passes on its way through the array: as text and as a number of cycles. */
export interface Crossing {
  readonly formula: string;
  readonly cycles: number;
}

/** A cycle for each row and column of operand registers: of PEs, or of tiles of PEs. */
export function crossing(config: Configuration): Crossing {
  const { tileRows, tileCols, rowTiles, colTiles } = tileGrid(config);
  const rows = tileRows > 1 ? 'ROWS/TILE_ROWS' : 'ROWS';
  const cols = tileCols > 1 ? 'COLS/TILE_COLS' : 'COLS';
  return { formula: `${rows} + ${cols}`, cycles: rowTiles + colTiles };
}
