import { create } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  type NodeProto,
  type TensorProto,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import { constantTensor } from '../constant.js';
import { integerOf, makeNode, textOf, textsOf } from '../nodes.js';
import { int64Proto } from '../tensor.js';

/** Gates of each kind, in the order of their weights' rows. */
const GATES = { GRU: ['z', 'r', 'h'], LSTM: ['i', 'o', 'f', 'c'] } as const;
type Kind = keyof typeof GATES;

/** Activations of one direction that are known: those without which nothing is said. */
const ACTIVATIONS: Readonly<Record<Kind, readonly string[]>> = {
  GRU: ['Sigmoid', 'Tanh'],
  LSTM: ['Sigmoid', 'Tanh', 'Tanh'],
};

/**
 * LSTM and GRU become what they compute: one product of the whole input, and a Scan over the steps with the product of
 * the hidden state. The Scan delivers every operand of its products as well, so that they can be looked at.
 *
 * Left alone are nodes with lengths per sequence, peepholes, clips, other activations or weights that are no constants.
 */
export function unfoldRecurrent(graph: GraphProto): void {
  const constants = new Set(graph.initializer.map(({ name }) => name));
  for (const node of graph.node) if (constantTensor(node)) constants.add(node.output[0] as string);
  const added: TensorProto[] = [];
  graph.node = graph.node.flatMap((node) => (isKnown(node, constants) ? unfold(node, added) : [node]));
  graph.initializer.push(...added);
}

function isKnown(node: NodeProto, constants: ReadonlySet<string>): boolean {
  const kind = node.opType;
  if ((kind !== 'LSTM' && kind !== 'GRU') || (node.domain !== '' && node.domain !== 'ai.onnx')) return false;
  const [, w = '', r = '', , lengths = '', , , peepholes = ''] = node.input;
  const activations = textsOf(node, 'activations');
  return (
    constants.has(w) &&
    constants.has(r) &&
    lengths === '' &&
    peepholes === '' &&
    integerOf(node, 'layout', 0) === 0 &&
    integerOf(node, 'input_forget', 0) === 0 &&
    !node.attribute.some(({ name }) => name === 'clip') &&
    integerOf(node, 'hidden_size', 0) > 0 &&
    activations.every((each, i) => each === ACTIVATIONS[kind][i % ACTIVATIONS[kind].length])
  );
}

/** What the parts of one node have in common. */
interface Recurrence {
  readonly node: NodeProto;
  readonly kind: Kind;
  readonly hidden: number;
  /** A name of the node's own. */
  readonly at: (step: string) => string;
  readonly constants: TensorProto[];
  readonly nodes: NodeProto[];
}

function unfold(node: NodeProto, constants: TensorProto[]): NodeProto[] {
  const base = node.output.find((each) => each !== '') as string;
  const own: Recurrence = {
    node,
    kind: node.opType as Kind,
    hidden: integerOf(node, 'hidden_size', 0),
    at: (step) => `${base}__${step}`,
    constants,
    nodes: [],
  };
  const { hidden, at, nodes } = own;
  const direction = textOf(node, 'direction', 'forward');
  const backward = direction === 'bidirectional' ? [false, true] : [direction === 'reverse'];
  const parts = backward.map((isBackward, i) => unfoldDirection(own, i, isBackward));
  whole(own, 'sequence_shape', [0, 1, -1, hidden]);
  whole(own, 'state_shape', [1, -1, hidden]);
  const joined = (output: string | undefined, tensors: readonly string[], shape: string, axis: number): void => {
    if (!output) return;
    const shaped = tensors.map((tensor) => step(own, 'Reshape', [tensor, at(shape)], `${tensor}_shaped`));
    nodes.push(makeNode('Concat', shaped, output, { axis }));
  };
  const [sequence, last, cell] = node.output;
  joined(
    sequence,
    parts.map((part) => part.sequence),
    'sequence_shape',
    1,
  );
  joined(
    last,
    parts.map((part) => part.last),
    'state_shape',
    0,
  );
  joined(
    cell,
    parts.map((part) => part.cell ?? ''),
    'state_shape',
    0,
  );
  return nodes;
}

/** Adds a node outside of the loop. @returns Its output. */
function step(
  { nodes }: Recurrence,
  op: string,
  inputs: readonly string[],
  output: string,
  integers: Readonly<Record<string, number>> = {},
): string {
  nodes.push(makeNode(op, inputs, output, integers));
  return output;
}

