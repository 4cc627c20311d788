import { type GraphProto, type NodeProto, TensorProto_DataType } from 'onnx-buf';
import { tensorsOf } from '../external.js';
import { allNodes, subgraphs } from '../nodes.js';
import { floatProto, readFloats } from '../tensor.js';

const { FLOAT, FLOAT16, BFLOAT16 } = TensorProto_DataType;
const isHalf = (type: number): boolean => type === FLOAT16 || type === BFLOAT16;

/** Attributes by which nodes name the element type of what they make. */
const TYPE_ATTRIBUTES: ReadonlySet<string> = new Set(['to', 'dtype', 'output_dtype']);

/** Everything that is float16 or bfloat16 becomes float32, which holds the same numbers: weights, inputs, outputs, casts. */
export function widenHalves(graph: GraphProto, name: string): void {
  for (const [title, tensor] of tensorsOf(graph)) {
    if (!isHalf(tensor.dataType)) continue;
    const { dataType, rawData } = floatProto('', readFloats(tensor, `${name}: ${title}`));
    Object.assign(tensor, { dataType, rawData, int32Data: [] });
  }
  for (const node of allNodes(graph)) widenAttributes(node);
  for (const each of [graph, ...[...allNodes(graph)].flatMap(subgraphs)]) widenInfos(each);
}

function widenAttributes({ attribute }: NodeProto): void {
  for (const item of attribute) {
    if (TYPE_ATTRIBUTES.has(item.name) && isHalf(Number(item.i))) item.i = BigInt(FLOAT);
  }
}

function widenInfos({ input, output, valueInfo }: GraphProto): void {
  for (const info of [...input, ...output, ...valueInfo]) {
    const type = info.type?.value;
    if (type?.case === 'tensorType' && isHalf(type.value.elemType)) type.value.elemType = FLOAT;
  }
}
