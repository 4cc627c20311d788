import type { Convolution, Network } from '../layer.js';
import { type ConvolutionOptions, convolution, type FeatureMap, outputOf, pooled, square } from './stack.js';

/** Convolutions after each other. */
type Chain = readonly ConvolutionOptions[];

const c = (out: number, kernel: ConvolutionOptions['kernel'], rest: Partial<ConvolutionOptions> = {}) => ({
  out,
  kernel,
  ...rest,
});
/** Halves the size, without padding. */
const REDUCING = { stride: 2, padding: 0 } as const;

/** Collects the convolutions of a network and follows its feature map. */
class Builder {
  readonly layers: Convolution[] = [];
  constructor(public map: FeatureMap) {}

  chain(name: string, input: FeatureMap, chain: Chain): FeatureMap {
    return chain.reduce((map, options, i) => {
      const conv = convolution(chain.length === 1 ? name : `${name}.${i + 1}`, map, options);
      this.layers.push(conv);
      return outputOf(conv);
    }, input);
  }

  /** Parallel chains over the same input, joined along the channels; `passed`: input channels that a pooling joins. */
  branches(name: string, chains: Readonly<Record<string, Chain>>, passed = 0): void {
    const input = this.map;
    const outs = Object.entries(chains).map(([branch, chain]) => this.chain(`${name}.${branch}`, input, chain));
    const channels = outs.reduce((sum, out) => sum + out.channels, passed);
    this.map = { channels, size: (outs[0] as FeatureMap).size };
  }

  /** 35 x 35 block. */
  a(name: string, pool: number): void {
    this.branches(name, {
      '1x1': [c(64, 1)],
      '5x5': [c(48, 1), c(64, 5)],
      '3x3': [c(64, 1), c(96, 3), c(96, 3)],
      pool: [c(pool, 1)],
    });
  }

  /** 17 x 17 block with kernels of seven in a row or column. */
  c(name: string, width: number): void {
    this.branches(name, {
      '1x1': [c(192, 1)],
      '7x7': [c(width, 1), c(width, [1, 7]), c(192, [7, 1])],
      '7x7x2': [c(width, 1), c(width, [7, 1]), c(width, [1, 7]), c(width, [7, 1]), c(192, [1, 7])],
      pool: [c(192, 1)],
    });
  }

  /** 8 x 8 block: two chains end in a row and a column of three beside each other. */
  e(name: string): void {
    const input = this.map;
    const split = (branch: string, map: FeatureMap): void => {
      this.chain(`${name}.${branch}.row`, map, [c(384, [1, 3])]);
      this.chain(`${name}.${branch}.column`, map, [c(384, [3, 1])]);
    };
    this.chain(`${name}.1x1`, input, [c(320, 1)]);
    split('3x3', this.chain(`${name}.3x3`, input, [c(384, 1)]));
    split('3x3x2', this.chain(`${name}.3x3x2`, input, [c(448, 1), c(384, 3)]));
    this.chain(`${name}.pool`, input, [c(192, 1)]);
    this.map = { channels: 320 + 4 * 384 + 192, size: input.size };
  }
}

/** Inception-v3 (Szegedy et al., 2016) for 299 x 299 images, without the auxiliary classifier. */
export function inceptionV3(): Network {
  const net = new Builder(square(3, 299));
  const stem = (name: string, chain: Chain): void => {
    net.map = net.chain(name, net.map, chain);
  };
  stem('stem1', [c(32, 3, REDUCING), c(32, 3, { padding: 0 }), c(64, 3)]);
  net.map = pooled(net.map, 3, 2);
  stem('stem2', [c(80, 1), c(192, 3, { padding: 0 })]);
  net.map = pooled(net.map, 3, 2);
  net.a('mixed1', 32);
  net.a('mixed2', 64);
  net.a('mixed3', 64);
  net.branches(
    'mixed4',
    { '3x3': [c(384, 3, REDUCING)], '3x3x2': [c(64, 1), c(96, 3), c(96, 3, REDUCING)] },
    net.map.channels,
  );
  net.c('mixed5', 128);
  net.c('mixed6', 160);
  net.c('mixed7', 160);
  net.c('mixed8', 192);
  net.branches(
    'mixed9',
    {
      '3x3': [c(192, 1), c(320, 3, REDUCING)],
      '7x7x3': [c(192, 1), c(192, [1, 7]), c(192, [7, 1]), c(192, 3, REDUCING)],
    },
    net.map.channels,
  );
  net.e('mixed10');
  net.e('mixed11');
  return {
    name: 'InceptionV3',
    layers: [...net.layers, { kind: 'linear', name: 'fc', rows: 1, inFeatures: net.map.channels, outFeatures: 1000 }],
  };
}
