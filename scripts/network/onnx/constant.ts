import type { NodeProto, TensorProto } from 'onnx-buf';

/** The value of a Constant node, where it is a tensor. */
export const constantTensor = ({ opType, attribute }: NodeProto): TensorProto | undefined =>
  opType === 'Constant' ? attribute.find((item) => item.name === 'value')?.t : undefined;
