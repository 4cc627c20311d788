import type { Column } from '../data.js';

/** A point of a plane. */
export interface Spot {
  readonly x: number;
  readonly y: number;
}

/**
 * The Pareto front: spots than which no other one is as good in both directions and better in one.
 *
 * @returns Their indices, by x.
 */
export function paretoFront(
  spots: readonly Spot[],
  better: { readonly x: Column['better']; readonly y: Column['better'] },
) {
  const [signX, signY] = [better.x === 'low' ? 1 : -1, better.y === 'low' ? 1 : -1];
  const order = spots
    .map(({ x, y }, index) => ({ x: x * signX, y: y * signY, index }))
    .sort((a, b) => a.x - b.x || a.y - b.y);
  let best = Number.POSITIVE_INFINITY;
  let last = Number.NaN;
  const front = order.filter(({ x, y }) => {
    const isBest = y < best || (y === best && x === last);
    if (isBest) [best, last] = [y, x];
    return isBest;
  });
  return front.map(({ index }) => index).sort((a, b) => (spots[a]?.x ?? 0) - (spots[b]?.x ?? 0));
}
