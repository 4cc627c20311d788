import { createHash } from 'node:crypto';
import { closest } from 'fastest-levenshtein';
import { z } from 'zod';
import { ConfigurationError, type Problem } from '../base/errors.js';
import { nearWord } from '../base/suggest.js';
import { HARDWARE_TYPES, numericType } from '../numerics/types/table.js';
import { choice, flagOf, integer, metaOf, PARAMETERS } from './parameters.js';
import type { RawConfiguration } from './raw.js';
import { show } from './show.js';
import { nearestTypeName } from './validate.js';

/** The value of `arch` that chooses a requantiser. */
export const REQUANTISER = 'requantise';

/** Types that the encoder makes: all whose values lie evenly between one power of two and the next. */
export const ENCODED_TYPES: readonly string[] = HARDWARE_TYPES.filter(({ kind }) => kind !== 'biscaled').map(
  ({ name }) => name,
);

/** Every parameter of a requantiser: the source of validation, defaults and help, as `PARAMETERS` is of the other designs. */
export const REQUANTISER_PARAMETERS = z.strictObject({
  arch: z
    .literal(REQUANTISER)
    .default(REQUANTISER)
    .meta({ description: 'requantise', rule: `must be ${REQUANTISER}`, placeholder: `<${REQUANTISER}>` }),
  types: z
    .array(z.enum(ENCODED_TYPES as [string, ...string[]]))
    .min(1)
    .max(16)
    .refine((names) => new Set(names).size === names.length)
    .default(['int4', 'flint4', 'pot4', 'uint4', 'uflint4'])
    .meta({
      description: 'types that sums are encoded in',
      rule: 'must be a list of 1 to 16 different numeric types',
      placeholder: '<types>',
    }),
  lanes: integer('sums per beat', 1, 256, 4),
  sumBits: integer('width of a sum', 4, 48, 24),
  biasBits: integer('width of the bias of a channel', 2, 48, 24),
  multiplierBits: integer('width of the multipliers, which are unsigned', 2, 24, 16),
  shiftBits: integer('width of the shift', 1, 7, 6),
  addendBits: integer('width of a second operand, which is added before rounding; 0: none', 0, 24, 9),
  clip: choice(
    'what bounds a value before it is encoded; none: the range of its type; relu: an input that turns what is below zero into 0; bounds: inputs for the least and the greatest value',
    ['none', 'relu', 'bounds'],
    'relu',
  ),
  rounding: choice(
    'what is done with a value halfway between two; up: the larger one; even: of integer types the even one',
    ['up', 'even'],
    'up',
  ),
  pipeline: integer(
    'registers on the way to the output buffer; 1: behind the sum of products, 2: behind the bias, too, 3: behind the products of half the multiplier, 4: behind the shifter',
    0,
    4,
    4,
  ),
  reset: PARAMETERS.shape.reset,
  name: PARAMETERS.shape.name,
});

export type RequantiserKey = keyof typeof REQUANTISER_PARAMETERS.shape;

/** A complete, valid configuration of a requantiser, except for rules that need the elaborated widths. */
export type RequantiserConfiguration = Omit<z.output<typeof REQUANTISER_PARAMETERS>, 'name'> & {
  readonly name: string;
};

export const REQUANTISER_KEYS = Object.keys(REQUANTISER_PARAMETERS.shape) as RequantiserKey[];

/** The parameters that other designs do not have. */
export const OWN_KEYS: readonly RequantiserKey[] = REQUANTISER_KEYS.filter((key) => !(key in PARAMETERS.shape));

export const requantiserMeta = (key: RequantiserKey) => metaOf(REQUANTISER_PARAMETERS.shape[key]);

/** Whether a configuration, perhaps not yet validated, is that of a requantiser. */
export const isRequantiser = ({ arch }: RawConfiguration): boolean => arch === REQUANTISER;

/**
 * A complete configuration with defaults filled in.
 *
 * @throws ConfigurationError naming every problem at once.
 */
export function validateRequantiser(raw: RawConfiguration): RequantiserConfiguration {
  const result = REQUANTISER_PARAMETERS.safeParse(raw);
  if (!result.success) throw new ConfigurationError(result.error.issues.flatMap((issue) => problemsOf(issue, raw)));
  const { name = defaultName(result.data), ...rest } = result.data;
  const config = { ...rest, name };
  const problems = ruleProblems(config);
  if (problems.length > 0) throw new ConfigurationError(problems);
  return config;
}

