/** Codes of 4 or 8 bits in bytes: a bit offset is a multiple of the code's bits, and bit 0 the lowest of the first byte. */
export function codeAt(bytes: Uint8Array, bit: number, bits: number): number {
  const byte = bytes[bit >> 3] as number;
  return bits === 8 ? byte : (byte >> (bit & 4)) & 15;
}

/** Puts a code of 4 or 8 bits into bytes, and leaves the other half of its byte as it is. */
export function putCode(bytes: Uint8Array, bit: number, bits: number, code: number): void {
  const index = bit >> 3;
  if (bits === 8) bytes[index] = code;
  else bytes[index] = ((bytes[index] as number) & (0xf0 >> (bit & 4))) | (code << (bit & 4));
}
