/** A tensor of a whole-integer network: codes height x width x channels, each times the scale. */
export interface IntegerTensor {
  readonly name: string;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly type: string;
  /** Real value of a step of the type. */
  readonly scale: number;
}

/** How a window walks over its input. */
export interface Window {
  readonly kernel: readonly [height: number, width: number];
  readonly stride: readonly [y: number, x: number];
  readonly dilation: readonly [y: number, x: number];
  readonly pad: readonly [top: number, left: number, bottom: number, right: number];
}

/** A window of one pixel. */
export const POINT: Window = { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], pad: [0, 0, 0, 0] };

/** What becomes of the sums of a layer. */
export interface Epilogue {
  readonly output: string;
  readonly shift: number;
  /** Bounds of a result in steps; 0 as the least is ReLU. */
  readonly low?: number;
  readonly high?: number;
  /** A tensor that is added before rounding. */
  readonly addend?: { readonly tensor: string; readonly multiplier: number };
  /** The results a second time, in another type. */
  readonly copy?: { readonly tensor: string; readonly shift: number; readonly relu: boolean };
}

/** A convolution, or a matrix product as a window of one pixel. */
export interface ProductLayer extends Epilogue {
  readonly kind: 'product';
  readonly name: string;
  readonly input: string;
  readonly window: Window;
  readonly groups: number;
  readonly weightType: string;
  /**
   * Codes: output channels x kernel height x kernel width x input channels of a group. Or a tensor of the network, whose
   * pixels are input channels and whose channels are output channels; the host lays it out as weights.
   */
  readonly weights: Uint8Array | { readonly tensor: string };
  /** One for each output channel. */
  readonly biases: readonly number[];
  readonly multipliers: readonly number[];
}

/** Pooling, with one multiplier for all channels. */
export interface PoolLayer extends Epilogue {
  readonly kind: 'pool';
  readonly name: string;
  readonly input: string;
  readonly window: Window;
  readonly reduce: 'sum' | 'maximum';
  readonly multiplier: number;
}

export type IntegerLayer = ProductLayer | PoolLayer;

/** Layers in integers alone, in order. */
export interface IntegerNetwork {
  readonly tensors: readonly IntegerTensor[];
  /** What the host writes, and what it reads. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly layers: readonly IntegerLayer[];
  /** How many layers run one after the other before the host has its turn; without it, all do. */
  readonly jobs?: readonly number[];
}

/** The tensor that a layer has as weights, where these are no constants. */
export const secondOf = (layer: IntegerLayer): string | undefined =>
  layer.kind === 'product' && 'tensor' in layer.weights ? layer.weights.tensor : undefined;

/** A network's tensor. @throws where it has none of the name. */
export function tensorOf({ tensors }: Pick<IntegerNetwork, 'tensors'>, name: string): IntegerTensor {
  const found = tensors.find((tensor) => tensor.name === name);
  if (!found) throw new Error(`no tensor ${name}`);
  return found;
}

/** Output pixels of a window: height and width. */
export function outputSize(
  { height, width }: IntegerTensor,
  { kernel, stride, dilation, pad }: Window,
): [number, number] {
  const size = (all: number, taps: number, step: number, apart: number): number =>
    Math.floor((all - (taps - 1) * apart - 1) / step) + 1;
  return [
    size(height + pad[0] + pad[2], kernel[0], stride[0], dilation[0]),
    size(width + pad[1] + pad[3], kernel[1], stride[1], dilation[1]),
  ];
}
