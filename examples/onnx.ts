import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, type NodeProto, TensorProto_DataType } from 'onnx-buf';

/** A float tensor, row-major. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A network: its float constants by name, and the other nodes in an order in which they can run. */
export interface Network {
  readonly constants: ReadonlyMap<string, Tensor>;
  readonly nodes: readonly NodeProto[];
}

/** Reads an ONNX file whose weights are Constant nodes; constants of other types than float are left out. */
export function readNetwork(bytes: Uint8Array): Network {
  const nodes = fromBinary(ModelProtoSchema, bytes).graph?.node ?? [];
  const constants = new Map<string, Tensor>();
  for (const { opType, output, attribute } of nodes) {
    const tensor = attribute[0]?.t;
    if (opType !== 'Constant' || tensor?.dataType !== TensorProto_DataType.FLOAT) continue;
    // The bytes lie unaligned in the file: only a copy can be viewed as floats. (slice() of a Buffer is no copy.)
    const data = new Float32Array(new Uint8Array(tensor.rawData).buffer);
    constants.set(output[0] as string, { shape: tensor.dims.map(Number), data });
  }
  return { constants, nodes: nodes.filter(({ opType }) => opType !== 'Constant') };
}

/** A list of integers of a node, such as strides. */
export function integersOf(node: NodeProto, name: string): number[] {
  const found = node.attribute.find((attribute) => attribute.name === name);
  if (!found) throw new Error(`${node.opType} has no ${name}`);
  return found.ints.length > 0 ? found.ints.map(Number) : [Number(found.i)];
}

/** A real number of a node, such as epsilon. */
export function realOf(node: NodeProto, name: string): number {
  const found = node.attribute.find((attribute) => attribute.name === name);
  if (!found) throw new Error(`${node.opType} has no ${name}`);
  return found.f;
}
