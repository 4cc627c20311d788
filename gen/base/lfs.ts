const MAGIC = 'version https://git-lfs.github.com/';

/** Whether a file is a pointer that Git LFS leaves in the place of a file. */
export const isLfsPointer = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, MAGIC.length)).toString('latin1') === MAGIC;

/** What to do about one, behind the name of the file. */
export const lfsText = (what: string): string =>
  `a Git LFS pointer, not the ${what} itself; fetch it with git lfs pull`;
