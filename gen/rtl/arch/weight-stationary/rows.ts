/** The row of a tile that row p of PEs, from the top, has: the first beat of weights moves down to the lowest row. */
export const TILE_ROW = '(ROWS-1-p)';
