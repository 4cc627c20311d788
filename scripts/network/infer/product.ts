import { UserError } from '../../../gen/base/errors.js';
import type { CodeMatrices } from '../../../gen/golden/tiling.js';
import { QuantiseError, quantise } from '../../../gen/numerics/codec.js';
import type { ActivationQuantiser } from '../onnx/fake-quantise.js';
import { elementCount, type FloatTensor } from '../onnx/tensor.js';
import { lower } from '../products/product.js';
import { codeProducts, columnScales, type SecondOperand } from '../quantise/code-products.js';
import type { RunnableLayer } from '../quantise/plan.js';

/** Multiplies matrices of codes of one layer: the array, or the integer reference. M x N sums each, row-major. */
export type Multiply = (
  products: readonly CodeMatrices[],
  layer: RunnableLayer,
) => Promise<readonly ArrayLike<number | bigint>[]>;

/**
 * The sums of a layer for one batch as float32: operands in codes, products in integers, the result scaled.
 *
 * @param values The layer's operands by name.
 */
export async function runLayer(
  layer: RunnableLayer,
  values: (name: string) => FloatTensor,
  multiply: Multiply,
): Promise<FloatTensor> {
  const { product, activation } = layer;
  const input = values(product.activation);
  const { operand, shape } = secondOperand(layer, values);
  const lowering = lower(product, input.shape, shape);
  const codes = codesOf(input, activation, product.activation);
  const products = codeProducts(lowering, { type: activation.type, codes }, operand);
  const sums = products.length === 0 ? [] : await multiply(products, layer);
  const { m, n, outShape, outIndex } = lowering;
  const output = new Float64Array(elementCount(outShape));
  for (const [i, one] of products.entries()) {
    const own = sums[i] as ArrayLike<number | bigint>;
    const scales = columnScales(operand, lowering, one).map((scale) => scale * activation.scale);
    for (let row = 0; row < m; row++) {
      for (let col = 0; col < n; col++) {
        const at = outIndex(one.part, row, col);
        if (at >= 0) output[at] = (output[at] as number) + Number(own[row * n + col]) * (scales[col] as number);
      }
    }
  }
  return { shape: outShape, data: Float32Array.from(output) };
}

function secondOperand(
  { product, second }: RunnableLayer,
  values: (name: string) => FloatTensor,
): { readonly operand: SecondOperand; readonly shape: readonly number[] } {
  if (second.kind === 'weights') {
    return { operand: { kind: 'weights', ...second.weights }, shape: second.weights.shape };
  }
  const { type, scale } = second.tensor;
  const tensor = values(product.second.tensor);
  const codes = codesOf(tensor, second.tensor, product.second.tensor);
  return { operand: { kind: 'activation', type, codes, scales: Float64Array.of(scale) }, shape: tensor.shape };
}

/** @throws UserError when the network has made something that is not finite of its input. */
function codesOf({ data }: FloatTensor, { type, scale }: ActivationQuantiser, tensor: string): Uint8Array {
  try {
    return quantise(type, data, { scale, tensor });
  } catch (error) {
    if (error instanceof QuantiseError) throw new UserError(error.message);
    throw error;
  }
}
