import { EXIT } from '../../../../gen/base/errors.js';
import { programCommand } from '../../../../gen/base/options.js';
import { progressLine } from '../../../../gen/base/progress.js';
import { type TextColumn, tableLines } from '../../../../gen/base/text-table.js';
import { randomSource } from '../../../../gen/golden/vectors.js';
import { numericType } from '../../../../gen/numerics/types/table.js';
import { prepareChannel } from '../../../network/search/channel.js';
import { typeChooser } from '../../../network/search/choose.js';
import { exactError } from '../../../network/search/error.js';
import { candidate, scaleOfClip } from '../../../network/search/scale.js';
import { crossed } from '../../study.js';

/** What is measured: types to choose among, a distribution of weights, and the length of a channel. */
const AXES = {
  types: [
    ['int4', 'flint4', 'pot4'],
    ['int4', 'flint4', 'pot4', 'e2m1'],
  ],
  tail: ['gaussian', 'long'],
  channelLength: [64, 512, 1152, 4608],
} as const;

type Point = ReturnType<typeof crossed<typeof AXES>>[number];

/** CPU time that each measurement takes at least, in seconds, and weights that both searches see. */
const SECONDS = 0.25;
const COMPARED = 9216;

interface Choice {
  readonly index: number;
  readonly scale: number;
}

type Measurement = ReturnType<typeof measure>;

const COLUMNS: readonly TextColumn<Measurement>[] = [
  { title: 'types', left: true, text: ({ types }) => types.join(',') },
  { title: 'tail', left: true, text: ({ tail }) => tail },
  { title: 'channel', text: ({ channelLength }) => String(channelLength) },
  { title: 'search', text: ({ search }) => search.toFixed(0) },
  { title: 'brute force', text: ({ bruteForce }) => bruteForce.toFixed(2) },
  { title: 'ratio', text: ({ ratio }) => ratio.toFixed(0) },
  { title: 'same choices', text: ({ channels, differences }) => `${channels - differences} of ${channels}` },
];

/** Speed of the search for type and scale, beside a search over all elements, whose choices it has to make. */
export function benchSearch(): number {
  const program = programCommand('npm run bench:search --')
    .description(
      'Part of the notebook: measure how fast types and scales of weights are chosen, in CPU time of one thread, beside a plain search over all elements; compare the choices (half a minute at most).',
    )
    .option('--json', 'print the measurements as JSON')
    .addHelpText('after', '\nExit codes: 0 all choices are the same, 1 some differ, 2 wrong request.')
    .allowExcessArguments(false)
    .parse();
  const line = progressLine(process.stderr);
  const measurements = crossed(AXES).map((point) => {
    line.show(`${point.types.join(',')}, ${point.tail}, channels of ${point.channelLength}`);
    return measure(point);
  });
  line.end();
  const differences = measurements.reduce((sum, one) => sum + one.differences, 0);
  const text = [
    'millions of weights per minute of CPU time, 75 clips of each type',
    ...tableLines(COLUMNS, measurements),
    differences === 0 ? 'PASS all choices are the same' : `FAIL ${differences} choices differ`,
    '',
  ].join('\n');
  process.stdout.write(program.opts().json ? `${JSON.stringify({ measurements, differences }, null, 2)}\n` : text);
  return differences === 0 ? EXIT.done : EXIT.checkFailed;
}

function measure({ types, tail, channelLength }: Point) {
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
    /** Millions of weights per minute of CPU time. */
    search,
    bruteForce,
    ratio: search / bruteForce,
    /** Channels that both searches went through, and those in which they chose differently. */
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
function weights(tail: Point['tail'], count: number): Float64Array {
  const random = randomSource(1);
  const unit = (): number => (random.bits32() + 0.5) / 2 ** 32;
  const gaussian = (): number => Math.sqrt(-2 * Math.log(unit())) * Math.cos(2 * Math.PI * unit());
  const long = (): number => Math.log(unit()) * (unit() < 0.5 ? -1 : 1) * (unit() < 0.01 ? 5 : 1);
  return Float64Array.from({ length: count }, () => Math.fround(tail === 'long' ? long() : gaussian()));
}
