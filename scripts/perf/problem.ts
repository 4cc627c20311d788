import type { Corrections } from './corrections.js';
import type { Layer, Size2 } from './layer.js';

/** A layer as the search sees it: one product, done `count` times for a batch. */
export interface Problem {
  readonly count: number;
  readonly batch: number;
  readonly output: Size2;
  readonly input: Size2;
  readonly kernel: Size2;
  readonly stride: number;
  readonly inChannels: number;
  readonly outChannels: number;
  /** Width of activations and weights. */
  readonly bits: number;
  /** Width in which results go to DRAM. */
  readonly resultBits: number;
}

/** Widths of a layer's codes. */
export interface LayerBits {
  readonly operands: number;
  readonly results: number;
}

/** Width of results and partial sums in the published model. */
export const PUBLISHED_RESULT_BITS = 16;

const POINT: Size2 = { height: 1, width: 1 };

/**
 * A layer for `samples` samples. The published model knows the height of kernels and outputs alone, and takes it for the
 * width.
 */
export function problemOf(layer: Layer, bits: LayerBits, samples: number, corrections: Corrections): Problem {
  const { kernels, resultWidth } = corrections;
  const widths = { bits: bits.operands, resultBits: resultWidth ? bits.results : PUBLISHED_RESULT_BITS };
  switch (layer.kind) {
    case 'convolution': {
      const { groups, kernel, input, output } = layer;
      const shape = (size: Size2): Size2 => (kernels ? size : { height: size.height, width: size.height });
      return {
        count: groups,
        batch: samples,
        output: shape(output),
        input: shape(input),
        kernel: shape(kernel),
        stride: layer.stride,
        inChannels: layer.inChannels / groups,
        outChannels: layer.outChannels / groups,
        ...widths,
      };
    }
    case 'linear':
      return point(layer.count ?? 1, samples * layer.rows, layer.inFeatures, layer.outFeatures, widths);
    case 'attention':
      return point(samples * layer.count, layer.m, layer.k, layer.n, widths);
  }
}

function point(
  count: number,
  batch: number,
  inChannels: number,
  outChannels: number,
  widths: Pick<Problem, 'bits' | 'resultBits'>,
): Problem {
  return { count, batch, output: POINT, input: POINT, kernel: POINT, stride: 1, inChannels, outChannels, ...widths };
}
