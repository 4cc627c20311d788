import { allOf, UserError } from '../../../gen/base/errors.js';
import { BLOCK_FORMATS } from '../../../gen/numerics/blocks/block-format.js';
import type { NumericType } from '../../../gen/numerics/types/numeric-type.js';
import type { ScaleRule } from '../search/blocks.js';
import { integer } from './numbers.js';
import type { QuantiseOptions } from './options.js';

/** Options that say how weights and activations lie in blocks, as commander delivers them. */
export interface BlockFlags {
  readonly bits: string;
  readonly weightFormat?: string;
  readonly block?: string;
  readonly scales?: string;
  readonly scaleRule?: ScaleRule;
  readonly blockActivations: boolean;
  readonly groupSize?: string;
  readonly objective: QuantiseOptions['objective'];
}

/**
 * Blocks of weights: those of a format, with another size or other scales where given, or of the types to choose from.
 *
 * @throws UserError naming every option that is wrong.
 */
export function blocksOf(flags: BlockFlags): Pick<QuantiseOptions, 'weightBlocks'> {
  const { weightFormat, block, scales, scaleRule, blockActivations, groupSize, objective } = flags;
  if (!blockActivations && [weightFormat, block, scales, scaleRule].every((flag) => flag === undefined)) return {};
  const format = weightFormat === undefined ? undefined : BLOCK_FORMATS.get(weightFormat);
  const [size, stored] = allOf([
    () => {
      if (block !== undefined) return integer('--block', block, 1);
      if (format) return format.block;
      throw new UserError('--block: give the elements of a block, such as 32, or a --weight-format');
    },
    () => {
      const name = scales ?? format?.scales.name;
      if (name !== undefined) return name;
      throw new UserError('--scales: give the format of scales, such as e8m0, or a --weight-format');
    },
    () => {
      const width = (format?.types[0] as NumericType | undefined)?.bits;
      if (width === undefined || width === Number(flags.bits)) return;
      throw new UserError(
        `--weight-format: ${weightFormat} has ${width} bits, and --bits is ${flags.bits}; give --bits ${width}`,
      );
    },
    () => {
      if (groupSize !== undefined)
        throw new UserError('--group-size: blocks have their own size; leave one of both out');
    },
    () => {
      if (objective === 'tensor') return;
      throw new UserError('--objective output chooses one scale per channel; blocks go with --objective tensor');
    },
  ]);
  const types = format?.types.map(({ name }) => name);
  return {
    weightBlocks: {
      ...{ size, scales: stored, rule: scaleRule ?? 'largest' },
      ...(types ? { types } : {}),
      ...(blockActivations ? { activations: true } : {}),
    },
  };
}
