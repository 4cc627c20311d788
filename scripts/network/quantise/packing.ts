/**
 * Codes packed row by row: each row a little-endian number, column c at bits c·bits, as the array's bus has them; padded
 * with zeros to whole bytes.
 *
 * @param codes rows x cols codes.
 * @returns rows x ceil(cols·bits / 8) bytes.
 */
export function packCodes(codes: Uint8Array, cols: number, bits: number): Uint8Array {
  const rows = codes.length / cols;
  const width = bytesPerRow(cols, bits);
  const packed = new Uint8Array(rows * width);
  for (let i = 0; i < codes.length; i++) {
    const at = (i % cols) * bits;
    const byte = Math.floor(i / cols) * width + (at >> 3);
    const field = (codes[i] as number) << (at & 7);
    packed[byte] = (packed[byte] as number) | field;
    if (field > 0xff) packed[byte + 1] = (packed[byte + 1] as number) | (field >> 8);
  }
  return packed;
}

/** The rows x cols codes of packed rows. */
export function unpackCodes(packed: Uint8Array, cols: number, bits: number): Uint8Array {
  const width = bytesPerRow(cols, bits);
  const codes = new Uint8Array((packed.length / width) * cols);
  const mask = (1 << bits) - 1;
  for (let i = 0; i < codes.length; i++) {
    const at = (i % cols) * bits;
    const byte = Math.floor(i / cols) * width + (at >> 3);
    const word = (packed[byte] as number) | (((at & 7) + bits > 8 ? (packed[byte + 1] as number) : 0) << 8);
    codes[i] = (word >> (at & 7)) & mask;
  }
  return codes;
}

/** Numbers one after the other, the low byte of each first. */
export function littleEndian(numbers: Uint32Array, bytes: number): Uint8Array {
  const all = new Uint8Array(numbers.length * bytes);
  for (let i = 0; i < all.length; i++) all[i] = (numbers[Math.floor(i / bytes)] as number) >>> (8 * (i % bytes));
  return all;
}

export const bytesPerRow = (cols: number, bits: number): number => Math.ceil((cols * bits) / 8);

/** A row of fields as a hexadecimal number for `$readmemh`: field i at bits i·bits, digits for all of them. */
export function hexWord(fields: ArrayLike<number | bigint>, bits: number): string {
  const mask = (1n << BigInt(bits)) - 1n;
  let word = 0n;
  for (let i = fields.length - 1; i >= 0; i--) word = (word << BigInt(bits)) | (BigInt(fields[i] as number) & mask);
  return word.toString(16).padStart(Math.ceil((fields.length * bits) / 4), '0');
}
