import { ENGINE_KEYS, ENGINE_TYPES, type EngineKey } from '../../../gen/config/engine.js';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import type { RandomSource } from '../../../gen/golden/vectors.js';
import { numericType } from '../../../gen/numerics/types/table.js';
import { domainOf, pick } from './domains.js';

/** PEs of the largest engines that are drawn: larger ones take minutes to build. */
const MOST_PES = 256;

type Draw = (random: RandomSource, drawn: RawConfiguration) => unknown;

const power =
  (least: number, most: number): Draw =>
  (random) =>
    2 ** (Math.log2(least) + random.below(Math.log2(most / least) + 1));

/** Small ones above all: then programs wait for room, and reach the last word. */
const kibibytes: Draw = (random) => pick(random, [1, 1, 2, 3, 4, 8, 16, 32, 64]);

/** The values of each parameter; undefined: it is left out. */
const DRAWS: Readonly<Record<Exclude<EngineKey, 'engine'>, Draw>> = {
  rows: power(2, 32),
  cols: (random, { rows }) => power(2, Math.min(32, MOST_PES / (rows as number)))(random, {}),
  lanes: (random, { rows, cols }) => {
    const most = Math.min(8, MOST_PES / ((rows as number) * (cols as number)));
    return random.below(2) === 0 ? 1 : power(1, most)(random, {});
  },
  activations: drawTypes,
  weights: drawTypes,
  maxK: (random) => 1 + random.below(2 ** (4 + random.below(17))),
  pipeline: (random) => 1 + random.below(3),
  requantiseLanes: (random, drawn) =>
    random.below(2) === 0 ? 'auto' : power(1, (drawn.cols as number) / 2)(random, {}),
  rounding: (random) => pick(random, ['up', 'even']),
  ...{ activationKib: kibibytes, weightKib: kibibytes, constantKib: kibibytes, outputKib: kibibytes },
  busBits: power(32, 512),
  addressBits: (random) => pick(random, [32, 40, 64, 32 + random.below(33)]),
  outstanding: power(2, 16),
  reset: (random) => pick(random, ['sync', 'async']),
  name: (random, drawn) => domainOf('name').draw(random, drawn),
};

/** A configuration of an engine with every parameter drawn at random. Most are valid; some have buffers that are too small. */
export function randomEngine(random: RandomSource): RawConfiguration {
  const raw: RawConfiguration = { engine: true };
  for (const key of ENGINE_KEYS) {
    if (key === 'engine') continue;
    const value = DRAWS[key](random, raw);
    if (value !== undefined) raw[key] = value;
  }
  return raw;
}

/** Types of both widths in any order; now and then of one alone, which is refused. */
function drawTypes(random: RandomSource): string[] {
  const ofWidth = (bits: number): string[] => ENGINE_TYPES.filter((name) => numericType(name).bits === bits);
  const some = (names: readonly string[]): string[] =>
    Array.from({ length: 1 + random.below(3) }, () => pick(random, names));
  const [narrow, wide] = [some(ofWidth(4)), random.below(16) === 0 ? [] : some(ofWidth(8))];
  return [...new Set(random.below(2) === 0 ? [...narrow, ...wide] : [...wide, ...narrow])];
}
