import { arrayInfoOf } from '../../gen/design/array-info.js';
import type { Manifest } from '../../gen/design/manifest.js';
import {
  type ArrayInfo,
  expectedResults,
  type PortInfo,
  selectedType,
  type Tile,
  tileShape,
} from '../../gen/golden/reference.js';
import { lengthPerBeat, resultWidth, skipsRows } from '../../gen/golden/streams.js';
import {
  type Pattern,
  type RandomSource,
  randomPattern,
  randomTile,
  type TypeChoice,
  typeChoices,
} from '../../gen/golden/vectors.js';
import { showBinary32 } from '../../gen/numerics/binary32.js';
import { largestMagnitude } from '../../gen/numerics/codec.js';
import type { NameFacts } from '../../gen/rtl/arch/facts.js';
import { factsOf } from '../../gen/rtl/arch/table.js';
import { drainCycles, type Timing, tilePeriod } from '../../gen/rtl/timing.js';
import type { CheckOptions } from './budget.js';
import type { CheckOutcome, PreparedCheck } from './outcome.js';
import { portsSuspect } from './own-ports.js';
import { prepared, runOnce } from './prepared.js';
import { type ArrayModel, latencyOf, openArrayModel, type SimulationFailure, type TileEvents } from './simulator.js';
import type { Segment } from './vector-file.js';

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
export async function prepareArray(
  folder: string,
  manifest: Manifest,
  random: RandomSource,
  { budget, trace }: CheckOptions,
): Promise<PreparedCheck<ArrayOutcome>> {
  const info = arrayInfoOf(manifest);
  const segments = [
    ...formulaSegments(manifest, random),
    ...stallSegments(manifest, random),
    ...resetSegments(manifest, random),
    ...extremeSegments(manifest, random, budget.extremeMacs),
  ];
  const macs = segments
    .flatMap(({ tiles }) => tiles)
    .reduce((sum, { k }) => sum + (k / lengthPerBeat(info)) * manifest.timing.macsPerCycle, 0);
  const { tuning, builds } = budget;
  const model = await openArrayModel(folder, manifest, { tuning, builds });
  return prepared(manifest.configuration.name, (scratch) => {
    const simulate = model.load(segments, scratch);
    return async (terms) => {
      const run = await simulate(terms);
      if (trace) {
        const index = run.failure?.segment ?? segments.findIndex(({ idle }) => idle !== undefined);
        const traced = await openArrayModel(folder, manifest, { tuning, builds, trace: true });
        await traced.simulate([segments[index] as Segment], { trace });
      }
      const checked = run.rowsChecked * resultWidth(info);
      const failure = run.failure
        ? describeFailure(manifest, segments, run.failure)
        : (formulaFailure(manifest, segments, run.events) ??
          (checked === 0 ? 'the array simulation compared nothing' : undefined));
      return { vectors: checked, cycles: run.cycles, seconds: run.seconds, macs, ...(failure ? { failure } : {}) };
    };
  });
}

/** Verifies the array of a design. */
export const verifyArray = (
  folder: string,
  manifest: Manifest,
  random: RandomSource,
  options: CheckOptions,
): Promise<ArrayOutcome> => runOnce(prepareArray(folder, manifest, random, options));

/** Simulates full tiles back to back for about `seconds`, every result compared, to measure the simulation's speed. */
export async function measureSpeed(
  model: ArrayModel,
  manifest: Manifest,
  random: RandomSource,
  seconds: number,
): Promise<{ cycles: number; macs: number; seconds: number }> {
  const { maxK } = manifest.configuration;
  const steps = lengthPerBeat(arrayInfoOf(manifest));
  const tiles = Array.from({ length: 8 }, () =>
    randomTile(random, arrayInfoOf(manifest), { k: wholeBeats(Math.min(maxK, 512), steps) }),
  );
  const segments = [withResults(manifest, { title: 'speed', seed: 1, tiles })];
  const trial = await model.simulate(segments);
  const repeat = Math.max(Math.ceil(seconds / trial.seconds), 1);
  const run = await model.simulate(segments, { repeat });
  return { cycles: run.cycles, macs: run.beats * manifest.timing.macsPerCycle, seconds: run.seconds };
}

/** As many steps as are whole beats, at least one beat. */
const wholeBeats = (most: number, steps: number): number => Math.max(Math.floor(most / steps), 1) * steps;

function withResults<T extends { readonly tiles: readonly Tile[] }>(manifest: Manifest, segment: T) {
  const info = arrayInfoOf(manifest);
  return { ...segment, expected: segment.tiles.map((tile) => expectedResults(info, tile)) };
}

