import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { EXIT, UserError } from '../../../gen/errors.js';
import { type Samples, samplesOf } from './samples.js';

/** Where Debian's package dataset-fashion-mnist has the images. */
export const FASHION_FOLDER = '/usr/share/datasets/fashion-mnist';
const EDGE = 28;

/** Images with their classes. */
export interface LabelledImages {
  /** N x 1 x 28 x 28, from 0 to 1. */
  readonly images: Samples;
  readonly labels: Uint8Array;
}

/**
 * The training or the test images of Fashion-MNIST.
 *
 * @throws UserError that says how to install them where they are missing.
 */
export function fashionMnist(part: 'train' | 't10k', count = Number.POSITIVE_INFINITY): LabelledImages {
  const pixels = idx(`${part}-images-idx3-ubyte.gz`, 0x803);
  const labels = idx(`${part}-labels-idx1-ubyte.gz`, 0x801);
  const kept = Math.min(labels.length, count);
  const data = Float32Array.from(pixels.subarray(0, kept * EDGE ** 2), (pixel) => pixel / 255);
  const name = `Fashion-MNIST ${part === 'train' ? 'training' : 'test'} images`;
  return { images: samplesOf(name, { shape: [kept, 1, EDGE, EDGE], data }), labels: labels.subarray(0, kept) };
}

/** The data of a gzipped IDX file, behind its header of a word per dimension. */
function idx(name: string, magic: number): Uint8Array {
  const file = `${FASHION_FOLDER}/${name}`;
  if (!existsSync(file)) {
    throw new UserError(
      `${file} is missing; install Fashion-MNIST with apt-get install dataset-fashion-mnist (Debian, Ubuntu) or npm run setup`,
      EXIT.toolBroken,
    );
  }
  const bytes = gunzipSync(readFileSync(file));
  if (bytes.readUInt32BE(0) !== magic) throw new UserError(`${file} is no IDX file of bytes`, EXIT.toolBroken);
  return bytes.subarray(4 + 4 * (magic & 0xff));
}
