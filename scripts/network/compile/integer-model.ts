import { clone } from '@bufbuild/protobuf';
import { type GraphProto, ModelProtoSchema, type NodeProto, type TensorProto, TensorProto_DataType } from 'onnx-buf';
import { UserError } from '../../../gen/base/errors.js';
import { codeValues, levels } from '../../../gen/numerics/codec.js';
import { numericType } from '../../../gen/numerics/types/table.js';
import { dropUnused } from '../onnx/fake-quantise.js';
import { makeNode } from '../onnx/make.js';
import type { OnnxModel } from '../onnx/model.js';
import { roundingNodes } from '../onnx/rounding.js';
import { doubleProto, floatProto } from '../onnx/tensor.js';
import { finestOf, type IntegerOperation, mainOf, type StoredTensor } from './integers.js';
import { secondName } from './layers.js';
import type { SharedNetwork } from './network-of.js';
import type { Kept, Storage } from './storage.js';

const { DOUBLE } = TensorProto_DataType;

/** The tensor of an integer model that holds the values of a stored tensor's codes, in float32. */
export const integersOf = (stored: string): string => `${stored}__integers`;

/** Sums of whole numbers are exact in float32 below this. */
const EXACT_FLOAT = 2 ** 24;

/**
 * The network with the integers of the engine in standard operators: every result of the engine is, bit for bit, what the
 * commands make. Ties go to the larger value. What is left to the host is as it was.
 */
export function integerModel(model: OnnxModel, { found, integers }: SharedNetwork, storage: Storage): OnnxModel {
  const graph = new GraphMaker();
  const made = new Map(integers.map((integer) => [integer.operation.output, integer]));
  for (const node of model.graph.node) {
    const output = node.output[0] as string;
    const integer = made.get(output);
    if (integer) {
      for (const [tensor, from] of operandsOf(integer, storage)) {
        if (!made.has(tensor.of) || tensor.name === secondName(tensor.of)) addRounded(graph, tensor, from);
      }
      addOperation(graph, integer);
      const { name, scale } = finestOf(output, storage.get(output) as Kept);
      graph.float(`${output}__scale`, [], [scale]);
      graph.node('Mul', [integersOf(name), `${output}__scale`], output);
      continue;
    }
    // What is a result in another shape has its integers, too.
    const main = integersOf(node.input[0] ?? '');
    if (found.resolve(output) !== output && graph.has(main)) graph.copy(node, main, integersOf(output));
    graph.nodes.push(node);
  }
  // Nodes that went into an operation are read by nothing now.
  const whole = withGraph(model, graph, graph.nodes);
  dropUnused(whole.graph);
  return whole;
}

/** The tensor of `aloneModel` that holds what an operation alone makes of a stored tensor. */
export const aloneOf = (stored: string): string => `${stored}__alone`;

/**
 * The rounded network, and beside it what each operation of the engine makes of the operands that the rounded network has.
 * `integersOf` is each of its tensors rounded as it is stored.
 *
 * @param quantised The rounded network.
 */
export function aloneModel(quantised: OnnxModel, { integers }: SharedNetwork, storage: Storage): OnnxModel {
  const graph = new GraphMaker();
  for (const integer of integers) {
    for (const [tensor, from] of operandsOf(integer, storage)) addRounded(graph, tensor, from);
  }
  for (const integer of integers) {
    addOperation(graph, integer, aloneOf);
    const { output, copy } = integer;
    for (const tensor of copy ? [output, copy.tensor] : [output]) addRounded(graph, { ...tensor }, tensor.of);
  }
  return withGraph(quantised, graph, [...quantised.graph.node, ...graph.nodes]);
}

/** The stored tensors that an operation reads, with the tensors of the network that they are made of. */
function operandsOf({ operation, input, addend }: IntegerOperation, storage: Storage): [StoredTensor, string][] {
  const { layer } = operation;
  const second = layer?.second.kind === 'activation' ? layer.product.second.tensor : undefined;
  return [
    [{ ...input, name: nameOfInput({ operation, input }) }, layer?.product.activation ?? input.of],
    ...(second === undefined
      ? []
      : ([[{ ...mainOf(second, storage.get(second) as Kept), name: secondName(second) }, second]] as [
          StoredTensor,
          string,
        ][])),
    ...(addend ? ([[addend.tensor, addend.tensor.of]] as [StoredTensor, string][]) : []),
  ];
}