/** Tiles of equal length without stalls: shorter than, equal to and longer than the drain. */
function formulaSegments(manifest: Manifest, random: RandomSource): NamedSegment[] {
  const { rows, cols, maxK } = manifest.configuration;
  const info = arrayInfoOf(manifest);
  const steps = lengthPerBeat(info);
  const wanted = [1, 2, rows - 1, rows, rows + 1, 2 * (rows + cols) + 3];
  const lengths = new Set(wanted.filter((beats) => beats > 0 && beats * steps <= maxK));
  return [...lengths].map((beats) => {
    const k = beats * steps;
    const tiles = everyTypePair(info).map(([a, w]) => randomTile(random, info, { k, a, w }));
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
function everyTypePair({ a, w }: ArrayInfo): [TypeChoice, TypeChoice][] {
  return typeChoices(a).flatMap((one) => typeChoices(w).map((other): [TypeChoice, TypeChoice] => [one, other]));
}

/** Random lengths and types under random stalls of both streams. */
function stallSegments(manifest: Manifest, random: RandomSource): NamedSegment[] {
  const chances: [number, number, boolean?][] = [
    [0, 128],
    [128, 0],
    [128, 128],
    [32, 230],
    [230, 16],
    [200, 200],
    [0, 0, true],
    [64, 64, true],
  ];
  return chances.map(([idle, busy, waits = false], i) => {
    const tiles = randomTiles(manifest, random, 12);
    const when = waits ? ', nor before a row is offered' : '';
    const title = `random stalls (input idle ${idle}/256, output not ready ${busy}/256${when})`;
    const seed = 1000 + i + random.below(2 ** 20);
    return withResults(manifest, { title, seed, tiles, idle, busy, waits, probe: true });
  });
}

function randomTiles(manifest: Manifest, random: RandomSource, count: number): Tile[] {
  const { rows, cols, maxK } = manifest.configuration;
  const info = arrayInfoOf(manifest);
  const steps = lengthPerBeat(info);
  const longest = wholeBeats(Math.min(maxK, 3 * (rows + cols) * steps), steps) / steps;
  return Array.from({ length: count }, () => {
    const [aPattern, wPattern] = [randomPattern(random), randomPattern(random)];
    return randomTile(random, info, { k: (1 + random.below(longest)) * steps, aPattern, wPattern });
  });
}

/** Segments cut off by a reset at a random cycle, each followed by one that runs to its end. */
function resetSegments(manifest: Manifest, random: RandomSource): NamedSegment[] {
  const { rows, cols } = manifest.configuration;
  // A reset finds a register at work in few of its cycles.
  const count = rows + cols > 32 ? 12 : 48;
  return Array.from({ length: count }, (_, i) => {
    const abort = i % 2 === 0 ? 1 + random.below(8 * (rows + cols)) : 0;
    const tiles = randomTiles(manifest, random, 4);
    const busy = [0, 64, 128, 240][random.below(4)] as number;
    const stalls = { idle: 64 * random.below(3), busy, probe: true };
    const title = abort ? `reset in cycle ${abort}` : 'after a reset in mid-tile';
    return withResults(manifest, { title, seed: 2000 + i, tiles, ...stalls, ...(abort ? { abort } : {}) });
  });
}

const EXTREMES: readonly Pattern[] = ['greatest', 'least', 'alternating', 'negativeZeros'];

/**
 * Tiles of the values that drive the accumulators to their limits: as long as these are proven for, and of a part of it that sets
 * other bits of a sum.
 */
function extremeSegments(manifest: Manifest, random: RandomSource, macs: number): NamedSegment[] {
  const { rows, cols, maxK } = manifest.configuration;
  const info = arrayInfoOf(manifest);
  // Accumulators of a width of their own may take sums for which no simulation has the time.
  const provenK = Math.min(manifest.accumulator.provenK, 2 * maxK);
  const longest = Math.min(Math.max(maxK, provenK), Math.max(Math.ceil(macs / (rows * cols)), 64));
  const steps = lengthPerBeat(info);
  const lengths = info.tile.weightsStay
    ? [2 * rows]
    : [wholeBeats(longest, steps), wholeBeats(Math.ceil(0.6 * longest), steps)];
  return lengths.map((k) => {
    const tiles = EXTREMES.flatMap((aPattern) =>
      EXTREMES.flatMap((wPattern) =>
        extremeTypes(info).map(([a, w]) => randomTile(random, info, { k, a, w, aPattern, wPattern })),
      ),
    );
    return withResults(manifest, { title: `extremes over ${k} steps`, seed: 1, tiles });
  });
}

/** Pairs of types with the largest product, the ones the accumulators are sized for: of 4 bits, and of 8 where there are. */
function extremeTypes({ a, w }: ArrayInfo): [TypeChoice, TypeChoice][] {
  const widest = (port: PortInfo, wide: boolean): TypeChoice => {
    const choices = typeChoices(port).filter((choice) => choice.wide === wide);
    const size = ({ type }: TypeChoice): bigint => largestMagnitude(selectedType(port, type, wide));
    return choices.reduce((x, y) => (size(y) > size(x) ? y : x));
  };
  const kinds = (port: PortInfo): boolean[] => (port.wideTypes.length > 0 ? [false, true] : [false]);
  return kinds(a).flatMap((aWide) =>
    kinds(w).map((wWide): [TypeChoice, TypeChoice] => [widest(a, aWide), widest(w, wWide)]),
  );
}

/** The first cycle count that differs from the manifest's formula. */
function formulaFailure(
  manifest: Manifest,
  segments: readonly NamedSegment[],
  events: readonly (readonly TileEvents[])[],
): string | undefined {
  const { timing } = manifest;
  const { tile: facts } = arrayInfoOf(manifest);
  for (const [i, segment] of segments.entries()) {
    const { title, formulaBeats } = segment;
    if (formulaBeats === undefined) continue;
    const tiles = events[i] ?? [];
    const period = tilePeriod(timing, formulaBeats);
    const { latency } = timing;
    for (const [n, tile] of tiles.entries()) {
      const previous = tiles[n - 1];
      const unhindered = formulaBeats >= timing.latency.minimumK;
      const wrong =
        (unhindered &&
          differs(`latency (last beat in to ${latency.to} out)`, latency.cycles, latencyOf(timing, tile))) ||
        differs(
          'drain (first to last row out)',
          drainOf(timing, segment, skipsRows(facts, segment.tiles[n]?.aWide)),
          tile.lastOut - tile.firstOut,
        ) ||
        (n === 0 && fillDiffers(timing, tile)) ||
        (previous &&
          differs('tile period (first row out to first row out)', period, tile.firstOut - previous.firstOut));
      if (wrong)
        return `${title}, tile ${n}: ${wrong}; the formulas of the manifest do not hold: look at the control module`;
    }
  }
  return undefined;
}

/** From a tile's first row out to its last. Where every other row is left out, the last cycle is free. */
function drainOf(timing: Timing, { formulaBeats = 0 }: NamedSegment, skips: boolean): number {
  return drainCycles(timing, formulaBeats) - (skips ? 1 : 0);
}

function fillDiffers({ fill }: Timing, { firstLoad, firstOut }: TileEvents): string | undefined {
  return fill ? differs('fill (first weights in to first row out)', fill.cycles, firstOut - firstLoad) : undefined;
}

function differs(what: string, formula: number, simulated: number): string | undefined {
  return formula === simulated ? undefined : `${what}: formula ${formula} cycles, simulated ${simulated}`;
}

/** Row and column of PEs, or of units, that a result leaves by. */
function placeOf(
  { tile: { rowsPerBeat }, cols }: ArrayInfo,
  { row: beat, col: lane = 0 }: SimulationFailure,
): { row: number; col: number } {
  return { row: beat * rowsPerBeat + Math.floor(lane / cols), col: lane % cols };
}

/** Says where the first wrong result lies, with the operands that make it up. */
function describeFailure(manifest: Manifest, segments: readonly NamedSegment[], failure: SimulationFailure): string {
  const segment = segments[failure.segment] as NamedSegment;
  const info: ArrayInfo = arrayInfoOf(manifest);
  const { names } = factsOf(manifest.configuration);
  const place = placeOf(info, failure);
  const tile = segment.tiles[failure.tile];
  const row = tile?.aWide && info.tile.rowsPerBeat > 1 ? place.row / 2 : place.row;
  const where = `array, ${segment.title}, tile ${failure.tile}, row ${row}`;
  if (failure.col === undefined || !tile) return `${where}, cycle ${failure.cycle}: ${failure.rule}`;
  const { terms, aLanes, wLanes } = tileShape(info, tile);
  const [aType, wType] = [selectedType(info.a, tile.aType, tile.aWide), selectedType(info.w, tile.wType, tile.wWide)];
  const col = tile.wWide ? place.col / 2 : place.col;
  const products = Array.from({ length: terms }, (_, k) => {
    const a = tile.a[info.tile.weightsStay ? row * aLanes + k : k * aLanes + row] as number;
    const w = tile.w[k * wLanes + col] as number;
    return `${aType.decode(a % 2 ** aType.bits)}*${wType.decode(w % 2 ** wType.bits)}`;
  });
  const show = (result = '0'): string =>
    factsOf(manifest.configuration).sums.encoding === 'binary32' ? showBinary32(BigInt(result)) : result;
  const shown = products.length > 12 ? `${products.slice(0, 12).join(' + ')} + ...` : products.join(' + ');
  return (
    `${where}, column ${col}, cycle ${failure.cycle}: expected ${show(failure.expected)}, got ${show(failure.got)}; ` +
    `${aType.name} activations times ${wType.name} weights, ${tile.k} beats: ${shown}; ` +
    `decoders and ${names.short} passed alone, so look at ${suspects(names, info.cols, segment, failure)}${portsSuspect(manifest)}`
  );
}

/** A value that is expected at another place of the tile tells that results were misrouted. */
function suspects(
  { suspects: all, misplaced }: NameFacts,
  cols: number,
  { expected }: NamedSegment,
  { tile, got = '0' }: SimulationFailure,
): string {
  const elsewhere =
    misplaced === undefined || got === '0' ? -1 : (expected[tile] as BigInt64Array).indexOf(BigInt(got));
  if (elsewhere < 0) return all;
  return `${misplaced}: the value is expected in row ${Math.floor(elsewhere / cols)}, column ${elsewhere % cols}`;
}
