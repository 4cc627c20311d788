import { Command } from 'commander';
import { EXIT } from '../gen/base/errors.js';
import { runProgram } from '../gen/base/program.js';
import { randomSource } from '../gen/golden/vectors.js';
import { numericType } from '../gen/numerics/types/table.js';
import { prepareChannel } from './network/search/channel.js';
import { typeChooser } from './network/search/choose.js';
import { exactError } from './network/search/error.js';
import { candidate, scaleOfClip } from './network/search/scale.js';

const TYPE_LISTS = [
  ['int4', 'flint4', 'pot4'],
  ['int4', 'flint4', 'pot4', 'e2m1'],
];
const LENGTHS = [64, 512, 1152, 4608];
const TAILS = ['gaussian', 'long'] as const;

/** CPU time that each measurement takes at least, in seconds, and weights that both searches see. */
const SECONDS = 0.25;
const COMPARED = 9216;

type Tail = (typeof TAILS)[number];

interface Choice {
  readonly index: number;
  readonly scale: number;
}

interface Measurement {
  readonly types: readonly string[];
  readonly tail: Tail;
  readonly channelLength: number;
  /** Millions of weights per minute of CPU time. */
  readonly search: number;
  readonly bruteForce: number;
  readonly ratio: number;
  /** Channels that both searches went through, and those in which they chose differently. */
  readonly channels: number;
  readonly differences: number;
}

/** Speed of the search for type and scale, beside a search over all elements, whose choices it has to make. */
function main(): number {
  const program = new Command('npm run bench:search --')
    .description(
      'Measure how fast types and scales of weights are chosen, in CPU time of one thread, beside a plain search over all elements; compare the choices (half a minute at most).',
    )
    .option('--json', 'print the measurements as JSON')
    .addHelpText('after', '\nExit codes: 0 all choices are the same, 1 some differ, 2 wrong request.')
    .allowExcessArguments(false)
    .exitOverride()
    .parse();
  const { json = false } = program.opts();
  const print = (line: string): unknown => json || process.stdout.write(`${line}\n`);
  print('millions of weights per minute of CPU time, 75 clips of each type');
  print(`${'types'.padEnd(24)}${'tail'.padEnd(10)}  channel    search   brute force   ratio   same choices`);
  const measurements: Measurement[] = [];
  for (const types of TYPE_LISTS) {
    for (const tail of TAILS) {
      for (const channelLength of LENGTHS) {
        const measurement = measure(types, tail, channelLength);
        measurements.push(measurement);
        print(text(measurement));
      }
    }
  }
  const differences = measurements.reduce((sum, one) => sum + one.differences, 0);
  if (json) process.stdout.write(`${JSON.stringify({ measurements, differences }, null, 2)}\n`);
  else print(differences === 0 ? 'PASS all choices are the same' : `FAIL ${differences} choices differ`);
  return differences === 0 ? EXIT.done : EXIT.checkFailed;
}

function text({ types, tail, channelLength, search, bruteForce, ratio, channels, differences }: Measurement): string {
  return [
    types.join(',').padEnd(24),
    tail.padEnd(10),
    String(channelLength).padStart(9),
    search.toFixed(0).padStart(10),
    bruteForce.toFixed(2).padStart(14),
    ratio.toFixed(0).padStart(8),
    `${channels - differences} of ${channels}`.padStart(15),
  ].join('');
}

function measure(types: readonly string[], tail: Tail, channelLength: number): Measurement {
  const data = weights(tail, 32 * COMPARED);
  const channels = Array.from({ length: data.length / channelLength }, (_, i) =>
    data.subarray(i * channelLength, (i + 1) * channelLength),
  );
  const compared = channels.slice(0, COMPARED / channelLength);
  const fast = fastSearch(types);
  const brute = bruteForceSearch(types);
  channels.forEach(fast); // Warms up.
  let fastChoices: Choice[] = [];
  let bruteChoices: Choice[] = [];
  const search = speed(() => {
    fastChoices = channels.map(fast);
    return data.length;
  });
  const bruteForce = speed(() => {
    bruteChoices = compared.map(brute);
    return COMPARED;
  });
  const differences = bruteChoices.filter(
    ({ index, scale }, i) => index !== fastChoices[i]?.index || scale !== fastChoices[i]?.scale,
  ).length;
  return {
    types,
    tail,
    channelLength,
    search,
    bruteForce,
    ratio: search / bruteForce,
    channels: compared.length,
    differences,
  };
}

/** Millions of weights per minute of CPU time of a function that returns how many it went through. */
function speed(run: () => number): number {
  const start = process.cpuUsage();
  let count = 0;
  for (;;) {
    count += run();
    const { user, system } = process.cpuUsage(start);
    if (user + system >= SECONDS * 1e6) return (60 * count) / (user + system);
  }
}

/** What the project does, preparation included. */
function fastSearch(names: readonly string[]): (values: Float64Array) => Choice {
  const choose = typeChooser(names.map(numericType));
  return (values) => {
    const { index, scales } = choose(() => [prepareChannel(values, 'weights')]);
    return { index, scale: scales[0] as number };
  };
}

/** The definition: the squared error of every type and clip, added up over the elements. */
function bruteForceSearch(names: readonly string[]): (values: Float64Array) => Choice {
  const candidates = names.map((name) => candidate(numericType(name)));
  return (values) => {
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    let best = { index: 0, scale: 1, squaredError: Number.POSITIVE_INFINITY };
    candidates.forEach(({ grid, top, clips }, index) => {
      for (const clip of clips) {
        const scale = scaleOfClip(clip, largest, top);
        const squaredError = exactError(values, grid, scale);
        if (squaredError < best.squaredError) best = { index, scale, squaredError };
      }
    });
    return best;
  };
}

/** Seeded numbers of single precision: normal, or Laplacian with one in a hundred five times as far out. */
function weights(tail: Tail, count: number): Float64Array {
  const random = randomSource(1);
  const unit = (): number => (random.bits32() + 0.5) / 2 ** 32;
  const gaussian = (): number => Math.sqrt(-2 * Math.log(unit())) * Math.cos(2 * Math.PI * unit());
  const long = (): number => Math.log(unit()) * (unit() < 0.5 ? -1 : 1) * (unit() < 0.01 ? 5 : 1);
  return Float64Array.from({ length: count }, () => Math.fround(tail === 'long' ? long() : gaussian()));
}

await runProgram(main);
