import { isLfsPointer, lfsText } from '../../../gen/base/lfs.js';

/** A kind of file that people take for an ONNX file. */
interface Foreign {
  readonly what: string;
  readonly matches: (bytes: Buffer) => boolean;
}

const text = (bytes: Buffer, from: number, to: number): string => bytes.toString('latin1', from, to);
const starts = (magic: string) => (bytes: Buffer) => text(bytes, 0, magic.length) === magic;

const FOREIGN: readonly Foreign[] = [
  {
    what: lfsText('model'),
    matches: isLfsPointer,
  },
  { what: 'a TensorFlow Lite model; tf2onnx converts it', matches: (bytes) => text(bytes, 4, 8) === 'TFL3' },
  {
    what: "a model in ONNX Runtime's own format; take the .onnx file",
    matches: (bytes) => text(bytes, 4, 8) === 'ORTM',
  },
  {
    what: 'a safetensors file: weights without a network; export the network to ONNX',
    matches: (bytes) => bytes.length > 9 && bytes[8] === 0x7b && bytes.readBigUInt64LE(0) < BigInt(bytes.length),
  },
  { what: 'a GGUF file; export the network to ONNX', matches: starts('GGUF') },
  { what: 'an HDF5 file (Keras); tf2onnx converts it', matches: starts('\x89HDF') },
  { what: 'a zip archive (perhaps of PyTorch); torch.onnx.export writes ONNX', matches: starts('PK\x03\x04') },
  { what: 'a NumPy file', matches: starts('\x93NUMPY') },
  { what: 'a web page', matches: (bytes) => /^\s*<(!doctype html|html)/i.test(text(bytes, 0, 64)) },
  { what: 'an empty file', matches: (bytes) => bytes.length === 0 },
];

/** What a file is that is not ONNX, where its beginning tells. */
export function foreignFormat(bytes: Uint8Array): string | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return FOREIGN.find(({ matches }) => matches(buffer))?.what;
}