/** An input in another shape has that name. */
const nameOfInput = ({ operation: { layer, input: from }, input }: Pick<IntegerOperation, 'operation' | 'input'>) =>
  layer && layer.product.activation !== from ? layer.product.activation : input.name;

/** A tensor of the network as the engine reads it. */
function addRounded(graph: GraphMaker, { name, type, scale }: StoredTensor, from: string): void {
  if (graph.has(integersOf(name))) return;
  graph.add(roundingNodes(from, integersOf(name), { type: numericType(type), scale, step: 1 }));
}

function withGraph(model: OnnxModel, { constants }: GraphMaker, nodes: readonly NodeProto[]): OnnxModel {
  const proto = clone(ModelProtoSchema, model.proto);
  const graph = proto.graph as GraphProto;
  graph.node = [...nodes];
  graph.initializer.push(...constants);
  graph.valueInfo = [];
  return { ...model, proto, graph };
}

/** Nodes and constants under construction. */
class GraphMaker {
  readonly nodes: NodeProto[] = [];
  readonly constants: TensorProto[] = [];
  readonly #made = new Set<string>();

  add({
    nodes,
    constants,
  }: {
    readonly nodes: readonly NodeProto[];
    readonly constants: readonly TensorProto[];
  }): void {
    for (const node of nodes) this.#push(node);
    this.constants.push(...constants);
  }

  /** @returns its output. */
  node(
    opType: string,
    input: readonly string[],
    output: string,
    integers: Readonly<Record<string, number>> = {},
  ): string {
    this.#push(makeNode(opType, input, output, integers));
    return output;
  }

  /** A node with other first input and output. */
  copy(node: NodeProto, input: string, output: string): void {
    this.#push({ ...node, name: output, input: [input, ...node.input.slice(1)], output: [output] });
  }

  float(name: string, shape: readonly number[], data: ArrayLike<number>): string {
    this.constants.push(floatProto(name, { shape, data: Float32Array.from(data) }));
    return name;
  }

  /** One number, or one for each channel along a dimension so many from the end. */
  double(name: string, values: readonly number[], fromEnd: number): string {
    const proto = doubleProto(name, values);
    proto.dims = values.length === 1 ? [] : [values.length, ...Array(fromEnd - 1).fill(1)].map(BigInt);
    this.constants.push(proto);
    return name;
  }

  has = (tensor: string): boolean => this.#made.has(tensor);

  #push(node: NodeProto): void {
    this.nodes.push(node);
    for (const output of node.output) this.#made.add(output);
  }
}

/** Sum, bias, scales, addend, bounds and rounding, in float64 where they are not whole numbers below 2^24. */
function addOperation(graph: GraphMaker, integer: IntegerOperation, named = integersOf): void {
  const { operation, output, biases, multipliers, shift, low, high, addend, copy } = integer;
  const at = (part: string): string => `${named(output.name)}__engine_${part}`;
  const fromEnd = operation.layout === 'image' ? 3 : 1;
  const double = (part: string, ...values: readonly number[]): string => graph.double(at(part), values, fromEnd);
  const biased = graph.node('Add', [sums(graph, integer, at), double('bias', ...biases)], at('biased'));
  let scaled = graph.node('Mul', [biased, double('multiplier', ...multipliers)], at('scaled'));
  if (addend) {
    const exact = graph.node('Cast', [integersOf(addend.tensor.name)], at('addend'), { to: DOUBLE });
    const own = graph.node('Mul', [exact, double('addend_multiplier', addend.multiplier)], at('addend_scaled'));
    scaled = graph.node('Add', [scaled, own], at('added'));
  }
  const encode = (tensor: StoredTensor, part: string, places: number, least?: number, greatest?: number): void => {
    let value = graph.node('Mul', [scaled, double(`${part}_step`, 2 ** -places)], at(`${part}_steps`));
    if (least !== undefined) value = graph.node('Max', [value, double(`${part}_low`, least)], at(`${part}_least`));
    if (greatest !== undefined)
      value = graph.node('Min', [value, double(`${part}_high`, greatest)], at(`${part}_most`));
    graph.add(roundingNodes(value, named(tensor.name), { type: numericType(tensor.type), scale: 1, step: 1 }));
  };
  encode(output, 'main', shift, low, high);
  if (copy) encode(copy.tensor, 'copy', copy.shift, copy.relu ? 0 : undefined);
}

