import type { Problem } from '../base/errors.js';
import { numericType } from '../numerics/types/table.js';
import { appliesIn, conflictProblems } from './conflicts.js';
import { type Configuration, LONGEST_TILE } from './parameters.js';

const MOST_UNITS = 4096;
const MOST_MULTIPLIERS = 2 ** 20;

/** What is wrong with parameters that are each legal alone. */
export function ruleProblems(config: Configuration): Problem[] {
  return [
    ...conflictProblems(config),
    ...wideProblems(config),
    ...(config.arch === 'array' ? tileProblems(config) : []),
    ...(config.arch === 'dot' ? dotProblems(config) : []),
  ];
}

/** Stages of a PE or of a dot-product unit, at most. */
export const deepestPipeline = (arch: Configuration['arch']): number => (arch === 'dot' ? 5 : 3);

/** Each stage needs logic of its own: the last one, of both architectures, lies between multiplier and shifter. */
export function pipelineProblems(
  { arch, pipeline }: Configuration,
  { shiftBits }: { readonly shiftBits: number },
): Problem[] {
  const what = arch === 'dot' ? 'dot-product unit' : 'PE';
  const deepest = deepestPipeline(arch);
  const most = shiftBits === 0 ? deepest - 1 : deepest;
  if (pipeline <= most) return [];
  const rule =
    most < deepest
      ? `these types need no shifter, so a ${what} has at most ${most} stages`
      : `a ${what} has at most ${most} stages`;
  return [{ key: 'pipeline', given: String(pipeline), rule, nearest: String(most) }];
}

/** An 8-bit integer is two 4-bit operands on two rows or columns of PEs. */
function wideProblems(config: Configuration): Problem[] {
  const ports = [
    { wide: 'wideActivations', types: 'activations', size: 'rows' },
    { wide: 'wideWeights', types: 'weights', size: 'cols' },
  ] as const;
  return ports.flatMap(({ wide, types, size }) => {
    if (config[wide].length === 0 || !appliesIn(wide, config)) return [];
    const codeBits = Math.max(...config[types].map((name) => numericType(name).bits));
    const given = config[wide].join(',');
    const widest = `the widest type of the port has ${codeBits} bits, and an 8-bit integer needs lanes of 4 bits`;
    const odd = `an 8-bit integer takes two ${size} of PEs, so their number must be even`;
    return [
      ...(codeBits === 4 ? [] : [{ key: wide, given, rule: widest }]),
      ...(config[size] % 2 === 0
        ? []
        : [{ key: size, given: String(config[size]), rule: odd, nearest: String(config[size] + 1) }]),
    ];
  });
}

function dotProblems({ rows, cols, lanes, maxK }: Configuration): Problem[] {
  const problems: Problem[] = [];
  if (rows * cols > MOST_UNITS) {
    const rule = `a tile's rows x cols results leave in one beat and may be ${MOST_UNITS}`;
    problems.push({ key: 'rows', given: String(rows), rule, nearest: String(Math.floor(MOST_UNITS / cols)) });
  } else if (rows * cols * lanes > MOST_MULTIPLIERS) {
    const nearest = String(Math.floor(MOST_MULTIPLIERS / (rows * cols)));
    const rule = `rows x cols x lanes multipliers may be ${MOST_MULTIPLIERS}`;
    problems.push({ key: 'lanes', given: String(lanes), rule, nearest });
  }
  if (maxK < lanes) {
    const rule = `the accumulators must hold a beat, which is ${lanes} products (lanes)`;
    problems.push({ key: 'maxK', given: String(maxK), rule, nearest: String(lanes) });
  }
  return problems;
}

/** Tiles of PEs must fill the array. */
function tileProblems(config: Configuration): Problem[] {
  const sides = [
    ['tileRows', 'rows'],
    ['tileCols', 'cols'],
  ] as const;
  return sides.flatMap(([key, side]) => {
    const [given, whole] = [config[key], config[side]];
    if (whole % given === 0) return [];
    const nearest = nearestDivisor(whole, given);
    return [{ key, given: String(given), rule: `must divide ${side}, which is ${whole}`, nearest: String(nearest) }];
  });
}

/** The legal side of a tile nearest to a number; of two, the smaller. */
function nearestDivisor(whole: number, to: number): number {
  const divisors = tileSides(whole);
  return divisors.reduce((x, y) => (Math.abs(y - to) < Math.abs(x - to) ? y : x));
}

/** The legal sides of a tile of PEs in an array with a side of that many PEs, in ascending order. */
export function tileSides(whole: number): number[] {
  return Array.from({ length: Math.min(whole, LONGEST_TILE) }, (_, i) => i + 1).filter((side) => whole % side === 0);
}
