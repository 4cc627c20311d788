import { UserError } from '../../../gen/base/errors.js';
import type { CodeMatrices } from '../../../gen/golden/tiling.js';
import { QuantiseError } from '../../../gen/numerics/codec.js';
import type { ActivationQuantiser } from '../onnx/fake-quantise.js';
import { elementCount, type FloatTensor } from '../onnx/tensor.js';
import { lower } from '../products/product.js';
import {
  activationOperand,
  codeProducts,
  columnScales,
  type SecondOperand,
  zeroPointTerms,
} from '../quantise/code-products.js';
import { operandCodes } from '../quantise/operand-codes.js';
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
  const first = { ...activation, codes };
  const products = codeProducts(lowering, first, operand);
  const sums = products.length === 0 ? [] : await multiply(products, layer);
  const { m, n, outShape, outIndex } = lowering;
  const output = new Float64Array(elementCount(outShape));
  for (const [i, one] of products.entries()) {
    const own = sums[i] as ArrayLike<number | bigint>;
    const scales = columnScales(operand, lowering, one).map((scale) => scale * activation.scale);
    const terms = zeroPointTerms(first, operand, lowering, one);
    for (let row = 0; row < m; row++) {
      for (let col = 0; col < n; col++) {
        const at = outIndex(one.part, row, col);
        const sum = Number(own[row * n + col]) - (terms?.[row * n + col] ?? 0);
        if (at >= 0) output[at] = (output[at] as number) + sum * (scales[col] as number);
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
  const tensor = values(product.second.tensor);
  const codes = codesOf(tensor, second.tensor, product.second.tensor);
  return { operand: activationOperand(second.tensor, codes), shape: tensor.shape };
}

/** @throws UserError when the network has made something that is not finite of its input. */
function codesOf({ data }: FloatTensor, quantiser: ActivationQuantiser, tensor: string): Uint8Array {
  try {
    return operandCodes(quantiser, data, tensor);
  } catch (error) {
    if (error instanceof QuantiseError) throw new UserError(error.message);
    throw error;
  }
}
