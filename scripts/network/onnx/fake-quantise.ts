import { clone } from '@bufbuild/protobuf';
import { type GraphProto, ModelProtoSchema, type NodeProto } from 'onnx-buf';
import type { NumericType } from '../../../gen/numerics/types/numeric-type.js';
import type { BlockGrid } from './block-grid.js';
import { blockRoundingNodes } from './block-rounding.js';
import { makeNode } from './make.js';
import type { OnnxModel } from './model.js';
import { needed, readsOf, subgraphs } from './nodes.js';
import { roundingNodes } from './rounding.js';
import { type FloatTensor, floatProto } from './tensor.js';

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
  /** Blocks whose scales come from the data; a block's scale times `scale` is then the step. */
  readonly blocks?: BlockGrid;
}

/** The name of a product's output before its correction is added. */
export const uncorrected = (output: string): string => `${output}__uncorrected`;

/**
 * A copy of a model in which products read rounded operands, made of standard operators. Activations are divided by the
 * scale in double precision as the codec does, so that every element becomes the float32 nearest to the codec's value.
 */
export function fakeQuantise(model: OnnxModel, edits: readonly ProductEdit[]): OnnxModel {
  const proto = clone(ModelProtoSchema, model.proto);
  const graph = proto.graph as GraphProto;
  const byOutput = new Map(edits.map((edit) => [edit.output, edit]));
  graph.node = editNodes(graph.node, byOutput, { graph, opset: model.opset });
  dropUnused(graph);
  return { ...model, proto, graph };
}

/** The graph that takes the constants, and the operator set of its nodes. */
interface Target {
  readonly graph: GraphProto;
  readonly opset: number;
}

/** Nodes with their edits, those inside of loops too. */
function editNodes(from: readonly NodeProto[], edits: ReadonlyMap<string, ProductEdit>, target: Target): NodeProto[] {
  const { graph, opset } = target;
  const shared = new Map<string, string>();
  const nodes: NodeProto[] = [];

  const rounded = (tensor: string, { type, scale, blocks }: ActivationQuantiser): string => {
    const key = `${tensor} ${type.name} ${scale} ${blocks ? `${blocks.axis} ${blocks.parts}` : ''}`;
    const name = shared.get(key) ?? `${tensor}__${type.name}_${shared.size}`;
    if (!shared.has(key)) {
      const parts = blocks
        ? blockRoundingNodes(tensor, name, { type, scale, blocks, opset })
        : roundingNodes(tensor, name, { type, scale, step: scale });
      nodes.push(...parts.nodes);
      graph.initializer.push(...parts.constants);
      shared.set(key, name);
    }
    return name;
  };

  for (const node of from) {
    for (const inner of subgraphs(node)) inner.node = editNodes(inner.node, edits, target);
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

/** Takes out what the outputs do not depend on any more: the weights before rounding, and what computed them. */
export function dropUnused(graph: GraphProto): void {
  const outputs = graph.output.map(({ name }) => name);
  graph.node = needed(graph.node, outputs);
  const read = new Set([...outputs, ...graph.node.flatMap(readsOf)]);
  graph.initializer = graph.initializer.filter(({ name }) => read.has(name));
}
