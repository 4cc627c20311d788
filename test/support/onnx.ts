import { create } from '@bufbuild/protobuf';
import {
  GraphProtoSchema,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  TensorProto_DataType,
  TensorProtoSchema,
  type ValueInfoProto,
} from 'onnx-buf';
import { randomSource } from '../../gen/golden/vectors.js';
import {
  type Attributes,
  type AttributeValue,
  makeModel,
  makeNode,
  valueInfo,
} from '../../scripts/network/onnx/make.js';
import { type OnnxModel, readModel, writeModel } from '../../scripts/network/onnx/model.js';
import { elementCount, type FloatTensor, floatProto, int64Proto } from '../../scripts/network/onnx/tensor.js';
import { floatsOf, floatValue, type Values } from '../../scripts/network/onnx/value.js';

/** A node with one output and, as ONNX allows, no name of its own. */
export function node(opType: string, input: readonly string[], output: string, attributes?: Attributes): NodeProto {
  return Object.assign(makeNode(opType, input, output, attributes), { name: '' });
}

export { type AttributeValue, int64Proto, valueInfo };

export const tensor = (shape: readonly number[], data: ArrayLike<number>): FloatTensor => ({
  shape,
  data: Float32Array.from(data),
});

/** Seeded reals of about unit size. */
export function randomTensor(shape: readonly number[], seed: number): FloatTensor {
  const random = randomSource(seed);
  const unit = (): number => (random.bits32() + 0.5) / 2 ** 32;
  const normal = (): number => Math.sqrt(-2 * Math.log(unit())) * Math.cos(2 * Math.PI * unit());
  return { shape, data: Float32Array.from({ length: elementCount(shape) }, normal) };
}

/** Seeded whole numbers from -limit to limit, as floats. */
export function integerTensor(shape: readonly number[], seed: number, limit = 7): FloatTensor {
  const random = randomSource(seed);
  return {
    shape,
    data: Float32Array.from({ length: elementCount(shape) }, () => random.below(2 * limit + 1) - limit),
  };
}

/** A float16 tensor by the bits of its elements, in either of the two fields that files use. */
export const halfProto = (
  name: string,
  shape: readonly number[],
  bits: ArrayLike<number>,
  field: 'rawData' | 'int32Data' = 'rawData',
): TensorProto =>
  create(TensorProtoSchema, {
    name,
    dataType: TensorProto_DataType.FLOAT16,
    dims: shape.map(BigInt),
    ...(field === 'rawData'
      ? { rawData: new Uint8Array(Uint16Array.from(bits).buffer) }
      : { int32Data: Array.from(bits) }),
  });

/** A graph that a node runs, as an attribute of it. */
export const subgraph = (
  nodes: readonly NodeProto[],
  input: readonly ValueInfoProto[] = [],
  outputs: readonly string[] = [nodes.at(-1)?.output[0] as string],
): AttributeValue => ({
  graph: create(GraphProtoSchema, {
    name: 'inner',
    node: [...nodes],
    input: [...input],
    output: outputs.map((name) => valueInfo(name)),
  }),
});

/** A branch of an If. */
export const branch = (...nodes: readonly NodeProto[]): AttributeValue => subgraph(nodes);

export interface GraphParts {
  readonly nodes: readonly NodeProto[];
  /** Initialisers by name. */
  readonly constants?: Readonly<Record<string, FloatTensor | TensorProto>>;
  /** Shape of the input `x`, or all inputs. */
  readonly input: readonly (number | string)[] | readonly ValueInfoProto[];
  /** The output of the last node unless given. */
  readonly outputs?: readonly string[];
  readonly opset?: number;
  readonly irVersion?: number;
}

const isInfo = (item: number | string | ValueInfoProto | undefined): item is ValueInfoProto => typeof item === 'object';

export function modelProto({
  nodes,
  constants = {},
  input,
  outputs,
  opset = 13,
  irVersion = 8,
}: GraphParts): ModelProto {
  const last = nodes.at(-1)?.output[0] as string;
  const inputs = isInfo(input[0]) ? (input as readonly ValueInfoProto[]) : [valueInfo('x', input as readonly number[])];
  return makeModel({
    nodes,
    constants: Object.entries(constants).map(([name, value]) =>
      '$typeName' in value ? { ...value, name } : floatProto(name, value),
    ),
    inputs,
    outputs: outputs ?? [last],
    opset,
    irVersion,
  });
}

export const modelBytes = (parts: GraphParts): Uint8Array => writeModel(modelProto(parts));

/** The model as reading its file gives it. */
export const modelOf = (parts: GraphParts, name = 'tiny.onnx'): OnnxModel => readModel(modelBytes(parts), name);

/** What a model's only input takes. */
export const feedsOf = ({ inputs }: OnnxModel, input: FloatTensor): Values =>
  new Map([[only(inputs).name, floatValue(input)]]);

/** A value that holds floats. */
export const floats = (values: Values, name: string): FloatTensor => floatsOf(values.get(name), name);

/** The one item of a list. */
export const only = <T>(items: readonly T[]): T => {
  if (items.length !== 1) throw new Error(`${items.length} items instead of 1`);
  return items[0] as T;
};

/** An integer tensor of up to 32 bits for a model. */
export function integerProto(
  dataType:
    | TensorProto_DataType.INT8
    | TensorProto_DataType.UINT8
    | TensorProto_DataType.INT32
    | TensorProto_DataType.INT4,
  shape: readonly number[],
  values: readonly number[],
): TensorProto {
  const { INT8, INT32, INT4 } = TensorProto_DataType;
  const packed = (): Uint8Array<ArrayBuffer> =>
    Uint8Array.from(
      { length: Math.ceil(values.length / 2) },
      (_, i) => ((values[2 * i] as number) & 15) | (((values[2 * i + 1] ?? 0) & 15) << 4),
    );
  const rawData =
    dataType === INT4
      ? packed()
      : dataType === INT32
        ? new Uint8Array(Int32Array.from(values).buffer)
        : new Uint8Array((dataType === INT8 ? Int8Array : Uint8Array).from(values).buffer as ArrayBuffer);
  return create(TensorProtoSchema, { dataType, dims: shape.map(BigInt), rawData });
}

/** Ten classes of 28 x 28 images. */
export const TINY: GraphParts = {
  input: ['n', 1, 28, 28],
  nodes: [
    node('Conv', ['x', 'filters', 'bias'], 'conv', { kernel_shape: [5, 5], strides: [3, 3], pads: [2, 2, 2, 2] }),
    node('Relu', ['conv'], 'features'),
    node('GlobalAveragePool', ['features'], 'mean'),
    node('Flatten', ['mean'], 'flat'),
    node('Gemm', ['flat', 'w', 'b'], 'scores', { transB: 1 }),
  ],
  constants: {
    ...{ filters: randomTensor([6, 1, 5, 5], 1), bias: randomTensor([6], 2) },
    ...{ w: randomTensor([10, 6], 3), b: randomTensor([10], 4) },
  },
};
