import type { Problem } from '../base/errors.js';
import { type Configuration, flagOf, type ParameterKey, parameterMeta } from './parameters.js';
import type { RawConfiguration } from './raw.js';

/** What the parameters that mean something in a configuration depend on. */
type Parts = Pick<Configuration, 'arch' | 'dataflow' | 'pe'> & {
  readonly stall?: Configuration['stall'];
  readonly block?: Configuration['block'];
};

/** Values of other parameters, all at once; of blocks, whether there are any. */
type Condition = Partial<Pick<Configuration, 'arch' | 'dataflow' | 'pe' | 'stall'>> & {
  readonly block?: 'none' | 'given';
};

/** Parameters that mean nothing beside values of others: there they must have their defaults. */
interface Conflict {
  readonly keys: readonly ParameterKey[];
  readonly beside: Condition;
  readonly reason: string;
}

/** Which parameters cannot be combined: the one source of the rules, the messages, the table of `--help` and of docs/parameters.md. */
const CONFLICTS: readonly Conflict[] = [
  { keys: ['tree'], beside: { arch: 'array' }, reason: 'the sums of PEs are plain' },
  {
    keys: ['lanes'],
    beside: { arch: 'array', pe: 'float' },
    reason: 'sums of binary32 would depend on the order of the lanes',
  },
  {
    keys: ['clusterRows', 'clusterCols'],
    beside: { arch: 'dot' },
    reason: 'dot-product units share no operand registers',
  },
  {
    keys: ['clusterRows', 'clusterCols'],
    beside: { pe: 'float' },
    reason: 'floating-point PEs have operand registers of their own',
  },
  { keys: ['dataflow'], beside: { arch: 'dot' }, reason: 'the sums of a dot-product unit stay' },
  { keys: ['pe'], beside: { arch: 'dot' }, reason: 'sums of binary32 would depend on the order of the lanes' },
  { keys: ['pe'], beside: { dataflow: 'ws' }, reason: 'sums of binary32 would depend on the order of the rows' },
  ...[{ arch: 'dot' } as const, { pe: 'float' } as const].map((beside) => ({
    keys: ['wideActivations', 'wideWeights'] as const,
    beside,
    reason: '8-bit integers take ports of 8 bits',
  })),
  {
    keys: ['maxK'],
    beside: { arch: 'array', dataflow: 'ws' },
    reason: 'a weight-stationary array sums as many products as it has rows',
  },
  { keys: ['overflow'], beside: { pe: 'float' }, reason: 'sums of binary32 are rounded' },
  { keys: ['block'], beside: { arch: 'array' }, reason: 'PEs have no scales' },
  { keys: ['scales'], beside: { block: 'none' }, reason: 'without blocks nothing has a scale' },
  {
    keys: ['maxK', 'accumulatorBits', 'overflow'],
    beside: { arch: 'dot', block: 'given' },
    reason: 'sums of blocks are added up in binary32, of tiles of any length',
  },
  { keys: ['busSegment'], beside: { arch: 'dot' }, reason: 'the results of a tile leave in one beat' },
  { keys: ['clockGate', 'scan'], beside: { stall: 'enable' }, reason: 'there is no clock gate then' },
  { keys: ['busSegment'], beside: { dataflow: 'ws' }, reason: 'sums pass down from PE to PE' },
];

const holds = ({ block, ...values }: Condition, config: Parts): boolean =>
  (block === undefined || (block === 'none') === ((config.block ?? 'none') === 'none')) &&
  Object.entries(values).every(([key, value]) => config[key as keyof typeof values] === value);

const conflictOf = (key: ParameterKey, config: Parts): Conflict | undefined =>
  CONFLICTS.find(({ keys, beside }) => keys.includes(key) && holds(beside, config));

/** Whether a parameter means something in a configuration. */
export function appliesIn(key: ParameterKey, config: Parts): boolean {
  return conflictOf(key, config) === undefined;
}

function isDefault(key: ParameterKey, value: unknown): boolean {
  return JSON.stringify(value) === JSON.stringify(parameterMeta(key).fallback);
}

/** Why a parameter means nothing in a configuration; undefined where it means something. */
export const reasonAgainst = (key: ParameterKey, config: Parts): string | undefined => conflictOf(key, config)?.reason;

/** A configuration without the parameters that mean nothing in it, unless they have their default. */
export function withoutMeaningless(raw: RawConfiguration & Parts): RawConfiguration {
  const kept = ([key, value]: [string, unknown]): boolean =>
    appliesIn(key as ParameterKey, raw) || isDefault(key as ParameterKey, value);
  return Object.fromEntries(Object.entries(raw).filter(kept));
}

/** The parameters of a configuration that cannot be combined with its others. */
export function conflictProblems(config: Configuration): Problem[] {
  const keys = [...new Set(CONFLICTS.flatMap((conflict) => conflict.keys))];
  return keys.flatMap((key) => {
    const conflict = conflictOf(key, config);
    if (conflict === undefined || isDefault(key, config[key])) return [];
    const rule = `cannot be combined with ${conditionText(conflict.beside)}: ${conflict.reason}${wayOut(conflict, config)}`;
    return [{ key, given: String(config[key]), rule, nearest: String(parameterMeta(key).fallback) || 'none' }];
  });
}

/** What to do where the default of another parameter is in the way. */
const wayOut = ({ beside }: Conflict, { target }: Configuration): string =>
  beside.stall === 'enable' && target === 'fpga'
    ? '; target fpga chooses stall enable: leave target out, or give stall gate (--stall gate)'
    : '';

function conditionText(condition: Condition, nameOf = (key: ParameterKey): string => key): string {
  return Object.entries(condition)
    .map(([key, value]) =>
      value === 'given' ? nameOf(key as ParameterKey) : `${nameOf(key as ParameterKey)} ${value}`,
    )
    .join(' and ');
}

/** A line of the table of what cannot be combined. */
export interface ConflictRow {
  readonly options: string;
  readonly beside: string;
  readonly reason: string;
}

/** What cannot be combined, in flags. A parameter with two values is shown with the one that is no default. */
export function conflictRows(): ConflictRow[] {
  const option = (key: ParameterKey): string => {
    const { fallback, values } = parameterMeta(key);
    const others = values.filter((value) => value !== fallback);
    return others.length === 1 ? `${flagOf(key)} ${others[0]}` : flagOf(key);
  };
  return CONFLICTS.map(({ keys, beside, reason }) => ({
    options: keys.map(option).join(', '),
    beside: conditionText(beside, flagOf),
    reason,
  }));
}
