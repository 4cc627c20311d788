import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, UserError } from '../../gen/base/errors.js';
import { arrayInfoOf } from '../../gen/design/array-info.js';
import type { Manifest } from '../../gen/design/manifest.js';
import type { Tile } from '../../gen/golden/reference.js';
import { resultsOfLanes, resultWidth, tileBeats } from '../../gen/golden/streams.js';
import { factsOf } from '../../gen/rtl/arch/table.js';
import type { Timing } from '../../gen/rtl/timing.js';
import { runTool } from '../tools/find.js';
import { buildBench, longRunTuning, scratchFolder, type Tuning } from '../tools/verilator.js';
import { benchTerms, type RunTerms } from './outcome.js';
import { withOwnPorts } from './own-ports.js';
import { arrayVectors, type Segment } from './vector-file.js';

/** Transfers of a tile in an array run: numbers of clock edges. */
export interface TileEvents {
  readonly firstIn: number;
  readonly lastIn: number;
  readonly firstOut: number;
  readonly lastOut: number;
  /** First beat of weights, where they have a stream of their own. */
  readonly firstLoad: number;
}

/** The latency of a tile as the manifest's formula counts it. */
export function latencyOf({ latency }: Pick<Timing, 'latency'>, { lastIn, firstOut, lastOut }: TileEvents): number {
  return (latency.to === 'first row' ? firstOut : lastOut) - lastIn;
}

/** What went wrong in a simulation, and where. */
export interface SimulationFailure {
  readonly rule: string;
  readonly segment: number;
  readonly tile: number;
  readonly row: number;
  readonly cycle: number;
  readonly col?: number;
  readonly expected?: string;
  readonly got?: string;
}

export interface SimulationRun {
  readonly cycles: number;
  readonly beats: number;
  readonly rowsChecked: number;
  /** Time of simulation and comparison, without reading the vectors. */
  readonly seconds: number;
  /** Events of the tiles of each segment of the first round. */
  readonly events: readonly (readonly TileEvents[])[];
  readonly failure?: SimulationFailure;
  /** Lanes of the output, row by row, tile after tile, of all segments not cut off, if asked for. */
  readonly results?: BigInt64Array;
}

export interface SimulationOptions extends RunTerms {
  /** Times the segments are run. */
  readonly repeat?: number;
  readonly wantResults?: boolean;
  /** Waveform file to write. */
  readonly trace?: string;
  /** Folder the simulation runs in. */
  readonly cwd?: string;
}

/** A design's array, Verilated. */
export interface ArrayModel {
  simulate(segments: readonly Segment[], options?: SimulationOptions): Promise<SimulationRun>;
  /** Writes segments once, to be simulated more than once. @param scratch Folder for them and for what simulations leave. */
  load(segments: readonly Segment[], scratch: string): Simulation;
}

type Simulation = (options?: SimulationOptions) => Promise<SimulationRun>;

interface ModelOptions {
  readonly trace?: boolean;
  /** For a long run unless given. */
  readonly tuning?: Tuning | undefined;
  readonly builds?: string | undefined;
  /** Verilog files to simulate instead of the design's own list; lint warnings are switched off then. */
  readonly verilog?: readonly string[];
}

/** Builds the array of a design's folder (or finds it built) for simulation. */
export async function openArrayModel(
  folder: string,
  manifest: Manifest,
  { trace = false, tuning, builds, verilog }: ModelOptions = {},
): Promise<ArrayModel> {
  const { name } = manifest.configuration;
  const files = verilog ?? manifest.compileOrder.map((file) => join(folder, file));
  const executable = await withOwnPorts(manifest, files, (source) =>
    buildBench({
      ...{ ...source, name, bench: 'array_tb', trace, builds },
      ...(verilog ? { allow: ['lint', 'style'] } : {}),
      tuning: tuning ?? longRunTuning(simulatedPes(manifest)),
    }),
  );
  const load = (segments: readonly Segment[], scratch: string): Simulation => {
    const vectors = join(scratch, 'vectors.bin');
    writeFileSync(vectors, arrayVectors(arrayInfoOf(manifest), segments));
    return (options) => runArray(executable, vectors, scratch, options);
  };
  return {
    load,
    async simulate(segments, options) {
      const scratch = scratchFolder(name);
      try {
        return await load(segments, scratch)(options);
      } finally {
        rmSync(scratch, { recursive: true, force: true });
      }
    },
  };
}

