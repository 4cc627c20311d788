import { clone, create } from '@bufbuild/protobuf';
import { type GraphProto, ModelProtoSchema, TensorProto_DataType, TensorProtoSchema } from 'onnx-buf';
import { makeNode } from './make.js';
import type { OnnxModel } from './model.js';
import { floatProto } from './tensor.js';

/** A step and a zero point with which numbers of about unit size lie on a grid of bytes. */
const [STEP, ZERO] = [1 / 32, 128];

/**
 * A network that rounds by one scale where DynamicQuantizeLinear takes a scale from all of a tensor: its results are
 * others, but no row depends on others by the scale. Undefined for a network without that operator.
 */
export function withStaticRounding(model: OnnxModel): OnnxModel | undefined {
  const proto = clone(ModelProtoSchema, model.proto);
  const graph = proto.graph as GraphProto;
  const dynamic = graph.node.filter(({ opType }) => opType === 'DynamicQuantizeLinear');
  if (dynamic.length === 0) return undefined;
  const [step, zero] = ['static rounding: step', 'static rounding: zero'];
  graph.initializer.push(
    floatProto(step, { shape: [], data: Float32Array.of(STEP) }),
    create(TensorProtoSchema, { name: zero, dataType: TensorProto_DataType.UINT8, rawData: Uint8Array.of(ZERO) }),
  );
  graph.node = graph.node.flatMap((node) => {
    if (!dynamic.includes(node)) return [node];
    const [codes = '', scale = '', offset = ''] = node.output;
    return [
      makeNode('QuantizeLinear', [node.input[0] as string, step, zero], codes),
      ...(scale === '' ? [] : [makeNode('Identity', [step], scale)]),
      ...(offset === '' ? [] : [makeNode('Identity', [zero], offset)]),
    ];
  });
  return { ...model, proto, graph };
}
