import { join } from 'node:path';
import type { NodeProto } from 'onnx-buf';
import { UserError } from '../../../gen/base/errors.js';
import type { OnnxModel } from '../onnx/model.js';
import { uncorrected } from '../onnx/fake-quantise.js';
import { allNodes } from '../onnx/nodes.js';
import { elementCount, readFloats } from '../onnx/tensor.js';
import { weightTensor } from '../products/product.js';
import { dequantise } from '../quantise/dequantise.js';
import type { RunnableLayer } from '../quantise/plan.js';

/** Relative difference of a product of two float32 numbers that is rounding. */
const ROUNDING = 2 ** -22;

/** The weights of a network with rounded operands, which codes and scales have to stand for. */
export class StoredWeights {
  readonly #nodes: ReadonlyMap<string, NodeProto>;

  /** @param folder What messages call it. */
  constructor(
    readonly quantised: OnnxModel,
    readonly folder: string,
  ) {
    this.#nodes = new Map([...allNodes(quantised.graph)].map((node) => [node.output[0] ?? '', node]));
  }

  /**
   * @param file The codes, for messages.
   * @throws UserError where a layer's codes times its scales are not its weights.
   */
  requireEqual({ product, second }: RunnableLayer, file: string): void {
    if (second.kind !== 'weights') return;
    const { weights } = second;
    const [rows, cols] = [weights.codes.length / weights.cols, weights.cols];
    const values = weightTensor(product, weights.shape, dequantise({ ...weights, rows, cols }));
    const output = product.node.output[0] as string;
    const node = this.#nodes.get(uncorrected(output)) ?? this.#nodes.get(output);
    const tensor = this.quantised.constants.get(node?.input[product.swapped ? 0 : 1] ?? '');
    const { name } = this.quantised;
    if (!tensor) throw new UserError(`${name} has no weights of layer ${product.name}; quantise again`);
    const stored = readFloats(tensor, `${name}: weights of ${product.name}`);
    if (elementCount(stored.shape) !== values.length) {
      throw new UserError(
        `${name}: the weights of ${product.name} are ${stored.shape.join(' x ')}, and ${join(this.folder, file)} has ${weights.shape.join(' x ')}; quantise again`,
      );
    }
    const wrong = values.findIndex((value, i) => {
      const other = stored.data[i] as number;
      return !(Math.abs(value - other) <= ROUNDING * Math.abs(other));
    });
    if (wrong < 0) return;
    throw new UserError(
      `${join(this.folder, file)}: the codes of layer ${product.name} times its scales are not the weights in ${name} (element ${wrong}: ${values[wrong]} and ${stored.data[wrong]}); one of the files has changed, quantise again`,
    );
  }
}
