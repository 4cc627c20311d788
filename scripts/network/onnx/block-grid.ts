import type { ScaleFormat } from '../../../gen/numerics/blocks/scale-format.js';

/** Blocks of a tensor whose scales come from its numbers, each time that it is computed. */
export interface BlockGrid {
  readonly scales: ScaleFormat;
  /** What all scales are multiplied by: a constant of the network. */
  readonly tensorScale: number;
  /** The dimension that blocks lie along, which a product adds up. */
  readonly axis: number;
  /** Its length. */
  readonly length: number;
  /** Equal parts of it that blocks do not cross: the groups of a convolution. */
  readonly parts: number;
  /** Elements of a block; the last one of a part has the rest. */
  readonly size: number;
}

/** The places of every block along the dimension. */
export function placesOfBlocks({ length, parts, size }: Pick<BlockGrid, 'length' | 'parts' | 'size'>): number[][] {
  const each = length / parts;
  const perPart = Math.ceil(each / size);
  return Array.from({ length: parts * perPart }, (_, block) => {
    const [part, own] = [Math.floor(block / perPart), block % perPart];
    const first = own * size;
    return Array.from({ length: Math.min(size, each - first) }, (__, i) => part * each + first + i);
  });
}

/**
 * Visits the blocks of a tensor, one after the other.
 *
 * @param see Takes a block's numbers, overwritten for the next one, and where they lie.
 */
export function eachBlock(
  data: ArrayLike<number>,
  shape: readonly number[],
  grid: Pick<BlockGrid, 'axis' | 'length' | 'parts' | 'size'>,
  see: (values: Float64Array, indices: Int32Array) => void,
): void {
  const count = (sizes: readonly number[]): number => sizes.reduce((product, size) => product * size, 1);
  const [outer, inner] = [count(shape.slice(0, grid.axis)), count(shape.slice(grid.axis + 1))];
  for (const places of placesOfBlocks(grid)) {
    const values = new Float64Array(places.length);
    const indices = new Int32Array(places.length);
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        for (const [at, place] of places.entries()) {
          indices[at] = (o * grid.length + place) * inner + i;
          values[at] = data[indices[at] as number] as number;
        }
        see(values, indices);
      }
    }
  }
}
