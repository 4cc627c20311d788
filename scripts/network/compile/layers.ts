import { UserError } from '../../../gen/base/errors.js';
import type { OnnxModel } from '../onnx/model.js';
import { readsOf } from '../onnx/nodes.js';
import { elementCount } from '../onnx/tensor.js';
import { finestOf, type IntegerOperation, type StoredTensor } from './integers.js';
import type { IntegerLayer, IntegerNetwork, IntegerTensor, Window } from './network.js';
import { type Layout, type Operation, type Operations, partsOf, type ShapeOf } from './operations.js';
import type { Kept, Storage } from './storage.js';

/** What a tensor of the engine is in the network: one of the matrices of a tensor, or all of it. */
export interface View {
  readonly tensor: string;
  readonly layout: Layout;
  readonly part: number;
  /** Name of the stored tensor that this is a part of. */
  readonly stored: string;
}

/** Layers of the engine, and what their tensors are in the network. */
export interface EngineLayers {
  readonly network: IntegerNetwork;
  /** By the names of the engine's tensors. */
  readonly views: ReadonlyMap<string, View>;
}

const partName = (name: string, part: number, parts: number): string => (parts === 1 ? name : `${name} ${part}`);

/** Name of a second operand, which lies in memory as weights do. */
export const secondName = (tensor: string): string => `${tensor} as weights`;

/** The tensor that an operation has as second operand, where that is an activation. */
const secondOf = ({ layer }: Operation): string | undefined =>
  layer?.second.kind === 'activation' ? layer.product.second.tensor : undefined;

/**
 * The layers of the engine: a product of two activations is one for each of its matrices.
 *
 * @throws UserError where weights are not as many as they have to be.
 */
export function engineLayers(
  model: OnnxModel,
  found: Operations,
  integers: readonly IntegerOperation[],
  storage: Storage,
  shapeOf: ShapeOf,
): EngineLayers {
  const tensors = new Map<string, IntegerTensor>();
  const views = new Map<string, View>();
  const made = new Map(found.operations.map((operation) => [operation.output, operation]));
  const add = ({ name, of, type, scale }: StoredTensor, layout: Layout, parts: number): void => {
    for (let part = 0; part < parts; part++) {
      const own = partName(name, part, parts);
      if (tensors.has(own)) continue;
      tensors.set(own, { name: own, ...sizeOf(shapeOf(of), layout, parts), type, scale });
      views.set(own, { tensor: of, layout, part, stored: name });
    }
  };
  const stages = stagesOf(model, found);
  const layers: { stage: number; layer: IntegerLayer }[] = [];
  for (const integer of integers) {
    const { operation, input, output, copy, addend } = integer;
    const parts = partsOf(operation, shapeOf(operation.output));
    const second = secondOf(operation);
    add(input, made.get(input.of)?.layout ?? operation.layout, parts);
    if (second !== undefined) {
      const { main } = storage.get(second) as Kept;
      add({ name: secondName(second), of: second, ...main }, 'rows', parts);
    }
    if (addend) add(addend.tensor, operation.layout, 1);
    add(output, operation.layout, parts);
    if (copy) add(copy.tensor, operation.layout, parts);
    const stage = stages.get(operation.output) as number;
    for (let part = 0; part < parts; part++) layers.push({ stage, layer: layerOf(integer, tensors, part, parts) });
  }
  layers.sort((a, b) => a.stage - b.stage);
  const counts = new Map<number, number>();
  for (const { stage } of layers) counts.set(stage, (counts.get(stage) ?? 0) + 1);
  const results = new Set(layers.flatMap(({ layer: { output, copy } }) => (copy ? [output, copy.tensor] : [output])));
  const network = {
    tensors: [...tensors.values()],
    inputs: [...tensors.keys()].filter((name) => !results.has(name)),
    outputs: outputsOf(model, found, storage).flatMap((stored) =>
      [...results].filter((name) => views.get(name)?.stored === stored),
    ),
    layers: layers.map(({ layer }) => layer),
    ...(counts.size > 1 ? { jobs: [...counts.values()] } : {}),
  };
  return { network, views };
}

/** Size of a part of a tensor of one sample. */
function sizeOf(
  shape: readonly number[],
  layout: Layout,
  parts: number,
): Pick<IntegerTensor, 'height' | 'width' | 'channels'> {
  if (layout === 'image') {
    const [, channels = 1, height = 1, width = 1] = shape;
    return { height, width, channels };
  }
  // An image one pixel wide can be cut anywhere.
  const channels = shape.at(-1) ?? 1;
  return { height: elementCount(shape) / channels / parts, width: 1, channels };
}

