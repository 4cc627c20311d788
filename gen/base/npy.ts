import { parse } from 'npyjs';
import { UserError } from './errors.js';
import { isLfsPointer, lfsText } from './lfs.js';
import type { Matrix } from './matrix.js';

/** What the first bytes of a `.npy` file say. */
interface Header {
  /** The Python dictionary: type of the elements, order, shape. */
  readonly text: string;
  /** Element type as written: byte order, kind, bytes, such as `<f4`. */
  readonly descr: string;
  readonly dataOffset: number;
}

const MAGIC = '\x93NUMPY';
const FLOATS: ReadonlyMap<string, number> = new Map([
  ['f2', 2],
  ['f4', 4],
  ['f8', 8],
]);
/** The format asks for data aligned to this many bytes. */
const ALIGNMENT = 64;

/**
 * A matrix of floats from a NumPy `.npy` file: 2 dimensions, float16, float32 or float64, either byte order, C or
 * Fortran order, every element finite.
 *
 * @param name What messages call the file.
 * @throws UserError that says what is wrong: with a number that is not finite, its row and column.
 */
export function parseNpy(bytes: Uint8Array, name: string): Matrix {
  const header = readHeader(bytes, name);
  const elementBytes = requireFloat(header.descr, name);
  const { data, shape, fortranOrder } = parse(littleEndian(bytes, header, elementBytes, name));
  const [rows, cols] = requireMatrix(shape, name);
  if (!(data instanceof Float32Array || data instanceof Float64Array) || data.length !== rows * cols) {
    throw new UserError(
      `${name}: shape ${shapeText(shape)} needs ${rows * cols} elements, the file holds ${(data as Float64Array).length}`,
    );
  }
  const matrix = { rows, cols, data: rowMajor(data, rows, cols, fortranOrder) };
  requireFinite(matrix, name);
  return matrix;
}

/** The layout of a `.npy` file with any number of dimensions, for reading it in parts. */
export interface NpyLayout {
  readonly shape: readonly number[];
  /** Kind of the elements: floats, integers with and without sign, booleans. */
  readonly kind: 'f' | 'i' | 'u' | 'b';
  /** 1, 2, 4 or 8. */
  readonly elementBytes: number;
  readonly bigEndian: boolean;
  readonly dataOffset: number;
}

/** Floats, integers, booleans of the sizes that NumPy has and networks take. */
const NUMBERS = /^[<>=|](f[248]|[iu][1248]|b1)$/;

/**
 * @param bytes The beginning of the file: header and more.
 * @throws UserError for what is no `.npy` file of numbers or booleans in C order.
 */
export function npyLayout(bytes: Uint8Array, name: string): NpyLayout {
  const { text, descr, dataOffset } = readHeader(bytes, name);
  const type = NUMBERS.exec(descr)?.[1];
  if (type === undefined) {
    throw new UserError(`${name}: elements must be floats, integers or booleans; dtype is '${descr}'`);
  }
  const shape = /'shape'\s*:\s*\(([^)]*)\)/.exec(text)?.[1];
  if (shape === undefined) throw new UserError(`${name}: the header gives no shape`);
  const sizes = shape
    .split(',')
    .map((size) => size.trim())
    .filter((size) => size !== '')
    .map(Number);
  if (sizes.some((size) => !Number.isSafeInteger(size) || size < 0)) {
    throw new UserError(`${name}: the header gives no shape`);
  }
  if (sizes.length > 1 && /'fortran_order'\s*:\s*True/.test(text)) {
    throw new UserError(`${name}: samples must lie in C order (convert with numpy.ascontiguousarray)`);
  }
  return {
    shape: sizes,
    kind: type[0] as NpyLayout['kind'],
    elementBytes: Number(type.slice(1)),
    bigEndian: descr.startsWith('>'),
    dataOffset,
  };
}

function readHeader(bytes: Uint8Array, name: string): Header {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length === 0) throw new UserError(`${name} is an empty file, not a NumPy .npy file`);
  if (isLfsPointer(file)) throw new UserError(`${name} is ${lfsText('array')}`);
  if (file.length < 12 || file.toString('latin1', 0, 6) !== MAGIC) {
    throw new UserError(`${name} is not a NumPy .npy file`);
  }
  if (file[6] !== 1 && file[6] !== 2) {
    throw new UserError(`${name}: .npy format version ${file[6]} is not known; versions 1 and 2 are`);
  }
  const [length, start] = file[6] === 1 ? [file.readUInt16LE(8), 10] : [file.readUInt32LE(8), 12];
  const dataOffset = start + length;
  if (dataOffset > file.length) throw new UserError(`${name}: the file ends within its header`);
  const text = file.toString('latin1', start, dataOffset).trim();
  const descr = /'descr'\s*:\s*'([^']+)'/.exec(text)?.[1];
  if (descr === undefined) {
    throw new UserError(`${name}: elements must be float16, float32 or float64; the header says ${text}`);
  }
  return { text, descr, dataOffset };
}

