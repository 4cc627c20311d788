import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { EXIT, UserError } from '../../../gen/base/errors.js';
import { DATA_ADVICE, dataFolder } from '../../tools/data.js';
import { type Samples, samplesOf } from './samples.js';
import type { FloatTensor } from './tensor.js';

/** What users write for the data set where a file may stand. */
export const FASHION = 'fashion-mnist';

const EDGE = 28;
const NAMES = { train: 'training images', t10k: 'test images' } as const;

/** Images with their classes. */
export interface LabelledImages {
  /** N x 1 x 28 x 28, from 0 to 1. */
  readonly pixels: FloatTensor;
  /** The same for a network to take. */
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
  return labelled(`Fashion-MNIST ${NAMES[part]}`, data, labels.subarray(0, kept));
}

/** Different for any two sets of images and labels. */
export function fashionFingerprint(): string {
  const hash = createHash('sha256');
  for (const part of ['train', 't10k']) {
    for (const kind of ['images-idx3', 'labels-idx1']) hash.update(readFileSync(fileOf(`${part}-${kind}-ubyte.gz`)));
  }
  return hash.digest('hex');
}

/** The training images that `models/train.py` held out: the last tenth. */
export function heldOut(count?: number): LabelledImages {
  const { pixels, labels } = fashionMnist('train');
  const first = Math.ceil(labels.length * 0.9);
  const last = Math.min(first + (count ?? labels.length), labels.length);
  const data = pixels.data.subarray(first * EDGE ** 2, last * EDGE ** 2);
  return labelled('Fashion-MNIST training images held out', data, labels.subarray(first, last));
}

function labelled(name: string, data: Float32Array, labels: Uint8Array): LabelledImages {
  const pixels = { shape: [labels.length, 1, EDGE, EDGE], data };
  return { pixels, images: samplesOf(name, pixels), labels };
}

/** The data of a gzipped IDX file, behind its header of a word per dimension. */
function idx(name: string, magic: number): Uint8Array {
  const file = fileOf(name);
  const bytes = gunzipSync(readFileSync(file));
  if (bytes.readUInt32BE(0) !== magic) throw new UserError(`${file} is no IDX file of bytes`, EXIT.toolBroken);
  return bytes.subarray(4 + 4 * (magic & 0xff));
}

/** A file of the data set. @throws UserError that says how to install it where it is missing. */
function fileOf(name: string): string {
  const file = join(dataFolder(), name);
  if (!existsSync(file)) {
    throw new UserError(`${file} is missing; ${DATA_ADVICE}`, EXIT.toolBroken);
  }
  return file;
}
