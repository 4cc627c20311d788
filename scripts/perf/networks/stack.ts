import type { Convolution, Size2 } from '../layer.js';

/** What a convolution needs beside the channels it reads. */
export interface ConvolutionOptions {
  readonly out: number;
  /** A square kernel by its side, or height and width. */
  readonly kernel: number | readonly [number, number];
  readonly stride?: number;
  /** Zeros at each edge; without, as many as keep the size at stride 1 ('same'). */
  readonly padding?: number;
}

/** A feature map: channels and size. */
export interface FeatureMap {
  readonly channels: number;
  readonly size: Size2;
}

/** A square feature map. */
export const square = (channels: number, side: number): FeatureMap => ({
  channels,
  size: { height: side, width: side },
});

/** A convolution over a feature map. */
export function convolution(name: string, input: FeatureMap, options: ConvolutionOptions): Convolution {
  const { out, kernel: k, stride = 1, padding } = options;
  const kernel = typeof k === 'number' ? { height: k, width: k } : { height: k[0], width: k[1] };
  const side = (size: number, reach: number): number => {
    const pad = padding ?? (reach - 1) / 2;
    return Math.floor((size + 2 * pad - reach) / stride) + 1;
  };
  return {
    kind: 'convolution',
    name,
    inChannels: input.channels,
    outChannels: out,
    groups: 1,
    kernel,
    stride,
    input: input.size,
    output: { height: side(input.size.height, kernel.height), width: side(input.size.width, kernel.width) },
  };
}

/** What a convolution delivers. */
export const outputOf = ({ outChannels, output }: Convolution): FeatureMap => ({ channels: outChannels, size: output });

/** A feature map after pooling without padding, floor of the division. */
export function pooled(map: FeatureMap, kernel: number, stride: number, padding = 0): FeatureMap {
  const side = (size: number): number => Math.floor((size + 2 * padding - kernel) / stride) + 1;
  return { channels: map.channels, size: { height: side(map.size.height), width: side(map.size.width) } };
}
