import { z } from 'zod';
import type { Problem } from '../base/errors.js';
import { HARDWARE_TYPES, numericType } from '../numerics/types/table.js';
import { ownParameters } from './own-parameters.js';
import { choice, integer, PARAMETERS } from './parameters.js';
import type { RawConfiguration } from './raw.js';

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
  addendBits: integer('width of a second operand, which is added before rounding; 0: none', 0, 32, 9),
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
  ports: PARAMETERS.shape.ports,
  name: PARAMETERS.shape.name,
});

export type RequantiserKey = keyof typeof REQUANTISER_PARAMETERS.shape;

/** A complete, valid configuration of a requantiser, except for rules that need the elaborated widths. */
export type RequantiserConfiguration = Omit<z.output<typeof REQUANTISER_PARAMETERS>, 'name'> & {
  readonly name: string;
};

export const REQUANTISER_OWN = ownParameters({
  parameters: REQUANTISER_PARAMETERS,
  title: 'a requantiser',
  chosenBy: { key: 'arch', option: `--arch ${REQUANTISER}` },
  types: { types: { known: ENCODED_TYPES, rule: 'is no type with an encoder' } },
  size: ['lanes'],
  nameOf: ({ lanes }) => `${REQUANTISER}_${lanes}`,
});

export const {
  keys: REQUANTISER_KEYS,
  hash: requantiserHash,
  command: requantiserCommand,
  option: requantiserOption,
} = REQUANTISER_OWN;

/** The parameters that other designs do not have. */
export const OWN_KEYS: readonly RequantiserKey[] = REQUANTISER_KEYS.filter((key) => !(key in PARAMETERS.shape));

/** Whether a configuration, perhaps not yet validated, is that of a requantiser. */
export const isRequantiser = ({ arch }: RawConfiguration): boolean => arch === REQUANTISER;

/**
 * A complete configuration with defaults filled in.
 *
 * @throws ConfigurationError naming every problem at once.
 */
export const validateRequantiser = (raw: RawConfiguration): RequantiserConfiguration =>
  REQUANTISER_OWN.validate(raw, ruleProblems);

/** What is wrong with parameters that are each legal alone. */
function ruleProblems({ types, rounding, addendBits }: RequantiserConfiguration): Problem[] {
  const isInteger = types.some((name) => numericType(name).kind === 'int');
  const noInteger = 'none of the types is an integer, and of others the larger value is taken';
  return [
    ...(addendBits === 1 ? [{ key: 'addendBits', given: '1', rule: 'must be 0 or 2 to 32', nearest: '2' }] : []),
    ...(rounding === 'even' && !isInteger
      ? [{ key: 'rounding', given: rounding, rule: noInteger, nearest: 'up' }]
      : []),
  ];
}

/** The parameters that requantisers share with the other designs, where they mean something else. */
export const SHARED_KEYS: readonly RequantiserKey[] = ['lanes', 'pipeline'];

/** What `--help` says of them, below the options. */
export function requantiserHelp(): string {
  const lines = SHARED_KEYS.map((key) => {
    const [flags, description] = requantiserOption(key);
    return `  ${flags.padEnd(14)} ${description}`;
  });
  return [
    `With --arch ${REQUANTISER}, of the first group only --reset, --ports and --name apply besides, and`,
    ...lines,
  ].join('\n');
}
