import type { Convolution, Layer, Network } from '../layer.js';
import { type ConvolutionOptions, convolution, type FeatureMap, outputOf, pooled, square } from './stack.js';

/** How a residual block is built: its convolutions, and how many times its width it delivers. */
interface Block {
  readonly expansion: number;
  convolutions(width: number, stride: number): readonly ConvolutionOptions[];
}

const BASIC: Block = {
  expansion: 1,
  convolutions: (width, stride) => [
    { out: width, kernel: 3, stride },
    { out: width, kernel: 3 },
  ],
};

/** The stride is in the 3 x 3 convolution. */
const BOTTLENECK: Block = {
  expansion: 4,
  convolutions: (width, stride) => [
    { out: width, kernel: 1 },
    { out: width, kernel: 3, stride },
    { out: 4 * width, kernel: 1 },
  ],
};

/** A stack of residual blocks (He et al., 2016) for 224 x 224 images; a block's shortcut follows its convolutions. */
function resnet(name: string, block: Block, depths: readonly number[]): Network {
  const first = convolution('conv1', square(3, 224), { out: 64, kernel: 7, stride: 2 });
  const layers: Layer[] = [first];
  let map = pooled(outputOf(first), 3, 2, 1);
  for (const [stage, depth] of depths.entries()) {
    const width = 64 * 2 ** stage;
    for (let i = 0; i < depth; i++) {
      const stride = stage > 0 && i === 0 ? 2 : 1;
      const { convolutions, out } = residual(`layer${stage + 1}.${i}`, map, block, width, stride);
      layers.push(...convolutions);
      map = out;
    }
  }
  layers.push({ kind: 'linear', name: 'fc', rows: 1, inFeatures: map.channels, outFeatures: 1000 });
  return { name, layers };
}

function residual(name: string, input: FeatureMap, block: Block, width: number, stride: number) {
  const convolutions: Convolution[] = [];
  let map = input;
  for (const [i, options] of block.convolutions(width, stride).entries()) {
    const conv = convolution(`${name}.conv${i + 1}`, map, options);
    convolutions.push(conv);
    map = outputOf(conv);
  }
  const out = width * block.expansion;
  if (stride !== 1 || input.channels !== out) {
    convolutions.push(convolution(`${name}.shortcut`, input, { out, kernel: 1, stride }));
  }
  return { convolutions, out: map };
}

/** ResNet18 for 224 x 224 images. */
export const resnet18 = (): Network => resnet('ResNet18', BASIC, [2, 2, 2, 2]);

/** ResNet50 for 224 x 224 images. */
export const resnet50 = (): Network => resnet('ResNet50', BOTTLENECK, [3, 4, 6, 3]);
