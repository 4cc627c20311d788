import { create } from '@bufbuild/protobuf';
import {
  type AttributeProto,
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProto_DataType,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from 'onnx-buf';

/** What a node's attribute may be: a number is an integer, a list of numbers is one of integers. */
export type AttributeValue =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly strings: readonly string[] }
  | { readonly tensor: TensorProto }
  | { readonly graph: GraphProto };

export type Attributes = Readonly<Record<string, AttributeValue>>;

function makeAttribute(name: string, value: AttributeValue): AttributeProto {
  const { INT, INTS, FLOAT, FLOATS, STRING, STRINGS, TENSOR, GRAPH } = AttributeProto_AttributeType;
  const make = (rest: Parameters<typeof create<typeof AttributeProtoSchema>>[1]): AttributeProto =>
    create(AttributeProtoSchema, { name, ...rest });
  if (typeof value === 'number') return make({ type: INT, i: BigInt(value) });
  if (typeof value === 'string') return make({ type: STRING, s: new TextEncoder().encode(value) });
  if ('float' in value) return make({ type: FLOAT, f: value.float });
  if ('floats' in value) return make({ type: FLOATS, floats: [...value.floats] });
  if ('strings' in value) {
    return make({ type: STRINGS, strings: value.strings.map((text) => new TextEncoder().encode(text)) });
  }
  if ('tensor' in value) return make({ type: TENSOR, t: value.tensor });
  if ('graph' in value) return make({ type: GRAPH, g: value.graph });
  return make({ type: INTS, ints: value.map(BigInt) });
}

/** A node with one output, named like the output. */
export function makeNode(
  opType: string,
  input: readonly string[],
  output: string,
  attributes: Attributes = {},
): NodeProto {
  return create(NodeProtoSchema, {
    opType,
    name: output,
    input: [...input],
    output: [output],
    attribute: Object.entries(attributes).map(([name, value]) => makeAttribute(name, value)),
  });
}

/** What a graph takes or gives, with as much of its type as is given: a dimension that is no number stays open. */
export function valueInfo(
  name: string,
  shape?: readonly (number | string)[],
  elemType?: TensorProto_DataType,
): ValueInfoProto {
  if (!shape && elemType === undefined) return create(ValueInfoProtoSchema, { name });
  const dim = shape?.map((size) => ({
    value:
      typeof size === 'number'
        ? { case: 'dimValue' as const, value: BigInt(size) }
        : { case: 'dimParam' as const, value: size },
  }));
  return create(ValueInfoProtoSchema, {
    name,
    type: {
      value: {
        case: 'tensorType',
        value: { elemType: elemType ?? TensorProto_DataType.FLOAT, ...(dim && { shape: { dim } }) },
      },
    },
  });
}

export interface ModelParts {
  readonly nodes: readonly NodeProto[];
  readonly constants: readonly TensorProto[];
  readonly inputs: readonly ValueInfoProto[];
  readonly outputs: readonly string[];
  readonly opset: number;
  readonly irVersion?: number;
}

/** A model in standard operators. */
export function makeModel({ nodes, constants, inputs, outputs, opset, irVersion = 8 }: ModelParts): ModelProto {
  return create(ModelProtoSchema, {
    irVersion: BigInt(irVersion),
    opsetImport: [{ domain: '', version: BigInt(opset) }],
    graph: create(GraphProtoSchema, {
      name: 'graph',
      node: [...nodes],
      initializer: [...constants],
      input: [...inputs],
      output: outputs.map((name) => valueInfo(name)),
    }),
  });
}
