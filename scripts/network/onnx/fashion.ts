import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { EXIT, UserError } from '../../../gen/base/errors.js';
import { type Samples, samplesOf } from './samples.js';

/** What users write for the data set where a file may stand. */
export const FASHION = 'fashion-mnist';

/** Where Debian's package dataset-fashion-mnist has the images. */
const DEBIAN_FOLDER = '/usr/share/datasets/fashion-mnist';
/** Variable of the environment that names another folder with the four files of the data set. */
const FOLDER_VARIABLE = 'FASHION_MNIST';
const EDGE = 28;
const NAMES = { train: 'training images', t10k: 'test images' } as const;

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
  if (Number.isFinite(count) && labels.length < count) {
    throw new UserError(`Fashion-MNIST holds ${labels.length} ${NAMES[part]}, ${count} are asked for`);
  }
  const kept = Math.min(labels.length, count);
  const data = Float32Array.from(pixels.subarray(0, kept * EDGE ** 2), (pixel) => pixel / 255);
  const name = `Fashion-MNIST ${NAMES[part]}`;
  return { images: samplesOf(name, { shape: [kept, 1, EDGE, EDGE], data }), labels: labels.subarray(0, kept) };
}

/** The training images that `models/train.py` held out: the last tenth. */
export function heldOut(count?: number): LabelledImages {
  const { images, labels } = fashionMnist('train');
  const first = Math.ceil(images.count * 0.9);
  const kept = Math.min(count ?? images.count, images.count - first);
  return {
    images: samplesOf('Fashion-MNIST training images held out', images.read(first, kept)),
    labels: labels.subarray(first, first + kept),
  };
}

/** The data of a gzipped IDX file, behind its header of a word per dimension. */
function idx(name: string, magic: number): Uint8Array {
  const file = join(process.env[FOLDER_VARIABLE] ?? DEBIAN_FOLDER, name);
  if (!existsSync(file)) {
    throw new UserError(
      `${file} is missing; install Fashion-MNIST with apt-get install dataset-fashion-mnist (Debian, Ubuntu), or set ${FOLDER_VARIABLE} to the folder of its four files`,
      EXIT.toolBroken,
    );
  }
  const bytes = gunzipSync(readFileSync(file));
  if (bytes.readUInt32BE(0) !== magic) throw new UserError(`${file} is no IDX file of bytes`, EXIT.toolBroken);
  return bytes.subarray(4 + 4 * (magic & 0xff));
}
