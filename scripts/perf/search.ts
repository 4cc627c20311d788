import {
  type ArrayWork,
  arrayWork,
  type ColumnCut,
  cutsOfProblem,
  partialSumBits,
  type RowCut,
  type StepCut,
} from './compute.js';
import type { Corrections } from './corrections.js';
import { energyOf, publishedSearchEnergy, totalEnergy } from './energy.js';
import { footprints } from './footprint.js';
import { LOOP, LOOPS, type LoopOrder, loopOrders } from './loops.js';
import { type Machine, packing } from './machine.js';
import type { Problem } from './problem.js';
import { emptyStats, type MutableStats, type Stats, scaledStats } from './stats.js';
import { type LoopTraffic, loopTraffic, trafficOf } from './traffic.js';

/** The tiling and loop order that a layer is run with. */
export interface Schedule {
  readonly stats: Stats;
  /** Tile sizes: samples, rows and columns of outputs, input and output channels. */
  readonly tile: {
    readonly batch: number;
    readonly row: number;
    readonly column: number;
    readonly inChannel: number;
    readonly outChannel: number;
  };
  readonly order: LoopOrder;
}

/** The cuts of a candidate. */
interface Candidate {
  readonly rows: RowCut;
  readonly steps: StepCut;
  readonly columns: ColumnCut;
}

/**
 * The best schedule of a problem over all its cuts and all loop orders. With the `objective` correction the least
 * energy x delay wins, else the fewest cycles, as published; among equals the least of the scoring's second figure.
 *
 * @returns undefined where no tile fits the buffers.
 */
export function bestSchedule(problem: Problem, machine: Machine, corrections: Corrections): Schedule | undefined {
  const workOf = arrayWork(problem, machine, corrections);
  const tilesOf = footprints(problem, machine, corrections, partialSumBits(machine, corrections));
  const statsOf = statistics(problem, machine, corrections);
  const score = corrections.objective ? energyDelay(problem, machine, corrections) : cyclesFirst(machine, corrections);
  const resultCapacity = corrections.outputBuffer ? machine.resultCapacity : Number.POSITIVE_INFINITY;
  const turns = new Float64Array(LOOPS);
  const traffic = loopTraffic();
  const best = { stats: emptyStats(), first: Number.POSITIVE_INFINITY, second: Number.POSITIVE_INFINITY };
  let chosen: (Candidate & { readonly order: LoopOrder }) | undefined;
  const cuts = cutsOfProblem(problem, machine, corrections);
  for (const columns of cuts.columns) {
    for (const steps of cuts.steps) {
      for (const rows of cuts.rows) {
        const work = workOf(rows, steps, columns);
        if (score.bound(work) >= best.first) continue;
        const tiles = tilesOf(rows, steps, columns);
        if (tiles.weights.tile > machine.weightCapacity || tiles.activations.tile > machine.activationCapacity)
          continue;
        if (tiles.results.tile > resultCapacity) continue;
        setTurns(turns, rows, steps, columns);
        for (const order of loopOrders(turns)) {
          trafficOf(tiles, machine, order, turns, corrections.outputBuffer, traffic);
          const stats = statsOf(work, traffic);
          const first = score.first(stats);
          if (first > best.first) continue;
          const second = score.second(stats);
          if (first === best.first && second >= best.second) continue;
          Object.assign(best.stats, stats);
          best.first = first;
          best.second = second;
          chosen = { rows, steps, columns, order };
        }
      }
    }
  }
  return chosen && scheduleOf(chosen, best.stats, problem);
}

function scheduleOf(
  { rows, steps, columns, order }: Candidate & { readonly order: LoopOrder },
  stats: Stats,
  { count }: Problem,
): Schedule {
  const { batch, row, column } = rows;
  return {
    stats: scaledStats(stats, count),
    tile: {
      batch: batch.tile,
      row: row.tile,
      column: column.tile,
      inChannel: steps.tile,
      outChannel: columns.tile,
    },
    order,
  };
}