function whole({ constants, at }: Recurrence, name: string, values: readonly number[]): string {
  constants.push(int64Proto(at(name), values));
  return at(name);
}

/** One direction of the sequence. */
function unfoldDirection(own: Recurrence, index: number, backward: boolean) {
  const { node, kind, hidden, constants } = own;
  const at = (name: string): string => own.at(`${name}${index}`);
  const [x = '', w = '', r = '', b = ''] = node.input;
  const [initial = '', initialCell = ''] = node.input.slice(5);
  const gates = GATES[kind].length;
  const direction = at('direction');
  constants.push(scalar(direction, index));
  const part = (tensor: string, name: string): string =>
    step(own, 'Gather', [tensor, direction], at(name), { axis: 0 });
  const turned = (tensor: string, name: string): string =>
    step(own, 'Transpose', [part(tensor, `${name}_own`)], at(name));
  const range = (name: string, first: number, count: number): string => {
    constants.push(
      int64Proto(
        at(name),
        Array.from({ length: count }, (_, i) => first + i),
      ),
    );
    return at(name);
  };
  const weights = turned(w, 'input_weights');
  let input = step(own, 'MatMul', [x, weights], at('input'));
  let recurrentBias: string | undefined;
  if (b !== '') {
    const bias = part(b, 'bias');
    const half = gates * hidden;
    const inputBias = step(own, 'Gather', [bias, range('input_rows', 0, half)], at('input_bias'), { axis: 0 });
    recurrentBias = step(own, 'Gather', [bias, range('hidden_rows', half, half)], at('hidden_bias'), { axis: 0 });
    input = step(own, 'Add', [input, inputBias], at('biased'));
  }
  const state = (given: string, name: string): string => (given === '' ? zeros(own, x, at(name)) : part(given, name));
  const states = [state(initial, 'first'), ...(kind === 'LSTM' ? [state(initialCell, 'first_cell')] : [])];
  const body: Body = {
    at: (name) => at(`step_${name}`),
    nodes: [],
    recurrent: turned(r, 'hidden_weights'),
    bias: recurrentBias,
    gates: GATES[kind].map((_, i) => range(`gate${i}_`, i * hidden, hidden)),
    outer: own,
  };
  const { next, operands } =
    kind === 'LSTM' ? lstmStep(body) : gruStep(body, integerOf(node, 'linear_before_reset', 0) !== 0);
  const delivered = [next[0] as string, ...operands];
  // The same tensor is a state and an output of the sequence, and outputs need names of their own.
  const results = [...next, ...delivered].map((tensor, i) => {
    body.nodes.push(makeNode('Identity', [tensor], body.at(`result${i}`)));
    return body.at(`result${i}`);
  });
  const inputs = ['h', ...(kind === 'LSTM' ? ['c'] : []), 'x'].map((name) => body.at(name));
  const graph = create(GraphProtoSchema, {
    name: at('body'),
    node: body.nodes,
    input: inputs.map((name) => create(ValueInfoProtoSchema, { name })),
    output: results.map((name) => create(ValueInfoProtoSchema, { name })),
  });
  const outputs = [
    at('last'),
    ...(kind === 'LSTM' ? [at('cell')] : []),
    at('sequence'),
    ...operands.map((_, i) => at(`operand${i}_`)),
  ];
  const scan = makeNode('Scan', [...states, input], outputs[0] as string, { num_scan_inputs: 1 });
  scan.output = outputs;
  const { GRAPH, INTS } = AttributeProto_AttributeType;
  const directions = (name: string, count: number) =>
    create(AttributeProtoSchema, { name, type: INTS, ints: new Array(count).fill(backward ? 1n : 0n) });
  scan.attribute.push(
    create(AttributeProtoSchema, { name: 'body', type: GRAPH, g: graph }),
    directions('scan_input_directions', 1),
    directions('scan_output_directions', delivered.length),
  );
  own.nodes.push(scan);
  return { sequence: at('sequence'), last: at('last'), ...(kind === 'LSTM' ? { cell: at('cell') } : {}) };
}

/** Zeros of batch x hidden. */
function zeros(own: Recurrence, x: string, name: string): string {
  const one = `${name}_one`;
  own.constants.push(int64Proto(one, [1]), int64Proto(`${name}_hidden`, [own.hidden]));
  const shape = step(own, 'Shape', [x], `${name}_sizes`);
  const batch = step(own, 'Gather', [shape, one], `${name}_batch`, { axis: 0 });
  const sizes = step(own, 'Concat', [batch, `${name}_hidden`], `${name}_shape`, { axis: 0 });
  return step(own, 'ConstantOfShape', [sizes], name);
}

