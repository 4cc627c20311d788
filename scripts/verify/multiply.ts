import { EXIT, UserError } from '../../gen/base/errors.js';
import type { Tile } from '../../gen/golden/reference.js';
import { streamCycles } from '../../gen/golden/stream-cycles.js';
import { addResults, nextBatch, type PortMatrices, type Tiling, tileAt, tileBytes } from '../../gen/golden/tiling.js';
import type { Timing } from '../../gen/rtl/timing.js';
import type { ArraySimulator } from './simulator.js';

/** Codes and results of the tiles handed to the simulation at once, in bytes. */
const BATCH_BYTES = 2 ** 25;

/** A product of matrices and how it is cut. */
export interface ProductJob {
  readonly tiling: Tiling;
  readonly codes: PortMatrices;
}

/** Consecutive tiles of one job. */
interface Slice {
  readonly job: number;
  readonly first: number;
  readonly count: number;
}

/**
 * Runs all tiles of products on one array, batch by batch, and adds the parts of each reduction up.
 *
 * @returns The M x N sums of each product; cycles and simulation time of all together.
 */
export async function multiplyOnArray(
  simulator: ArraySimulator,
  jobs: readonly ProductJob[],
  progress: (message: string) => void = () => {},
  batchBytes: number = BATCH_BYTES,
): Promise<{ sums: BigInt64Array[]; cycles: number; seconds: number }> {
  const sums = jobs.map(({ tiling }) => new BigInt64Array(tiling.m * tiling.n));
  const total = jobs.reduce((count, { tiling }) => count + tiling.tiles, 0);
  let [cycles, seconds, done] = [0, 0, 0];
  for (const slices of batched(jobs, batchBytes)) {
    const tiles = slices.flatMap((slice) => tilesOf(jobs, slice));
    progress(`simulating tiles ${done + 1} to ${done + tiles.length} of ${total}`);
    const run = await simulator.run(tiles);
    collect(run.results, jobs, slices, sums);
    cycles += run.cycles;
    seconds += run.seconds;
    done += tiles.length;
  }
  return { sums, cycles, seconds };
}

/** The cycles that the cycle model counts for the same products, cut into the same batches. */
export function modelledCycles(timing: Timing, jobs: readonly ProductJob[], batchBytes: number = BATCH_BYTES): number {
  let cycles = 0;
  for (const slices of batched(jobs, batchBytes)) {
    const runs = slices.map(({ job, first, count }) => ({ tiling: (jobs[job] as ProductJob).tiling, first, count }));
    cycles += streamCycles(timing, runs);
  }
  return cycles;
}

/** All tiles of all jobs in order, as many at once as fit into the bytes, but at least one. */
function* batched(jobs: readonly ProductJob[], batchBytes: number): Generator<Slice[]> {
  let slices: Slice[] = [];
  let room = batchBytes;
  for (const [job, { tiling }] of jobs.entries()) {
    for (let first = 0; first < tiling.tiles; ) {
      const each = tileBytes(tiling);
      if (slices.length > 0 && room < each) {
        yield slices;
        slices = [];
        room = batchBytes;
      }
      const count = nextBatch(tiling, first, room);
      slices.push({ job, first, count });
      room -= count * each;
      first += count;
    }
  }
  if (slices.length > 0) yield slices;
}

function tilesOf(jobs: readonly ProductJob[], { job, first, count }: Slice): Tile[] {
  const { tiling, codes } = jobs[job] as ProductJob;
  return Array.from({ length: count }, (_, i) => tileAt(tiling, codes, first + i));
}

/** Adds a batch's results, tile after tile, to the sums of the products they belong to. */
function collect(
  results: BigInt64Array,
  jobs: readonly ProductJob[],
  slices: readonly Slice[],
  sums: readonly BigInt64Array[],
): void {
  let at = 0;
  for (const { job, first, count } of slices) {
    const { tiling } = jobs[job] as ProductJob;
    const size = count * tiling.rows * tiling.cols;
    addResults(sums[job] as BigInt64Array, tiling, first, results.subarray(at, at + size));
    at += size;
  }
  if (at !== results.length) {
    throw new UserError(`the array delivered ${results.length} results instead of ${at}`, EXIT.checkFailed);
  }
}
