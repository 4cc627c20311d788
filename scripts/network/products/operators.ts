import type { NodeProto } from 'onnx-buf';
import { integerOf, integersOf, realOf } from '../onnx/nodes.js';
import type { Contraction } from './contraction.js';
import { convolution, transposedConvolution } from './convolution.js';
import { einsum, equationOf, matrixProduct, transposition } from './matrix.js';

/** Operators that become matrix products on the array. */
export const PRODUCT_OPS = ['Conv', 'ConvTranspose', 'Einsum', 'FusedMatMul', 'Gemm', 'MatMul'] as const;
export type ProductOp = (typeof PRODUCT_OPS)[number];

type Shape = readonly number[];

/** How an operator multiplies its first two inputs. */
export interface Operator {
  contraction(node: NodeProto, a: Shape, b: Shape): Contraction;
  /** A shape of the other operand that goes with one operand's: how weights lie can be told without a run. */
  partner(node: NodeProto, own: Shape, side: 'a' | 'b'): Shape;
  /** Why some nodes of this kind are none of the products. */
  obstacle?(node: NodeProto): string | undefined;
  /** What the product is multiplied by; 1 unless given. */
  factor?(node: NodeProto): number;
  /** Place of what is added to the product among the node's inputs, and what that is multiplied by. */
  readonly bias?: {
    readonly input: number;
    readonly factor: (node: NodeProto) => number;
    /** One number for each of dimension 1 of the output, or in a shape that broadcasts to it. */
    readonly perChannel: boolean;
  };
}

/** The reduction's length, from which the smallest partner follows. */
const vector = (node: NodeProto, own: Shape, side: 'a' | 'b'): Shape => {
  const turned = transposition(node)[side];
  const alongRows = (side === 'b') !== turned;
  const size = own.length === 1 ? own[0] : own.at(alongRows ? -2 : -1);
  return [size as number];
};

const BIAS_PER_CHANNEL: NonNullable<Operator['bias']> = { input: 2, factor: () => 1, perChannel: true };

const MATMUL: Operator = {
  contraction: (_, a, b) => matrixProduct(a, b),
  partner: vector,
};

const OPERATORS: Readonly<Record<ProductOp, Operator>> = {
  Conv: {
    contraction: convolution,
    partner: (node, own, side) => {
      if (side === 'a') return [1, own[1] as number, ...own.slice(2).map(() => 1)];
      const dilations = integersOf(
        node,
        'dilations',
        own.slice(2).map(() => 1),
      );
      const reach = own.slice(2).map((size, i) => (size - 1) * (dilations[i] as number) + 1);
      return [1, (own[1] as number) * integerOf(node, 'group', 1), ...reach];
    },
    bias: BIAS_PER_CHANNEL,
  },
  ConvTranspose: {
    contraction: transposedConvolution,
    partner: (_, own, side) => {
      const point = own.slice(2).map(() => 1);
      return side === 'a' ? [own[1] as number, 1, ...point] : [1, own[0] as number, ...point];
    },
    bias: BIAS_PER_CHANNEL,
  },
  MatMul: MATMUL,
  FusedMatMul: {
    contraction: (node, a, b) => matrixProduct(a, b, transposition(node)),
    partner: vector,
    factor: (node) => realOf(node, 'alpha', 1),
    obstacle: (node) =>
      integerOf(node, 'transBatchA', 0) !== 0 || integerOf(node, 'transBatchB', 0) !== 0
        ? 'it exchanges the dimensions in front (transBatchA, transBatchB)'
        : undefined,
  },
  Gemm: {
    contraction: (node, a, b) => matrixProduct(a, b, transposition(node)),
    partner: (node, own, side) => {
      const [size = 0] = vector(node, own, side);
      const other = side === 'a' ? 'b' : 'a';
      const column = (other === 'b') !== transposition(node)[other];
      return column ? [size, 1] : [1, size];
    },
    factor: (node) => realOf(node, 'alpha', 1),
    bias: { input: 2, factor: (node) => realOf(node, 'beta', 1), perChannel: false },
  },
  Einsum: {
    contraction: einsum,
    partner: (node, own, side) => {
      const equation = equationOf(node);
      if (typeof equation === 'string') return [];
      const letters = equation[side];
      return [...equation[side === 'a' ? 'b' : 'a']].map((letter) => own[letters.indexOf(letter)] ?? 1);
    },
    obstacle: (node) => {
      const equation = equationOf(node);
      return typeof equation === 'string' ? equation : undefined;
    },
  },
};

/** What is known of an operator; undefined for what multiplies no matrices, or in ways not known here. */
export function operatorOf({ opType, domain }: NodeProto): Operator | undefined {
  const known = domain === '' || domain === 'ai.onnx' || domain === 'com.microsoft';
  return known && Object.hasOwn(OPERATORS, opType) ? OPERATORS[opType as ProductOp] : undefined;
}
