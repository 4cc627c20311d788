import type { Footprint, Footprints } from './footprint.js';
import { LOOP, type LoopOrder } from './loops.js';
import type { Machine } from './machine.js';

/** Bits of one tensor between DRAM and its buffer. */
interface Traffic {
  /** In all. */
  total: number;
  /** The most that lies in the buffer at once. */
  resident: number;
}

/** Bits of all tensors for one order of the loops. */
export interface LoopTraffic {
  readonly weights: Traffic;
  readonly activations: Traffic;
  readonly results: Traffic;
}

export const loopTraffic = (): LoopTraffic => ({
  weights: { total: 0, resident: 0 },
  activations: { total: 0, resident: 0 },
  results: { total: 0, resident: 0 },
});

/** Whether a tensor depends on a loop, one bit for each. */
const DEPENDS = {
  weights: (1 << LOOP.inChannel) | (1 << LOOP.outChannel),
  activations: (1 << LOOP.batch) | (1 << LOOP.column) | (1 << LOOP.row) | (1 << LOOP.inChannel),
  results: (1 << LOOP.batch) | (1 << LOOP.column) | (1 << LOOP.row) | (1 << LOOP.outChannel),
};

/**
 * Walks the loops from the innermost outwards. While all that the loops so far touch of a tensor fits its buffer, it stays
 * there; the first loop that needs more streams it, and every loop outside of that one, dependent or not, repeats it.
 */
function walk(
  { tile, grow, stream }: Footprint,
  depends: number,
  capacity: number,
  order: LoopOrder,
  turns: Float64Array,
  out: Traffic,
): boolean {
  let size = tile;
  let kept = true;
  let grew = false;
  out.resident = tile;
  for (const loop of order) {
    const dependent = (depends >> loop) & 1;
    if (!kept) {
      size = Math.round(size * (dependent ? (stream[loop] as number) : (turns[loop] as number)));
    } else if (dependent) {
      const next = Math.round(size * (grow[loop] as number));
      kept = next <= capacity;
      if (kept) {
        size = next;
        out.resident = next;
        grew = true;
      } else {
        size = Math.round(size * (stream[loop] as number));
      }
    }
  }
  out.total = size;
  return grew;
}

/**
 * The traffic of one order of the loops, into `out`.
 *
 * @param turns Turns of each loop.
 * @param checksResults Whether the last tile of results is drained. The published model takes the fetch of the results,
 *   which is nothing, for their size as soon as a loop of them fits.
 */
export function trafficOf(
  { weights, activations, results }: Footprints,
  machine: Pick<Machine, 'weightCapacity' | 'activationCapacity' | 'resultCapacity'>,
  order: LoopOrder,
  turns: Float64Array,
  checksResults: boolean,
  out: LoopTraffic,
): void {
  walk(weights, DEPENDS.weights, machine.weightCapacity, order, turns, out.weights);
  walk(activations, DEPENDS.activations, machine.activationCapacity, order, turns, out.activations);
  const grew = walk(results, DEPENDS.results, machine.resultCapacity, order, turns, out.results);
  out.results.resident = grew && !checksResults ? 0 : results.tile;
}
