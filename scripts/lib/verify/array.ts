import { codeValues, largestMagnitude } from '../../../gen/codec.js';
import { streamShape } from '../../../gen/elaborate/streams.js';
import { type Timing, tilePeriod } from '../../../gen/elaborate/timing.js';
import type { Manifest } from '../../../gen/manifest.js';
import { type ArrayInfo, arrayInfoOf, expectedResults, selectedType, type Tile } from '../../../gen/oracle.js';
import { numericType } from '../../../gen/types/table.js';
import { type Pattern, type RandomSource, randomPattern, randomTile } from '../../../gen/vectors.js';
import { type ArrayModel, openArrayModel, type SimulationFailure, type TileEvents } from '../simulator.js';
import type { Segment } from '../vector-file.js';
import type { Effort } from './effort.js';
import type { CheckOutcome } from './outcome.js';

/** What an array check found besides: the speed of the simulation. */
export interface ArrayOutcome extends CheckOutcome {
  readonly seconds: number;
  readonly macs: number;
}

/** A segment with the name under which a failure reports it, and the formulas it must obey. */
interface NamedSegment extends Segment {
  readonly title: string;
  readonly expected: readonly BigInt64Array[];
  /** All tiles have this many beats and nothing stalls: the cycle formulas hold. */
  readonly formulaBeats?: number;
}

/**
 * Checks the array of a design through its streams: all pairs of types, tiles of many lengths, random stalls on both
 * sides, resets in mid-tile, full-length extremes, and the cycle formulas of the manifest.
 *
 * @param options.trace Waveform file: written from the segment that fails, or else from the first one with stalls.
 */
export async function verifyArray(
  folder: string,
  manifest: Manifest,
  random: RandomSource,
  { effort, trace }: { readonly effort: Effort; readonly trace?: string | undefined },
): Promise<ArrayOutcome> {
  const segments = [
    ...formulaSegments(manifest, random),
    ...stallSegments(manifest, random),
    ...resetSegments(manifest, random),
    ...extremeSegments(manifest, random, effort.extremeMacs),
  ];
  const { tuning, builds } = effort;
  const options = { ...(tuning ? { tuning } : {}), ...(builds ? { builds } : {}) };
  const model = await openArrayModel(folder, manifest, options);
  const run = await model.simulate(segments);
  const { rows, cols } = manifest.configuration;
  const macs = segments.flatMap(({ tiles }) => tiles).reduce((sum, { k }) => sum + k * rows * cols, 0);
  const failure = run.failure
    ? describeFailure(manifest, segments, run.failure)
    : formulaFailure(manifest.timing, segments, run.events);
  if (trace) {
    const index = run.failure?.segment ?? segments.findIndex(({ idle }) => idle !== undefined);
    const traced = await openArrayModel(folder, manifest, { ...options, trace: true });
    await traced.simulate([segments[index] as Segment], { trace });
  }
  const checked = run.rowsChecked * streamShape(manifest.configuration).resultCols;
  const nothing = checked === 0 ? 'the array simulation compared nothing' : undefined;
  const wrong = failure ?? nothing;
  return { vectors: checked, cycles: run.cycles, seconds: run.seconds, macs, ...(wrong ? { failure: wrong } : {}) };
}

/** Simulates full tiles back to back for about `seconds`, every result compared, to measure the simulation's speed. */
export async function measureSpeed(
  model: ArrayModel,
  manifest: Manifest,
  random: RandomSource,
  seconds: number,
): Promise<{ cycles: number; macs: number; seconds: number }> {
  const k = wholeBeats(manifest, 512);
  const tiles = Array.from({ length: 8 }, () => randomTile(random, arrayInfoOf(manifest), { k }));
  const segments = [withResults(manifest, { title: 'speed', seed: 1, tiles })];
  const trial = await model.simulate(segments);
  const repeat = Math.max(Math.ceil(seconds / trial.seconds), 1);
  const run = await model.simulate(segments, { repeat });
  return { cycles: run.cycles, macs: run.beats * manifest.timing.macsPerCycle, seconds: run.seconds };
}

/** Steps of a tile of about `k`: whole beats, not longer than the accumulators hold. */
function wholeBeats({ configuration }: Manifest, k: number): number {
  const { stepsPerBeat } = streamShape(configuration);
  return Math.max(Math.floor(Math.min(k, configuration.maxK) / stepsPerBeat), 1) * stepsPerBeat;
}