function setTurns(turns: Float64Array, { batch, row, column }: RowCut, steps: StepCut, columns: ColumnCut): void {
  turns[LOOP.batch] = batch.count;
  turns[LOOP.row] = row.count;
  turns[LOOP.column] = column.count;
  turns[LOOP.inChannel] = steps.count;
  turns[LOOP.outChannel] = columns.count;
}

/** Puts the array's work and the traffic of one loop order together; each call overwrites the result of the one before. */
function statistics(
  problem: Problem,
  machine: Machine,
  corrections: Corrections,
): (work: ArrayWork, traffic: LoopTraffic) => MutableStats {
  const { interfaceBits } = machine;
  const { batch, output, kernel, inChannels, outChannels, resultBits } = problem;
  const macs = batch * output.height * output.width * outChannels * inChannels * kernel.height * kernel.width;
  const sumBits = partialSumBits(machine, corrections);
  const stats = { ...emptyStats(), macs, work: macs / packing(machine, problem.bits) ** 2 };
  return (work, { weights, activations, results }) => {
    // Partial sums that leave before they are complete.
    const sums = results.total / sumBits;
    const spilled = corrections.spills ? sums - work.outputs : 0;
    const back = spilled * sumBits;
    const first = weights.resident + activations.resident;
    const last = (results.resident / sumBits) * resultBits;
    stats.dramReads = weights.total + activations.total + back;
    stats.dramWrites = (sums - spilled) * resultBits + back;
    const middle = stats.dramReads + stats.dramWrites - first - last;
    const latency = Math.ceil(first / interfaceBits) + Math.ceil(last / interfaceBits);
    stats.stall = Math.max(0, Math.ceil(middle / interfaceBits) - work.cycles) + latency;
    stats.cycles = work.cycles + stats.stall;
    stats.weightReads = work.weightReads;
    stats.weightWrites = weights.total;
    stats.activationReads = work.activationReads;
    stats.activationWrites = activations.total;
    stats.resultReads = stats.dramWrites + work.resultReads;
    stats.resultWrites = work.resultWrites + back;
    return stats;
  };
}

/** How candidates are judged. */
interface Scoring {
  /** What no candidate with this work can be below; one that is not below the best cannot win. */
  bound(work: ArrayWork): number;
  first(stats: Stats): number;
  second(stats: Stats): number;
}

/** The published objective. Every schedule stalls for a cycle at least, so one whose array is no faster cannot win. */
const cyclesFirst = (machine: Machine, corrections: Corrections): Scoring => ({
  bound: ({ cycles }) => cycles,
  first: ({ cycles }) => cycles,
  second: (stats) =>
    corrections.dram ? energySum(stats, machine, corrections) : publishedSearchEnergy(stats, machine),
});

const energySum = (stats: Stats, machine: Machine, corrections: Corrections): number =>
  totalEnergy(energyOf(stats, machine, corrections));

/**
 * Energy x delay, in nJ x cycles. No candidate is below an array that never waits for DRAM, with weights fetched and
 * results written once.
 */
function energyDelay(problem: Problem, machine: Machine, corrections: Corrections): Scoring {
  const { batch, output, kernel, inChannels, outChannels, bits, resultBits } = problem;
  const least = emptyStats();
  least.weightWrites = kernel.height * kernel.width * inChannels * outChannels * bits;
  least.dramReads = least.weightWrites;
  least.dramWrites = batch * output.height * output.width * outChannels * resultBits;
  return {
    bound: (work) => {
      least.cycles = work.cycles;
      least.activationReads = work.activationReads;
      least.weightReads = work.weightReads;
      least.resultWrites = work.resultWrites;
      least.resultReads = work.resultReads;
      return least.cycles * energySum(least, machine, corrections);
    },
    first: (stats) => stats.cycles * energySum(stats, machine, corrections),
    second: (stats) => stats.cycles,
  };
}
