import { createHash } from 'node:crypto';
import { parametersOf } from './architectures.js';
import { BASELINES, TYPE_LISTS } from './baselines.js';
import { defaultIn } from './defaults.js';
import { type Configuration, PARAMETER_KEYS, type ParameterKey } from './parameters.js';

type Parameters = Omit<Configuration, 'name'>;

/** Digits of the hash in a name; two names that meet all the same are found when the second design is written. */
const HASH_DIGITS = 6;
/** A name of more words than these is hard to read, and the hash says as much. */
const MOST_WORDS = 3;

/** What a parameter that is not at its default adds to the name. Of parameters without a word the hash tells. */
const WORDS: Partial<Record<ParameterKey, (config: Parameters) => string>> = {
  lanes: ({ lanes }) => `n${lanes}`,
  clusterRows: ({ clusterRows, clusterCols }) => `c${clusterRows}x${clusterCols}`,
  clusterCols: ({ clusterRows, clusterCols }) => `c${clusterRows}x${clusterCols}`,
  block: ({ block }) => `b${block}`,
  scales: ({ scales }) => scales,
  maxK: ({ maxK }) => `k${maxK}`,
  accumulatorBits: ({ accumulatorBits }) => `acc${accumulatorBits}`,
  overflow: ({ overflow }) => overflow,
  busSegment: ({ busSegment }) => `bus${busSegment}`,
  pipeline: ({ pipeline }) => `p${pipeline}`,
  target: ({ target }) => target,
  tree: ({ tree }) => tree,
  stall: ({ stall }) => stall,
  clockGate: ({ clockGate }) => clockGate,
  scan: () => 'scan',
  reset: ({ reset }) => reset,
  ports: ({ ports }) => ports,
};

const same = (x: unknown, y: unknown): boolean => JSON.stringify(x) === JSON.stringify(y);

/** The baseline whose types a configuration has. */
function baselineName(config: Parameters): string | undefined {
  const ofTypes = Object.entries(BASELINES).find(([, { parameters }]) =>
    TYPE_LISTS.every((key) => same(parameters[key] ?? [], config[key])),
  );
  return config.pe === 'int' ? ofTypes?.[0] : undefined;
}

/**
 * The name of a design that is given none: architecture and size, a word for each common option, and, where these do not
 * say all, the beginning of a hash of what they leave open. Different configurations have different names.
 */
export function defaultName(config: Parameters): string {
  const baseline = baselineName(config);
  const { words, size } = parametersOf(config);
  const kind = [
    baseline ?? 'ant',
    ...(config.pe === 'float' ? ['float'] : []),
    ...words,
    size.map((key) => config[key]).join('x'),
  ];
  const said: ParameterKey[] = ['name', 'arch', 'dataflow', 'pe', ...size];
  if (baseline !== undefined) said.push(...TYPE_LISTS);
  const value = config as Readonly<Record<string, unknown>>;
  const open = PARAMETER_KEYS.filter((key) => !said.includes(key) && !same(value[key], defaultIn(config, key)));
  const options = new Set(open.map((key) => WORDS[key]?.(config)));
  const telling = !options.has(undefined) && options.size <= MOST_WORDS;
  return [...kind, ...(telling ? options : [hashOf(open.map((key) => [key, value[key]]))])].join('_');
}

const hashOf = (parameters: readonly (readonly [ParameterKey, unknown])[]): string =>
  createHash('sha256').update(JSON.stringify(parameters)).digest('hex').slice(0, HASH_DIGITS);
