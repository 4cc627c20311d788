import { fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  type TensorProto,
  TensorProto_DataLocation,
  TensorProto_DataType,
  type ValueInfoProto,
} from 'onnx-buf';
import { UserError } from '../../../gen/base/errors.js';
import { floatProto, readFloats } from './tensor.js';

/** An input of a network: a dimension that the file leaves open is undefined. */
export interface NetworkInput {
  readonly name: string;
  readonly shape: readonly (number | undefined)[];
}

/** A network read from an ONNX file; what was float16 is float32. */
export interface OnnxModel {
  /** What messages call it. */
  readonly name: string;
  readonly proto: ModelProto;
  readonly graph: GraphProto;
  /** Version of the default operator set. */
  readonly opset: number;
  /** Initialisers and Constant nodes. */
  readonly constants: ReadonlyMap<string, TensorProto>;
  readonly input: NetworkInput;
  readonly outputs: readonly string[];
}

/** The oldest operator set whose operators the quantised model can be made of. */
const OLDEST_OPSET = 9;

/**
 * @param bytes An ONNX file.
 * @param name What messages call it.
 * @throws UserError for a file that is not ONNX, keeps weights in other files, uses too old an operator set, or has not
 *   exactly one input, of floats.
 */
export function readModel(bytes: Uint8Array, name: string): OnnxModel {
  const proto = parse(bytes, name);
  const { graph } = proto;
  const opset = Number(proto.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 0n);
  if (!graph || graph.node.length === 0 || opset === 0) throw new UserError(`${name} is not an ONNX model`);
  if (opset < OLDEST_OPSET) {
    throw new UserError(
      `${name} uses operator set ${opset}; ${OLDEST_OPSET} is the oldest supported (onnx.version_converter can raise it)`,
    );
  }
  refuseExternalData(graph, name);
  widenHalves(graph, name);
  separateInitialisers(proto, graph);
  const constants = constantsOf(graph);
  return {
    name,
    proto,
    graph,
    opset,
    constants,
    input: onlyInput(graph, name),
    outputs: graph.output.map((output) => output.name),
  };
}

/** The file of a model, with its graph as it is now. */
export const writeModel = (proto: ModelProto): Uint8Array => toBinary(ModelProtoSchema, proto);

function parse(bytes: Uint8Array, name: string): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch {
    throw new UserError(`${name} is not an ONNX model`);
  }
}

/** The value of a Constant node, where it is a tensor. */
export const constantTensor = ({ opType, attribute }: NodeProto): TensorProto | undefined =>
  opType === 'Constant' ? attribute.find((item) => item.name === 'value')?.t : undefined;

function* tensorsOf(graph: GraphProto): Generator<readonly [string, TensorProto]> {
  for (const tensor of graph.initializer) yield [tensor.name, tensor];
  for (const node of graph.node) {
    for (const { t } of node.attribute) if (t) yield [node.output[0] ?? node.name, t];
  }
}

function constantsOf(graph: GraphProto): Map<string, TensorProto> {
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  for (const node of graph.node) {
    const tensor = constantTensor(node);
    if (tensor) constants.set(node.output[0] as string, tensor);
  }
  return constants;
}

function refuseExternalData(graph: GraphProto, name: string): void {
  for (const [tensorName, tensor] of tensorsOf(graph)) {
    if (tensor.dataLocation === TensorProto_DataLocation.EXTERNAL || tensor.externalData.length > 0) {
      throw new UserError(
        `${name}: the data of ${tensorName} is in another file; save the model as one file (onnx.save_model with save_as_external_data=False)`,
      );
    }
  }
}

/** Everything that is float16 becomes float32, which holds the same numbers: weights, inputs, outputs, casts. */
function widenHalves(graph: GraphProto, name: string): void {
  const { FLOAT, FLOAT16 } = TensorProto_DataType;
  for (const [tensorName, tensor] of tensorsOf(graph)) {
    if (tensor.dataType !== FLOAT16) continue;
    const { dataType, rawData } = floatProto('', readFloats(tensor, `${name}: ${tensorName}`));
    Object.assign(tensor, { dataType, rawData, int32Data: [] });
  }
  for (const { opType, attribute } of graph.node) {
    const to = opType === 'Cast' ? attribute.find((item) => item.name === 'to') : undefined;
    if (to && Number(to.i) === FLOAT16) to.i = BigInt(FLOAT);
  }
  for (const info of [...graph.input, ...graph.output, ...graph.valueInfo]) {
    const type = info.type?.value;
    if (type?.case === 'tensorType' && type.value.elemType === FLOAT16) type.value.elemType = FLOAT;
  }
}

/** Before version 4 of the format, initialisers had to be listed among the inputs. */
function separateInitialisers(proto: ModelProto, graph: GraphProto): void {
  const initialised = new Set(graph.initializer.map((tensor) => tensor.name));
  graph.input = graph.input.filter((input) => !initialised.has(input.name));
  if (proto.irVersion < 4n) proto.irVersion = 4n;
}

function onlyInput(graph: GraphProto, name: string): NetworkInput {
  const [input] = graph.input;
  if (!input || graph.input.length > 1) {
    throw new UserError(
      `${name} has ${graph.input.length} inputs (${graph.input.map((each) => each.name).join(', ')}); networks with one are supported`,
    );
  }
  const type = input.type?.value;
  if (type?.case !== 'tensorType' || type.value.elemType !== TensorProto_DataType.FLOAT) {
    throw new UserError(`${name}: input ${input.name} does not hold floats`);
  }
  return { name: input.name, shape: dimensions(input) };
}

function dimensions({ type }: ValueInfoProto): (number | undefined)[] {
  if (type?.value.case !== 'tensorType') return [];
  return (type.value.value.shape?.dim ?? []).map(({ value }) =>
    value.case === 'dimValue' && value.value > 0n ? Number(value.value) : undefined,
  );
}
