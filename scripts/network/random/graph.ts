import type { ModelProto, NodeProto, TensorProto } from 'onnx-buf';
import { randomSource } from '../../../gen/golden/vectors.js';
import { type Attributes, makeModel, makeNode, valueInfo } from '../onnx/make.js';
import { elementCount, type FloatTensor, floatProto, int64Proto } from '../onnx/tensor.js';

const OPSET = 17;
/** Name of the dimension that counts samples. */
const SAMPLES = 'N';

/** Normally distributed reals with a seed. */
export class RandomReals {
  readonly #random;
  #spare: number | undefined;

  constructor(seed: number) {
    this.#random = randomSource(seed);
  }

  tensor(shape: readonly number[], deviation: number): FloatTensor {
    const data = new Float32Array(elementCount(shape));
    for (let i = 0; i < data.length; i++) data[i] = this.#next() * deviation;
    return { shape, data };
  }

  /** By pairs (Box and Muller, 1958). */
  #next(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare;
      this.#spare = undefined;
      return spare;
    }
    const unit = (): number => (this.#random.bits32() + 0.5) / 2 ** 32;
    const [radius, angle] = [Math.sqrt(-2 * Math.log(unit())), 2 * Math.PI * unit()];
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }
}

/** A network of known shapes with random weights. */
export interface RandomNetwork {
  readonly proto: ModelProto;
  /** Its input: the shape is that of a sample. */
  readonly input: { readonly name: string; readonly shape: readonly number[] };
}

/** A network that is made node by node, with random weights. Tensors are known by their names. */
export class RandomGraph {
  readonly #nodes: NodeProto[] = [];
  readonly #constants: TensorProto[] = [];
  readonly #reals: RandomReals;

  constructor(seed: number) {
    this.#reals = new RandomReals(seed);
  }

  /** @returns the name of the output, which is that of the node. */
  node(opType: string, name: string, inputs: readonly string[], attributes?: Attributes): string {
    this.#nodes.push(makeNode(opType, inputs, name, attributes));
    return name;
  }

  random(name: string, shape: readonly number[], deviation: number): string {
    return this.constant(name, this.#reals.tensor(shape, deviation));
  }

  constant(name: string, value: FloatTensor): string {
    this.#constants.push(floatProto(name, value));
    return name;
  }

  number(name: string, value: number): string {
    return this.constant(name, { shape: [], data: Float32Array.of(value) });
  }

  integers(name: string, values: readonly number[]): string {
    this.#constants.push(int64Proto(name, values));
    return name;
  }

  /** @param input Its shape is that of a sample. */
  model(input: RandomNetwork['input'], output: string): ModelProto {
    return makeModel({
      nodes: this.#nodes,
      constants: this.#constants,
      inputs: [valueInfo(input.name, [SAMPLES, ...input.shape])],
      outputs: [output],
      opset: OPSET,
    });
  }
}
