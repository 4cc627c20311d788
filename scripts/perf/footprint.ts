import type { ColumnCut, RowCut, StepCut } from './compute.js';
import type { Corrections } from './corrections.js';
import type { Cut } from './dimension.js';
import { LOOP, LOOPS } from './loops.js';
import { type Machine, packing } from './machine.js';
import type { Problem } from './problem.js';

/**
 * Sizes of a tensor's tile, and what they become when loops are taken in: `grow[loop]` times as much if all turns are
 * kept, `stream[loop]` times as much if each turn's part is fetched for itself. 1 where the tensor does not depend on a loop.
 */
export interface Footprint {
  /** Bits of one tile. */
  tile: number;
  readonly grow: Float64Array;
  readonly stream: Float64Array;
}

/** The tiles of the three tensors. */
export interface Footprints {
  readonly weights: Footprint;
  readonly activations: Footprint;
  readonly results: Footprint;
}

const footprint = (): Footprint => ({
  tile: 0,
  grow: new Float64Array(LOOPS).fill(1),
  stream: new Float64Array(LOOPS).fill(1),
});

const roundUp = (value: number, to: number): number => Math.ceil(value / to) * to;

/** Works out the tiles of the tensors, for all ways to cut one problem; the result is valid until the next call. */
export function footprints(
  problem: Problem,
  machine: Machine,
  corrections: Corrections,
  sumBits: number,
): (rows: RowCut, steps: StepCut, columns: ColumnCut) => Footprints {
  const { bits, kernel, stride, input } = problem;
  const { ragged, im2col } = corrections;
  const pack = packing(machine, bits);
  const [rows, cols] = [machine.rows * pack, machine.cols * pack];
  const window = kernel.height * kernel.width;
  const all: Footprints = { weights: footprint(), activations: footprint(), results: footprint() };

  return ({ batch, row, column }, inChannel, outChannel) => {
    const { weights, activations, results } = all;
    const reduction = window * inChannel.tile;
    weights.tile = (ragged ? reduction : roundUp(reduction, rows)) * outChannel.tile * bits;
    along(weights, LOOP.inChannel, inChannel, ragged);
    along(weights, LOOP.outChannel, outChannel, ragged);
    if (im2col) {
      const high = alongWindows(activations, LOOP.row, row, ragged, stride, kernel.height, input.height);
      const wide = alongWindows(activations, LOOP.column, column, ragged, stride, kernel.width, input.width);
      activations.tile = high * wide * inChannel.tile * batch.tile * bits;
    } else {
      // The published model pads the reduction to the array's columns, though it lies along its rows.
      activations.tile = row.tile * column.tile * roundUp(reduction, cols) * batch.tile * bits;
      along(activations, LOOP.row, row, ragged);
      along(activations, LOOP.column, column, ragged);
    }
    along(activations, LOOP.batch, batch, ragged);
    along(activations, LOOP.inChannel, inChannel, ragged);
    results.tile = row.tile * column.tile * outChannel.tile * batch.tile * sumBits;
    along(results, LOOP.batch, batch, ragged);
    along(results, LOOP.row, row, ragged);
    along(results, LOOP.column, column, ragged);
    along(results, LOOP.outChannel, outChannel, ragged);
    return all;
  };
}

/** A dimension along which a tensor grows with the tile. */
function along({ grow, stream }: Footprint, loop: number, { size, tile, count }: Cut, ragged: boolean): void {
  const factor = ragged ? size / tile : count;
  grow[loop] = factor;
  stream[loop] = factor;
}

/**
 * Rows or columns of inputs, of which neighbouring outputs share some.
 *
 * @param reach Rows or columns of the kernel.
 * @param whole Those of the input, without the padding, which is not fetched.
 * @returns those that one tile needs.
 */
function alongWindows(
  { grow, stream }: Footprint,
  loop: number,
  { size, tile, count, last }: Cut,
  ragged: boolean,
  stride: number,
  reach: number,
  whole: number,
): number {
  const one = inputsOf(tile, stride, reach, whole);
  grow[loop] = inputsOf(ragged ? size : count * tile, stride, reach, whole) / one;
  stream[loop] = ragged ? ((count - 1) * one + inputsOf(last, stride, reach, whole)) / one : count;
  return one;
}

/** Inputs along one side that so many outputs need. */
function inputsOf(outputs: number, stride: number, reach: number, whole: number): number {
  return Math.min(stride >= reach ? outputs * reach : (outputs - 1) * stride + reach, whole);
}
