import type { Layer, Network } from '../layer.js';
import { convolution, outputOf, pooled, square } from './stack.js';

/** Channels of the convolutions of VGG16's five blocks; a 2 x 2 pooling ends each. */
const BLOCKS = [
  [64, 64],
  [128, 128],
  [256, 256, 256],
  [512, 512, 512],
  [512, 512, 512],
];

/** VGG16 (Simonyan and Zisserman, 2015) for 224 x 224 images. */
export function vgg16(): Network {
  const layers: Layer[] = [];
  let map = square(3, 224);
  for (const [block, channels] of BLOCKS.entries()) {
    for (const [i, out] of channels.entries()) {
      const conv = convolution(`conv${block + 1}_${i + 1}`, map, { out, kernel: 3 });
      layers.push(conv);
      map = outputOf(conv);
    }
    map = pooled(map, 2, 2);
  }
  const features = map.channels * map.size.height * map.size.width;
  const widths = [features, 4096, 4096, 1000];
  for (const [i, inFeatures] of widths.slice(0, -1).entries()) {
    layers.push({ kind: 'linear', name: `fc${i + 6}`, rows: 1, inFeatures, outFeatures: widths[i + 1] as number });
  }
  return { name: 'VGG16', layers };
}
