import type { Problem } from '../base/errors.js';
import { numericType } from '../numerics/types/table.js';
import type { OperandCandidate } from '../rtl/operand.js';
import { type Configuration, LONGEST_TILE, type ParameterKey, parameterMeta } from './parameters.js';
import type { RawConfiguration } from './parse.js';

/** What the meaning of a parameter may depend on. */
type Parts = Pick<Configuration, 'arch' | 'dataflow' | 'pe'> & { readonly wideActivations?: readonly unknown[] };

/** A parameter that means nothing in some configurations, where it must be left at its default. */
interface Scope {
  readonly key: ParameterKey;
  readonly counts: (config: Parts) => boolean;
  /** Why it does not count in a configuration. */
  readonly rule: (config: Parts) => string;
}

const ofArrays = ({ arch }: Parts): boolean => arch === 'array';

const SCOPES: readonly Scope[] = [
  ...(['lanes', 'tree'] as const).map((key) => ({
    key,
    counts: ({ arch }: Parts) => arch === 'dot',
    rule: () => 'counts for arch dot only',
  })),
  ...(['tileRows', 'tileCols'] as const).map((key) => ({
    key,
    counts: ({ arch, pe, dataflow, wideActivations = [] }: Parts) =>
      arch === 'array' && pe === 'int' && (dataflow === 'ws' || wideActivations.length === 0),
    rule: ({ arch, pe }: Parts) => {
      if (arch === 'dot') return 'counts for arch array only: dot-product units share no operand registers';
      if (pe === 'float') return 'counts for integer PEs only: floating-point PEs have operand registers of their own';
      return 'does not count beside wideActivations with dataflow os: 8-bit activations add two rows of PEs on the way out';
    },
  })),
  { key: 'dataflow', counts: ofArrays, rule: () => 'counts for arch array only: the sums of a dot-product unit stay' },
  {
    key: 'pe',
    counts: ({ arch, dataflow }) => arch === 'array' && dataflow === 'os',
    rule: () =>
      'float counts for arrays with dataflow os only: elsewhere sums of binary32 would depend on the order of lanes or rows',
  },
  ...(['wideActivations', 'wideWeights'] as const).map((key) => ({
    key,
    counts: ({ arch, pe }: Parts) => arch === 'array' && pe === 'int',
    rule: () => 'counts for arrays of integer PEs only: elsewhere 8-bit integers take ports of 8 bits',
  })),
  {
    key: 'maxK',
    counts: ({ arch, dataflow }) => arch === 'dot' || dataflow === 'os',
    rule: () => 'counts for dataflow os only: a weight-stationary array sums as many products as it has rows',
  },
  {
    key: 'overflow',
    counts: ({ pe }) => pe === 'int',
    rule: () => 'counts for integer PEs only: sums of binary32 are rounded',
  },
  {
    key: 'drain',
    counts: ({ arch, dataflow }) => arch === 'array' && dataflow === 'os',
    rule: () => 'counts for arrays with dataflow os only: elsewhere sums leave by themselves',
  },
];

/** Whether a parameter means something in a configuration. */
export function countsIn(key: ParameterKey, config: Parts): boolean {
  return SCOPES.every((scope) => scope.key !== key || scope.counts(config));
}

const MOST_UNITS = 4096;
const MOST_MULTIPLIERS = 2 ** 20;

/** A configuration without the parameters that mean nothing in it, unless they have their default. */
export function withoutMeaningless(raw: RawConfiguration & Parts): RawConfiguration {
  const meaningless = SCOPES.filter(({ key, counts }) => !counts(raw) && !isDefault(key, raw[key])).map(
    ({ key }) => key as string,
  );
  return Object.fromEntries(Object.entries(raw).filter(([key]) => !meaningless.includes(key)));
}

/** What is wrong with parameters that are each legal alone. */
export function ruleProblems(config: Configuration): Problem[] {
  return [
    ...meaninglessProblems(config),
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
  { shiftBits }: Pick<OperandCandidate, 'shiftBits'>,
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
    if (config[wide].length === 0 || !countsIn(wide, config)) return [];
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

function isDefault(key: ParameterKey, value: unknown): boolean {
  return JSON.stringify(value) === JSON.stringify(parameterMeta(key).fallback);
}

function meaninglessProblems(config: Configuration): Problem[] {
  return SCOPES.flatMap(({ key, counts, rule }) => {
    const { fallback } = parameterMeta(key);
    if (counts(config) || isDefault(key, config[key])) return [];
    return [{ key, given: String(config[key]), rule: rule(config), nearest: String(fallback) || 'none' }];
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
