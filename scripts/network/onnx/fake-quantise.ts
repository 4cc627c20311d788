import { clone } from '@bufbuild/protobuf';
import { type GraphProto, ModelProtoSchema, type NodeProto, type TensorProto, TensorProto_DataType } from 'onnx-buf';
import { decisionBoundaries, levels } from '../../../gen/numerics/codec.js';
import type { NumericType } from '../../../gen/numerics/types/numeric-type.js';
import { makeNode } from './make.js';
import type { OnnxModel } from './model.js';
import { needed, readsOf, subgraphs } from './nodes.js';
import { doubleProto, type FloatTensor, floatProto, int32Proto } from './tensor.js';

/** What becomes of one product's operands. An operand left out stays as it is. */
export interface ProductEdit {
  /** Output of the product's node, which names it in the graph. */
  readonly output: string;
  /** Whether the second operand is the node's first input. */
  readonly swapped?: boolean;
  readonly activation?: ActivationQuantiser;
  /** The second operand: weights already rounded, or how to round it at run time. */
  readonly second?:
    | { readonly kind: 'weights'; readonly weights: FloatTensor }
    | { readonly kind: 'activation'; readonly activation: ActivationQuantiser };
  /** Added to the output, in a shape that broadcasts to it. */
  readonly correction?: FloatTensor;
}

export interface ActivationQuantiser {
  readonly type: NumericType;
  readonly scale: number;
  /** The integer that stands for 0, where the network itself rounds the tensor; 0 without it. */
  readonly zeroPoint?: number;
}

/** The name of a product's output before its correction is added. */
export const uncorrected = (output: string): string => `${output}__uncorrected`;

/** Beyond this many half steps between a type's ends, values are found by comparing instead of from a table. */
const TABLE_LIMIT = 2 ** 16;

/**
 * A copy of a model in which products read rounded operands, made of standard operators. Activations are divided by the
 * scale in double precision as the codec does, so that every element becomes the float32 nearest to the codec's value.
 */
export function fakeQuantise(model: OnnxModel, edits: readonly ProductEdit[]): OnnxModel {
  const proto = clone(ModelProtoSchema, model.proto);
  const graph = proto.graph as GraphProto;
  const byOutput = new Map(edits.map((edit) => [edit.output, edit]));
  graph.node = editNodes(graph.node, byOutput, graph);
  dropUnused(graph);
  return { ...model, proto, graph };
}

/**
 * Nodes with their edits, those inside of loops too.
 *
 * @param graph Takes the constants.
 */
function editNodes(
  from: readonly NodeProto[],
  edits: ReadonlyMap<string, ProductEdit>,
  graph: GraphProto,
): NodeProto[] {
  const shared = new Map<string, string>();
  const nodes: NodeProto[] = [];

  const rounded = (tensor: string, { type, scale }: ActivationQuantiser): string => {
    const key = `${tensor} ${type.name} ${scale}`;
    const name = shared.get(key) ?? `${tensor}__${type.name}_${shared.size}`;
    if (!shared.has(key)) {
      const parts = roundingNodes(tensor, name, { type, scale, step: scale });
      nodes.push(...parts.nodes);
      graph.initializer.push(...parts.constants);
      shared.set(key, name);
    }
    return name;
  };

  for (const node of from) {
    for (const inner of subgraphs(node)) inner.node = editNodes(inner.node, edits, graph);
    const edit = edits.get(node.output[0] ?? '');
    const [first, second] = edit?.swapped ? [1, 0] : [0, 1];
    const inputs = [...node.input];
    if (edit?.activation) inputs[first] = rounded(node.input[first] as string, edit.activation);
    if (edit?.second?.kind === 'activation') {
      inputs[second] = rounded(node.input[second] as string, edit.second.activation);
    } else if (edit?.second?.kind === 'weights') {
      const name = `${edit.output}__weights`;
      graph.initializer.push(floatProto(name, edit.second.weights));
      inputs[second] = name;
    }
    node.input = inputs;
    nodes.push(node);
    if (edit?.correction) {
      const bias = `${edit.output}__correction`;
      graph.initializer.push(floatProto(bias, edit.correction));
      node.output[0] = uncorrected(edit.output);
      nodes.push(
        Object.assign(makeNode('Add', [node.output[0], bias], edit.output), { name: `${edit.output}__corrected` }),
      );
    }
  }
  return nodes;
}

/** How a tensor is rounded: divided by the scale, to the nearest value of the type, times the step. */
export interface RoundingTo {
  readonly type: NumericType;
  readonly scale: number;
  readonly step: number;
}

/** Nodes of a network and the constants that they read. */
export interface Nodes {
  readonly nodes: readonly NodeProto[];
  readonly constants: readonly TensorProto[];
}