function requireFloat(descr: string, name: string): number {
  const size = /^[<>=|]/.test(descr) ? FLOATS.get(descr.slice(1)) : undefined;
  if (size === undefined) {
    throw new UserError(
      `${name}: elements must be float16, float32 or float64; dtype is '${descr}' (convert with a.astype('float32'))`,
    );
  }
  return size;
}

/**
 * The file as npyjs can read it: it refuses big endian, and data that does not start at a multiple of the element size.
 */
function littleEndian(bytes: Uint8Array, header: Header, elementBytes: number, name: string): ArrayBuffer {
  const data = Buffer.from(bytes.subarray(header.dataOffset));
  if (data.length % elementBytes !== 0) {
    throw new UserError(`${name}: ${data.length} bytes of data are no whole number of '${header.descr}' elements`);
  }
  if (header.descr.startsWith('>')) {
    if (elementBytes === 2) data.swap16();
    else if (elementBytes === 4) data.swap32();
    else data.swap64();
  }
  const text = header.text.replace(`'${header.descr}'`, `'<${header.descr.slice(1)}'`);
  return assemble(text, data);
}

function requireMatrix(shape: readonly number[], name: string): [number, number] {
  const [rows, cols] = shape;
  if (shape.length !== 2 || rows === undefined || cols === undefined) {
    throw new UserError(
      `${name}: a matrix has 2 dimensions; this array has ${shape.length}: shape ${shapeText(shape)}`,
    );
  }
  if (!Number.isSafeInteger(rows) || !Number.isSafeInteger(cols) || rows < 0 || cols < 0) {
    throw new UserError(`${name}: the header gives no shape`);
  }
  if (rows === 0 || cols === 0) throw new UserError(`${name}: the matrix is empty: shape ${shapeText(shape)}`);
  return [rows, cols];
}

const shapeText = (shape: readonly number[]): string => `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;

function rowMajor(data: Float32Array | Float64Array, rows: number, cols: number, fortran: boolean): Float64Array {
  const ordered = Float64Array.from(data);
  if (!fortran) return ordered;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) ordered[i * cols + j] = data[j * rows + i] as number;
  }
  return ordered;
}

function requireFinite({ data, cols }: Matrix, name: string): void {
  const index = data.findIndex((value) => !Number.isFinite(value));
  if (index < 0) return;
  const place = `[${Math.floor(index / cols)}, ${index % cols}]`;
  throw new UserError(`${name}: element ${place} is ${data[index]}; every element must be finite`);
}

/** Element types of a written matrix. */
export type NpyFloat = 'f4' | 'f8';

/** A matrix as a `.npy` file; float64 unless asked otherwise. */
export function formatNpy({ rows, cols, data }: Matrix, dtype: NpyFloat = 'f8'): Uint8Array {
  return formatNpyArray([rows, cols], dtype === 'f8' ? data : Float32Array.from(data));
}

/** An array of any shape as a `.npy` file, format version 1.0, little endian, C order. */
export function formatNpyArray(shape: readonly number[], data: Float64Array | Float32Array | Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(data.byteLength);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  if (data instanceof Float64Array) for (const [i, value] of data.entries()) view.setFloat64(i * 8, value, true);
  else if (data instanceof Float32Array) for (const [i, value] of data.entries()) view.setFloat32(i * 4, value, true);
  else bytes.set(data);
  const descr = data instanceof Float64Array ? '<f8' : data instanceof Float32Array ? '<f4' : '|u1';
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shapeText(shape)}, }`;
  return new Uint8Array(assemble(text, bytes));
}

/** Magic, version 1.0, length of the header, the header padded so that the data is aligned, the data. */
function assemble(text: string, data: Uint8Array): ArrayBuffer {
  const start = 10;
  const dataOffset = Math.ceil((start + text.length + 1) / ALIGNMENT) * ALIGNMENT;
  const buffer = new ArrayBuffer(dataOffset + data.length);
  const file = Buffer.from(buffer);
  file.write(`${MAGIC}\x01\x00`, 0, 'latin1');
  file.writeUInt16LE(dataOffset - start, 8);
  file.write(`${text.padEnd(dataOffset - start - 1)}\n`, start, 'latin1');
  file.set(data, dataOffset);
  return buffer;
}