function problemsOf(issue: z.core.$ZodIssue, raw: RawConfiguration): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const nearest = nearWord(key, REQUANTISER_KEYS);
      const rule = 'is not a parameter of a requantiser; --help lists them';
      return { key, given: show(raw[key]), rule, ...(nearest === undefined ? {} : { nearest }) };
    });
  }
  const key = issue.path[0] as RequantiserKey;
  const given = raw[key];
  if (key === 'types' && Array.isArray(given) && issue.path.length === 2) {
    const type = String(given[issue.path[1] as number]);
    return [
      { key, given: show(type), rule: 'is no type with an encoder', nearest: nearestTypeName(type, ENCODED_TYPES) },
    ];
  }
  const nearest = nearestValue(key, given);
  const { rule } = requantiserMeta(key);
  return [{ key, given: show(given), rule, ...(nearest === undefined ? {} : { nearest }) }];
}

function nearestValue(key: RequantiserKey, given: unknown): string | undefined {
  const { values, fallback } = requantiserMeta(key);
  if (key === 'name') return undefined;
  if (values.length > 0) return closest(String(given), values);
  const { minimum, maximum } = z.toJSONSchema(REQUANTISER_PARAMETERS.shape[key]);
  const number = Number(given);
  if (minimum === undefined || maximum === undefined || given === null || !Number.isFinite(number)) {
    return String(fallback);
  }
  return String(Math.min(Math.max(Math.round(number), minimum), maximum));
}

/** What is wrong with parameters that are each legal alone. */
function ruleProblems({ types, rounding, addendBits }: RequantiserConfiguration): Problem[] {
  const isInteger = types.some((name) => numericType(name).kind === 'int');
  const noInteger = 'none of the types is an integer, and of others the larger value is taken';
  return [
    ...(addendBits === 1 ? [{ key: 'addendBits', given: '1', rule: 'must be 0 or 2 to 24', nearest: '2' }] : []),
    ...(rounding === 'even' && !isInteger
      ? [{ key: 'rounding', given: rounding, rule: noInteger, nearest: 'up' }]
      : []),
  ];
}

const same = (x: unknown, y: unknown): boolean => JSON.stringify(x) === JSON.stringify(y);

/** Lanes, and the beginning of a hash where other parameters than these are not at their defaults. */
function defaultName(config: Omit<RequantiserConfiguration, 'name'>): string {
  const value = config as Readonly<Record<string, unknown>>;
  const open = REQUANTISER_KEYS.filter(
    (key) => key !== 'name' && key !== 'lanes' && !same(value[key], requantiserMeta(key).fallback),
  );
  const said = `${REQUANTISER}_${config.lanes}`;
  if (open.length === 0) return said;
  return `${said}_${hashOf(open.map((key) => [key, value[key]])).slice(0, 6)}`;
}

const hashOf = (content: unknown): string => createHash('sha256').update(JSON.stringify(content)).digest('hex');

/** The sha256 of a configuration: of its parameters as JSON, in the order of their declaration. */
export const requantiserHash = (config: RequantiserConfiguration): string =>
  hashOf(Object.fromEntries(REQUANTISER_KEYS.map((key) => [key, config[key]])));

/** The command that generates a requantiser anew: lanes and whatever differs from the defaults. */
export function requantiserCommand(config: RequantiserConfiguration): string {
  const isDefault = (key: RequantiserKey): boolean =>
    key === 'name' ? config.name === defaultName(config) : same(config[key], requantiserMeta(key).fallback);
  const flags = REQUANTISER_KEYS.filter((key) => key !== 'arch' && (key === 'lanes' || !isDefault(key))).map((key) => {
    const value = config[key];
    return `${flagOf(key)} ${Array.isArray(value) ? value.join(',') : value}`;
  });
  return `npm run gen -- --arch ${REQUANTISER} ${flags.join(' ')}`;
}

/** The flag and the description of a parameter that only requantisers have, as `--help` shows them. */
export function requantiserOption(key: RequantiserKey): [flags: string, description: string] {
  const { description, placeholder } = requantiserMeta(key);
  return [`${flagOf(key)} ${placeholder}`, `${description} (default: ${requantiserDefault(key)})`];
}

/** The default of a parameter as text. */
export function requantiserDefault(key: RequantiserKey): string {
  const { fallback } = requantiserMeta(key);
  return Array.isArray(fallback) ? fallback.join(',') : String(fallback ?? '');
}

/** The parameters that requantisers share with the other designs, where they mean something else. */
export const SHARED_KEYS: readonly RequantiserKey[] = ['lanes', 'pipeline'];

/** What `--help` says of them, below the options. */
export function requantiserHelp(): string {
  const lines = SHARED_KEYS.map((key) => {
    const [flags, description] = requantiserOption(key);
    return `  ${flags.padEnd(14)} ${description}`;
  });
  return [`With --arch ${REQUANTISER}, of the first group only --reset and --name apply besides, and`, ...lines].join(
    '\n',
  );
}
