import { EXIT, UserError } from '../../gen/base/errors.js';
import { arrayInfoOf } from '../../gen/design/array-info.js';
import type { Manifest } from '../../gen/design/manifest.js';
import { type ArrayInfo, expectedResults } from '../../gen/golden/reference.js';
import { lengthPerBeat, tileBeats } from '../../gen/golden/streams.js';
import { randomSource, randomTile } from '../../gen/golden/vectors.js';
import { drainCycles, type Timing, tilePeriod } from '../../gen/rtl/timing.js';
import { type ArrayModel, latencyOf, type TileEvents } from '../verify/simulator.js';

/** What a stream of tiles of one length took, on the simulated array, without stalls. */
export interface StreamFigures {
  /** Length of each tile: steps of the reduction; where weights stay, rows of activations. */
  readonly k: number;
  readonly tiles: number;
  /** Cycles from a tile's last beat in to its first row out; where weights stay, to its last row out. */
  readonly latency: number;
  /** Cycles from one tile's first row out to the next one's. */
  readonly period: number;
  /** Cycles from the first tile's first beat in to the last one's last row out: with fill and drain. */
  readonly cycles: number;
  /** MACs done / (cycles x MACs per cycle) in the steady state, where a tile takes its period. */
  readonly utilisation: number;
  /** The same over all cycles, fill and drain included. */
  readonly utilisationWithFill: number;
}

/** Tiles of a stream: enough to see that the period stays. */
export const STREAM_TILES = 4;

/**
 * Streams tiles of length `k` through an array back to back, every result compared with the reference model.
 *
 * @throws UserError (exit code 1) when a result is wrong or a cycle count is not the manifest's formula.
 */
export async function measureStream(model: ArrayModel, manifest: Manifest, k: number): Promise<StreamFigures> {
  const { name } = manifest.configuration;
  const info = narrowOnly(arrayInfoOf(manifest));
  const steps = lengthPerBeat(info);
  const beats = Math.ceil(k / steps);
  const random = randomSource(k);
  const tiles = Array.from({ length: STREAM_TILES }, () => randomTile(random, info, { k: beats * steps }));
  const expected = tiles.map((tile) => expectedResults(info, tile));
  const { failure, events, rowsChecked } = await model.simulate([{ seed: 1, tiles, expected }]);
  const wrong = (what: string) => new UserError(`${name}, tiles of ${beats} beats: ${what}`, EXIT.checkFailed);
  if (failure) throw wrong(`${failure.rule} (tile ${failure.tile}, row ${failure.row}, cycle ${failure.cycle})`);
  const beatsOut = tiles.reduce((sum, tile) => sum + tileBeats(info, tile).resultBeats, 0);
  if (rowsChecked !== beatsOut) throw wrong(`${rowsChecked} beats of results compared instead of ${beatsOut}`);
  const macs = beats * manifest.timing.macsPerCycle;
  const figures = streamFigures(manifest.timing, { k: beats, macs }, events[0] ?? []);
  if ('problem' in figures) throw wrong(figures.problem);
  return { ...figures, k };
}

/** The array without its 8-bit integers on pairs of lanes, of which it does fewer a cycle. */
const narrowOnly = (info: ArrayInfo): ArrayInfo => ({
  ...info,
  a: { ...info.a, wideTypes: [] },
  w: { ...info.w, wideTypes: [] },
});

/**
 * The figures of a stream without stalls.
 *
 * @param tile.macs Multiply-accumulates of a tile.
 * @returns what is wrong where a measured cycle count is not the one of the manifest's formulas.
 */
export function streamFigures(
  timing: Timing,
  { k, macs }: { readonly k: number; readonly macs: number },
  events: readonly TileEvents[],
): StreamFigures | { readonly problem: string } {
  const [first, last] = [events[0], events.at(-1)];
  if (first === undefined || last === undefined || events.length < 2) return { problem: 'no tile followed another' };
  const period = tilePeriod(timing, k);
  const { latency, macsPerCycle } = timing;
  const counts = events.flatMap((tile, i): [string, number, number][] => [
    ...(k >= latency.minimumK
      ? [['latency', latency.cycles, latencyOf(timing, tile)] as [string, number, number]]
      : []),
    ['drain', drainCycles(timing, k), tile.lastOut - tile.firstOut],
    ...(i > 0
      ? [['tile period', period, tile.firstOut - (events[i - 1] as TileEvents).firstOut] as [string, number, number]]
      : []),
  ]);
  const wrong = counts.find(([, formula, measured]) => formula !== measured);
  if (wrong) return { problem: `${wrong[0]}: formula ${wrong[1]} cycles, simulated ${wrong[2]}` };
  const measured = (last.firstOut - first.firstOut) / (events.length - 1);
  const cycles = last.lastOut - first.firstIn + 1;
  return {
    k,
    tiles: events.length,
    latency: latencyOf(timing, last),
    period: measured,
    cycles,
    utilisation: macs / (measured * macsPerCycle),
    utilisationWithFill: (macs * events.length) / (cycles * macsPerCycle),
  };
}