/** What computes `output`, in float32, from the tensor `input` of any type of numbers. */
export function roundingNodes(input: string, output: string, to: RoundingTo): Nodes {
  const values = levels(to.type).map(({ value }) => Number(value));
  const halfSteps = 2 * ((values.at(-1) as number) - (values[0] as number));
  return halfSteps < TABLE_LIMIT ? tableNodes(input, output, to, values) : searchNodes(input, output, to, values);
}

/** Every decision boundary is a whole number of half steps: the half step an element lies in tells its value. */
function tableNodes(
  input: string,
  output: string,
  { type, scale, step }: RoundingTo,
  values: readonly number[],
): Nodes {
  const low = 2 * (values[0] as number);
  const high = 2 * (values.at(-1) as number);
  const boundaries = decisionBoundaries(type);
  let level = 0;
  const table = Float32Array.from({ length: high - low + 1 }, (_, i) => {
    while (level < boundaries.length && 2 * (boundaries[level] as number) <= low + i) level++;
    return (values[level] as number) * step;
  });
  const at = (part: string): string => `${output}__${part}`;
  return {
    // Half the scale is exact, so the quotient is exactly twice the codec's.
    constants: [
      doubleProto(at('halfstep'), scale / 2),
      doubleProto(at('low'), low),
      doubleProto(at('high'), high),
      floatProto(at('table'), { shape: [table.length], data: table }),
    ],
    nodes: [
      makeNode('Cast', [input], at('double'), { to: TensorProto_DataType.DOUBLE }),
      makeNode('Div', [at('double'), at('halfstep')], at('quotient')),
      makeNode('Floor', [at('quotient')], at('floor')),
      makeNode('Max', [at('floor'), at('low')], at('atleast')),
      makeNode('Min', [at('atleast'), at('high')], at('clipped')),
      makeNode('Sub', [at('clipped'), at('low')], at('offset')),
      makeNode('Cast', [at('offset')], at('index'), { to: TensorProto_DataType.INT32 }),
      makeNode('Gather', [at('table'), at('index')], output, { axis: 0 }),
    ],
  };
}

/** A binary search for the value among the boundaries, a level of it after the other. */
function searchNodes(
  input: string,
  output: string,
  { type, scale, step }: RoundingTo,
  values: readonly number[],
): Nodes {
  const at = (part: string): string => `${output}__${part}`;
  const depth = Math.ceil(Math.log2(values.length));
  const size = 2 ** depth;
  const boundaries = decisionBoundaries(type);
  const padded = Array.from({ length: size - 1 }, (_, i) => boundaries[i] ?? Number.POSITIVE_INFINITY);
  const table = Float32Array.from({ length: size }, (_, i) => ((values[i] ?? values.at(-1)) as number) * step);
  const { DOUBLE, INT32 } = TensorProto_DataType;
  const constants = [
    doubleProto(at('step'), scale),
    doubleProto(at('boundaries'), padded),
    floatProto(at('table'), { shape: [size], data: table }),
    int32Proto(at('nothing'), 0),
  ];
  const nodes = [
    makeNode('Cast', [input], at('double'), { to: DOUBLE }),
    makeNode('Div', [at('double'), at('step')], at('quotient')),
  ];
  // Indices of the input's shape, all zero: a comparison that holds nowhere.
  let index = at('zero');
  nodes.push(
    makeNode('Less', [at('quotient'), at('quotient')], at('never')),
    makeNode('Cast', [at('never')], index, { to: INT32 }),
  );
  for (let half = size / 2; half >= 1; half /= 2) {
    const here = (part: string): string => at(`${part}${half}`);
    constants.push(int32Proto(here('ahead'), half - 1), int32Proto(here('half'), half));
    nodes.push(
      makeNode('Add', [index, here('ahead')], here('probe')),
      makeNode('Gather', [at('boundaries'), here('probe')], here('boundary'), { axis: 0 }),
      makeNode('Less', [at('quotient'), here('boundary')], here('below')),
      makeNode('Not', [here('below')], here('reached')),
      makeNode('Cast', [here('reached')], here('one'), { to: INT32 }),
      makeNode('Mul', [here('one'), here('half')], here('advance')),
      makeNode('Add', [index, here('advance')], here('index')),
    );
    index = here('index');
  }
  nodes.push(makeNode('Gather', [at('table'), index], output, { axis: 0 }));
  return { nodes, constants };
}

/** Takes out what the outputs do not depend on any more: the weights before rounding, and what computed them. */
export function dropUnused(graph: GraphProto): void {
  const outputs = graph.output.map(({ name }) => name);
  graph.node = needed(graph.node, outputs);
  const read = new Set([...outputs, ...graph.node.flatMap(readsOf)]);
  graph.initializer = graph.initializer.filter(({ name }) => read.has(name));
}
