import { TensorProto_DataType } from 'onnx-buf';
import type * as ort from 'onnxruntime-node';
import { UserError } from '../../../gen/base/errors.js';
import { elementCount, type FloatTensor, halfToFloat } from './tensor.js';

type Data = ort.Tensor.DataType;

/** A tensor of any element type as it goes into a network or comes out of it. */
export interface Value {
  /** ONNX Runtime's name of the element type. */
  readonly type: ort.Tensor.Type;
  readonly shape: readonly number[];
  readonly data: Data;
}

/** Tensors by name. */
export type Values = ReadonlyMap<string, Value>;

const { FLOAT, DOUBLE, INT64, UINT64, INT32, UINT32, INT16, UINT16, INT8, UINT8, BOOL, STRING, FLOAT16 } =
  TensorProto_DataType;

/** Names of element types in ONNX Runtime, and in a file. */
const TYPES: readonly (readonly [TensorProto_DataType, ort.Tensor.Type])[] = [
  [FLOAT, 'float32'],
  [DOUBLE, 'float64'],
  [INT64, 'int64'],
  [UINT64, 'uint64'],
  [INT32, 'int32'],
  [UINT32, 'uint32'],
  [INT16, 'int16'],
  [UINT16, 'uint16'],
  [INT8, 'int8'],
  [UINT8, 'uint8'],
  [BOOL, 'bool'],
  [STRING, 'string'],
  [FLOAT16, 'float16'],
];
const NAMES = new Map(TYPES);
const NUMBERS = new Map(TYPES.map(([number, name]) => [name, number]));

/** ONNX Runtime's name of a file's element type; undefined for types that it does not hand over. */
export const typeName = (type: TensorProto_DataType): ort.Tensor.Type | undefined => NAMES.get(type);

/** A file's number of an element type. */
export const typeNumber = (type: ort.Tensor.Type): TensorProto_DataType | undefined => NUMBERS.get(type);

export const floatValue = ({ shape, data }: FloatTensor): Value => ({ type: 'float32', shape, data });

/** @throws UserError when the value does not hold float32. */
export function floatsOf(value: Value | undefined, name: string): FloatTensor {
  if (!value) throw new Error(`nothing has computed ${name}`);
  const { type, shape, data } = value;
  if (type !== 'float32') throw new UserError(`tensor ${name} holds ${type}, not floats`);
  return { shape, data: data as Float32Array };
}

/** Whether a value's elements are numbers with fractions. */
export const isFloating = ({ type }: Value): boolean => type === 'float32' || type === 'float64' || type === 'float16';

/** The elements as numbers; undefined for texts. */
export function numbersOf({ type, data }: Value): Float64Array | undefined {
  if (type === 'string') return undefined;
  if (type === 'float16') return Float64Array.from(data as Uint16Array, halfToFloat);
  return Float64Array.from(data as ArrayLike<number | bigint>, Number);
}

/** Whether two values are equal bit for bit: types, shapes, and all elements. */
export function sameValue(a: Value, b: Value): boolean {
  const alike =
    a.type === b.type && a.shape.length === b.shape.length && a.shape.every((size, i) => size === b.shape[i]);
  if (!alike || a.data.length !== b.data.length) return false;
  for (let i = 0; i < a.data.length; i++) if (!Object.is(a.data[i], b.data[i])) return false;
  return true;
}

/** Part of a value along its first dimension. */
export function slice({ type, shape: [, ...rest], data }: Value, first: number, count: number): Value {
  const size = elementCount(rest);
  return { type, shape: [count, ...rest], data: data.slice(first * size, (first + count) * size) as Data };
}

/** Typed arrays by element type. */
const ARRAYS = {
  float64: Float64Array,
  float32: Float32Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;

/** Numbers as elements of a type; undefined where an element is not one of the type's. */
export function elements(numbers: ArrayLike<number | bigint>, type: ort.Tensor.Type): Data | number {
  if (type === 'int64' || type === 'uint64') {
    const wrong = Array.prototype.findIndex.call(
      numbers,
      (value: number | bigint) => typeof value === 'number' && !Number.isInteger(value),
    );
    if (wrong >= 0) return wrong;
    const to = type === 'int64' ? new BigInt64Array(numbers.length) : new BigUint64Array(numbers.length);
    for (let i = 0; i < numbers.length; i++) to[i] = BigInt(numbers[i] as number);
    return to;
  }
  if (!(type in ARRAYS)) throw new UserError(`elements of type ${type} cannot be given in a .npy file`);
  const to = new ARRAYS[type as keyof typeof ARRAYS](numbers.length);
  const whole = type !== 'float32' && type !== 'float64';
  for (let i = 0; i < numbers.length; i++) {
    const value = Number(numbers[i]);
    to[i] = value;
    if (whole ? to[i] !== value : !Number.isFinite(to[i]) && Number.isFinite(value)) return i;
  }
  return to;
}

/** Values of the same type and shape behind each other along a new first dimension. */
export function stack(values: readonly Value[]): Value {
  const [{ type, shape, data: first }] = values as [Value, ...Value[]];
  if (type === 'string') {
    return { type, shape: [values.length, ...shape], data: values.flatMap((value) => value.data as string[]) };
  }
  const data = new (first.constructor as Float32ArrayConstructor)(first.length * values.length);
  for (const [i, value] of values.entries()) data.set(value.data as Float32Array, i * first.length);
  return { type, shape: [values.length, ...shape], data };
}
