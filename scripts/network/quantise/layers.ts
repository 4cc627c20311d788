import { UserError } from '../../../gen/base/errors.js';
import type { Matrix } from '../../../gen/base/matrix.js';
import { scaleFormat } from '../../../gen/numerics/blocks/scale-format.js';
import type { NumericType } from '../../../gen/numerics/types/numeric-type.js';
import type { OnnxModel } from '../onnx/model.js';
import { type FloatTensor, readFloats } from '../onnx/tensor.js';
import { type Product, tapsOf, weightMatrix } from '../products/product.js';
import { quantiseBlocks } from '../search/blocks.js';
import { quantiseWeights } from '../search/tensor.js';
import { candidateTypes } from './families.js';
import type { QuantiseOptions } from './options.js';
import type { LayerPlan, QuantisedWeights } from './plan.js';

/** A layer whose operands may be quantised: its product, and its weights if it has. */
export interface Layer {
  readonly product: Product;
  readonly weights?: { readonly shape: readonly number[]; readonly matrix: Matrix };
}

/** A layer's plan at the narrow width and, where it may be promoted, at the wide one. */
export interface LayerChoices {
  readonly layer: Layer;
  readonly narrow: LayerPlan;
  readonly wide?: LayerPlan;
}

/** @throws UserError for weights that are not finite floats. */
export function layerOf(product: Product, model: OnnxModel): Layer {
  if (product.second.kind === 'activation') return { product };
  const proto = model.constants.get(product.second.tensor);
  if (!proto) throw new UserError(`${model.name}: the weights of ${product.name} are not constant`);
  const title = `${model.name}: weights of ${product.name}`;
  const tensor = readFloats(proto, title);
  requireFinite(tensor, title);
  return { product, weights: { shape: tensor.shape, matrix: weightMatrix(product, tensor) } };
}

function requireFinite({ data }: FloatTensor, title: string): void {
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new UserError(`${title}: element ${bad} is ${data[bad]}; every weight must be finite`);
}

export const searchOptions = ({ clips, percentile }: QuantiseOptions) => ({
  ...(clips ? { clips } : {}),
  ...(percentile === undefined ? {} : { percentile }),
});

/** Whether a layer is wide from the start. */
export function isWide(product: Product, layers: readonly Layer[], { wide }: QuantiseOptions): boolean {
  const first = layers[0]?.product === product && wide.includes('first');
  const last = layers.at(-1)?.product === product && wide.includes('last');
  return first || last || wide.includes(product.name);
}

/** The types to choose from at a width. Above the narrow width a design's ports say nothing: they are that wide. */
export function typesAt(
  bits: number,
  side: 'a' | 'w',
  negative: boolean,
  tensor: string,
  { families, ports, bits: narrow }: QuantiseOptions,
): readonly NumericType[] {
  const port = bits === narrow ? ports?.[side] : undefined;
  return candidateTypes({ families, bits, ...(port ? { port } : {}) }, negative, tensor);
}

/** The same in blocks, whose formats have types of their own at the narrow width. */
export function blockTypesAt(
  bits: number,
  side: 'a' | 'w',
  negative: boolean,
  tensor: string,
  options: QuantiseOptions,
): readonly NumericType[] {
  const own = bits === options.bits ? options.weightBlocks?.types : undefined;
  return typesAt(bits, side, negative, tensor, own ? { ...options, families: own } : options);
}

/** Weights by least error of the tensor, in blocks by their rule. */
export function chooseWeights(
  { product, weights }: Layer,
  bits: number,
  options: QuantiseOptions,
  matrix: Matrix = (weights as Required<Layer>['weights']).matrix,
): QuantisedWeights {
  const name = `weights of ${product.name}`;
  const { groupSize, weightBlocks: blocks, clips } = options;
  const negative = matrix.data.some((value) => value < 0);
  const types = blockTypesAt(bits, 'w', negative, name, options);
  const chosen = blocks
    ? quantiseBlocks(matrix, types, name, {
        size: blocks.size,
        taps: tapsOf(product, (weights as Required<Layer>['weights']).shape),
        scales: scaleFormat(blocks.scales),
        rule: blocks.rule,
        ...(clips ? { clips } : {}),
      })
    : quantiseWeights(matrix, types, name, {
        ...searchOptions(options),
        ...(groupSize === undefined ? {} : { groupSize }),
      });
  return {
    ...chosen,
    shape: (weights as Required<Layer>['weights']).shape,
    squares: matrix.data.reduce((sum, value) => sum + value * value, 0),
  };
}
