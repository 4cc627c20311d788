import type { Matrix } from '../../../gen/base/matrix.js';
import { groupOfRow } from '../../../gen/golden/code-matrix.js';
import { codeValues } from '../../../gen/numerics/codec.js';
import type { ProductEdit } from '../onnx/fake-quantise.js';
import { type Product, weightTensor } from '../products/product.js';
import type { QuantisedMatrix } from '../search/tensor.js';
import type { LayerPlan, QuantisedWeights } from './plan.js';

/** What codes stand for depends on this. */
type Dequantised = Pick<QuantisedMatrix, 'rows' | 'cols' | 'codes' | 'type' | 'scales' | 'groupRows' | 'taps'> &
  Pick<QuantisedWeights, 'zeroPoints'>;

/** The K x N real values that codes stand for: value, less the zero point, times the scale of its group and column. */
export function dequantise(matrix: Dequantised): Matrix {
  const { rows, cols, codes, type, scales, zeroPoints } = matrix;
  const values = codeValues(type).map(Number);
  const data = Float64Array.from(codes, (code, i) => {
    const at = groupOfRow(Math.floor(i / cols), matrix) * cols + (i % cols);
    return ((values[code] as number) - (zeroPoints?.[at] ?? 0)) * (scales[at] as number);
  });
  return { rows, cols, data };
}

/** What a layer's plan changes in the network; operands that the network itself has rounded stay as they are. */
export function editOf({ product, activation, second, correction }: LayerPlan): ProductEdit {
  return {
    output: product.node.output[0] as string,
    swapped: product.swapped,
    ...(activation.taken ? {} : { activation }),
    ...secondEdit(product, second),
    ...(correction ? { correction } : {}),
  };
}

function secondEdit(product: Product, second: LayerPlan['second']): Pick<ProductEdit, 'second'> {
  if (second.kind === 'activation') {
    return second.tensor.taken ? {} : { second: { kind: 'activation', activation: second.tensor } };
  }
  const { weights } = second;
  if (weights.taken) return {};
  const { shape } = weights;
  return { second: { kind: 'weights', weights: { shape, data: weightTensor(product, shape, dequantise(weights)) } } };
}
