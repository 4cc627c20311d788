/** A dimension cut into tiles of one size, the last one perhaps smaller. */
export interface Cut {
  readonly size: number;
  readonly tile: number;
  readonly count: number;
  /** Size of the last tile. */
  readonly last: number;
}

/**
 * Tiles of 1, 2, 4 ... up to the whole dimension, the largest first.
 *
 * @param side Side of the array along this dimension: tiles that fill it once, twice, four times ... are tried, too.
 */
export function cutsOf(size: number, side = 1): readonly Cut[] {
  const tiles = new Set<number>();
  for (const base of [1, side]) {
    for (let tile = base; tile < size; tile *= 2) tiles.add(tile);
  }
  return [...tiles.add(size)].sort((a, b) => b - a).map((tile) => cutOf(size, tile));
}

export function cutOf(size: number, tile: number): Cut {
  const count = Math.ceil(size / tile);
  return { size, tile, count, last: size - (count - 1) * tile };
}

/** Sum over the tiles of a function of their size; `ragged`: the last tile has its own size, else that of the others. */
export function sumOver({ tile, count, last }: Cut, ragged: boolean, of: (size: number) => number): number {
  return ragged && last !== tile ? (count - 1) * of(tile) + of(last) : count * of(tile);
}
