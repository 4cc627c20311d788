/** Height and width. */
export interface Size2 {
  readonly height: number;
  readonly width: number;
}

/** A two-dimensional convolution for one sample. */
export interface Convolution {
  readonly kind: 'convolution';
  readonly name: string;
  readonly inChannels: number;
  readonly outChannels: number;
  /** Channels of a group see only each other. */
  readonly groups: number;
  readonly kernel: Size2;
  readonly stride: number;
  readonly input: Size2;
  readonly output: Size2;
}

/** Rows of activations by a matrix of weights, for one sample. */
export interface Linear {
  readonly kind: 'linear';
  readonly name: string;
  /** Products with weights of their own; 1 unless given. */
  readonly count?: number;
  readonly rows: number;
  readonly inFeatures: number;
  readonly outFeatures: number;
}

/** `count` products of two activations for one sample, m x k by k x n each. */
export interface Attention {
  readonly kind: 'attention';
  readonly name: string;
  readonly count: number;
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

/** A matrix product of a network. */
export type Layer = Convolution | Linear | Attention;

/** A product that is not modelled, and why. */
export interface LeftOutProduct {
  readonly title: string;
  readonly op: string;
  readonly reason: string;
  /** For one sample; null where they are not known. */
  readonly macs: number | null;
}

/** A network as a plain list of its matrix products, in order. */
export interface Network {
  readonly name: string;
  readonly layers: readonly Layer[];
  readonly leftOut?: readonly LeftOutProduct[];
}

/** Multiply-accumulates for one sample. */
export function macsOf(layer: Layer): number {
  switch (layer.kind) {
    case 'convolution': {
      const { inChannels, outChannels, groups, kernel, output } = layer;
      return (inChannels / groups) * outChannels * kernel.height * kernel.width * output.height * output.width;
    }
    case 'linear':
      return (layer.count ?? 1) * layer.rows * layer.inFeatures * layer.outFeatures;
    case 'attention':
      return layer.count * layer.m * layer.k * layer.n;
  }
}

/** Weights of a layer; an attention product has none. */
export function weightsOf(layer: Layer): number {
  switch (layer.kind) {
    case 'convolution':
      return (layer.inChannels / layer.groups) * layer.outChannels * layer.kernel.height * layer.kernel.width;
    case 'linear':
      return (layer.count ?? 1) * layer.inFeatures * layer.outFeatures;
    case 'attention':
      return 0;
  }
}
