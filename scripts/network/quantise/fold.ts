import { clone, create } from '@bufbuild/protobuf';
import { type GraphProto, ModelProtoSchema, type NodeProto, TensorProto_DataType, TensorProtoSchema } from 'onnx-buf';
import { valueInfo } from '../onnx/make.js';
import { type OnnxModel, readModel, writeModel } from '../onnx/model.js';
import { needed } from '../onnx/nodes.js';
import { load, runSession } from '../onnx/session.js';
import { typeNumber, type Values } from '../onnx/value.js';
import { constantTensors, findProducts } from '../products/find.js';

/** Operators that step over a sequence with products of constant weights. */
const RECURRENT: ReadonlySet<string> = new Set(['GRU', 'LSTM', 'RNN']);

/**
 * A network whose products read weights and biases from constants. ONNX Runtime computes once what nodes derive from
 * constants alone (transposed, reshaped, dequantised ...).
 */
export async function foldWeights(model: OnnxModel): Promise<OnnxModel> {
  const unfolded = await foldRecurrent(model);
  return folded(
    unfolded,
    findProducts(unfolded).products.flatMap(({ node }) => node.input),
  );
}

/** The same for LSTM, GRU and RNN, which are then read anew: with constants they become products. */
async function foldRecurrent(model: OnnxModel): Promise<OnnxModel> {
  const weights = model.graph.node.flatMap(({ opType, input }) => (RECURRENT.has(opType) ? input.slice(1, 4) : []));
  const constant = await folded(model, weights);
  return constant === model ? model : { ...readModel(writeModel(constant.proto), model.name), inputs: model.inputs };
}

/** A network in which tensors that follow from constants are constants. */
async function folded(model: OnnxModel, tensors: readonly string[]): Promise<OnnxModel> {
  const derived = constantTensors(model);
  const wanted = tensors.filter((name) => derived.has(name) && name !== '' && !model.constants.has(name));
  if (wanted.length === 0) return model;
  const names = [...new Set(wanted)];
  const constants = new Map(model.constants);
  const proto = clone(ModelProtoSchema, model.proto);
  const graph = proto.graph as GraphProto;
  const values = await evaluate(model, names);
  graph.node = graph.node.filter((node) => !node.output.some((output) => names.includes(output)));
  for (const name of names) {
    const { type, shape, data } = values.get(name) as NonNullable<ReturnType<Values['get']>>;
    const view = data as Float32Array;
    const bytes = new Uint8Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) as ArrayBuffer);
    const dataType = typeNumber(type);
    const tensor = create(TensorProtoSchema, {
      name,
      dataType: dataType ?? 0,
      dims: shape.map(BigInt),
      rawData: bytes,
    });
    graph.initializer.push(tensor);
    constants.set(name, tensor);
  }
  return { ...model, proto, graph, constants };
}

/** What stands in a network besides its constants while some of it is computed. */
export interface Evaluation {
  /** Nodes that are computed, too. */
  readonly extra?: readonly NodeProto[];
  /** Tensors that have these values instead of what the network makes them. */
  readonly given?: Values;
}

/** Values of tensors that follow from constants, from a network cut down to what computes them. */
export async function evaluate(
  model: OnnxModel,
  names: readonly string[],
  { extra = [], given = new Map() }: Evaluation = {},
): Promise<Values> {
  const constant = constantTensors(model);
  const proto = clone(ModelProtoSchema, model.proto);
  const graph = proto.graph as GraphProto;
  const computed = graph.node.filter(
    ({ output }) => output.every((each) => constant.has(each)) && !output.some((each) => given.has(each)),
  );
  graph.node = needed([...computed, ...extra], names);
  graph.input = [...given.keys()].map((name) => valueInfo(name, undefined, TensorProto_DataType.FLOAT));
  graph.output = names.map((name) => valueInfo(name));
  const session = await load(writeModel(proto), model.name);
  try {
    return await runSession(session, given, names, model.name);
  } finally {
    await session.release();
  }
}
