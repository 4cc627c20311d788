import { create } from '@bufbuild/protobuf';
import { type GraphProto, type ModelProto, type NodeProto, TensorProto_DataType, TensorProtoSchema } from 'onnx-buf';
import { UserError } from '../../../../gen/base/errors.js';
import { allNodes, integerOf, realsOf } from '../nodes.js';

/** The oldest operator set that can be raised, and the one whose operators the quantised model is made of. */
const [OLDEST, WANTED] = [7, 9];

/**
 * Raises a model of operator set 7 or 8 to 9. Between these only few operators changed in more than the types they take.
 *
 * @throws UserError for older sets, and for operators of which set 9 has no equal.
 */
export function raiseOpset(proto: ModelProto, graph: GraphProto, name: string): number {
  const own = proto.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx');
  const opset = Number(own?.version ?? 0n);
  if (!own || opset >= WANTED) return opset;
  const refuse = (what: string): never => {
    throw new UserError(
      `${name} uses operator set ${opset}${what}; ${OLDEST} is the oldest supported (onnx.version_converter can raise it)`,
    );
  };
  if (opset < OLDEST) refuse('');
  for (const node of allNodes(graph)) {
    if (node.opType === 'BatchNormalization') {
      if (integerOf(node, 'spatial', 1) === 0) refuse(` and ${node.opType} with statistics per place (spatial = 0)`);
      node.attribute = node.attribute.filter((item) => item.name !== 'spatial');
    } else if (node.opType === 'Upsample') scalesAsInput(node, graph);
    else if (node.opType === 'Scan') refuse(` and ${node.opType}`);
  }
  own.version = BigInt(WANTED);
  return WANTED;
}

/** Upsample has its scales as an attribute in set 7, as an input in set 9. */
function scalesAsInput(node: NodeProto, graph: GraphProto): void {
  const scales = realsOf(node, 'scales');
  const name = `${node.output[0]}__scales`;
  const tensor = create(TensorProtoSchema, {
    name,
    dataType: TensorProto_DataType.FLOAT,
    dims: [BigInt(scales.length)],
    floatData: [...scales],
  });
  graph.initializer.push(tensor);
  node.input.push(name);
  node.attribute = node.attribute.filter((item) => item.name !== 'scales');
}
