import { create } from '@bufbuild/protobuf';
import { type TensorProto, TensorProto_DataType, TensorProtoSchema } from 'onnx-buf';
import { UserError } from '../../../gen/base/errors.js';

/** A dense tensor of floats, row-major. */
export interface FloatTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export const elementCount = (shape: readonly number[]): number => shape.reduce((count, size) => count * size, 1);

/**
 * The elements of a float32, float16 or bfloat16 tensor.
 *
 * @throws UserError when it has another type, or holds another number of elements than its shape says.
 */
export function readFloats(tensor: TensorProto, name: string): FloatTensor {
  const shape = tensor.dims.map(Number);
  const data = floatsOf(tensor, name);
  if (data.length !== elementCount(shape)) {
    throw new UserError(
      `${name}: shape ${shape.join(' x ')} needs ${elementCount(shape)} elements, the file holds ${data.length}`,
    );
  }
  return { shape, data };
}

function floatsOf(tensor: TensorProto, name: string): Float32Array {
  const { dataType, rawData, floatData, int32Data } = tensor;
  // The bytes may lie unaligned in the file: only a copy can be viewed as numbers.
  const raw = new Uint8Array(rawData).buffer;
  if (dataType === TensorProto_DataType.FLOAT) {
    return rawData.length > 0 ? new Float32Array(raw) : Float32Array.from(floatData);
  }
  if (dataType === TensorProto_DataType.FLOAT16) {
    return Float32Array.from(rawData.length > 0 ? new Uint16Array(raw) : int32Data, halfToFloat);
  }
  if (dataType === TensorProto_DataType.BFLOAT16) {
    const bits = Uint32Array.from(rawData.length > 0 ? new Uint16Array(raw) : int32Data, (half) => half << 16);
    return new Float32Array(bits.buffer);
  }
  throw new UserError(
    `${name}: elements of type ${TensorProto_DataType[dataType] ?? dataType}; float32 and float16 can be quantised`,
  );
}

/** The number that the 16 bits of an IEEE binary16 stand for. */
export function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

export const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array<ArrayBuffer> =>
  new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);

/** A float32 tensor for a model. */
export function floatProto(name: string, { shape, data }: FloatTensor): TensorProto {
  return proto(name, TensorProto_DataType.FLOAT, shape, data);
}

/** A float64 tensor of one dimension for a model, or a scalar. */
export function doubleProto(name: string, values: number | readonly number[]): TensorProto {
  const shape = typeof values === 'number' ? [] : [values.length];
  return proto(name, TensorProto_DataType.DOUBLE, shape, Float64Array.from([values].flat()));
}

/** An int32 scalar for a model. */
export function int32Proto(name: string, value: number): TensorProto {
  return proto(name, TensorProto_DataType.INT32, [], Int32Array.of(value));
}

/** An int64 tensor of one dimension for a model. */
export function int64Proto(
  name: string,
  values: readonly number[],
  shape: readonly number[] = [values.length],
): TensorProto {
  return proto(name, TensorProto_DataType.INT64, shape, BigInt64Array.from(values, BigInt));
}

function proto(
  name: string,
  dataType: TensorProto_DataType,
  shape: readonly number[],
  data: ArrayBufferView,
): TensorProto {
  return create(TensorProtoSchema, { name, dataType, dims: shape.map(BigInt), rawData: bytesOf(data) });
}
