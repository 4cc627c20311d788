import { fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type TensorProto,
  TensorProto_DataType,
  type TensorShapeProto_Dimension,
  type ValueInfoProto,
} from 'onnx-buf';
import type * as ort from 'onnxruntime-node';
import { UserError } from '../../../gen/base/errors.js';
import { constantTensor } from './constant.js';
import { readExternalData } from './external.js';
import { foreignFormat } from './foreign.js';
import { splitDynamic } from './normalise/dynamic.js';
import { splitFused } from './normalise/fused.js';
import { inlineFunctions } from './normalise/inline.js';
import { splitQuantised } from './normalise/qlinear.js';
import { unfoldQuant } from './normalise/quant.js';
import { raiseOpset } from './normalise/raise.js';
import { unfoldRecurrent } from './normalise/recurrent.js';
import { sortNodes } from './normalise/sort.js';
import { widenHalves } from './normalise/widen.js';
import { dequantisers, type Quantiser } from './quantisers.js';
import { typeName } from './value.js';

/** An input of a network: a dimension that the file leaves open is undefined, and so is a shape it does not give. */
export interface NetworkInput {
  readonly name: string;
  /** ONNX Runtime's name of the element type. */
  readonly type: ort.Tensor.Type;
  readonly shape?: readonly (number | undefined)[];
}

/**
 * A network read from an ONNX file, in a form that the rest can rely on: what was float16 is float32, nodes are in order,
 * functions are inlined, all data is in memory, operator set 9 or newer.
 */
export interface OnnxModel {
  /** What messages call it. */
  readonly name: string;
  readonly proto: ModelProto;
  readonly graph: GraphProto;
  /** Version of the default operator set. */
  readonly opset: number;
  /** Initialisers and Constant nodes. */
  readonly constants: ReadonlyMap<string, TensorProto>;
  readonly inputs: readonly NetworkInput[];
  readonly outputs: readonly string[];
  /** Tensors that the network itself rounds to integers of at most 8 bits. */
  readonly quantisers: ReadonlyMap<string, Quantiser>;
}

/**
 * @param bytes An ONNX file.
 * @param name What messages call it.
 * @param folder Where the file lies: weights that it keeps in other files are read from there.
 * @throws UserError for a file that is not ONNX, uses too old an operator set, lacks weights, or takes what is no tensor.
 */
export function readModel(bytes: Uint8Array, name: string, folder?: string): OnnxModel {
  const proto = parse(bytes, name);
  const { graph } = proto;
  if (!graph || graph.node.length === 0 || proto.opsetImport.length === 0) throw notOnnx(bytes, name);
  inlineFunctions(proto, graph, name);
  readExternalData(graph, name, folder);
  const opset = raiseOpset(proto, graph, name);
  splitFused(graph, name);
  splitQuantised(graph, opset);
  splitDynamic(graph, opset);
  widenHalves(graph, name);
  separateInitialisers(proto, graph);
  const quants = unfoldQuant(proto, graph, opset, name);
  unfoldRecurrent(graph, opset);
  sortNodes(graph);
  return {
    name,
    proto,
    graph,
    opset,
    constants: constantsOf(graph),
    inputs: graph.input.map((input) => inputOf(input, name)),
    outputs: graph.output.map((output) => output.name),
    quantisers: new Map([...dequantisers(graph), ...quants]),
  };
}

/** The file of a model, with its graph as it is now. */
export const writeModel = (proto: ModelProto): Uint8Array => toBinary(ModelProtoSchema, proto);

function parse(bytes: Uint8Array, name: string): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch {
    throw notOnnx(bytes, name);
  }
}

function notOnnx(bytes: Uint8Array, name: string): UserError {
  const what = foreignFormat(bytes);
  return new UserError(
    what === undefined ? `${name} is not an ONNX model, or is cut short` : `${name} is not an ONNX model but ${what}`,
  );
}

function constantsOf(graph: GraphProto): Map<string, TensorProto> {
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  for (const node of graph.node) {
    const tensor = constantTensor(node);
    if (tensor) constants.set(node.output[0] as string, tensor);
  }
  return constants;
}

/** Before version 4 of the format, initialisers had to be listed among the inputs. */
function separateInitialisers(proto: ModelProto, graph: GraphProto): void {
  const initialised = new Set(graph.initializer.map((tensor) => tensor.name));
  graph.input = graph.input.filter((input) => !initialised.has(input.name));
  if (proto.irVersion < 4n) proto.irVersion = 4n;
}

function inputOf(info: ValueInfoProto, name: string): NetworkInput {
  const type = info.type?.value;
  const element = type?.case === 'tensorType' ? typeName(type.value.elemType) : undefined;
  if (type?.case !== 'tensorType' || element === undefined || element === 'string') {
    const what = type?.case === 'tensorType' ? TensorProto_DataType[type.value.elemType] : (type?.case ?? 'nothing');
    throw new UserError(`${name}: input ${info.name} holds ${what}; tensors of numbers and of booleans can be given`);
  }
  const { shape } = type.value;
  return { name: info.name, type: element, ...(shape ? { shape: shape.dim.map(sizeOf) } : {}) };
}

function sizeOf({ value }: TensorShapeProto_Dimension): number | undefined {
  return value.case === 'dimValue' && value.value > 0n ? Number(value.value) : undefined;
}
