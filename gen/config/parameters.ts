import { z } from 'zod';
import { memoised } from '../base/memo.js';
import { NUMERIC_TYPES } from '../numerics/types/table.js';
import { BASELINE_NAMES } from './baselines.js';

const TYPE_NAMES = [...NUMERIC_TYPES.keys()] as [string, ...string[]];

const typeList = (description: string, fallback: string[]) =>
  z
    .array(z.enum(TYPE_NAMES))
    .min(1)
    .max(16)
    .refine((names) => new Set(names).size === names.length)
    .default(fallback)
    .meta({ description, rule: 'must be a list of 1 to 16 different numeric types', placeholder: '<types>' });

const wideList = (description: string) =>
  z
    .array(z.enum(['int8', 'uint8']))
    .max(2)
    .refine((names) => new Set(names).size === names.length)
    .default([])
    .meta({
      description,
      rule: 'must be a list of int8, uint8, both or neither',
      placeholder: '<int8|uint8|int8,uint8>',
    });

export const integer = (
  description: string,
  min: number,
  max: number,
  fallback: number,
  { rule = `must be an integer from ${min} to ${max}` } = {},
) => z.int().min(min).max(max).default(fallback).meta({ description, rule, placeholder: '<n>' });

/** A power of two. */
export const powerOfTwo = (description: string, min: number, max: number, fallback: number) =>
  powerBetween(min, max)
    .default(fallback)
    .meta({
      ...{ description, rule: `must be a power of two from ${min} to ${max}`, placeholder: '<n>', powers: true },
    });

/** The same without default. */
export const powerBetween = (min: number, max: number) =>
  z
    .int()
    .min(min)
    .max(max)
    .refine((value) => Number.isInteger(Math.log2(value)));

export const choice = <const T extends readonly [string, ...string[]]>(
  description: string,
  values: T,
  fallback: T[number],
) =>
  z
    .enum(values)
    .default(fallback as never)
    .meta({ description, rule: `must be one of ${values.join(', ')}`, placeholder: `<${values.join('|')}>` });

const flag = (description: string) =>
  z.boolean().default(false).meta({ description, rule: 'must be true or false', placeholder: '' });

/** What `pe` may be given as. The baselines stand for other parameters; in a complete configuration they are gone. */
export const PE_NAMES: string[] = ['int', 'float', ...BASELINE_NAMES];

/** Most products that a PE adds up in a cycle, and a dot-product unit. */
export const MOST_PE_LANES = 8;
export const MOST_UNIT_LANES = 256;

/** The longest block whose elements share a scale. */
export const LONGEST_BLOCK = 1024;

/** The longest side of a cluster of PEs. */
export const LONGEST_CLUSTER = 16;

/**
 * Every parameter of a design: the one source of validation, defaults, the JSON Schema and the `--help` text. `rule`
 * is what an error says, `placeholder` what the help shows.
 */
export const PARAMETERS = z.strictObject({
  arch: choice(
    'array: systolic array of PEs; dot: dot-product units, each with lanes of multipliers and one accumulator; requantise: sums to codes, with parameters of its own (below)',
    ['array', 'dot'],
    'array',
  ),
  rows: integer('rows of PEs or units: results per column and tile (dot: 1 unless given)', 1, 1024, 16),
  cols: integer('columns of PEs or units: results per row and tile (dot: 1 unless given)', 1, 1024, 16),
  clusterRows: integer('rows of PEs that share operand registers; a divisor of rows', 1, LONGEST_CLUSTER, 1),
  clusterCols: integer('columns of PEs that share operand registers; a divisor of cols', 1, LONGEST_CLUSTER, 1),
  lanes: integer(
    'products that a PE or a dot-product unit adds up in a cycle (dot: 16 unless given)',
    1,
    MOST_UNIT_LANES,
    1,
    { rule: `must be an integer from 1 to ${MOST_PE_LANES}, for dot-product units to ${MOST_UNIT_LANES}` },
  ),
  block: z
    .union([z.literal('none'), z.int().min(2).max(LONGEST_BLOCK)])
    .default('none')
    .meta({
      description:
        '--arch dot only: elements of a block, which share a scale: a multiple of lanes; sums of blocks are added up in binary32',
      rule: `must be none or an integer from 2 to ${LONGEST_BLOCK}`,
      placeholder: '<n|none>',
    }),
  scales: choice(
    'how the scales of blocks are stored; e8m0: powers of two, as of OCP Microscaling; e4m3: small floats, as of NVFP4',
    ['e8m0', 'e4m3'],
    'e8m0',
  ),
  dataflow: choice('os: sums stay, output stationary; ws: weights stay, weight stationary', ['os', 'ws'], 'os'),
  activations: typeList('types of the activation port', ['int4', 'flint4', 'pot4', 'uint4', 'uflint4']),
  weights: typeList('types of the weight port', ['int4', 'flint4', 'pot4']),
  wideActivations: wideList(
    '8-bit integers that the activation port takes as well as its 4-bit types; each occupies two lanes and two rows of PEs',
  ),
  wideWeights: wideList(
    '8-bit integers that the weight port takes as well as its 4-bit types; each occupies two lanes and two columns of PEs',
  ),
  pe: z
    .enum(['int', 'float'])
    .default('int')
    .meta({
      description:
        'int: exact integer accumulators; float: IEEE binary32 accumulators, and types with NaN and infinity; others: integer PEs to compare with, short for the types they take',
      rule: `must be one of ${PE_NAMES.join(', ')}`,
      placeholder: `<${PE_NAMES.join('|')}>`,
    }),
  maxK: integer(
    'longest reduction (products of a result) the accumulators must hold; not for ws, which sums ROWS products',
    1,
    2 ** 24,
    1024,
  ),
  accumulatorBits: z
    .union([z.literal('auto'), z.int().min(2).max(64)])
    .default('auto')
    .meta({
      description: 'width of the accumulators; auto: the proven bound',
      rule: 'must be auto or an integer from 2 to 64',
      placeholder: '<n|auto>',
    }),
  overflow: choice(
    'exact: refuse accumulators that could overflow; wrap: allow them, modulo 2^bits',
    ['exact', 'wrap'],
    'exact',
  ),
  busSegment: z
    .union([z.literal('auto'), z.int().min(1).max(1024)])
    .default('auto')
    .meta({
      description:
        '--dataflow os only: rows of PEs, or of clusters, between two registers of the bus over which sums leave; auto: as many as are no longer a path than a PE',
      rule: 'must be auto or an integer from 1 to 1024',
      placeholder: '<n|auto>',
    }),
  pipeline: integer(
    'stages from operand registers to accumulator, up to 3 in a PE, 5 in a dot-product unit and 6 in one for blocks',
    1,
    6,
    1,
    {
      rule: 'must be an integer from 1 to 3, for dot-product units to 5, with --block to 6',
    },
  ),
  target: choice(
    'what the design is for: sets the defaults of --stall and, with --arch dot, of --tree; asic: gate, columns; fpga: enable, adders',
    ['asic', 'fpga'],
    'asic',
  ),
  tree: choice(
    '--arch dot only: how products are added; columns: full adders column by column, least area; adders: a tree of plain sums (target fpga)',
    ['columns', 'adders'],
    'columns',
  ),
  stall: choice(
    'how the array stops for a waiting consumer: gate: one clock gate; enable: an enable on every register (target fpga)',
    ['gate', 'enable'],
    'gate',
  ),
  clockGate: choice(
    'the module of the clock gate: latch: a latch and an AND, which a cell of the technology replaces; bufgce: the clock buffer with enable of AMD FPGAs (give --stall gate with --target fpga)',
    ['latch', 'bufgce'],
    'latch',
  ),
  scan: flag('a test-enable input that keeps the clock gate open, for scan chains'),
  reset: choice('reset of the control registers', ['sync', 'async'], 'sync'),
  ports: choice(
    'names of the streams: own: those of this project; axis: those of AXI4-Stream, in a module around the design',
    ['own', 'axis'],
    'own',
  ),
  name: z
    .string()
    .regex(/^[a-zA-Z][a-zA-Z0-9_]{0,62}$/)
    .optional()
    .meta({
      description:
        'name of the design: its folder and the prefix of its modules (default: from architecture, size and options)',
      rule: 'must be a letter followed by at most 62 letters, digits or underscores',
      placeholder: '<name>',
    }),
});

