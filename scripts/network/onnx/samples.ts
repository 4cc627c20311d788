import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { UserError } from '../../../gen/base/errors.js';
import { type NpyLayout, npyLayout } from '../../../gen/base/npy.js';
import { readArchive } from './npz.js';
import { elementCount, type FloatTensor, halfToFloat } from './tensor.js';
import { floatValue, slice, type Value } from './value.js';

/** One array of samples, read a part at a time. */
export interface SampleArray {
  /** What messages call it. */
  readonly name: string;
  /** The input it is for; where there is none, the network's only one. */
  readonly input?: string;
  /** count x the shape of one sample. */
  readonly shape: readonly number[];
  /** Part of the array along its first dimension. */
  read(first: number, count: number): Value;
}

/** What goes into a network: an array for each of its inputs. */
export interface Samples {
  /** What messages call them. */
  readonly name: string;
  readonly arrays: readonly SampleArray[];
}

/** Where bytes of an array are. */
interface Source {
  readonly size: number;
  read(position: number, length: number): Buffer;
}

const HEADER_BYTES = 2 ** 16;

/**
 * Samples in files: a `.npy` file for the only input, or `input=file.npy` for each, or a `.npz` file with an array per
 * input. `.npy` files are read in parts, so they may be larger than memory.
 *
 * @throws UserError for files that are no such files, hold no sample, or are cut short.
 */
export function openSamples(texts: readonly string[]): Samples {
  const arrays = texts.flatMap((text) => {
    const [, input, file = text] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    if (!file.endsWith('.npz')) return [openArray(fileSource(file), file, input)];
    return readArchive(wholeFile(file), file).map(({ name, bytes }) => {
      const title = name.replace(/\.npy$/, '');
      return openArray(bytesSource(bytes), `${file}, array ${title}`, title);
    });
  });
  return { name: texts.join(', '), arrays };
}

function openArray(source: Source, name: string, input: string | undefined): SampleArray {
  const layout = npyLayout(source.read(0, HEADER_BYTES), name);
  const { shape, elementBytes, dataOffset } = layout;
  const [count, ...rest] = shape;
  if (count === undefined || elementCount(shape) === 0) {
    throw new UserError(`${name} holds no samples: shape (${shape.join(', ')})`);
  }
  const size = elementCount(rest) * elementBytes;
  if (source.size < dataOffset + count * size) {
    throw new UserError(`${name} is cut short: ${source.size} bytes of ${dataOffset + count * size}`);
  }
  return {
    name,
    ...(input === undefined ? {} : { input }),
    shape,
    read: (first, many) => {
      const value = decode(source.read(dataOffset + first * size, many * size), layout, [many, ...rest]);
      requireFinite(value, name, first);
      return value;
    },
  };
}

function requireFinite({ type, shape: [, ...rest], data }: Value, name: string, first: number): void {
  if (type !== 'float32' && type !== 'float64') return;
  const bad = (data as Float64Array).findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  const sample = first + Math.floor(bad / elementCount(rest));
  throw new UserError(`${name}: sample ${sample} holds ${data[bad]}; every element must be finite`);
}

const bytesSource = (bytes: Buffer): Source => ({
  size: bytes.length,
  read: (position, length) => Buffer.from(bytes.subarray(position, position + length)),
});

function fileSource(file: string): Source {
  const handle = openFile(file);
  process.once('exit', () => closeSync(handle));
  if (!fstatSync(handle).isFile()) throw new UserError(`${file} is not a file`);
  return {
    size: fstatSync(handle).size,
    read: (position, length) => {
      const bytes = Buffer.alloc(length);
      let filled = 0;
      while (filled < length) {
        const read = readSync(handle, bytes, filled, length - filled, position + filled);
        if (read === 0) break;
        filled += read;
      }
      return bytes.subarray(0, filled);
    },
  };
}

const openFile = (file: string): number => attempt(file, () => openSync(file, 'r'));
const wholeFile = (file: string): Buffer => attempt(file, () => readFileSync(file));

function attempt<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new UserError(`cannot read ${file}: ${(error as Error).message}`);
  }
}

/** Integers of more than one byte as typed arrays, by kind and size. */
const INTEGERS = {
  i2: ['int16', Int16Array],
  u2: ['uint16', Uint16Array],
  i4: ['int32', Int32Array],
  u4: ['uint32', Uint32Array],
  i8: ['int64', BigInt64Array],
  u8: ['uint64', BigUint64Array],
} as const;

function decode(bytes: Buffer, { kind, elementBytes, bigEndian }: NpyLayout, shape: readonly number[]): Value {
  if (bigEndian) {
    if (elementBytes === 2) bytes.swap16();
    else if (elementBytes === 4) bytes.swap32();
    else if (elementBytes === 8) bytes.swap64();
  }
  const raw = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
  if (kind === 'f') {
    if (elementBytes === 8) return { type: 'float64', shape, data: new Float64Array(raw) };
    const data = elementBytes === 2 ? Float32Array.from(new Uint16Array(raw), halfToFloat) : new Float32Array(raw);
    return { type: 'float32', shape, data };
  }
  if (kind === 'b') return { type: 'bool', shape, data: new Uint8Array(raw) };
  if (elementBytes === 1) {
    return kind === 'i'
      ? { type: 'int8', shape, data: new Int8Array(raw) }
      : { type: 'uint8', shape, data: new Uint8Array(raw) };
  }
  const [type, array] = INTEGERS[`${kind}${elementBytes}` as keyof typeof INTEGERS];
  return { type, shape, data: new array(raw) };
}

/** Samples that are in memory already, for the only input or for the inputs named. */
export function samplesOf(name: string, values: FloatTensor | Readonly<Record<string, Value>>): Samples {
  const array = (value: Value, input?: string): SampleArray => ({
    name: input === undefined ? name : `${name}, ${input}`,
    ...(input === undefined ? {} : { input }),
    shape: value.shape,
    read: (first, count) => slice(value, first, count),
  });
  const arrays = isTensor(values)
    ? [array(floatValue(values))]
    : Object.entries(values).map(([input, value]) => array(value, input));
  return { name, arrays };
}

const isTensor = (values: FloatTensor | Readonly<Record<string, Value>>): values is FloatTensor =>
  values.data instanceof Float32Array;
