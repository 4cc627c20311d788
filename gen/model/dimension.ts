/** A dimension cut into tiles of one size, the last one perhaps smaller. */
export interface Cut {
  readonly size: number;
  readonly tile: number;
  readonly count: number;
  /** Size of the last tile. */
  readonly last: number;
}

/** Tiles of 1, 2, 4 ... up to the whole dimension, the largest first. */
export function cutsOf(size: number): readonly Cut[] {
  const cuts: Cut[] = [];
  for (let tile = 1; ; tile *= 2) {
    const cut = cutOf(size, Math.min(tile, size));
    cuts.unshift(cut);
    if (tile >= size) return cuts;
  }
}

export function cutOf(size: number, tile: number): Cut {
  const count = Math.ceil(size / tile);
  return { size, tile, count, last: size - (count - 1) * tile };
}

/** Sum over the tiles of a function of their size; `ragged`: the last tile counts as it is, else like the others. */
export function sumOver({ tile, count, last }: Cut, ragged: boolean, of: (size: number) => number): number {
  return ragged && last !== tile ? (count - 1) * of(tile) + of(last) : count * of(tile);
}
