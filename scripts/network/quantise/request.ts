import { Command, Option } from 'commander';
import { allOf, UserError } from '../../../gen/base/errors.js';
import { BLOCK_FORMATS } from '../../../gen/numerics/blocks/block-format.js';
import { SCALE_FORMATS } from '../../../gen/numerics/blocks/scale-format.js';
import { SCALE_RULES, type ScaleRule } from '../search/blocks.js';
import { blocksOf } from './block-request.js';
import { requireFamilies } from './families.js';
import { integer, real } from './numbers.js';
import { type Budget, GIB, PUBLISHED, type QuantiseOptions, RANKINGS, type Ranking } from './options.js';

/** Options as commander delivers them. */
interface Flags {
  readonly bits: string;
  readonly types: string;
  readonly groupSize?: string;
  readonly weightFormat?: string;
  readonly block?: string;
  readonly scales?: string;
  readonly scaleRule?: ScaleRule;
  readonly blockActivations: boolean;
  readonly clips?: string;
  readonly percentile?: string;
  readonly objective: QuantiseOptions['objective'];
  readonly rounding: QuantiseOptions['rounding'];
  readonly biasCorrection: boolean;
  readonly attention: boolean;
  readonly requantise: boolean;
  readonly wide?: string;
  readonly budget?: string;
  readonly rank: Ranking;
  readonly batch: string;
  readonly memoryGib: string;
}

/** Adds the options that say how to quantise. */
export function addQuantiseOptions(program: Command): Command {
  return program
    .option('--bits <n>', 'width of the codes, 2 to 8', '4')
    .option(
      '--types <list>',
      'types to choose from, preferred first: int, flint, pot, float (2 exponent bits), or by name such as e2m1',
      PUBLISHED.families.join(','),
    )
    .option('--group-size <n>', 'weights: rows of the reduction that share a scale (default: all)')
    .addOption(
      new Option(
        '--weight-format <name>',
        'weights in blocks of the reduction that share a scale: types, block and scales of this format',
      ).choices([...BLOCK_FORMATS.keys()]),
    )
    .option('--block <n>', 'weights: elements of a block (default: of the format)')
    .addOption(
      new Option('--scales <format>', 'weights: how the scales of blocks are stored; free is binary32').choices([
        ...SCALE_FORMATS.keys(),
      ]),
    )
    .addOption(
      new Option(
        '--scale-rule <rule>',
        'weights in blocks: scales from the largest magnitude as OCP and NVFP4 say (default), or by least error',
      ).choices(SCALE_RULES),
    )
    .option(
      '--block-activations',
      'activations in blocks of the same size and scales as the weights, scales from the data at run time',
      false,
    )
    .option('--clips <low:high>', 'clips to try, as shares of the largest magnitude, in steps of 0.01')
    .option('--percentile <p>', 'clips refer to this percentile of the magnitudes instead of the largest')
    .addOption(
      new Option('--objective <what>', "least error of each tensor, or of the layer's result on the calibration data")
        .choices(['tensor', 'output'])
        .default(PUBLISHED.objective),
    )
    .addOption(
      new Option('--rounding <how>', 'round weights to the nearest code, or compensate rounding errors in the result')
        .choices(['nearest', 'compensated'])
        .default(PUBLISHED.rounding),
    )
    .option('--bias-correction', 'correct the mean of each output channel for rounding', false)
    .option('--no-attention', 'leave products of two activations in floating point')
    .option(
      '--requantise',
      'choose types and scales anew where the network itself rounds to integers (QuantizeLinear, Quant), instead of taking these',
      false,
    )
    .option('--wide <layers>', 'layers with 8 bits from the start: first, last, or names')
    .option(
      '--budget <limit>',
      'promote layers to 8 bits: bits=5 while the average width stays within 5; error=0.01 until the squared error of the outputs is 0.01 of their squares',
    )
    .addOption(
      new Option(
        '--rank <by>',
        "which layers first: mean squared error of weights plus activations, the same relative to their squares, or the network's output error",
      )
        .choices(RANKINGS)
        .default(PUBLISHED.ranking),
    )
    .option('--batch <n>', 'samples run at once at most', String(PUBLISHED.batch))
    .option(
      '--memory-gib <n>',
      'what activations may take at once; results do not depend on it',
      String(PUBLISHED.memory / GIB),
    );
}

/**
 * Options written as for `npm run quantize`.
 *
 * @param where What takes them, for messages.
 * @throws UserError naming every option that is wrong.
 */
export function quantiseOptionsIn(text: string, where: string): QuantiseOptions {
  const program = addQuantiseOptions(new Command(where).exitOverride().allowExcessArguments(false));
  const words = text.split(/\s+/).filter((word) => word !== '');
  return quantiseOptionsOf(program.parse(words, { from: 'user' }).opts());
}

/** @throws UserError naming every option that is wrong. */
export function quantiseOptionsOf(flags: Flags): QuantiseOptions {
  const { groupSize, clips, percentile, budget, wide } = flags;
  const [{ bits, families }, numbers, blocks, budgeted, batch, memory] = allOf([
    () => {
      const bits = integer('--bits', flags.bits, 2, 8);
      const families = names(flags.types).filter((name) => name !== '');
      requireFamilies(families, bits);
      return { bits, families };
    },
    () => {
      if (percentile !== undefined && flags.objective === 'output') {
        throw new UserError('--percentile applies to --objective tensor only; give --clips instead');
      }
      const [group, range, share] = allOf([
        () => (groupSize === undefined ? {} : { groupSize: integer('--group-size', groupSize, 1) }),
        () => (clips === undefined ? {} : { clips: clipRange(clips) }),
        () => (percentile === undefined ? {} : { percentile: real('--percentile', percentile, 100) }),
      ]);
      return { ...group, ...range, ...share };
    },
    () => blocksOf(flags),
    () => (budget === undefined ? {} : { budget: budgetOf(budget) }),
    () => integer('--batch', flags.batch, 1),
    () => memoryOf(flags.memoryGib),
  ]);
  return {
    bits,
    families,
    ...numbers,
    ...blocks,
    objective: flags.objective,
    rounding: flags.rounding,
    biasCorrection: flags.biasCorrection,
    attention: flags.attention,
    requantise: flags.requantise,
    wide: wide === undefined ? [] : names(wide),
    ...budgeted,
    ranking: flags.rank,
    batch,
    memory,
  };
}

const names = (list: string): string[] => list.split(',').map((name) => name.trim());

/** Bytes that `--memory-gib` allows. */
export const memoryOf = (text: string): number => GIB * real('--memory-gib', text, Number.POSITIVE_INFINITY);

function clipRange(text: string): number[] {
  const [low = Number.NaN, high = Number.NaN] = text.split(':').map((share) => Math.round(100 * Number(share)));
  if (!(low >= 1 && high >= low && high <= 1000)) {
    throw new UserError(`--clips: given ${text}; two shares from 0.01 to 10 are needed, such as 0.75:1.49`);
  }
  return Array.from({ length: high - low + 1 }, (_, i) => low + i);
}

function budgetOf(text: string): Budget {
  const [kind, value] = text.split('=');
  if (value === undefined || (kind !== 'bits' && kind !== 'error')) {
    throw new UserError(`--budget: given ${text}; bits=N (average width) or error=E (output error) is needed`);
  }
  return { kind, limit: real('--budget', value, kind === 'bits' ? 8 : Number.POSITIVE_INFINITY) };
}
