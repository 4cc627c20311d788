import { clone, create } from '@bufbuild/protobuf';
import {
  type GraphProto,
  ModelProtoSchema,
  type NodeProto,
  type TensorProto_DataType,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import { UserError } from '../../../gen/base/errors.js';
import { constantTensor, type OnnxModel, writeModel } from './model.js';
import { hasSubgraph } from './nodes.js';
import { operandsOf, type Product } from './products.js';

/** What lies between two rounds of products: the nodes whose inputs are known, as a model of its own. */
export interface Segment {
  /** None where products follow each other directly. */
  readonly nodes: readonly NodeProto[];
  /** Tensors it reads: the network's input, or results of earlier segments and products. */
  readonly inputs: readonly string[];
  /** Tensors that products or later segments read. */
  readonly outputs: readonly string[];
  /** Products that can be computed when the segment is done. */
  readonly products: readonly Product[];
}

/**
 * Cuts a network at its products: segments that a runtime computes, in turn with products that something else computes.
 * A node belongs to the first segment in which all its inputs are known.
 *
 * @throws UserError for networks with control flow.
 */
export function cutAtProducts(model: OnnxModel, products: readonly Product[]): readonly Segment[] {
  const { graph, constants, input, outputs } = model;
  const flow = graph.node.find(hasSubgraph);
  if (flow) throw new UserError(`${model.name}: control flow (${flow.opType}) is not supported`);
  const productOf = new Map(products.map((product) => [product.node.output[0] as string, product]));
  const available = new Map<string, number>([
    [input.name, 0],
    ['', 0],
  ]);
  for (const name of constants.keys()) available.set(name, 0);
  const stages: { nodes: NodeProto[]; products: Product[] }[] = [];
  for (const node of graph.node) {
    if (constantTensor(node)) continue;
    const stage = Math.max(...node.input.map((name) => available.get(name) ?? 0), 0);
    while (stages.length <= stage) stages.push({ nodes: [], products: [] });
    const product = productOf.get(node.output[0] ?? '');
    const own = stages[stage] as (typeof stages)[number];
    if (product) own.products.push(product);
    else own.nodes.push(node);
    for (const output of node.output) available.set(output, product ? stage + 1 : stage);
  }
  return stages.map(({ nodes, products: own }, stage) => {
    const made = new Set(nodes.flatMap((node) => node.output));
    const later = stages.slice(stage + 1).flatMap((other) => other.nodes.flatMap((node) => node.input));
    const wanted = new Set([
      ...own.flatMap(operandsOf),
      ...stages.slice(stage + 1).flatMap((other) => other.products.flatMap(operandsOf)),
      ...later,
      ...outputs,
    ]);
    const results = [...made].filter((name) => name !== '' && wanted.has(name));
    const kept = needed(nodes, results);
    const inputs = [...new Set(kept.flatMap((node) => node.input))].filter(
      (name) => name !== '' && !made.has(name) && !constants.has(name),
    );
    return { nodes: kept, inputs, outputs: results, products: own };
  });
}

/** The nodes that the results depend on. */
function needed(nodes: readonly NodeProto[], results: readonly string[]): NodeProto[] {
  const wanted = new Set(results);
  const kept: NodeProto[] = [];
  for (const node of [...nodes].reverse()) {
    if (!node.output.some((output) => wanted.has(output))) continue;
    kept.push(node);
    for (const name of node.input) wanted.add(name);
  }
  return kept.reverse();
}

/**
 * A segment as an ONNX file.
 *
 * @param typeOf The element type of each tensor that the segment reads.
 */
export function segmentModel(
  { proto, graph, constants }: OnnxModel,
  { nodes, inputs, outputs }: Segment,
  typeOf: (name: string) => TensorProto_DataType,
): Uint8Array {
  const copy = clone(ModelProtoSchema, { ...proto, graph: { ...graph, node: [], initializer: [], valueInfo: [] } });
  const own = copy.graph as GraphProto;
  const read = new Set(nodes.flatMap((node) => node.input));
  own.node = [...nodes];
  own.initializer = [...constants].filter(([name]) => read.has(name)).map(([name, tensor]) => ({ ...tensor, name }));
  own.input = inputs.map((name) =>
    create(ValueInfoProtoSchema, {
      name,
      type: { value: { case: 'tensorType', value: { elemType: typeOf(name) } } },
    }),
  );
  own.output = outputs.map((name) => create(ValueInfoProtoSchema, { name }));
  return writeModel(copy);
}