/** Parameters of older versions, and what became of them. */
export const FORMER_PARAMETERS: Readonly<Record<string, string>> = {
  drain:
    'is no longer a parameter: all output-stationary arrays read their sums out over a bus, where tiles take max(K, ROWS) cycles as they did with drain double; leave it out',
};

export type ParameterKey = keyof typeof PARAMETERS.shape;

/** A complete, valid configuration, except for rules that need the elaborated widths (see `elaborate`). */
export type Configuration = Omit<z.output<typeof PARAMETERS>, 'name'> & { readonly name: string };

/** A parameter with a default, or an optional one. */
export type Declaration = z.ZodType & { readonly def: { readonly innerType: { readonly def: object } } };

/** What `meta` holds of a parameter. */
export interface ParameterMeta {
  readonly description: string;
  readonly rule: string;
  readonly placeholder: string;
  readonly fallback?: unknown;
  /** Whether numbers must be powers of two. */
  readonly powers?: boolean;
  /** All values of one that is a word out of few; else none. */
  readonly values: readonly string[];
}

/** The description, rule and default of a parameter. */
export const parameterMeta = (key: ParameterKey): ParameterMeta => metaOf(PARAMETERS.shape[key]);

/** The same of any declaration made with the functions above. */
export const metaOf = memoised(
  (schema: Declaration): ParameterMeta => ({
    ...(schema.meta() as unknown as ParameterMeta),
    fallback: schema.safeParse(undefined).data,
    values: Object.keys((schema.def.innerType.def as { entries?: object }).entries ?? {}),
  }),
);

/** All parameter names, in the order help and reports show them. */
export const PARAMETER_KEYS = Object.keys(PARAMETERS.shape) as ParameterKey[];

/** Parameters that are a list of types. */
export const LIST_KEYS: readonly ParameterKey[] = ['activations', 'weights', 'wideActivations', 'wideWeights'];

/** Parameters that are true or false: `--scan`, `--no-scan`. */
export const isSwitch = (key: ParameterKey): boolean => typeof parameterMeta(key).fallback === 'boolean';

/** The command-line flag of a parameter: `maxK` is `--max-k`. */
export function flagOf(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** A list of types may also be text, as on the command line. */
function listOrText({ description, default: fallback, ...list }: z.core.JSONSchema.BaseSchema): object {
  return { description, default: fallback, anyOf: [list, { type: 'string' }] };
}

/** The JSON Schema of a configuration file. */
export function configurationSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(PARAMETERS, {
    io: 'input',
    override: ({ jsonSchema, path }) => {
      if (path.join('.') === 'properties.pe') jsonSchema.enum = PE_NAMES;
      for (const internal of ['rule', 'placeholder']) delete (jsonSchema as Record<string, unknown>)[internal];
    },
  });
  const properties = Object.entries(schema.properties ?? {}).map(([key, property]) => [
    key,
    typeof property === 'object' && property.type === 'array' ? listOrText(property) : property,
  ]);
  return { ...schema, properties: Object.fromEntries(properties), title: 'ant-rtl design configuration' };
}
