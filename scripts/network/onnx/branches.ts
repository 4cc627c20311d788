import { clone } from '@bufbuild/protobuf';
import { type GraphProto, ModelProtoSchema, type NodeProto, NodeProtoSchema, TensorProtoSchema } from 'onnx-buf';
import { makeNode } from './make.js';
import { type OnnxModel, readModel, writeModel } from './model.js';
import { readsOf, subgraphs } from './nodes.js';
import { rename } from './normalise/inline.js';
import { openInside } from './session.js';
import { numbersOf, type Value, type Values } from './value.js';

/** Branches within branches deeper than this stay. */
const DEEPEST = 64;

/**
 * A network with the branch in the place of every If whose condition is always the same: it follows from constants, from
 * numbers of dimensions, and from sizes of inputs that the file fixes.
 *
 * @param inputs Any that the network takes.
 */
export async function takeBranches(model: OnnxModel, inputs: Values): Promise<OnnxModel> {
  let taken = model;
  for (let depth = 0; depth < DEEPEST; depth++) {
    const known = settledTensors(taken);
    const settled = taken.graph.node.filter(({ opType, input }) => opType === 'If' && known.has(input[0] ?? ''));
    if (settled.length === 0) return taken;
    const conditions = [...new Set(settled.map(({ input }) => input[0] as string))];
    taken = withBranches(taken, settled, await truths(taken, inputs, conditions));
  }
  return taken;
}

/** Tensors that are the same in every run. */
function settledTensors({ graph, constants, inputs }: OnnxModel): ReadonlySet<string> {
  const known = new Set([...constants.keys(), ...graph.initializer.map(({ name }) => name)]);
  const shapes = new Map<string, readonly (number | undefined)[]>();
  const shapeOf = new Map(inputs.map(({ name, shape }) => [name, shape]));
  const isShape = new Set<string>();
  for (const node of graph.node) {
    const [first = '', second = ''] = node.input;
    const [output = ''] = node.output;
    if (node.opType === 'Shape') {
      isShape.add(output);
      const sizes = shapeOf.get(first);
      if (sizes) shapes.set(output, sizes);
    }
    const ofRank = (node.opType === 'Shape' || node.opType === 'Size') && isShape.has(first);
    const sizes = shapes.get(node.opType === 'Shape' ? output : first);
    const ofInput = node.opType === 'Shape' && sizes?.every((size) => size !== undefined);
    const ofSize = node.opType === 'Gather' && sizes !== undefined && picksFixed(constants.get(second), sizes);
    const follows = node.opType !== 'If' && !node.opType.startsWith('Random') && subgraphs(node).length === 0;
    if (ofRank || ofInput || ofSize || (follows && readsOf(node).every((name) => known.has(name)))) {
      for (const name of node.output) known.add(name);
    }
  }
  return known;
}

/** Whether a constant index points at a size that the file fixes. */
function picksFixed(index: ReturnType<OnnxModel['constants']['get']>, sizes: readonly (number | undefined)[]): boolean {
  if (!index) return false;
  const { rawData, int64Data } = index;
  const places = rawData.length > 0 ? [...new BigInt64Array(new Uint8Array(rawData).buffer)] : int64Data;
  return places.length > 0 && places.every((place) => sizes.at(Number(place)) !== undefined);
}

async function truths(
  model: OnnxModel,
  inputs: Values,
  conditions: readonly string[],
): Promise<ReadonlyMap<string, boolean>> {
  // A constant is no output of its own: what is computed of it is.
  const copy = (name: string): string => `${name}__condition`;
  const proto = clone(ModelProtoSchema, model.proto);
  const graph = proto.graph as GraphProto;
  graph.node.push(...conditions.map((name) => makeNode('Identity', [name], copy(name))));
  const session = await openInside({ ...model, proto, graph }, conditions.map(copy));
  try {
    const values = await session.run(inputs);
    return new Map(conditions.map((name) => [name, (numbersOf(values.get(copy(name)) as Value)?.[0] ?? 0) !== 0]));
  } finally {
    await session.close();
  }
}

/** The network with the branches taken, read anew, so that what was inside of them has the form of all. */
function withBranches(model: OnnxModel, settled: readonly NodeProto[], truth: ReadonlyMap<string, boolean>): OnnxModel {
  const names = new Set(settled.map(({ output }) => output.join()));
  const proto = clone(ModelProtoSchema, model.proto);
  const graph = proto.graph as GraphProto;
  graph.node = graph.node.flatMap((node) => {
    if (node.opType !== 'If' || !names.has(node.output.join())) return [node];
    const which = truth.get(node.input[0] as string) ? 'then_branch' : 'else_branch';
    const branch = node.attribute.find(({ name }) => name === which)?.g;
    return branch ? branchNodes(node, branch, graph) : [node];
  });
  return { ...readModel(writeModel(proto), model.name), inputs: model.inputs };
}

/** The nodes of a branch with names of their own; its constants go to the graph. */
function branchNodes(node: NodeProto, branch: GraphProto, graph: GraphProto): NodeProto[] {
  const prefix = node.name || (node.output.find((name) => name !== '') as string);
  const own = new Set([...branch.initializer.map(({ name }) => name), ...branch.node.flatMap(({ output }) => output)]);
  const outside = [...branch.node.flatMap(readsOf), ...branch.output.map(({ name }) => name)];
  const names = new Map([['', ''], ...outside.filter((name) => !own.has(name)).map((name) => [name, name] as const)]);
  const renamed = (name: string): string => names.get(name) ?? `${prefix}/${name}`;
  graph.initializer.push(
    ...branch.initializer.map((tensor) =>
      Object.assign(clone(TensorProtoSchema, tensor), { name: renamed(tensor.name) }),
    ),
  );
  const nodes = branch.node.map((inner) => {
    const copy = clone(NodeProtoSchema, inner);
    rename(copy, names, prefix);
    return copy;
  });
  const results = node.output.flatMap((output, i) =>
    output === '' ? [] : [makeNode('Identity', [renamed(branch.output[i]?.name ?? '')], output)],
  );
  return [...nodes, ...results];
}
