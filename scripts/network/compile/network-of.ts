import { quantise } from '../../../gen/numerics/codec.js';
import { numericType } from '../../../gen/numerics/types/table.js';
import type { OnnxModel } from '../onnx/model.js';
import { probe } from '../onnx/probe.js';
import type { FloatTensor } from '../onnx/tensor.js';
import type { Values } from '../onnx/value.js';
import type { RunnableLayer } from '../quantise/plan.js';
import type { Codes } from './evaluate.js';
import { type IntegerOperation, integerOperations } from './integers.js';
import { type EngineLayers, engineLayers, type View } from './layers.js';
import { type IntegerTensor, tensorOf } from './network.js';
import { type Operations, operationsOf, type ShapeOf } from './operations.js';
import type { Storage } from './storage.js';

/** A network as engine and host share it. */
export interface SharedNetwork extends EngineLayers {
  readonly found: Operations;
  readonly integers: readonly IntegerOperation[];
}

/** The shapes of all tensors of a network for one sample. */
export async function shapesOf(model: OnnxModel, inputs: Values): Promise<ShapeOf> {
  const tensors = model.graph.node.flatMap(({ output }) => output).filter((name) => name !== '');
  const facts = await probe(model, inputs, tensors);
  return (tensor) => facts.get(tensor)?.shape ?? model.constants.get(tensor)?.dims.map(Number) ?? [];
}

/**
 * A quantised network with everything in integers that the engine does.
 *
 * @throws UserError where it does nothing, or constants do not fit.
 */
export function sharedNetwork(
  model: OnnxModel,
  layers: readonly RunnableLayer[],
  storage: Storage,
  shapeOf: ShapeOf,
): SharedNetwork {
  const found = operationsOf(model, layers, shapeOf);
  const integers = integerOperations(model, found, storage, shapeOf);
  return { found, integers, ...engineLayers(model, found, integers, storage, shapeOf) };
}

/** The codes height x width x channels of a tensor of the engine, from one sample of the network's tensor. */
export function codesOf({ name, type, scale, ...size }: IntegerTensor, view: View, { data }: FloatTensor): Uint8Array {
  const { height, width, channels } = size;
  const [pixels, first] = [height * width, view.part * height * width * channels];
  const at = (i: number): number =>
    view.layout === 'image' ? (i % channels) * pixels + Math.floor(i / channels) : first + i;
  const values = Float64Array.from({ length: pixels * channels }, (_, i) => data[at(i)] as number);
  return quantise(numericType(type), values, { scale, tensor: name });
}

/**
 * The codes of everything that the host writes, for one sample.
 *
 * @param values Tensors of the network: the floating-point ones that the host makes.
 */
export function inputCodes({ network, views }: EngineLayers, values: (tensor: string) => FloatTensor): Codes {
  const codes = network.inputs.map((name) => {
    const view = views.get(name) as View;
    return [name, codesOf(tensorOf(network, name), view, values(view.tensor))] as const;
  });
  return new Map(codes);
}
