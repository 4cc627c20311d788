import { type GraphProto, type NodeProto, type TensorProto, TensorProto_DataType } from 'onnx-buf';
import { constantTensor } from '../constant.js';
import { makeNode } from '../make.js';
import { integerOf, realOf, subgraphs } from '../nodes.js';
import { elementCount } from '../tensor.js';

/** Operator set from which on DequantizeLinear takes a scale for each channel. */
const CHANNELS_SINCE = 13;

/** A product of integers: what it is of real numbers, the place of its bias, and of the scale of its result. */
interface Quantised {
  readonly op: 'Conv' | 'Gemm' | 'MatMul';
  readonly domain: string;
  readonly bias?: number;
  readonly result: number;
}

/** The first six inputs of all are both operands, each with scale and zero point. */
const QUANTISED: Readonly<Record<string, Quantised>> = {
  QGemm: { op: 'Gemm', domain: 'com.microsoft', bias: 6, result: 7 },
  QLinearConv: { op: 'Conv', domain: '', bias: 8, result: 6 },
  QLinearMatMul: { op: 'MatMul', domain: '', result: 6 },
};

/**
 * QLinearConv, QLinearMatMul and QGemm of ONNX Runtime become the products of real numbers that they stand for, between DequantizeLinear and
 * QuantizeLinear. Left alone are those whose scales follow from no constant, or run along what these cannot express.
 */
export function splitQuantised(graph: GraphProto, opset: number): void {
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  for (const node of graph.node) {
    const tensor = constantTensor(node);
    if (tensor) constants.set(node.output[0] as string, tensor);
  }
  const split = (nodes: readonly NodeProto[]): NodeProto[] =>
    nodes.flatMap((node) => {
      for (const inner of subgraphs(node)) inner.node = split(inner.node);
      return productNodes(node, constants, opset) ?? [node];
    });
  graph.node = split(graph.node);
}

/** The nodes that compute the same; undefined for other nodes. */
function productNodes(
  node: NodeProto,
  constants: ReadonlyMap<string, TensorProto>,
  opset: number,
): NodeProto[] | undefined {
  const known = QUANTISED[node.opType];
  if (known?.domain !== (node.domain === 'ai.onnx' ? '' : node.domain)) return undefined;
  const [a = '', aScale = '', aZero = '', b = '', bScale = '', bZero = ''] = node.input;
  const [scale = '', zero = ''] = node.input.slice(known.result);
  const shapeOf = (tensor: string): number[] | undefined => constants.get(tensor)?.dims.map(Number);
  const isOne = (tensor: string): boolean => elementCount(shapeOf(tensor) ?? [0]) === 1;
  // Filters have a scale each, columns of a matrix, and its rows where it is turned.
  const axis = known.op === 'Conv' || integerOf(node, 'transB', 0) !== 0 ? 0 : 1;
  const rank = shapeOf(b)?.length;
  const perChannel = shapeOf(bScale)?.length === 1 && rank !== undefined && (known.op === 'Conv' || rank === 2);
  // The bias of a QGemm is in steps of alpha times both scales.
  if (known.op === 'Gemm' && realOf(node, 'alpha', 1) !== 1) return undefined;
  if (!isOne(aScale) || !(isOne(bScale) || (perChannel && opset >= CHANNELS_SINCE))) return undefined;
  const output = node.output[0] as string;
  const at = (step: string): string => `${output}__${step}`;
  const steps = [
    makeNode('DequantizeLinear', [a, aScale, aZero], at('first')),
    makeNode('DequantizeLinear', [b, bScale, bZero], at('second'), isOne(bScale) ? {} : { axis }),
  ];
  const operands = [at('first'), at('second')];
  const bias = known.bias === undefined ? '' : (node.input[known.bias] ?? '');
  if (bias !== '') {
    steps.push(
      makeNode('Cast', [bias], at('bias_steps'), { to: TensorProto_DataType.FLOAT }),
      makeNode('Mul', [aScale, bScale], at('bias_scale')),
      makeNode('Mul', [at('bias_steps'), at('bias_scale')], at('bias')),
    );
    operands.push(at('bias'));
  }
  // Without a scale of the result it is left as real numbers.
  const product = makeNode(known.op, operands, scale === '' ? output : at('product'));
  product.attribute = node.attribute;
  product.name = node.name;
  const rounding = scale === '' ? [] : [makeNode('QuantizeLinear', [at('product'), scale, zero], output)];
  return [...steps, product, ...rounding];
}