function withResults<T extends { readonly tiles: readonly Tile[] }>(manifest: Manifest, segment: T) {
  const info = arrayInfoOf(manifest);
  return { ...segment, expected: segment.tiles.map((tile) => expectedResults(info, tile)) };
}

/** Tiles of equal length without stalls: shorter than, equal to and longer than the drain. */
function formulaSegments(manifest: Manifest, random: RandomSource): NamedSegment[] {
  const { rows, cols, maxK } = manifest.configuration;
  const { stepsPerBeat } = streamShape(manifest.configuration);
  const info = arrayInfoOf(manifest);
  const wanted = [1, 2, rows - 1, rows, rows + 1, 2 * (rows + cols) + 3];
  const lengths = new Set(wanted.filter((beats) => beats > 0 && beats * stepsPerBeat <= maxK));
  return [...lengths].map((beats) => {
    const k = beats * stepsPerBeat;
    const tiles = everyTypePair(manifest).map(([aType, wType]) => randomTile(random, info, { k, aType, wType }));
    while (tiles.length < 4) tiles.push(randomTile(random, info, { k }));
    return withResults(manifest, {
      title: `tiles of ${beats} beats without stalls`,
      seed: 1,
      tiles,
      formulaBeats: beats,
    });
  });
}

/** All pairs of type selectors, in an order in which both change often. */
function everyTypePair({ ports }: Manifest): [number, number][] {
  return ports.a.types.flatMap((_, aType) => ports.w.types.map((__, wType): [number, number] => [aType, wType]));
}

/** Random lengths and types under random stalls of both streams. */
function stallSegments(manifest: Manifest, random: RandomSource): NamedSegment[] {
  const chances: [number, number][] = [
    [0, 128],
    [128, 0],
    [128, 128],
    [32, 230],
    [230, 16],
    [200, 200],
  ];
  return chances.map(([idle, busy], i) => {
    const tiles = randomTiles(manifest, random, 12);
    const title = `random stalls (input idle ${idle}/256, output not ready ${busy}/256)`;
    return withResults(manifest, { title, seed: 1000 + i + random.below(2 ** 20), tiles, idle, busy, probe: true });
  });
}

function randomTiles(manifest: Manifest, random: RandomSource, count: number): Tile[] {
  const { rows, cols, maxK } = manifest.configuration;
  const { stepsPerBeat } = streamShape(manifest.configuration);
  const longest = Math.min(Math.floor(maxK / stepsPerBeat), 3 * (rows + cols));
  return Array.from({ length: count }, () => {
    const [aPattern, wPattern] = [randomPattern(random), randomPattern(random)];
    return randomTile(random, arrayInfoOf(manifest), {
      k: (1 + random.below(longest)) * stepsPerBeat,
      aPattern,
      wPattern,
    });
  });
}

/** Segments cut off by a reset at a random cycle, each followed by one that runs to its end. */
function resetSegments(manifest: Manifest, random: RandomSource): NamedSegment[] {
  const { rows, cols } = manifest.configuration;
  return Array.from({ length: 12 }, (_, i) => {
    const abort = i % 2 === 0 ? 1 + random.below(8 * (rows + cols)) : 0;
    const tiles = randomTiles(manifest, random, 4);
    const stalls = { idle: 64 * random.below(3), busy: 64 * random.below(4), probe: true };
    const title = abort ? `reset in cycle ${abort}` : 'after a reset in mid-tile';
    return withResults(manifest, { title, seed: 2000 + i, tiles, ...stalls, ...(abort ? { abort } : {}) });
  });
}

const EXTREMES: readonly Pattern[] = ['greatest', 'least', 'alternating', 'negativeZeros'];

/** Full-length tiles of the values that drive the accumulators to their limits. */
function extremeSegments(manifest: Manifest, random: RandomSource, macs: number): NamedSegment[] {
  const { rows, cols } = manifest.configuration;
  const k = wholeBeats(manifest, Math.max(Math.ceil(macs / (rows * cols)), 64));
  const tiles = EXTREMES.flatMap((aPattern) =>
    EXTREMES.flatMap((wPattern) =>
      extremeTypes(manifest).map(([aType, wType]) =>
        randomTile(random, arrayInfoOf(manifest), { k, aType, wType, aPattern, wPattern }),
      ),
    ),
  );
  return [withResults(manifest, { title: `extremes over ${k} steps`, seed: 1, tiles })];
}