function layerOf(
  { operation, input, output, window, biases, multipliers, shift, low, high, addend, copy }: IntegerOperation,
  tensors: ReadonlyMap<string, IntegerTensor>,
  part: number,
  parts: number,
): IntegerLayer {
  const named = (name: string): string => partName(name, part, parts);
  const { channels } = tensors.get(named(output.name)) as IntegerTensor;
  const inChannels = (tensors.get(named(input.name)) as IntegerTensor).channels;
  const { layer, groups, name, reduce } = operation;
  const epilogue = {
    ...{ name: named(name), input: named(input.name), output: named(output.name), window, shift },
    ...(low === undefined ? {} : { low }),
    ...(high === undefined ? {} : { high }),
    ...(addend ? { addend: { tensor: addend.tensor.name, multiplier: addend.multiplier } } : {}),
    ...(copy ? { copy: { tensor: named(copy.tensor.name), shift: copy.shift, relu: copy.relu } } : {}),
  };
  if (!layer) {
    const how = reduce === 'maximum' ? ('maximum' as const) : ('sum' as const);
    return { kind: 'pool', ...epilogue, reduce: how, multiplier: multipliers[0] as number };
  }
  const { second, product } = layer;
  const each = (list: readonly number[]): number[] =>
    Array.from({ length: channels }, (_, c) => list[list.length === 1 ? 0 : c] as number);
  return {
    ...{ kind: 'product', ...epilogue, groups, biases: each(biases), multipliers: each(multipliers) },
    ...(second.kind === 'weights'
      ? {
          weightType: second.weights.type.name,
          weights: filterCodes(name, second.weights.codes, { channels, depth: inChannels / groups, window }),
        }
      : {
          weightType: second.tensor.type.name,
          weights: { tensor: named(secondName(product.second.tensor)) },
        }),
  };
}

/** Codes as channels x taps x input channels of a group. Rows of the network's are channel by channel. */
function filterCodes(
  name: string,
  codes: Uint8Array,
  size: { readonly channels: number; readonly depth: number; readonly window: Window },
): Uint8Array {
  const { channels, depth, window } = size;
  const taps = window.kernel[0] * window.kernel[1];
  if (codes.length !== channels * depth * taps) {
    throw new UserError(`${name}: ${codes.length} weights, ${channels * depth * taps} needed`);
  }
  const filters = new Uint8Array(codes.length);
  for (let n = 0; n < channels; n++) {
    for (let tap = 0; tap < taps; tap++) {
      for (let d = 0; d < depth; d++) {
        filters[(n * taps + tap) * depth + d] = codes[(d * taps + tap) * channels + n] as number;
      }
    }
  }
  return filters;
}

/** How often the host has had its turn before each operation, by the operations' outputs. */
function stagesOf(model: OnnxModel, { operations, host, resolve }: Operations): ReadonlyMap<string, number> {
  const made = new Map(operations.map((operation) => [operation.output, operation]));
  const hosts = new Set(host.map(({ node }) => node));
  const stages = new Map<string, number>();
  /** When the host has a tensor. */
  const atHost = (tensor: string): number => (stages.get(tensor) ?? 0) + (made.has(tensor) ? 1 : 0);
  for (const node of model.graph.node) {
    const operation = made.get(node.output[0] as string);
    if (operation) {
      const { input, addend } = operation;
      const here = [input, ...(addend === undefined ? [] : [addend])].map((tensor) => stages.get(tensor) ?? 0);
      const second = secondOf(operation);
      const laid = second === undefined ? [] : [atHost(resolve(second))];
      stages.set(operation.output, Math.max(...here, ...laid));
    } else if (hosts.has(node)) {
      const stage = Math.max(0, ...readsOf(node).map((name) => atHost(resolve(name))));
      for (const output of node.output) stages.set(output, stage);
    }
  }
  return stages;
}

/** Names of the stored tensors that the host reads: outputs of the network first. */
function outputsOf(model: OnnxModel, { host, resolve, operations }: Operations, storage: Storage): string[] {
  const made = new Set(operations.map(({ output }) => output));
  const read = [...model.outputs, ...host.flatMap(({ node }) => readsOf(node))].map(resolve);
  const seconds = operations.flatMap((operation) => secondOf(operation) ?? []).map(resolve);
  const kept = (tensor: string): Kept => storage.get(tensor) as Kept;
  return [
    ...new Set([
      ...read.filter((tensor) => made.has(tensor)).map((tensor) => finestOf(tensor, kept(tensor)).name),
      // What is laid out as weights has the type that products read.
      ...seconds.filter((tensor) => made.has(tensor)),
    ]),
  ];
}
