import { clone } from '@bufbuild/protobuf';
import {
  type AttributeProto,
  AttributeProtoSchema,
  type FunctionProto,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  NodeProtoSchema,
} from 'onnx-buf';
import { UserError } from '../../../../gen/base/errors.js';
import { allNodes, subgraphs } from '../nodes.js';

/** Functions within functions deeper than this are taken for a circle. */
const DEEPEST = 64;

/** Puts the nodes of a model's own functions in the place of their calls, inside of branches and bodies too. */
export function inlineFunctions(proto: ModelProto, graph: GraphProto, name: string): void {
  if (proto.functions.length === 0) return;
  const functions = new Map(proto.functions.map((own) => [`${own.domain}/${own.name}`, own]));
  let calls = 0;
  const expand = (nodes: readonly NodeProto[], depth: number): NodeProto[] =>
    nodes.flatMap((node) => {
      for (const inner of subgraphs(node)) inner.node = expand(inner.node, depth);
      const called = functions.get(`${node.domain}/${node.opType}`);
      if (!called) return [node];
      if (depth > DEEPEST) throw new UserError(`${name}: function ${node.opType} calls itself`);
      importDomains(proto, called);
      return expand(bodyOf(called, node, `${node.name || node.output[0] || called.name}/${calls++}`), depth + 1);
    });
  graph.node = expand(graph.node, 0);
  proto.functions = [];
  const used = new Set([...allNodes(graph)].map(({ domain }) => domain));
  proto.opsetImport = proto.opsetImport.filter(
    ({ domain }) => domain === '' || domain === 'ai.onnx' || used.has(domain),
  );
}

function importDomains(proto: ModelProto, { opsetImport }: FunctionProto): void {
  const known = new Set(proto.opsetImport.map(({ domain }) => domain));
  proto.opsetImport.push(...opsetImport.filter(({ domain }) => !known.has(domain)));
}

/** The nodes of a function for one call of it: with the call's tensors and attributes, and names of their own. */
function bodyOf(called: FunctionProto, call: NodeProto, prefix: string): NodeProto[] {
  const names = new Map<string, string>([['', '']]);
  for (const [i, input] of called.input.entries()) names.set(input, call.input[i] ?? '');
  for (const [i, output] of called.output.entries()) names.set(output, call.output[i] || `${prefix}/${output}`);
  const given = new Map<string, AttributeProto>([
    ...called.attributeProto.map((item) => [item.name, item] as const),
    ...call.attribute.map((item) => [item.name, item] as const),
  ]);
  return called.node.map((node) => {
    const copy = clone(NodeProtoSchema, node);
    rename(copy, names, prefix);
    fillAttributes(copy, given);
    if (copy.name !== '') copy.name = `${prefix}/${copy.name}`;
    return copy;
  });
}

/** Renames the tensors of a node, and those that its own graphs define or take from outside. */
export function rename(node: NodeProto, names: Map<string, string>, prefix: string): void {
  const renamed = (tensor: string): string => {
    const known = names.get(tensor) ?? `${prefix}/${tensor}`;
    names.set(tensor, known);
    return known;
  };
  node.input = node.input.map(renamed);
  node.output = node.output.map(renamed);
  for (const inner of subgraphs(node)) {
    for (const item of [...inner.input, ...inner.initializer]) item.name = renamed(item.name);
    for (const each of inner.node) rename(each, names, prefix);
    for (const item of inner.output) item.name = renamed(item.name);
  }
}

/** Attributes that refer to the function's own get the call's value, or the default, or go. */
function fillAttributes(node: NodeProto, given: ReadonlyMap<string, AttributeProto>): void {
  node.attribute = node.attribute.flatMap((item) => {
    if (item.refAttrName === '') return [item];
    const value = given.get(item.refAttrName);
    return value ? [Object.assign(clone(AttributeProtoSchema, value), { name: item.name, refAttrName: '' })] : [];
  });
  for (const inner of subgraphs(node)) for (const each of inner.node) fillAttributes(each, given);
}
