import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { EXIT, UserError } from '../gen/errors.js';

/** Where Debian's package dataset-fashion-mnist has the test images. */
export const FASHION_MNIST = '/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz';

/** Edge of an image in pixels. */
export const EDGE = 28;

/** The first images of a gzipped IDX file of 28 x 28 bytes each, as Fashion-MNIST has them. */
export function fashionImages(count: number, file = FASHION_MNIST): Uint8Array[] {
  if (!existsSync(file)) {
    throw new UserError(
      `${file} is missing; on Debian and Ubuntu Fashion-MNIST is there after apt-get install dataset-fashion-mnist`,
      EXIT.toolBroken,
    );
  }
  const idx = gunzipSync(readFileSync(file));
  if (idx.readUInt32BE(0) !== 0x803 || idx.readUInt32BE(8) !== EDGE || idx.readUInt32BE(12) !== EDGE) {
    throw new UserError(`${file} holds no ${EDGE} x ${EDGE} images`, EXIT.toolBroken);
  }
  return Array.from({ length: count }, (_, i) =>
    Uint8Array.from(idx.subarray(16 + i * EDGE ** 2, 16 + (i + 1) * EDGE ** 2)),
  );
}
