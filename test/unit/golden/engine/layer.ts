import { codeValues } from '../../../../gen/numerics/codec.js';
import { numericType } from '../../../../gen/numerics/types/table.js';
import { type Rounding, requantiser } from '../../../../gen/golden/requantise.js';

/** A convolution of codes, and what makes codes of its sums: an independent, slow definition. */
export interface Convolution {
  readonly height: number;
  readonly width: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernel: readonly [height: number, width: number];
  readonly stride: readonly [y: number, x: number];
  readonly dilation: readonly [y: number, x: number];
  /** Top, left, bottom, right. */
  readonly pad: readonly [number, number, number, number];
  readonly groups: number;
  readonly activationType: string;
  readonly weightType: string;
  /** Height x width x channels. */
  readonly activations: ArrayLike<number>;
  /** Output channels x kernel height x kernel width x input channels of a group. */
  readonly weights: ArrayLike<number>;
}

export const outputSize = ({ height, width, kernel, stride, dilation, pad }: Convolution): [number, number] => {
  const size = (all: number, taps: number, step: number, apart: number): number =>
    Math.floor((all - (taps - 1) * apart - 1) / step) + 1;
  return [
    size(height + pad[0] + pad[2], kernel[0], stride[0], dilation[0]),
    size(width + pad[1] + pad[3], kernel[1], stride[1], dilation[1]),
  ];
};

const values = (type: string): bigint[] => codeValues(numericType(type)).map((value) => value as bigint);

/** The exact sums: output height x output width x output channels. */
export function convolve(layer: Convolution): bigint[] {
  const [outHeight, outWidth] = outputSize(layer);
  const [a, w] = [values(layer.activationType), values(layer.weightType)];
  const { height, width, inChannels, outChannels, kernel, stride, dilation, pad, groups } = layer;
  const [depth, perGroup] = [inChannels / groups, outChannels / groups];
  const sums: bigint[] = [];
  for (let oy = 0; oy < outHeight; oy++)
    for (let ox = 0; ox < outWidth; ox++)
      for (let n = 0; n < outChannels; n++) {
        let sum = 0n;
        for (let ky = 0; ky < kernel[0]; ky++)
          for (let kx = 0; kx < kernel[1]; kx++)
            for (let d = 0; d < depth; d++) {
              const y = oy * stride[0] + ky * dilation[0] - pad[0];
              const x = ox * stride[1] + kx * dilation[1] - pad[1];
              if (y < 0 || y >= height || x < 0 || x >= width) continue;
              const channel = Math.floor(n / perGroup) * depth + d;
              const activation = a[layer.activations[(y * width + x) * inChannels + channel] as number] as bigint;
              const weight = w[layer.weights[((n * kernel[0] + ky) * kernel[1] + kx) * depth + d] as number] as bigint;
              sum += activation * weight;
            }
        sums.push(sum);
      }
  return sums;
}

/** Codes of sums pixels x channels. */
export function requantiseAll(
  sums: readonly bigint[],
  constants: readonly { readonly bias: number; readonly multiplier: number }[],
  {
    type,
    shift,
    low,
    high,
    rounding = 'up',
    addends,
    addendMultiplier = 0,
  }: {
    readonly type: string;
    readonly shift: number;
    readonly low?: number;
    readonly high?: number;
    readonly rounding?: Rounding;
    readonly addends?: readonly bigint[];
    readonly addendMultiplier?: number;
  },
): number[] {
  const encode = requantiser(numericType(type), rounding);
  return sums.map((sum, i) => {
    const { bias, multiplier } = constants[i % constants.length] as { bias: number; multiplier: number };
    return encode({
      ...{ sum, bias: BigInt(bias), multiplier: BigInt(multiplier), shift },
      ...(addends ? { addend: addends[i] as bigint, addendMultiplier: BigInt(addendMultiplier) } : {}),
      low: low === undefined ? undefined : BigInt(low),
      high: high === undefined ? undefined : BigInt(high),
    });
  });
}

export const valuesOf = (type: string, codes: ArrayLike<number>): bigint[] =>
  Array.from(codes, (code) => values(type)[code] as bigint);
