import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { UserError } from '../../../gen/base/errors.js';
import { type NpyLayout, npyLayout } from '../../../gen/base/npy.js';
import type { NetworkInput } from './model.js';
import { elementCount, type FloatTensor, halfToFloat } from './tensor.js';

/** Inputs of a network, read a batch at a time. */
export interface Samples {
  /** What messages call them. */
  readonly name: string;
  readonly count: number;
  /** Shape of one sample. */
  readonly shape: readonly number[];
  /** `count` samples from `first` on: count x shape. */
  read(first: number, count: number): FloatTensor;
}

const HEADER_BYTES = 2 ** 16;

/**
 * Samples in a `.npy` file of float16, float32 or float64, N x shape. The file is read in parts, so it may be larger
 * than memory.
 *
 * @throws UserError for a file that is not such a file, holds no sample, or is cut short.
 */
export function openSamples(file: string): Samples {
  const handle = open(file);
  if (!fstatSync(handle).isFile()) throw new UserError(`${file} is not a file`);
  const layout = npyLayout(readBytes(handle, 0, HEADER_BYTES), file);
  const [count = 0, ...shape] = layout.shape;
  const size = elementCount(shape);
  if (count === 0 || size === 0) throw new UserError(`${file} holds no samples: shape (${layout.shape.join(', ')})`);
  const wanted = layout.dataOffset + count * size * layout.elementBytes;
  const found = fstatSync(handle).size;
  if (found < wanted) throw new UserError(`${file} is cut short: ${found} bytes of ${wanted}`);
  return {
    name: file,
    count,
    shape,
    read: (first, many) => {
      const start = layout.dataOffset + first * size * layout.elementBytes;
      const data = decode(readBytes(handle, start, many * size * layout.elementBytes), layout);
      const bad = data.findIndex((value) => !Number.isFinite(value));
      if (bad >= 0) {
        throw new UserError(
          `${file}: sample ${first + Math.floor(bad / size)} holds ${data[bad]}; every element must be finite`,
        );
      }
      return { shape: [many, ...shape], data };
    },
  };
}

function open(file: string): number {
  try {
    const handle = openSync(file, 'r');
    process.once('exit', () => closeSync(handle));
    return handle;
  } catch (error) {
    throw new UserError(`cannot read ${file}: ${(error as Error).message}`);
  }
}

function readBytes(handle: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const read = readSync(handle, bytes, filled, length - filled, position + filled);
    if (read === 0) break;
    filled += read;
  }
  return bytes.subarray(0, filled);
}

function decode(bytes: Buffer, { elementBytes, bigEndian }: NpyLayout): Float32Array {
  if (bigEndian) {
    if (elementBytes === 2) bytes.swap16();
    else if (elementBytes === 4) bytes.swap32();
    else bytes.swap64();
  }
  const raw = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  if (elementBytes === 2) return Float32Array.from(new Uint16Array(raw), halfToFloat);
  return elementBytes === 4 ? new Float32Array(raw) : Float32Array.from(new Float64Array(raw));
}

/** Samples that are in memory already. */
export function samplesOf(name: string, { shape, data }: FloatTensor): Samples {
  const [count = 0, ...rest] = shape;
  const size = elementCount(rest);
  return {
    name,
    count,
    shape: rest,
    read: (first, many) => ({ shape: [many, ...rest], data: data.slice(first * size, (first + many) * size) }),
  };
}

/** The first samples only. */
export const firstSamples = (samples: Samples, count: number): Samples => ({
  ...samples,
  count: Math.min(count, samples.count),
});

/** @throws UserError when samples do not fit a network's input. */
export function requireFit({ name, shape, count }: Samples, { name: input, shape: wanted }: NetworkInput): void {
  const [batch, ...rest] = wanted;
  const fits = rest.length === shape.length && rest.every((size, i) => size === undefined || size === shape[i]);
  const text = (sizes: readonly (number | undefined)[]): string => sizes.map((size) => size ?? '?').join(' x ');
  if (!fits) {
    throw new UserError(
      `${name} holds samples of ${text(shape)}; input ${input} takes ${text(rest)} (the file's first dimension counts the samples)`,
    );
  }
  if (batch !== undefined && count % batch !== 0) {
    throw new UserError(`${name} holds ${count} samples; the network takes ${batch} at a time`);
  }
}

/** Batches over all samples: of the size the network fixes, else of at most `size`. */
export function* batches(samples: Samples, { shape }: NetworkInput, size: number): Generator<FloatTensor> {
  const each = shape[0] ?? size;
  for (let first = 0; first < samples.count; first += each) {
    yield samples.read(first, Math.min(each, samples.count - first));
  }
}
