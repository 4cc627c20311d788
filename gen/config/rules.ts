import type { Problem } from '../errors.js';
import { numericType } from '../types/table.js';
import { type Configuration, type ParameterKey, parameterMeta } from './parameters.js';
import type { RawConfiguration } from './parse.js';

/** What the meaning of a parameter may depend on. */
type Parts = Pick<Configuration, 'dataflow' | 'pe'>;

/** A parameter that means nothing in some configurations, where it must be left at its default. */
interface Scope {
  readonly key: ParameterKey;
  readonly counts: (config: Parts) => boolean;
  /** Why it does not count elsewhere. */
  readonly rule: string;
}

const SCOPES: readonly Scope[] = [
  {
    key: 'pe',
    counts: ({ dataflow }) => dataflow === 'os',
    rule: 'float counts for dataflow os only: sums of binary32 would depend on the order of the rows',
  },
  ...(['wideActivations', 'wideWeights'] as const).map((key) => ({
    key,
    counts: ({ pe }: Parts) => pe === 'int',
    rule: 'counts for pe int only: a floating-point PE takes 8-bit integers on ports of 8 bits',
  })),
  {
    key: 'maxK',
    counts: ({ dataflow }) => dataflow === 'os',
    rule: 'counts for dataflow os only: a weight-stationary array sums as many products as it has rows',
  },
  {
    key: 'drain',
    counts: ({ dataflow }) => dataflow === 'os',
    rule: 'counts for dataflow os only: in a weight-stationary array sums flow out by themselves',
  },
];

/** A configuration without the parameters that mean nothing in it, unless they have their default. */
export function withoutMeaningless(raw: RawConfiguration & Parts): RawConfiguration {
  const meaningless = SCOPES.filter(({ key, counts }) => !counts(raw) && !isDefault(key, raw[key])).map(
    ({ key }) => key as string,
  );
  return Object.fromEntries(Object.entries(raw).filter(([key]) => !meaningless.includes(key)));
}

/** What is wrong with parameters that are each legal alone. */
export function ruleProblems(config: Configuration): Problem[] {
  return [...meaninglessProblems(config), ...wideProblems(config)];
}

/** An 8-bit integer is two 4-bit operands on two rows or columns of PEs. */
function wideProblems(config: Configuration): Problem[] {
  const ports = [
    { wide: 'wideActivations', types: 'activations', size: 'rows' },
    { wide: 'wideWeights', types: 'weights', size: 'cols' },
  ] as const;
  return ports.flatMap(({ wide, types, size }) => {
    if (config[wide].length === 0) return [];
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
    return [{ key, given: String(config[key]), rule, nearest: String(fallback) }];
  });
}
