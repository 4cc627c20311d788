import type { NumericType } from '../../../gen/numerics/types/numeric-type.js';
import { placesOfBlocks } from '../onnx/block-grid.js';
import type { ActivationQuantiser } from '../onnx/fake-quantise.js';
import type { Product } from '../products/product.js';
import type { LeftOut } from '../products/survey.js';
import type { FloatTensor } from '../onnx/tensor.js';
import type { StreamedResult } from '../search/stream.js';
import type { BlockScales } from '../search/blocks.js';
import type { QuantisedMatrix } from '../search/tensor.js';

/** An activation tensor with one type and one scale. */
export type QuantisedTensor = StreamedResult;

/** Weights in codes, and what they were before. */
export interface QuantisedWeights extends QuantisedMatrix {
  /** Shape of the tensor in the network. */
  readonly shape: readonly number[];
  /** Sum of the squares of the weights. */
  readonly squares: number;
  /** The scales as stored, where they have a format. */
  readonly blockScales?: BlockScales;
  /** Integers that stand for 0, one for each scale, where they are not all 0. */
  readonly zeroPoints?: Float64Array;
  /** Whether type and scales are the network's own and nothing was chosen. */
  readonly taken?: boolean;
}

/** A product with its operands' types and scales. */
export interface LayerPlan {
  readonly product: Product;
  /** Width of the codes; of the wider operand where the network has rounded them to different widths. */
  readonly bits: number;
  readonly activation: QuantisedTensor;
  readonly second:
    | { readonly kind: 'weights'; readonly weights: QuantisedWeights }
    | { readonly kind: 'activation'; readonly tensor: QuantisedTensor };
  /** Added to the output: what rounding changes in the mean, per output channel. */
  readonly correction?: FloatTensor;
}

/** What running a layer needs of its plan. */
export interface RunnableLayer {
  readonly product: Product;
  readonly activation: ActivationQuantiser;
  readonly second:
    | {
        readonly kind: 'weights';
        readonly weights: Pick<
          QuantisedWeights,
          'type' | 'codes' | 'cols' | 'shape' | 'groups' | 'groupRows' | 'taps' | 'scales' | 'zeroPoints'
        >;
      }
    | { readonly kind: 'activation'; readonly tensor: ActivationQuantiser };
  readonly correction?: FloatTensor;
}

/** The type of a layer's second operand. */
export const secondType = ({ second }: Pick<RunnableLayer, 'second'>): NumericType =>
  second.kind === 'weights' ? second.weights.type : second.tensor.type;

/** Whether a layer reads activations whose blocks have scales of their own. */
export const hasActivationBlocks = ({ activation, second }: Pick<RunnableLayer, 'activation' | 'second'>): boolean =>
  activation.blocks !== undefined || (second.kind === 'activation' && second.tensor.blocks !== undefined);

/** What is decided about a network. */
export interface NetworkPlan {
  readonly layers: readonly LayerPlan[];
  readonly leftOut: readonly LeftOut[];
}

/** An operand's part in widths and errors. */
interface OperandSize {
  /** Of an element, scales of blocks included. */
  readonly bits: number;
  readonly elements: number;
  readonly squaredError: number;
  readonly squares: number;
}

/** Both operands of a layer; activations count per sample. */
export function operandSizes({ activation, second }: LayerPlan, samples: number): readonly [OperandSize, OperandSize] {
  const streamed = ({ type, blocks, count, squaredError, squares }: QuantisedTensor): OperandSize => ({
    bits: activationBits({ type, blocks }),
    elements: count / samples,
    squaredError: squaredError / samples,
    squares: squares / samples,
  });
  if (second.kind === 'activation') return [streamed(activation), streamed(second.tensor)];
  const { codes, squaredError, squares } = second.weights;
  const bits = weightBits(second.weights);
  return [streamed(activation), { bits, elements: codes.length, squaredError, squares }];
}

/** Bits of an activation with its share of the scales of blocks; a scale of the tensor is a constant, and not counted. */
export const activationBits = ({
  type,
  blocks,
}: Pick<QuantisedTensor, 'type'> & { blocks: QuantisedTensor['blocks'] }): number =>
  type.bits + (blocks ? (placesOfBlocks(blocks).length * blocks.scales.bits) / blocks.length : 0);

/** Width of a binary32 number. */
const FLOAT_BITS = 32;

/** Bits of a weight with its share of the scales, where these have a format. */
export function weightBits({
  type,
  codes,
  blockScales,
}: Pick<QuantisedWeights, 'type' | 'codes' | 'blockScales'>): number {
  if (!blockScales || codes.length === 0) return type.bits;
  const { format } = blockScales;
  const scaleBits = blockScales.codes.length * format.bits + (format.hasTensorScale ? FLOAT_BITS : 0);
  return type.bits + scaleBits / codes.length;
}

/** Average width of a code, scales of blocks included, over the elements of all operands of one sample's run. */
export function averageBits(layers: readonly LayerPlan[], samples: number): number {
  let elements = 0;
  let bits = 0;
  for (const layer of layers) {
    for (const operand of operandSizes(layer, samples)) {
      elements += operand.elements;
      bits += operand.elements * operand.bits;
    }
  }
  return elements === 0 ? 0 : bits / elements;
}

/** Sum over both operands of the mean squared error, as the published framework ranks layers. */
export function meanSquaredError(layer: LayerPlan, samples: number): number {
  return operandSizes(layer, samples).reduce((sum, { squaredError, elements }) => sum + squaredError / elements, 0);
}

/** Sum over both operands of the squared error relative to the squares. */
export function relativeError(layer: LayerPlan, samples: number): number {
  return operandSizes(layer, samples).reduce(
    (sum, { squaredError, squares }) => sum + (squares === 0 ? 0 : squaredError / squares),
    0,
  );
}
