import { type GraphProto, type NodeProto, type TensorProto, TensorProto_DataType } from 'onnx-buf';
import { constantTensor } from '../constant.js';
import { makeNode } from '../make.js';
import { integerOf, readsOf } from '../nodes.js';
import { elementCount, floatProto } from '../tensor.js';

const { FLOAT } = TensorProto_DataType;

/** Integer products, and the products of numbers that they are. */
const PRODUCTS: Readonly<Record<string, 'Conv' | 'MatMul'>> = { ConvInteger: 'Conv', MatMulInteger: 'MatMul' };

/** Operator set from which on DequantizeLinear takes a scale for each channel. */
const CHANNELS_SINCE = 13;

/**
 * MatMulInteger and ConvInteger of activations that DynamicQuantizeLinear rounds, and of constant weights, become the
 * products of real numbers that they stand for: of the rounded activations, whose scale is known at run time only, and of
 * the weights in steps. Left alone are those whose sums are read as integers.
 */
export function splitDynamic(graph: GraphProto, opset: number): void {
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  const makers = new Map<string, NodeProto>();
  const readers = new Map<string, NodeProto[]>();
  for (const node of graph.node) {
    const tensor = constantTensor(node);
    if (tensor) constants.set(node.output[0] as string, tensor);
    for (const output of node.output) makers.set(output, node);
    for (const read of readsOf(node)) readers.set(read, [...(readers.get(read) ?? []), node]);
  }
  const outputs = new Set(graph.output.map(({ name }) => name));
  const replaced = new Map<NodeProto, NodeProto[]>();
  for (const node of graph.node) {
    const op = node.domain === '' || node.domain === 'ai.onnx' ? PRODUCTS[node.opType] : undefined;
    const [x = '', w = '', xZero = '', wZero = ''] = node.input;
    const [sums = ''] = node.output;
    const rounding = makers.get(x);
    const weights = constants.get(w);
    const casts = readers.get(sums) ?? [];
    const isCast = ({ opType, input }: NodeProto): boolean => opType === 'Cast' && input[0] === sums;
    const toFloat = casts.every((cast) => isCast(cast) && integerOf(cast, 'to', 0) === FLOAT);
    if (!op || !weights || rounding?.opType !== 'DynamicQuantizeLinear' || rounding.output[0] !== x) continue;
    if (xZero !== rounding.output[2] || casts.length === 0 || !toFloat || outputs.has(sums)) continue;
    const columns = elementCount(constants.get(wZero)?.dims.map(Number) ?? []);
    const perColumn = columns > 1;
    if (wZero !== '' && !constants.has(wZero)) continue;
    if (perColumn && (op === 'Conv' || weights.dims.length !== 2 || opset < CHANNELS_SINCE)) continue;
    const scale = rounding.output[1] as string;
    const at = (step: string): string => `${sums}__${step}`;
    const one: TensorProto = floatProto(at('step'), {
      shape: perColumn ? [columns] : [],
      data: new Float32Array(columns).fill(1),
    });
    graph.initializer.push(one);
    const product = makeNode(op, [at('first'), at('second')], at('product'));
    product.attribute = node.attribute;
    product.name = node.name;
    replaced.set(node, [
      makeNode('DequantizeLinear', [x, scale, xZero], at('first')),
      makeNode(
        'DequantizeLinear',
        [w, one.name, ...(wZero === '' ? [] : [wZero])],
        at('second'),
        perColumn ? { axis: 1 } : {},
      ),
      product,
    ]);
    for (const cast of casts) replaced.set(cast, [makeNode('Div', [at('product'), scale], cast.output[0] as string)]);
  }
  graph.node = graph.node.flatMap((node) => replaced.get(node) ?? [node]);
}
