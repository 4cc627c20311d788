import type { NodeProto } from 'onnx-buf';
import { UserError } from '../../../gen/base/errors.js';
import type { OnnxModel } from '../onnx/model.js';
import { integerOf } from '../onnx/nodes.js';
import { probe, type TensorFacts } from '../onnx/probe.js';
import { type InputShapes, probeInside } from '../onnx/probe-inside.js';
import { elementCount } from '../onnx/tensor.js';
import { typeName, type Values } from '../onnx/value.js';
import { type Lowering, lowerContraction } from './contraction.js';
import { convolution } from './convolution.js';
import { dataDependentNodes } from './data-dependence.js';
import { findProducts, type SkippedProduct } from './find.js';
import { matrixProduct } from './matrix.js';
import { operatorOf } from './operators.js';
import { lower, type Product } from './product.js';

/** A product with what it lowers to for some inputs. */
export interface SurveyedProduct {
  readonly product: Product;
  readonly lowering: Lowering;
  /** Shape of the second operand's tensor. */
  readonly secondShape: readonly number[];
}

/** A product that is not quantised, why, and how large it is for the same inputs. */
export interface LeftOut {
  readonly title: string;
  readonly op: string;
  readonly reason: string;
  /** Null where it is not known. */
  readonly macs: number | null;
  /** Elements of both operands; null where they are not known. */
  readonly elements: number | null;
  /** Width of an element of the wider operand. */
  readonly bits: number;
}

/** All products of a network for some inputs. */
export interface Survey {
  readonly products: readonly SurveyedProduct[];
  readonly leftOut: readonly LeftOut[];
  /** What is known of a tensor that a product reads. */
  readonly factsOf: (tensor: string) => TensorFacts | undefined;
}

export const macsOf = ({ parts, m, k, n }: Pick<Lowering, 'parts' | 'm' | 'k' | 'n'>): number => parts * m * k * n;

/**
 * Finds the products of a network and, by running it, their sizes. Which can be quantised is told by their types, too.
 *
 * @param invented Whether inputs only have the shapes of samples: then it is not known how often products inside of branches
 *   and loops run, where elements of the inputs decide that.
 */
export async function survey(model: OnnxModel, inputs: Values, invented = false): Promise<Survey> {
  const { products, skipped } = findProducts(model);
  const outer = new Set(model.graph.node);
  const reads = [
    ...products.flatMap(({ activation, second }) => [activation, second.tensor]),
    ...skipped.filter(({ node }) => outer.has(node)).flatMap(({ node }) => node.input.slice(0, 4)),
  ];
  const inside = reads.filter((name) => name !== '' && !model.constants.has(name));
  const facts = await probe(model, inputs, inside);
  const runs = await probeInside(
    model,
    inputs,
    skipped.map(({ node }) => node).filter((node) => !outer.has(node)),
  );
  const factsOf = (tensor: string): TensorFacts | undefined => {
    const constant = model.constants.get(tensor);
    if (!constant) return facts.get(tensor);
    return { type: typeName(constant.dataType) ?? 'an unknown type', shape: constant.dims.map(Number) };
  };
  const surveyed: SurveyedProduct[] = [];
  const unknown = invented ? dataDependentNodes(model) : new Set();
  const leftOut = skipped.map((each): LeftOut => {
    const { title, op, reason, node } = each;
    if (each.unused) return { title, op, reason, macs: 0, elements: 0, bits: FLOAT_BITS };
    if (unknown.has(node)) return { title, op, reason: `${reason}; how often it runs, the data say`, ...UNKNOWN };
    const own = runs.get(node);
    return own ? leaveInside(each, own) : leave(each, factsOf);
  });
  for (const product of products) {
    const found = surveyProduct(product, factsOf);
    if (typeof found !== 'string') surveyed.push(found);
    else {
      const { title, op, node } = product;
      leftOut.push(leave({ title, op, node, reason: found }, factsOf));
    }
  }
  return { products: surveyed, leftOut, factsOf };
}

