import { inflateRawSync } from 'node:zlib';
import { UserError } from '../../../gen/base/errors.js';
import { isLfsPointer, lfsText } from '../../../gen/base/lfs.js';

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const [STORED, DEFLATED] = [0, 8];

/** A file in a zip archive. */
export interface ArchiveEntry {
  readonly name: string;
  readonly bytes: Buffer;
}

/**
 * The files of a zip archive, such as the arrays of a `.npz` file that NumPy wrote, compressed or not.
 *
 * @throws UserError for what is no such archive.
 */
export function readArchive(bytes: Buffer, name: string): ArchiveEntry[] {
  if (bytes.length === 0) throw new UserError(`${name} is an empty file, not an .npz file`);
  if (isLfsPointer(bytes)) throw new UserError(`${name} is ${lfsText('arrays')}`);
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (end < 0 || end + 22 > bytes.length || bytes.readUInt32LE(end) !== END_OF_DIRECTORY) {
    throw new UserError(`${name} is no .npz file, or is cut short`);
  }
  const entries: ArchiveEntry[] = [];
  let at = bytes.readUInt32LE(end + 16);
  for (let i = 0; i < bytes.readUInt16LE(end + 10); i++) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== DIRECTORY_ENTRY) {
      throw new UserError(`${name}: the archive's directory is damaged`);
    }
    const [nameBytes, extra, comment] = [28, 30, 32].map((offset) => bytes.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ];
    const entry = bytes.toString('utf8', at + 46, at + 46 + nameBytes);
    entries.push({ name: entry, bytes: contentOf(bytes, at, `${name}: ${entry}`) });
    at += 46 + nameBytes + extra + comment;
  }
  return entries;
}

/** What the entry of the directory at `at` stands for. */
function contentOf(bytes: Buffer, at: number, what: string): Buffer {
  const method = bytes.readUInt16LE(at + 10);
  const size = bytes.readUInt32LE(at + 20);
  const header = bytes.readUInt32LE(at + 42);
  if (size === 0xffffffff || header === 0xffffffff) {
    throw new UserError(`${what}: arrays of 4 GiB and more are not read from .npz files; give a .npy file per input`);
  }
  // The local header says again how long its name and its extra field are, and may differ from the directory.
  const start = header + 30 + bytes.readUInt16LE(header + 26) + bytes.readUInt16LE(header + 28);
  const content = bytes.subarray(start, start + size);
  if (content.length < size) throw new UserError(`${what} is cut short`);
  if (method === STORED) return content;
  if (method !== DEFLATED) throw new UserError(`${what}: compression method ${method} is not known`);
  try {
    return inflateRawSync(content);
  } catch (error) {
    throw new UserError(`${what} cannot be decompressed: ${(error as Error).message}`);
  }
}