/** The size of a design in PEs, by the work of compiling its model. */
export function simulatedPes({ configuration, timing }: Manifest): number {
  return timing.macsPerCycle * factsOf(configuration).cost.simulation;
}

async function runArray(
  executable: string,
  vectors: string,
  scratch: string,
  { repeat = 1, wantResults = false, trace, cwd, ...terms }: SimulationOptions = {},
): Promise<SimulationRun> {
  const resultFile = join(scratch, 'results.bin');
  const args = [vectors, '--repeat', String(repeat)];
  if (wantResults) args.push('--results', resultFile);
  if (trace) args.push('--trace', trace);
  const { stdout } = await runTool({ name: 'the array simulation', path: executable }, args, {
    okCodes: [0, 1],
    ...benchTerms(terms),
    ...(cwd === undefined ? {} : { cwd }),
  });
  const run = parseRun(stdout);
  if (!wantResults || run.failure) return run;
  const bytes = readFileSync(resultFile);
  return {
    ...run,
    results: new BigInt64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)),
  };
}

type RawEvents = [number, number, number, number, number];

function parseRun(stdout: string): SimulationRun {
  let raw: Omit<SimulationRun, 'events' | 'failure'> & {
    segments: RawEvents[][];
    failedSegment?: number;
    failure?: Omit<SimulationFailure, 'segment'>;
  };
  try {
    raw = JSON.parse(stdout);
  } catch {
    throw new UserError(`the array simulation printed no result: ${stdout.slice(-400)}`, EXIT.toolBroken);
  }
  const { segments, failedSegment = 0, failure, ...counts } = raw;
  return {
    ...counts,
    events: segments.map((tiles) =>
      tiles.map(([firstIn, lastIn, firstOut, lastOut, firstLoad]) => ({
        firstIn,
        lastIn,
        firstOut,
        lastOut,
        firstLoad,
      })),
    ),
    ...(failure ? { failure: { ...failure, segment: failedSegment } } : {}),
  };
}

/** An array that multiplies tiles: what `matmul` needs of the simulation. */
export interface ArraySimulator {
  /** Results of each tile, rows x cols, tile after tile. */
  run(tiles: readonly Tile[]): Promise<{ results: BigInt64Array; cycles: number; seconds: number }>;
}

/** The array of a design's folder, running tiles back to back without stalls. */
export async function openArraySimulator(folder: string, manifest: Manifest): Promise<ArraySimulator> {
  const model = await openArrayModel(folder, manifest);
  return {
    run: async (tiles) => {
      const { results, failure, events, seconds } = await model.simulate([{ seed: 1, tiles }], { wantResults: true });
      if (failure || !results) {
        throw new UserError(
          `the array broke a rule of its streams: ${failure?.rule} (cycle ${failure?.cycle})`,
          EXIT.checkFailed,
        );
      }
      const all = events[0] ?? [];
      const cycles = (all.at(-1)?.lastOut ?? 0) - (all[0]?.firstIn ?? 0) + 1;
      return { results: tileResults(manifest, tiles, results), cycles, seconds };
    },
  };
}

/** The results of tiles from the lanes of the output beats they came in. */
function tileResults(manifest: Manifest, tiles: readonly Tile[], lanes: BigInt64Array): BigInt64Array {
  if (!tiles.some(({ aWide, wWide }) => aWide || wWide)) return lanes;
  const info = arrayInfoOf(manifest);
  let at = 0;
  const parts = tiles.map((tile) => {
    const count = tileBeats(info, tile).resultBeats * resultWidth(info);
    at += count;
    return resultsOfLanes(info, tile, lanes.subarray(at - count, at));
  });
  const results = new BigInt64Array(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((offset, part) => {
    results.set(part, offset);
    return offset + part.length;
  }, 0);
  return results;
}