/** A product's size, or why it cannot be quantised. */
function surveyProduct(product: Product, factsOf: Survey['factsOf']): SurveyedProduct | string {
  const { activation, second } = product;
  const [a, b] = [factsOf(activation), factsOf(second.tensor)];
  if (!a || !b) return 'the shapes of its operands are not known';
  const other = [a, b].find(({ type }) => type !== 'float32');
  if (other) return `an operand holds ${other.type}; products of floats are quantised`;
  try {
    const lowering = lower(product, a.shape, b.shape);
    if (lowering.k === 0 || (second.kind === 'weights' && elementCount(b.shape) === 0)) return 'it adds up no elements';
    return { product, lowering, secondShape: b.shape };
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

/** @param skipped A product with its node. */
function leave({ title, op, reason, node }: SkippedProduct, factsOf: Survey['factsOf']): LeftOut {
  const factsAt = (at: number): TensorFacts | undefined => factsOf(node.input[at] ?? '');
  const widths = operandsAt(node).map((at) => widthOf(factsAt(at)?.type));
  return { title, op, reason, ...sizeOf(node, (at) => factsAt(at)?.shape), bits: Math.max(...widths) };
}

/** @param runs Shapes that the product's node reads, each time that it runs. */
function leaveInside({ title, op, reason, node }: SkippedProduct, runs: readonly InputShapes[]): LeftOut {
  const sizes = runs.map((shapes) => sizeOf(node, (at) => shapes[at]));
  const sum = (numbers: readonly (number | null)[]): number | null =>
    numbers.reduce((total, each) => (total === null || each === null ? null : total + each), 0);
  return {
    title,
    op,
    reason: runs.length > 0 ? reason : `${reason}; the sample that sizes are of does not run it`,
    macs: sum(sizes.map(({ macs }) => macs)),
    elements: sum(sizes.map(({ elements }) => elements)),
    bits: FLOAT_BITS,
  };
}

/** The same product with its size, left out for another reason. */
export function leftOutFor(
  { product: { title, op }, lowering, secondShape }: SurveyedProduct,
  reason: string,
  shape: readonly number[],
): LeftOut {
  const elements = elementCount(shape) + elementCount(secondShape);
  return { title, op, reason, macs: macsOf(lowering), elements, bits: FLOAT_BITS };
}

type ShapeAt = (input: number) => readonly number[] | undefined;
type Sizes = Pick<LeftOut, 'macs' | 'elements'>;
/** Width of the floats that networks are computed in. */
const FLOAT_BITS = 32;
const UNKNOWN = { macs: null, elements: null, bits: FLOAT_BITS } as const;

/** Width of an element by the name of its type. */
const widthOf = (type: string | undefined): number => Number(/\d+$/.exec(type ?? '')?.[0] ?? FLOAT_BITS);

/** Places of both operands among the inputs of other products. */
const OPERANDS: Readonly<Record<string, readonly [number, number]>> = {
  ConvInteger: [0, 1],
  MatMulInteger: [0, 1],
  QGemm: [0, 3],
  QLinearConv: [0, 3],
  QLinearMatMul: [0, 3],
};

const operandsAt = ({ opType }: NodeProto): readonly [number, number] => OPERANDS[opType] ?? [0, 1];

/** MACs and operands of a node that multiplies matrices. */
function sizeOf(node: NodeProto, shapeAt: ShapeAt): Sizes {
  const { opType } = node;
  if (opType === 'LSTM' || opType === 'GRU' || opType === 'RNN') return recurrentSize(shapeAt);
  const [first, second] = operandsAt(node);
  const [a, b] = [shapeAt(first), shapeAt(second)];
  if (opType === 'MatMulNBits' && a) {
    const [k, n] = [integerOf(node, 'K', 0), integerOf(node, 'N', 0)];
    return { macs: elementCount(a) * n, elements: elementCount(a) + k * n };
  }
  if (!a || !b) return UNKNOWN;
  try {
    const contraction = opType.includes('Conv') && !operatorOf(node) ? convolution(node, a, b) : undefined;
    const known = operatorOf(node)?.contraction(node, a, b);
    const product = known ?? contraction ?? (OPERANDS[opType] ? matrixProduct(a, b) : undefined);
    return product ? { macs: macsOf(lowerContraction(product)), elements: elementCount(a) + elementCount(b) } : UNKNOWN;
  } catch (error) {
    if (error instanceof UserError) return UNKNOWN;
    throw error;
  }
}

/** Input steps x batch x features; weights directions x gates x features, and directions x gates x hidden. */
function recurrentSize(shapeAt: ShapeAt): Sizes {
  const [x, w, r] = [shapeAt(0), shapeAt(1), shapeAt(2)];
  if (!x || !w || !r) return UNKNOWN;
  const [steps = 0, batch = 0, features = 0] = x;
  const [, , hidden = 0] = r;
  return {
    macs: steps * batch * (elementCount(w) + elementCount(r)),
    elements: steps * batch * (features + hidden) + elementCount(w) + elementCount(r),
  };
}
