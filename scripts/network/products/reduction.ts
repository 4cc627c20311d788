import type { NodeProto } from 'onnx-buf';
import { integerOf } from '../onnx/nodes.js';
import { equationOf, transposition } from './matrix.js';
import type { Product } from './product.js';

/** The dimension of an operand's tensor that a product adds up. */
export interface Reduction {
  readonly axis: number;
  /** Equal parts of it that are added up each for itself: the groups of a convolution. */
  readonly parts: number;
}

/**
 * The dimension of an operand that a product adds up, the channels of a convolution.
 *
 * @param shape Of the operand's tensor.
 * @returns Why there is none where there are several.
 */
export function reductionOf(
  product: Product,
  operand: 'activation' | 'second',
  shape: readonly number[],
): Reduction | string {
  const { node, swapped, within } = product;
  if (within) return 'blocks are made outside of loops';
  const input = (operand === 'activation') !== swapped ? 'a' : 'b';
  switch (product.op) {
    case 'Conv':
      return { axis: 1, parts: input === 'a' ? integerOf(node, 'group', 1) : 1 };
    case 'ConvTranspose':
      return { axis: input === 'a' ? 1 : 0, parts: integerOf(node, 'group', 1) };
    case 'Einsum':
      return ofEquation(node, input);
    default: {
      const lastOfA = product.op === 'MatMul' || !transposition(node)[input];
      const fromEnd = shape.length === 1 || (input === 'a') === lastOfA ? 1 : 2;
      return { axis: shape.length - fromEnd, parts: 1 };
    }
  }
}

function ofEquation(node: NodeProto, input: 'a' | 'b'): Reduction | string {
  const equation = equationOf(node);
  if (typeof equation === 'string') return equation;
  const { a, b, out } = equation;
  const summed = [...a].filter((letter) => b.includes(letter) && !out.includes(letter));
  if (summed.length !== 1) return `blocks lie along one dimension, and it adds up ${summed.length}`;
  return { axis: equation[input].indexOf(summed[0] as string), parts: 1 };
}
