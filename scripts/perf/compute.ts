import { type Timing, tilePeriod } from '../../gen/rtl/timing.js';
import type { Corrections } from './corrections.js';
import { type Cut, cutOf, cutsOf, sumOver } from './dimension.js';
import { type Machine, packing } from './machine.js';
import { type Problem, PUBLISHED_RESULT_BITS } from './problem.js';

/** A cut of batch and outputs, whose rows and columns are cut alike, and what it means for the array. */
export interface RowCut {
  readonly batch: Cut;
  readonly row: Cut;
  readonly column: Cut;
  readonly tiles: number;
  /** Rows of the result, samples x pixels, over all tiles. */
  readonly rows: number;
  /** Times that the rows of the array are filled with them. */
  readonly passes: number;
  /** Cycles in which they stream past weights that stay. */
  readonly cycles: number;
}

/** A cut of the input channels. */
export interface StepCut extends Cut {
  /** Steps of the reduction over all tiles. */
  readonly steps: number;
  /** Times that the array is filled with weights along the reduction. */
  readonly passes: number;
  /** Cycles of the reductions where sums stay. */
  readonly cycles: number;
}

/** A cut of the output channels. */
export interface ColumnCut extends Cut {
  readonly columns: number;
  readonly passes: number;
}

/** All ways to cut a problem: tiles of powers of two, with the `ragged` correction of the array's sides, too; the kernel is never cut. */
export interface Cuts {
  readonly rows: readonly RowCut[];
  readonly steps: readonly StepCut[];
  readonly columns: readonly ColumnCut[];
}

export function cutsOfProblem(problem: Problem, machine: Machine, { ragged, fill }: Corrections): Cuts {
  const { batch, output, inChannels, outChannels, kernel, bits } = problem;
  const pack = packing(machine, bits);
  const [rows, cols] = [machine.rows * pack, machine.cols * pack];
  const { weightsStay: stays, lanes } = machine;
  const held = rows * lanes;
  const window = kernel.height * kernel.width;
  const beats = (count: number): number => (fill ? arrayCycles(machine, count) : count);
  const stepBeats = (steps: number): number => beats(Math.ceil(steps / lanes));
  const rowCut = (batchCut: Cut, side: number): RowCut => {
    const row = cutOf(output.height, Math.min(side, output.height));
    const column = cutOf(output.width, Math.min(side, output.width));
    const over = (of: (size: number) => number): number =>
      sumOver(batchCut, ragged, (b) => sumOver(row, ragged, (h) => sumOver(column, ragged, (w) => of(b * h * w))));
    return {
      batch: batchCut,
      row,
      column,
      tiles: batchCut.count * row.count * column.count,
      rows: over((size) => size),
      passes: over((size) => Math.ceil(size / rows)),
      cycles: over(beats),
    };
  };
  const sides = cutsOf(Math.max(output.height, output.width));
  // An array whose sides are no powers of two is filled by other tiles, which the published search does not try.
  const side = (length: number, counts: boolean): number => (ragged && counts ? length : 1);
  return {
    rows: sides.flatMap(({ tile }) => cutsOf(batch, side(rows, !stays)).map((cut) => rowCut(cut, tile))),
    steps: cutsOf(inChannels, side(held, stays)).map((cut) => ({
      ...cut,
      steps: sumOver(cut, ragged, (size) => window * size),
      passes: sumOver(cut, ragged, (size) => Math.ceil((window * size) / held)),
      cycles: sumOver(cut, ragged, (size) => stepBeats(window * size)),
    })),
    columns: cutsOf(outChannels, side(cols, true)).map((cut) => ({
      ...cut,
      columns: sumOver(cut, ragged, (size) => size),
      passes: sumOver(cut, ragged, (size) => Math.ceil(size / cols)),
    })),
  };
}

/**
 * Cycles that the array takes for tiles of so many beats in all, one after the other: beats of a reduction, in parts that
 * the accumulators hold, or, where weights stay, rows of activations.
 */
export function arrayCycles(
  { timing, weightsStay, lanes, maxK }: Pick<Machine, 'timing' | 'weightsStay' | 'lanes' | 'maxK'>,
  beats: number,
) {
  const most = Math.floor(maxK / lanes);
  if (weightsStay || beats <= most) return tilePeriod(timing, beats);
  const rest = beats % most;
  return Math.floor(beats / most) * tilePeriod(timing, most) + (rest === 0 ? 0 : tilePeriod(timing, rest));
}

/** Cycles of a layer besides the periods of its tiles: from the first weights or to the last results. */
function fillCycles({ fill, latency, drain, tilePeriod: { bubble } }: Timing): number {
  return fill ? fill.cycles : latency.cycles + (drain.cycles ?? 0) - bubble;
}

/** What the array does for a layer cut in some way, whatever the order of the tiles. Accesses are in bits. */
export interface ArrayWork {
  cycles: number;
  /** Results, with those beyond the edges of whole tiles. */
  outputs: number;
  activationReads: number;
  weightReads: number;
  /** Partial sums and results written to the output buffer, and read back from it. */
  resultWrites: number;
  resultReads: number;
}

/** Counts what the array does, for the cuts of one problem; each call overwrites the result of the one before. */
export function arrayWork(
  { bits }: Problem,
  machine: Machine,
  corrections: Corrections,
): (rows: RowCut, steps: StepCut, columns: ColumnCut) => ArrayWork {
  const { timing, weightsStay: stays } = machine;
  const { operandReuse, spills, fill } = corrections;
  const sumBits = partialSumBits(machine, corrections);
  const once = fill ? fillCycles(timing) : 0;
  const work: ArrayWork = {
    cycles: 0,
    outputs: 0,
    activationReads: 0,
    weightReads: 0,
    resultWrites: 0,
    resultReads: 0,
  };
  return (rows, steps, columns) => {
    const outputs = rows.rows * columns.columns;
    const products = outputs * steps.steps;
    const sums = stays ? (operandReuse ? outputs * steps.passes : products) : outputs * steps.count;
    work.cycles = columns.passes * (stays ? rows.cycles * steps.passes : rows.passes * steps.cycles) + once;
    work.outputs = outputs;
    work.activationReads = (operandReuse ? rows.rows * steps.steps * columns.passes : products) * bits;
    work.weightReads =
      (stays
        ? rows.tiles * steps.steps * columns.columns
        : operandReuse
          ? columns.columns * steps.steps * rows.passes
          : products) * bits;
    work.resultWrites = sums * sumBits;
    work.resultReads = (spills ? sums - outputs : sums) * sumBits;
    return work;
  };
}

/** Width of a partial sum on chip, and where it is spilled. */
export const partialSumBits = ({ accumulatorBits }: Machine, { spills }: Corrections): number =>
  spills ? accumulatorBits : PUBLISHED_RESULT_BITS;
