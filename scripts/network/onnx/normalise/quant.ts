import type { GraphProto, ModelProto, NodeProto, TensorProto } from 'onnx-buf';
import { UserError } from '../../../../gen/base/errors.js';
import { constantTensor } from '../constant.js';
import { makeNode } from '../make.js';
import { integerOf, subgraphs, textOf } from '../nodes.js';
import { integerRange, type Quantiser } from '../quantisers.js';
import { floatProto, readFloats } from '../tensor.js';

/** Domains that the operators of QONNX have had. */
const DOMAINS: ReadonlySet<string> = new Set(['finn.custom_op.general', 'onnx.brevitas', 'qonnx.custom_op.general']);

/** Standard operators that round as a mode does. */
const ROUNDING: Readonly<Record<string, string>> = { CEIL: 'Ceil', FLOOR: 'Floor', HALF_EVEN: 'Round', ROUND: 'Round' };

/** Operator set from which on there is Round. */
const ROUND_SINCE = 11;

/** Widths of codes. */
const [NARROWEST, WIDEST] = [2, 8];

/**
 * Quant of QONNX becomes the standard operators that compute it.
 *
 * @returns What is rounded, by the node's output, where codes can hold it.
 * @throws UserError for other operators of QONNX, and for modes and widths that are not standard.
 */
export function unfoldQuant(proto: ModelProto, graph: GraphProto, opset: number, name: string): Map<string, Quantiser> {
  const quantisers = new Map<string, Quantiser>();
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  for (const node of graph.node) {
    const tensor = constantTensor(node);
    if (tensor) constants.set(node.output[0] as string, tensor);
  }
  const added: TensorProto[] = [];
  const unfold = (nodes: readonly NodeProto[]): NodeProto[] =>
    nodes.flatMap((node) => {
      for (const inner of subgraphs(node)) inner.node = unfold(inner.node);
      if (!DOMAINS.has(node.domain)) return [node];
      const { nodes: steps, quantiser } = quantNodes(node, { constants, added, opset, name });
      if (quantiser) quantisers.set(node.output[0] as string, quantiser);
      return steps;
    });
  graph.node = unfold(graph.node);
  graph.initializer.push(...added);
  proto.opsetImport = proto.opsetImport.filter(({ domain }) => !DOMAINS.has(domain));
  return quantisers;
}

interface Surroundings {
  readonly constants: ReadonlyMap<string, TensorProto>;
  /** Takes the constants that are needed. */
  readonly added: TensorProto[];
  readonly opset: number;
  readonly name: string;
}

/** x, scale, zero point, width of the integers. */
function quantNodes(node: NodeProto, { constants, added, opset, name }: Surroundings) {
  const { opType } = node;
  const output = node.output[0] as string;
  const refuse = (what: string): never => {
    throw new UserError(`${name}: ${opType} of QONNX, ${node.name || output}: ${what}`);
  };
  if (opType !== 'Quant' && opType !== 'IntQuant') refuse('only Quant has a meaning in standard operators');
  const [x = '', scale = '', zero = '', width = ''] = node.input;
  const proto = constants.get(width);
  const bits = proto ? (readFloats(proto, `${name}: ${width}`).data[0] as number) : refuse('its width is computed');
  if (!Number.isInteger(bits) || bits < 1) refuse(`a width of ${bits} bits; a whole number from 1 on has a meaning`);
  const mode = textOf(node, 'rounding_mode', 'ROUND').toUpperCase();
  const round = ROUNDING[mode] ?? refuse(`rounding mode ${mode}; ${Object.keys(ROUNDING).join(', ')} are known`);
  if (round === 'Round' && opset < ROUND_SINCE) refuse(`operator set ${opset}; it needs ${ROUND_SINCE} or newer`);
  const signed = integerOf(node, 'signed', 1) !== 0;
  const range = integerRange(bits, signed);
  const narrow = integerOf(node, 'narrow', 0) === 0 ? 0 : 1;
  const [least, greatest] = signed ? [range.least + narrow, range.greatest] : [range.least, range.greatest - narrow];
  const at = (step: string): string => `${output}__${step}`;
  const limit = (step: string, value: number): string => {
    added.push(floatProto(at(step), { shape: [], data: Float32Array.of(value) }));
    return at(step);
  };
  const steps: [op: string, other: string | undefined, step: string][] = [
    ['Div', scale, 'steps'],
    ['Add', zero, 'shifted'],
    ['Max', limit('least', least), 'above'],
    ['Min', limit('greatest', greatest), 'within'],
    [round, undefined, 'integers'],
    ['Sub', zero, 'centred'],
    ['Mul', scale, ''],
  ];
  let from = x;
  const nodes = steps.map(([op, other, step]) => {
    const to = step === '' ? output : at(step);
    const made = makeNode(op, other === undefined ? [from] : [from, other], to);
    from = to;
    return made;
  });
  const held = bits >= NARROWEST && bits <= WIDEST;
  const quantiser: Quantiser = { bits, signed, least, greatest, scale, zero, source: x };
  return { nodes, ...(held ? { quantiser } : {}) };
}
