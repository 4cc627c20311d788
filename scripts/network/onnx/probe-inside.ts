import { clone, create } from '@bufbuild/protobuf';
import { AttributeProtoSchema, type GraphProto, ModelProtoSchema, type NodeProto } from 'onnx-buf';
import { UserError } from '../../../gen/base/errors.js';
import { makeNode, valueInfo } from './make.js';
import type { OnnxModel } from './model.js';
import { allNodes, subgraphs } from './nodes.js';
import { openInside } from './session.js';
import { int64Proto } from './tensor.js';
import { numbersOf, type Values } from './value.js';

/** Shapes of a node's inputs in one of its runs; undefined for inputs that it does not have. */
export type InputShapes = readonly (readonly number[] | undefined)[];

/** Inputs whose shapes are delivered, and dimensions that are room for. */
const [INPUTS, RANK] = [4, 8];
/** Stands for dimensions that are not there. */
const NONE = -1;

/** Names of what is added to a network to look inside of it. */
const at = (name: string | number): string => `probe inside: ${name}`;

/**
 * The shapes that nodes inside of branches and bodies read, for some inputs: of each node once for every time that it
 * runs. Branches and bodies deliver them as further outputs, a vector of fixed length for every node.
 *
 * @returns Nothing where ONNX Runtime cannot run that.
 */
export async function probeInside(
  model: OnnxModel,
  inputs: Values,
  nodes: readonly NodeProto[],
): Promise<ReadonlyMap<NodeProto, readonly InputShapes[]>> {
  if (nodes.length === 0) return new Map();
  const proto = clone(ModelProtoSchema, model.proto);
  const graph = proto.graph as GraphProto;
  const originals = [...allNodes(model.graph)];
  const copies = [...allNodes(graph)];
  const originalOf = new Map(copies.map((copy, i) => [copy, originals[i] as NodeProto]));
  const wanted = new Set(copies.filter((copy) => nodes.includes(originalOf.get(copy) as NodeProto)));
  const delivered = deliver(graph, wanted, { names: 0 });
  graph.initializer.push(
    int64Proto(at('none'), new Array(RANK).fill(NONE)),
    int64Proto(at('not run'), new Array(INPUTS * RANK).fill(NONE)),
    int64Proto(
      at('places'),
      Array.from({ length: RANK }, (_, i) => i),
    ),
  );
  try {
    const session = await openInside({ ...model, proto, graph }, [...delivered.values()]);
    try {
      const values = await session.run(inputs);
      return new Map(
        [...delivered].map(([copy, name]) => {
          const value = values.get(name);
          return [originalOf.get(copy) as NodeProto, runsOf((value && numbersOf(value)) ?? new Float64Array())];
        }),
      );
    } finally {
      await session.close();
    }
  } catch (error) {
    if (error instanceof UserError) return new Map();
    throw error;
  }
}

/** Makes the shapes that wanted nodes read outputs of all graphs around them. @returns Tensors of this graph. */
function deliver(
  graph: GraphProto,
  wanted: ReadonlySet<NodeProto>,
  counter: { names: number },
): Map<NodeProto, string> {
  const tensors = new Map<NodeProto, string>();
  const fresh = (): string => at(counter.names++);
  for (const node of [...graph.node]) {
    if (wanted.has(node)) tensors.set(node, shapesOf(node, graph, fresh));
    const inner = subgraphs(node);
    const found = inner.map((each) => deliver(each, wanted, counter));
    for (const target of new Set(found.flatMap((each) => [...each.keys()]))) {
      const output = fresh();
      node.output.push(output);
      tensors.set(target, output);
      for (const [i, each] of inner.entries()) {
        const result = fresh();
        each.node.push(makeNode('Identity', [found[i]?.get(target) ?? at('not run')], result));
        each.output.push(valueInfo(result));
      }
      node.attribute = node.attribute.map((item) =>
        item.name === 'scan_output_axes' || item.name === 'scan_output_directions'
          ? create(AttributeProtoSchema, { ...item, ints: [...item.ints, 0n] })
          : item,
      );
    }
  }
  return tensors;
}

/** A vector with the dimensions of a node's inputs, each in as many places. */
function shapesOf(node: NodeProto, graph: GraphProto, fresh: () => string): string {
  const add = (op: string, inputs: readonly string[], integers = {}): string => {
    const output = fresh();
    graph.node.push(makeNode(op, inputs, output, integers));
    return output;
  };
  const vectors = Array.from({ length: INPUTS }, (_, i) => {
    const input = node.input[i] ?? '';
    if (input === '') return at('none');
    const shape = add('Concat', [add('Shape', [input]), at('none')], { axis: 0 });
    return add('Gather', [shape, at('places')], { axis: 0 });
  });
  return add('Concat', vectors, { axis: 0 });
}

/** The shapes in one vector after the other; of a run that did not happen there are none. */
function runsOf(all: Float64Array): InputShapes[] {
  const runs: InputShapes[] = [];
  for (let start = 0; start < all.length; start += INPUTS * RANK) {
    const shapes = Array.from({ length: INPUTS }, (_, i) => {
      const dims = [...all.subarray(start + i * RANK, start + (i + 1) * RANK)];
      return dims[0] === NONE ? undefined : dims.filter((size) => size !== NONE);
    });
    if (shapes.some((shape) => shape !== undefined)) runs.push(shapes);
  }
  return runs;
}
