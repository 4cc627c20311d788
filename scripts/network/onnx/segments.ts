import { clone } from '@bufbuild/protobuf';
import {
  type GraphProto,
  ModelProtoSchema,
  type NodeProto,
  type TensorProto,
  type TensorProto_DataType,
} from 'onnx-buf';
import { constantTensor } from './constant.js';
import { valueInfo } from './make.js';
import { type OnnxModel, writeModel } from './model.js';
import { needed, readsOf } from './nodes.js';

/** A node that something else than ONNX Runtime computes: a matrix product, or a loop with products inside. */
export interface Cut {
  /** First output of the node, which names it in the graph. */
  readonly output: string;
  /** Tensors that are read at run time to compute it. */
  readonly reads: readonly string[];
  /** The tensors that are computed. */
  readonly results: readonly string[];
  /** What makes the node's outputs of them, where they are not these. */
  readonly nodes: readonly NodeProto[];
  readonly constants: readonly TensorProto[];
}

/** What lies between two rounds of cuts: the nodes whose inputs are known, as a model of its own. */
export interface Segment<C extends Cut = Cut> {
  /** None where cuts follow each other directly. */
  readonly nodes: readonly NodeProto[];
  /** Tensors it reads: the network's inputs, or results of earlier segments and cuts. */
  readonly inputs: readonly string[];
  /** Tensors that cuts or later segments read. */
  readonly outputs: readonly string[];
  /** What can be computed when the segment is done. */
  readonly cuts: readonly C[];
  /** Constants that its nodes may read beside the network's. */
  readonly constants: ReadonlyMap<string, TensorProto>;
}

/**
 * Cuts a network at its products: segments that a runtime computes, in turn with products that something else computes.
 * A node belongs to the first segment in which all its inputs are known. Nodes with graphs of their own stay whole.
 */
export function cutNetwork<C extends Cut>(model: OnnxModel, cuts: readonly C[]): readonly Segment<C>[] {
  const { graph, constants, inputs, outputs } = model;
  const cutOf = new Map(cuts.map((cut) => [cut.output, cut]));
  const extra = new Map(cuts.flatMap((cut) => cut.constants.map((tensor) => [tensor.name, tensor] as const)));
  const known = (name: string): boolean => constants.has(name) || extra.has(name);
  const available = new Map<string, number>(inputs.map(({ name }) => [name, 0]));
  const stages: { nodes: NodeProto[]; cuts: C[] }[] = [];
  const stageAt = (stage: number): (typeof stages)[number] => {
    while (stages.length <= stage) stages.push({ nodes: [], cuts: [] });
    return stages[stage] as (typeof stages)[number];
  };
  const place = (node: NodeProto, earliest = 0): void => {
    const stage = Math.max(earliest, ...readsOf(node).map((name) => available.get(name) ?? 0));
    stageAt(stage).nodes.push(node);
    for (const output of node.output) available.set(output, stage);
  };
  for (const node of graph.node) {
    if (constantTensor(node)) continue;
    const cut = cutOf.get(node.output[0] ?? '');
    if (!cut) {
      place(node);
      continue;
    }
    const stage = Math.max(0, ...cut.reads.map((name) => available.get(name) ?? 0));
    stageAt(stage).cuts.push(cut);
    for (const result of cut.results) available.set(result, stage + 1);
    for (const each of cut.nodes) place(each, stage + 1);
  }
  return stages.map(({ nodes, cuts: own }, stage) => {
    const made = new Set(nodes.flatMap((node) => node.output));
    const after = stages.slice(stage + 1);
    const wanted = new Set([
      ...own.flatMap(({ reads }) => reads),
      ...after.flatMap((other) => other.cuts.flatMap(({ reads }) => reads)),
      ...after.flatMap((other) => other.nodes.flatMap(readsOf)),
      ...outputs,
    ]);
    const results = [...made].filter((name) => name !== '' && wanted.has(name));
    const kept = needed(nodes, results);
    const read = [...new Set(kept.flatMap(readsOf))].filter((name) => !made.has(name) && !known(name));
    return { nodes: kept, inputs: read, outputs: results, cuts: own, constants: extra };
  });
}

/**
 * A segment as an ONNX file.
 *
 * @param typeOf The element type of each tensor that the segment reads.
 */
export function segmentModel(
  { proto, graph, constants }: OnnxModel,
  segment: Segment,
  typeOf: (name: string) => TensorProto_DataType,
): Uint8Array {
  const copy = clone(ModelProtoSchema, { ...proto, graph: { ...graph, node: [], initializer: [], valueInfo: [] } });
  const own = copy.graph as GraphProto;
  const read = new Set(segment.nodes.flatMap(readsOf));
  own.node = [...segment.nodes];
  own.initializer = [...constants, ...segment.constants]
    .filter(([name]) => read.has(name))
    .map(([name, tensor]) => ({ ...tensor, name }));
  own.input = segment.inputs.map((name) => valueInfo(name, undefined, typeOf(name)));
  own.output = segment.outputs.map((name) => valueInfo(name));
  return writeModel(copy);
}
