import { create } from '@bufbuild/protobuf';
import {
  type AttributeProto,
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  type NodeProto,
  NodeProtoSchema,
} from 'onnx-buf';

const attribute = (node: NodeProto, name: string): AttributeProto | undefined =>
  node.attribute.find((item) => item.name === name);

/** An integer attribute of a node. */
export function integerOf(node: NodeProto, name: string, fallback: number): number {
  const found = attribute(node, name);
  return found ? Number(found.i) : fallback;
}

/** A list of integers of a node, such as strides. */
export function integersOf(node: NodeProto, name: string, fallback: readonly number[]): readonly number[] {
  return attribute(node, name)?.ints.map(Number) ?? fallback;
}

/** A real number of a node, such as alpha. */
export function realOf(node: NodeProto, name: string, fallback: number): number {
  return attribute(node, name)?.f ?? fallback;
}

/** A text of a node, such as auto_pad. */
export function textOf(node: NodeProto, name: string, fallback: string): string {
  const found = attribute(node, name);
  return found ? new TextDecoder().decode(found.s) : fallback;
}

/** Whether a node runs graphs of its own (If, Loop, Scan). */
export const hasSubgraph = (node: NodeProto): boolean => node.attribute.some(({ g, graphs }) => g || graphs.length > 0);

/** A node with one output, named like the output. */
export function makeNode(
  opType: string,
  input: readonly string[],
  output: string,
  integers: Readonly<Record<string, number>> = {},
): NodeProto {
  return create(NodeProtoSchema, {
    opType,
    name: output,
    input: [...input],
    output: [output],
    attribute: Object.entries(integers).map(([name, value]) =>
      create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.INT, i: BigInt(value) }),
    ),
  });
}
