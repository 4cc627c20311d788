import { z } from 'zod';
import type { Problem } from '../base/errors.js';
import { type Machine, typeBits, typeNumber, wordBytes } from '../commands/machine.js';
import { TYPE_NUMBERS } from '../commands/table.js';
import { codeValues } from '../numerics/codec.js';
import { numericType } from '../numerics/types/table.js';
import { ownParameters } from './own-parameters.js';
import { choice, integer, PARAMETERS, powerBetween, powerOfTwo } from './parameters.js';
import type { RawConfiguration } from './raw.js';
import { isReserved } from './reserved.js';
import { OWN_KEYS as REQUANTISER_OWN_KEYS } from './requantiser.js';

/** Greatest value of a code, in steps, that vector commands and second operands take. */
const GREATEST_VALUE = 255n;

/** Types that commands have numbers for, and whose values are not too great: each has a decoder and an encoder. */
export const ENGINE_TYPES: readonly string[] = [...TYPE_NUMBERS.keys()].filter((name) =>
  codeValues(numericType(name)).every((value) => value === undefined || value <= GREATEST_VALUE),
);
/** Words that a command can address in a buffer. */
const MOST_WORDS = 65536;

const typeList = (description: string, fallback: string[]) =>
  z
    .array(z.enum(ENGINE_TYPES as [string, ...string[]]))
    .min(1)
    .refine((names) => new Set(names).size === names.length)
    .default(fallback)
    .meta({
      description,
      rule: `must be a list of different types of ${ENGINE_TYPES.join(', ')}`,
      placeholder: '<types>',
    });

const kibibytes = (what: string, fallback: number) => integer(`KiB of the buffer of ${what}`, 1, 4096, fallback);

/** Every parameter of an engine: the source of validation, defaults and help, as `PARAMETERS` is of the other designs. */
export const ENGINE_PARAMETERS = z.strictObject({
  engine: z
    .literal(true)
    .default(true)
    .meta({ description: 'whole layers from memory to memory', rule: 'must be true', placeholder: '' }),
  rows: powerOfTwo('rows of PEs: output pixels of a tile', 2, 128, 16),
  cols: powerOfTwo('columns of PEs: output channels of a tile', 2, 128, 16),
  lanes: powerOfTwo('products that a PE adds up in a cycle', 1, 8, 1),
  activations: typeList('types of activations and results', [
    ...['int4', 'uint4', 'flint4', 'uflint4', 'pot4', 'int8', 'uint8'],
  ]),
  weights: typeList('types of weights', ['int4', 'flint4', 'pot4', 'int8']),
  maxK: integer('longest reduction (products of a result) the accumulators must hold', 1, 2 ** 24, 1024),
  pipeline: integer('stages from operand registers to accumulator', 1, 3, 1),
  requantiseLanes: z
    .union([z.literal('auto'), powerBetween(1, 64)])
    .default('auto')
    .meta({
      description: 'sums that become codes in a cycle; auto: as many as reductions of 64 steps need',
      rule: 'must be auto or a power of two from 1 to 64',
      placeholder: '<n|auto>',
      powers: true,
    }),
  rounding: choice(
    'what is done with a value halfway between two; up: the larger one; even: of integer types the even one',
    ['up', 'even'],
    'up',
  ),
  activationKib: kibibytes('activations', 32),
  weightKib: kibibytes('weights', 64),
  constantKib: kibibytes('biases and multipliers', 16),
  outputKib: kibibytes('results and second operands', 32),
  busBits: powerOfTwo('data width of the AXI4 port to memory', 32, 512, 128),
  addressBits: integer('address width of the AXI4 port to memory', 32, 64, 40),
  outstanding: powerOfTwo('bursts under way, in each direction', 2, 16, 4),
  reset: PARAMETERS.shape.reset,
  name: PARAMETERS.shape.name,
});

export type EngineKey = keyof typeof ENGINE_PARAMETERS.shape;

/** A complete, valid configuration of an engine. */
export type EngineConfiguration = Omit<z.output<typeof ENGINE_PARAMETERS>, 'name'> & { readonly name: string };

const TYPE_RULE = 'is no type of the engine';
const types = { known: ENGINE_TYPES, rule: TYPE_RULE };

export const ENGINE_OWN = ownParameters({
  parameters: ENGINE_PARAMETERS,
  title: 'an engine',
  chosenBy: { key: 'engine', option: '--engine' },
  types: { activations: types, weights: types },
  size: ['rows', 'cols'],
  nameOf: ({ rows, cols }) => `ant_engine_${rows}x${cols}`,
});

export const { keys: ENGINE_KEYS, hash: engineHash, command: engineCommand, option: engineOption } = ENGINE_OWN;

/** The parameters that other designs do not have. */
export const ENGINE_OWN_KEYS: readonly EngineKey[] = ENGINE_KEYS.filter(
  (key) => key !== 'engine' && !(key in PARAMETERS.shape) && !(REQUANTISER_OWN_KEYS as readonly string[]).includes(key),
);

/** Whether a configuration, perhaps not yet validated, is that of an engine. */
export const isEngine = ({ engine }: RawConfiguration): boolean => engine !== undefined;

/**
 * A complete configuration with defaults filled in.
 *
 * @throws ConfigurationError naming every problem at once.
 */