/** The exact sums in float64. */
function sums(graph: GraphMaker, integer: IntegerOperation, at: (part: string) => string): string {
  const { layer } = integer.operation;
  const from = integersOf(nameOfInput(integer));
  if (!layer || layer.product.op === 'Conv') return imageSums(graph, integer, from, at);
  const exact = graph.node('Cast', [from], at('operand'), { to: DOUBLE });
  if (layer.second.kind === 'activation') {
    const other = integersOf(secondName(layer.product.second.tensor));
    return graph.node('MatMul', [exact, graph.node('Cast', [other], at('second'), { to: DOUBLE })], at('sums'));
  }
  const { type, codes, scales } = layer.second.weights;
  const values = codeValues(type).map(Number);
  const weights = doubleProto(
    at('weights'),
    Array.from(codes, (code) => values[code] as number),
  );
  weights.dims = [codes.length / scales.length, scales.length].map(BigInt);
  graph.constants.push(weights);
  return graph.node('MatMul', [exact, at('weights')], at('sums'));
}

/** Sums over windows of images: a convolution in float32, in two halves of the weights where one would not be exact. */
function imageSums(
  graph: GraphMaker,
  { operation, input, window, channels, rank }: IntegerOperation,
  from: string,
  at: (part: string) => string,
): string {
  const { kernel, stride, dilation, pad } = window;
  const lists = { kernel_shape: kernel, strides: stride, dilations: dilation, pads: pad };
  const { layer, reduce, groups } = operation;
  const run = (part: string, opType: string, inputs: readonly string[], integers = {}): string => {
    graph.add({ nodes: [makeNode(opType, inputs, at(part), { ...integers, ...lists })], constants: [] });
    return graph.node('Cast', [at(part)], at(`${part}_exact`), { to: DOUBLE });
  };
  if (!layer && reduce === 'maximum') return run('greatest', 'MaxPool', [from]);
  const taps = kernel[0] * kernel[1];
  if (!layer) {
    const ones = graph.float(at('ones'), [channels, 1, ...kernel], new Float32Array(channels * taps).fill(1));
    const sum = run('sums', 'Conv', [from, ones], { group: channels });
    return rank === 2 ? graph.node('Flatten', [sum], at('rows')) : sum;
  }
  if (layer.second.kind !== 'weights') throw new UserError(`${operation.name}: a convolution of two activations`);
  const { type, codes, scales } = layer.second.weights;
  const values = codeValues(type).map(Number);
  const count = scales.length;
  const depth = codes.length / count / taps;
  const filters = Float32Array.from(
    { length: codes.length },
    (_, i) => values[codes[(i % (depth * taps)) * count + Math.floor(i / (depth * taps))] as number] as number,
  );
  const convolve = (part: string, weights: Float32Array): string => {
    const largest = Math.max(...levels(numericType(input.type)).map(({ value }) => Math.abs(Number(value))));
    if (largestSum(weights, depth * taps) * largest >= EXACT_FLOAT) return '';
    graph.float(at(`${part}_weights`), [count, depth, ...kernel], weights);
    return run(part, 'Conv', [from, at(`${part}_weights`)], { group: groups });
  };
  const whole = convolve('sums', filters);
  if (whole !== '') return whole;
  const low = filters.map((weight) => weight - 16 * Math.floor(weight / 16));
  const halves = [
    convolve(
      'high',
      filters.map((weight, i) => (weight - (low[i] as number)) / 16),
    ),
    convolve('low', low),
  ] as const;
  if (halves.includes('')) throw new UserError(`${operation.name}: its sums are too large for float32`);
  const high = graph.node('Mul', [halves[0], graph.double(at('half'), [16], 1)], at('high_scaled'));
  return graph.node('Add', [high, halves[1]], at('sums'));
}

/** The largest sum of the magnitudes of a channel's weights. */
function largestSum(weights: Float32Array, each: number): number {
  let largest = 0;
  for (let first = 0; first < weights.length; first += each) {
    largest = Math.max(
      largest,
      weights.subarray(first, first + each).reduce((sum, weight) => sum + Math.abs(weight), 0),
    );
  }
  return largest;
}