function scalar(name: string, value: number): TensorProto {
  const tensor = int64Proto(name, [value]);
  tensor.dims = [];
  return tensor;
}

/** One step, as a graph of its own that reads weights from outside. */
interface Body {
  readonly at: (name: string) => string;
  readonly nodes: NodeProto[];
  /** hidden x gates of weights. */
  readonly recurrent: string;
  readonly bias: string | undefined;
  /** Columns of each gate. */
  readonly gates: readonly string[];
  readonly outer: Recurrence;
}

/** The next states, and the operands of the products. */
interface Step {
  readonly next: readonly string[];
  readonly operands: readonly string[];
}

function apply({ nodes, at }: Body, op: string, inputs: readonly string[], name: string, integers = {}): string {
  nodes.push(makeNode(op, inputs, at(name), integers));
  return at(name);
}

const gateOf = (body: Body, tensor: string, gate: number, name: string): string =>
  apply(body, 'Gather', [tensor, body.gates[gate] as string], name, { axis: 1 });

/** The product of the hidden state with all weights, and the bias. */
function hiddenProduct(body: Body): string {
  const product = apply(body, 'MatMul', [body.at('h'), body.recurrent], 'hidden');
  return body.bias === undefined ? product : apply(body, 'Add', [product, body.bias], 'hidden_biased');
}

function lstmStep(body: Body): Step {
  const { at } = body;
  const sums = apply(body, 'Add', [hiddenProduct(body), at('x')], 'sums');
  const gate = (i: number, op: string, name: string): string =>
    apply(body, op, [gateOf(body, sums, i, `${name}_sum`)], name);
  const [input, output, forget, cell] = [
    gate(0, 'Sigmoid', 'i'),
    gate(1, 'Sigmoid', 'o'),
    gate(2, 'Sigmoid', 'f'),
    gate(3, 'Tanh', 'g'),
  ];
  const kept = apply(body, 'Mul', [forget, at('c')], 'kept');
  const taken = apply(body, 'Mul', [input, cell], 'taken');
  const next = apply(body, 'Add', [kept, taken], 'next_c');
  const hidden = apply(body, 'Mul', [output, apply(body, 'Tanh', [next], 'shown')], 'next_h');
  return { next: [hidden, next], operands: [at('h')] };
}

/** With the reset gate on the product of the hidden state, or on the hidden state before its product. */
function gruStep(body: Body, resetAfter: boolean): Step {
  const { at, outer } = body;
  const [update, reset, candidate] = [0, 1, 2];
  const product = hiddenProduct(body);
  const sum = (gate: number, name: string): string =>
    apply(
      body,
      'Add',
      [gateOf(body, product, gate, `${name}_h`), gateOf(body, at('x'), gate, `${name}_x`)],
      `${name}_sum`,
    );
  const z = apply(body, 'Sigmoid', [sum(update, 'z')], 'z');
  const r = apply(body, 'Sigmoid', [sum(reset, 'r')], 'r');
  let inner: string;
  const operands = [at('h')];
  if (resetAfter) inner = apply(body, 'Mul', [r, gateOf(body, product, candidate, 'g_h')], 'g_reset');
  else {
    const weights = step(
      outer,
      'Gather',
      [body.recurrent, body.gates[candidate] as string],
      `${body.recurrent}_reset`,
      { axis: 1 },
    );
    const operand = apply(body, 'Mul', [r, at('h')], 'h_reset');
    operands.push(operand);
    inner = apply(body, 'MatMul', [operand, weights], 'g_product');
    if (body.bias !== undefined) {
      const bias = step(outer, 'Gather', [body.bias, body.gates[candidate] as string], `${body.bias}_reset`, {
        axis: 0,
      });
      inner = apply(body, 'Add', [inner, bias], 'g_biased');
    }
  }
  const g = apply(body, 'Tanh', [apply(body, 'Add', [inner, gateOf(body, at('x'), candidate, 'g_x')], 'g_sum')], 'g');
  // (1 - z) g + z h, without a constant: g + z (h - g).
  const moved = apply(body, 'Mul', [z, apply(body, 'Sub', [at('h'), g], 'way')], 'moved');
  return { next: [apply(body, 'Add', [g, moved], 'next_h')], operands };
}