export const validateEngine = (raw: RawConfiguration): EngineConfiguration => ENGINE_OWN.validate(raw, ruleProblems);

/** A reduction of this many steps does not wait for the requantiser. */
const STEPS = 64;

/** Lanes of the requantiser. */
export const requantiseLanesOf = ({ rows, cols, lanes, requantiseLanes }: EngineConfiguration): number =>
  requantiseLanes === 'auto'
    ? Math.min(Math.max(1, (rows * cols * lanes) / STEPS), mostRequantiseLanes({ rows, cols, lanes }))
    : requantiseLanes;

/** Two or more of the columns of a tile, and of the codes of a word, for each. */
const mostRequantiseLanes = ({ rows, cols, lanes }: Pick<EngineConfiguration, 'rows' | 'cols' | 'lanes'>): number =>
  Math.min(64, cols / 2, (rows * lanes) / 2);

/** The buffers whose size is a parameter. */
const BUFFERS = ['activation', 'weight', 'constant', 'output'] as const;
type SizedBuffer = (typeof BUFFERS)[number];

const keyOf = (buffer: SizedBuffer): `${SizedBuffer}Kib` => `${buffer}Kib`;

/** Words of a buffer. */
export function wordsOf(config: EngineConfiguration): Machine['words'] {
  const requantiseLanes = requantiseLanesOf(config);
  const words = (buffer: SizedBuffer): number =>
    Math.floor((config[keyOf(buffer)] * 1024) / wordBytes({ ...config, requantiseLanes }, buffer));
  return Object.fromEntries(BUFFERS.map((buffer) => [buffer, words(buffer)])) as Machine['words'];
}

/** What is wrong with parameters that are each legal alone. */
function ruleProblems(config: EngineConfiguration): Problem[] {
  const { rows, cols, lanes, requantiseLanes } = config;
  const most = mostRequantiseLanes(config);
  if (requantiseLanes !== 'auto' && requantiseLanes > most) {
    const rule = `each lane takes two or more of the ${cols} columns of a tile, and of the ${rows * lanes} codes of a word`;
    return [{ key: 'requantiseLanes', given: String(requantiseLanes), rule, nearest: String(most) }];
  }
  return [
    ...BUFFERS.flatMap((buffer) => bufferProblems(config, buffer)),
    ...nameProblems(config),
    ...(['activations', 'weights'] as const).flatMap((key) => widthProblems(key, config[key])),
  ];
}

/** Both widths are there: the parts of an engine pack codes of 4 and of 8 bits. */
function widthProblems(key: 'activations' | 'weights', names: readonly string[]): Problem[] {
  const lacks = ([4, 8] as const).filter((bits) => !names.some((name) => typeBits(typeNumber(name)) === bits));
  return lacks.map((bits) => {
    const rule = `must have a type of ${bits} bits: an engine takes both widths`;
    return { key, given: names.join(','), rule, nearest: [...names, `int${bits}`].join(',') };
  });
}

/** Letters of a name at most: the modules of the requantiser have `_out` behind it, and are named as designs are. */
const LONGEST_NAME = 59;

function nameProblems({ name }: EngineConfiguration): Problem[] {
  if (isReserved(name)) {
    const rule = 'is a word that Verilog has reserved, and the module at the top has no other name';
    return [{ key: 'name', given: `"${name}"`, rule, nearest: `${name}_engine` }];
  }
  if (name.length <= LONGEST_NAME) return [];
  const rule = `must have at most ${LONGEST_NAME} letters`;
  return [{ key: 'name', given: `"${name}"`, rule, nearest: name.slice(0, LONGEST_NAME) }];
}

/** A step takes half of a buffer, and holds at least a tile: of each its words. */
function bufferProblems(config: EngineConfiguration, buffer: SizedBuffer): Problem[] {
  const { rows, cols, lanes } = config;
  const bytes = wordBytes({ ...config, requantiseLanes: requantiseLanesOf(config) }, buffer);
  const tile = {
    activation: rows,
    weight: rows,
    constant: cols / requantiseLanesOf(config),
    output: rows * Math.max(1, (2 * cols) / (rows * lanes)),
  }[buffer];
  const [least, most] = [Math.ceil((2 * tile * bytes) / 1024), (MOST_WORDS * bytes) / 1024];
  const key = keyOf(buffer);
  const given = String(config[key]);
  if (config[key] < least) {
    const rule = `two tiles of ${rows} x ${cols} PEs take ${2 * tile} words of ${bytes} bytes, one at work and one on its way`;
    return [{ key, given, rule, nearest: String(least) }];
  }
  if (config[key] <= most) return [];
  const rule = `commands address ${MOST_WORDS} words, of ${bytes} ${bytes === 1 ? 'byte' : 'bytes'} each`;
  return [{ key, given, rule, nearest: String(most) }];
}

/** What `--help` says of parameters that engines share with other designs, below the options. */
export function engineHelp(): string {
  const shared = ENGINE_KEYS.filter((key) => key !== 'engine' && !ENGINE_OWN_KEYS.includes(key));
  const lines = shared.map((key) => {
    const [flags, description] = engineOption(key);
    return `  ${flags.padEnd(23)} ${description}`;
  });
  return ['With --engine, of the other options only these apply besides:', ...lines].join('\n');
}