/** The pair of types with the largest product: the one the accumulators are sized for. */
function extremeTypes(manifest: Manifest): [number, number][] {
  const reach = (port: 'a' | 'w'): number => {
    const sizes = manifest.ports[port].types.map((name) => largestMagnitude(numericType(name)));
    return sizes.indexOf(sizes.reduce((x, y) => (y > x ? y : x)));
  };
  return [[reach('a'), reach('w')]];
}

/** The first cycle count that differs from the manifest's formula. */
function formulaFailure(
  timing: Timing,
  segments: readonly NamedSegment[],
  events: readonly (readonly TileEvents[])[],
): string | undefined {
  for (const [i, { title, formulaBeats }] of segments.entries()) {
    if (formulaBeats === undefined) continue;
    const tiles = events[i] ?? [];
    const period = tilePeriod(timing, formulaBeats);
    for (const [n, tile] of tiles.entries()) {
      const previous = tiles[n - 1];
      const unhindered = formulaBeats >= timing.latency.minimumK;
      const wrong =
        (unhindered &&
          differs('latency (last beat in to first row out)', timing.latency.cycles, tile.firstOut - tile.lastIn)) ||
        differs('drain (first to last row out)', timing.drain.cycles, tile.lastOut - tile.firstOut + 1) ||
        (previous &&
          differs('tile period (first row out to first row out)', period, tile.firstOut - previous.firstOut));
      if (wrong)
        return `${title}, tile ${n}: ${wrong}; the formulas of the manifest do not hold: look at the control module`;
    }
  }
  return undefined;
}

function differs(what: string, formula: number, simulated: number): string | undefined {
  return formula === simulated ? undefined : `${what}: formula ${formula} cycles, simulated ${simulated}`;
}

/** Says where the first wrong result lies, with the operands that make it up. */
function describeFailure(manifest: Manifest, segments: readonly NamedSegment[], failure: SimulationFailure): string {
  const segment = segments[failure.segment] as NamedSegment;
  const { rows, cols } = manifest.configuration;
  const at = failure.row * streamShape(manifest.configuration).resultCols + (failure.col ?? 0);
  const [row, col] = [Math.floor(at / cols), at % cols];
  const where = `array, ${segment.title}, tile ${failure.tile}, row ${row}`;
  const tile = segment.tiles[failure.tile];
  if (failure.col === undefined || !tile) return `${where}, cycle ${failure.cycle}: ${failure.rule}`;
  const info: ArrayInfo = arrayInfoOf(manifest);
  const [aType, wType] = [selectedType(info.a, tile.aType), selectedType(info.w, tile.wType)];
  const [aValues, wValues] = [codeValues(aType), codeValues(wType)];
  const products = Array.from({ length: tile.k }, (_, k) => {
    const [a, w] = [tile.a[k * rows + row] as number, tile.w[k * cols + col] as number];
    return `${aValues[a % aValues.length]}*${wValues[w % wValues.length]}`;
  });
  const shown = products.length > 12 ? `${products.slice(0, 12).join(' + ')} + ...` : products.join(' + ');
  return (
    `${where}, column ${col}, cycle ${failure.cycle}: expected ${failure.expected}, got ${failure.got}; ` +
    `${aType.name} activations times ${wType.name} weights, K = ${tile.k}: ${shown}; ` +
    suspects(manifest, segment, failure)
  );
}

/** A value that is expected at another place of the tile tells that results were misrouted. */
function suspects({ configuration }: Manifest, { expected }: NamedSegment, failure: SimulationFailure): string {
  if (configuration.arch === 'dot') {
    return 'decoders and unit passed alone, so look at input register, control and the wiring of the lanes';
  }
  const { tile, got = '0' } = failure;
  const { cols } = configuration;
  const passed = 'decoders and PE passed alone, so look at';
  const elsewhere = got === '0' ? -1 : (expected[tile] as BigInt64Array).indexOf(BigInt(got));
  if (elsewhere < 0) return `${passed} skew, clearing between tiles and the type pipeline`;
  return `${passed} drain and de-skew: the value is expected in row ${Math.floor(elsewhere / cols)}, column ${elsewhere % cols}`;
}
