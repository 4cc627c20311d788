import { clone, create } from '@bufbuild/protobuf';
import { type GraphProto, ModelProtoSchema, ValueInfoProtoSchema } from 'onnx-buf';
import type * as ort from 'onnxruntime-node';
import { type OnnxModel, writeModel } from '../onnx/model.js';
import { constantTensors, findProducts } from '../onnx/products.js';
import { load } from '../onnx/session.js';
import { floatProto } from '../onnx/tensor.js';

/**
 * A network whose products read weights and biases from constants. ONNX Runtime computes once what nodes derive from
 * constants alone (transposed, reshaped, dequantised ...).
 */
export async function foldWeights(model: OnnxModel): Promise<OnnxModel> {
  const derived = constantTensors(model);
  const wanted = findProducts(model)
    .products.flatMap(({ node }) => node.input.slice(1))
    .filter((name) => derived.has(name) && name !== '' && !model.constants.has(name));
  if (wanted.length === 0) return model;
  const names = [...new Set(wanted)];
  const constants = new Map(model.constants);
  const proto = clone(ModelProtoSchema, model.proto);
  const graph = proto.graph as GraphProto;
  const values = await evaluate(model, names);
  graph.node = graph.node.filter((node) => !node.output.some((output) => names.includes(output)));
  for (const name of names) {
    const { dims, data } = values[name] as ort.Tensor;
    const tensor = floatProto(name, { shape: dims, data: Float32Array.from(data as Float32Array) });
    graph.initializer.push(tensor);
    constants.set(name, tensor);
  }
  return { ...model, proto, graph, constants };
}

/** Values of tensors that follow from constants, from a network cut down to what computes them. */
async function evaluate(model: OnnxModel, names: readonly string[]): Promise<Record<string, ort.Tensor>> {
  const constant = constantTensors(model);
  const proto = clone(ModelProtoSchema, model.proto);
  const graph = proto.graph as GraphProto;
  graph.input = [];
  graph.node = graph.node.filter((node) => node.output.every((output) => constant.has(output)));
  graph.output = names.map((name) => create(ValueInfoProtoSchema, { name }));
  const session = await load(writeModel(proto), model.name);
  try {
    return (await session.run({}, [...names])) as Record<string, ort.Tensor>;
  } finally {
    await session.release();
  }
}
