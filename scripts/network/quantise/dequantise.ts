import type { Matrix } from '../../../gen/base/matrix.js';
import { codeValues } from '../../../gen/numerics/codec.js';
import type { ProductEdit } from '../onnx/fake-quantise.js';
import { weightTensor } from '../products/product.js';
import type { QuantisedMatrix } from '../search/tensor.js';
import type { LayerPlan } from './plan.js';

/** The K x N real values that codes stand for: value times the scale of its group and column. */
export function dequantise({ rows, cols, codes, type, scales, groupRows }: QuantisedMatrix): Matrix {
  const values = codeValues(type).map(Number);
  const data = Float64Array.from(codes, (code, i) => {
    const group = Math.floor(Math.floor(i / cols) / groupRows);
    return (values[code] as number) * (scales[group * cols + (i % cols)] as number);
  });
  return { rows, cols, data };
}

/** What a layer's plan changes in the network. */
export function editOf({ product, activation, second, correction }: LayerPlan): ProductEdit {
  return {
    output: product.node.output[0] as string,
    swapped: product.swapped,
    activation,
    second:
      second.kind === 'activation'
        ? { kind: 'activation', activation: second.tensor }
        : {
            kind: 'weights',
            weights: {
              shape: second.weights.shape,
              data: weightTensor(product, second.weights.shape, dequantise(second.weights)),
            },
          },
    ...(correction ? { correction } : {}),
  };
}
