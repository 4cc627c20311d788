import { clone } from '@bufbuild/protobuf';
import { type GraphProto, ModelProtoSchema, type NodeProto, type TensorProto, TensorProto_DataType } from 'onnx-buf';
import { makeNode } from './make.js';
import type { OnnxModel } from './model.js';
import { needed } from './nodes.js';
import { floatProto } from './tensor.js';

const { FLOAT } = TensorProto_DataType;

/** A network whose products read what DynamicQuantizeLinear rounds as it was before. */
function withoutDynamicRounding(model: OnnxModel): OnnxModel {
  const proto = clone(ModelProtoSchema, model.proto);
  const graph = proto.graph as GraphProto;
  const sources = new Map(
    graph.node.flatMap(({ opType, input, output }) =>
      opType === 'DynamicQuantizeLinear' ? [[output[0] as string, input[0] as string] as const] : [],
    ),
  );
  graph.node = graph.node.map((node) => {
    const source = node.opType === 'DequantizeLinear' ? sources.get(node.input[0] ?? '') : undefined;
    return source === undefined ? node : makeNode('Identity', [source], node.output[0] as string);
  });
  graph.node = needed(graph.node, model.outputs);
  return { ...model, proto, graph };
}

/**
 * A network that does not round activations: what QuantizeLinear and DequantizeLinear or Quant round is clipped to the
 * same ends, which may be all that is left of an activation function. Weights stay as they are.
 */
export function withoutRounding(rounding: OnnxModel): OnnxModel {
  const model = withoutDynamicRounding(rounding);
  const { quantisers, constants } = model;
  const proto = clone(ModelProtoSchema, model.proto);
  const graph = proto.graph as GraphProto;
  const isOne = (name: string): boolean =>
    name === '' || [...(constants.get(name)?.dims ?? [0n])].every((size) => size === 1n);
  const added: TensorProto[] = [];
  graph.node = graph.node.flatMap((node) => {
    const output = node.output[0] as string;
    const quantiser = quantisers.get(output);
    if (!quantiser || quantiser.source === undefined || constants.has(quantiser.source)) return [node];
    const { scale, zero, along, least, greatest, source } = quantiser;
    if (along && !(isOne(scale) && isOne(zero))) return [node];
    const at = (step: string): string => `${output}__${step}`;
    const number = (name: string, value: number): string => {
      added.push(floatProto(at(name), { shape: [], data: Float32Array.of(value) }));
      return at(name);
    };
    const end = (name: string, integer: number): NodeProto[] => [
      makeNode(
        'Sub',
        [number(`${name}_integer`, integer), zero === '' ? number(`${name}_zero`, 0) : at('zero_number')],
        at(`${name}_steps`),
      ),
      makeNode('Mul', [at(`${name}_steps`), scale], at(`${name}_end`)),
    ];
    return [
      ...(zero === '' ? [] : [makeNode('Cast', [zero], at('zero_number'), { to: FLOAT })]),
      ...end('least', least),
      ...end('greatest', greatest),
      makeNode('Max', [source, at('least_end')], at('raised')),
      makeNode('Min', [at('raised'), at('greatest_end')], output),
    ];
  });
  graph.node = needed(graph.node, model.outputs);
  graph.initializer.push(...added);
  const own = new Map([...constants, ...added.map((tensor) => [tensor.name, tensor] as const)]);
  return { ...model, proto, graph, constants: own, quantisers: new Map() };
}
