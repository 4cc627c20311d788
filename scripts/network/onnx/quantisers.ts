import { type GraphProto, type NodeProto, type TensorProto, TensorProto_DataType } from 'onnx-buf';
import { constantTensor } from './constant.js';
import { integerOf } from './nodes.js';

/** The integers that a network rounds a tensor to by itself: a real number is (integer - zero) · scale. */
export interface Quantiser {
  readonly bits: number;
  readonly signed: boolean;
  /** Least and greatest integer. */
  readonly least: number;
  readonly greatest: number;
  /** Tensor of the scales. */
  readonly scale: string;
  /** Tensor of the integers that stand for 0; empty where 0 does. */
  readonly zero: string;
  /** Dimension that several scales run along, one for each `block` elements (0: as many as there are); without it they broadcast. */
  readonly along?: { readonly axis: number; readonly block: number };
  /** The tensor before it is rounded, where the network holds it. */
  readonly source?: string;
}

const { INT4, INT8, UINT4, UINT8 } = TensorProto_DataType;

/** Element types that codes can hold, with their widths. */
const INTEGERS: ReadonlyMap<number, { readonly bits: number; readonly signed: boolean }> = new Map([
  [INT4, { bits: 4, signed: true }],
  [INT8, { bits: 8, signed: true }],
  [UINT4, { bits: 4, signed: false }],
  [UINT8, { bits: 8, signed: false }],
]);

/** The least and the greatest integer of a width. */
export function integerRange(bits: number, signed: boolean): { readonly least: number; readonly greatest: number } {
  return signed ? { least: -(2 ** (bits - 1)), greatest: 2 ** (bits - 1) - 1 } : { least: 0, greatest: 2 ** bits - 1 };
}

/** Operators whose result holds elements of their first input, or zeros, and nothing else. */
const MOVES: ReadonlySet<string> = new Set([
  'DepthToSpace',
  'Expand',
  'Flatten',
  'Gather',
  'Identity',
  'MaxPool',
  'Relu',
  'Reshape',
  'Slice',
  'SpaceToDepth',
  'Split',
  'Squeeze',
  'Tile',
  'Transpose',
  'Unsqueeze',
]);

const makersOf = (nodes: readonly NodeProto[]): Map<string, NodeProto> =>
  new Map(nodes.flatMap((node) => node.output.map((output) => [output, node] as const)));

/** What each DequantizeLinear of a graph makes real numbers of, by its output. */
export function dequantisers(graph: GraphProto): Map<string, Quantiser> {
  const makers = makersOf(graph.node);
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  const constant = (name: string): TensorProto | undefined => {
    const maker = makers.get(name);
    return constants.get(name) ?? (maker && constantTensor(maker));
  };
  const typeOf = (name: string): number | undefined => {
    const maker = makers.get(name);
    if (maker?.opType === 'QuantizeLinear') {
      const type = integerOf(maker, 'output_dtype', 0);
      return constant(maker.input[2] ?? '')?.dataType ?? (type === 0 ? UINT8 : type);
    }
    if (maker && MOVES.has(maker.opType)) return typeOf(maker.input[0] as string);
    const info = graph.input.find((input) => input.name === name)?.type?.value;
    return constant(name)?.dataType ?? (info?.case === 'tensorType' ? info.value.elemType : undefined);
  };
  const found = new Map<string, Quantiser>();
  for (const node of graph.node) {
    const [x = '', scale = '', zero = ''] = node.input;
    if (node.opType !== 'DequantizeLinear') continue;
    const integers = INTEGERS.get(constant(zero)?.dataType ?? typeOf(x) ?? -1);
    if (!integers) continue;
    const maker = makers.get(x);
    found.set(node.output[0] as string, {
      ...integers,
      ...integerRange(integers.bits, integers.signed),
      scale,
      zero,
      along: { axis: integerOf(node, 'axis', 1), block: integerOf(node, 'block_size', 0) },
      ...(maker?.opType === 'QuantizeLinear' ? { source: maker.input[0] as string } : {}),
    });
  }
  return found;
}

/** The tensor that is rounded and whose elements a tensor holds, perhaps moved: itself, or one that it is made of. */
export function roundedOrigin(
  nodes: readonly NodeProto[],
  quantisers: ReadonlyMap<string, Quantiser>,
  tensors: readonly string[],
): ReadonlyMap<string, string> {
  const makers = makersOf(nodes);
  const origins = new Map<string, string>();
  for (const tensor of tensors) {
    let name = tensor;
    for (let maker = makers.get(name); !quantisers.has(name); maker = makers.get(name)) {
      if (!maker || !MOVES.has(maker.opType)) break;
      name = maker.input[0] as string;
    }
    if (quantisers.has(name)) origins.set(tensor, name);
  }
  return origins;
}
