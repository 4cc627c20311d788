import { create } from '@bufbuild/protobuf';
import {
  type GraphProto,
  GraphProtoSchema,
  type NodeProto,
  type TensorProto,
  TensorProto_DataType,
  TensorShapeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import { constantTensor } from '../constant.js';
import { makeNode, valueInfo } from '../make.js';
import { integerOf, realOf, realsOf, textOf, textsOf } from '../nodes.js';
import { floatProto, int64Proto } from '../tensor.js';
import { type Activation, apply, type Body, GATES, gruStep, type Kind, lstmStep, rnnStep } from './recurrent-step.js';

const { INT64 } = TensorProto_DataType;

/** Activations of one direction where a node says nothing. */
const ACTIVATIONS: Readonly<Record<Kind, readonly string[]>> = {
  GRU: ['Sigmoid', 'Tanh'],
  LSTM: ['Sigmoid', 'Tanh', 'Tanh'],
  RNN: ['Tanh'],
};

/** Activation functions that are operators, with the parameters that they take from the node's lists. */
const PARAMETERS: Readonly<Record<string, readonly ('alpha' | 'beta')[]>> = {
  Elu: ['alpha'],
  HardSigmoid: ['alpha', 'beta'],
  LeakyRelu: ['alpha'],
  Relu: [],
  Sigmoid: [],
  Softplus: [],
  Softsign: [],
  Tanh: [],
  ThresholdedRelu: ['alpha'],
};

/** Operator set from which on there are the operators that lengths per sequence need. */
const LENGTHS_SINCE = 11;

const isKind = (op: string): op is Kind => Object.hasOwn(GATES, op);

/**
 * LSTM, GRU and RNN become what they compute: one product of the whole input, and a Scan over the steps with the product
 * of the hidden state. The Scan delivers every operand of its products as well, so that they can be looked at.
 *
 * Left alone are nodes with other activations, weights that are no constants, and lengths in operator sets before 11.
 */
export function unfoldRecurrent(graph: GraphProto, opset: number): void {
  const constants = new Set(graph.initializer.map(({ name }) => name));
  for (const node of graph.node) if (constantTensor(node)) constants.add(node.output[0] as string);
  const added: TensorProto[] = [];
  graph.node = graph.node.flatMap((node) => (isKnown(node, constants, opset) ? unfold(node, added) : [node]));
  graph.initializer.push(...added);
}

/** A matrix of floats of any size: without their rank, ONNX Runtime does not run a Scan. */
function matrixInfo(name: string): ValueInfoProto {
  const shape = create(TensorShapeProtoSchema, { dim: [{}, {}] });
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'tensorType', value: { elemType: TensorProto_DataType.FLOAT, shape } } },
  });
}

function isKnown(node: NodeProto, constants: ReadonlySet<string>, opset: number): boolean {
  if (!isKind(node.opType) || (node.domain !== '' && node.domain !== 'ai.onnx')) return false;
  const [, w = '', r = '', , lengths = ''] = node.input;
  return (
    constants.has(w) &&
    constants.has(r) &&
    (lengths === '' || opset >= LENGTHS_SINCE) &&
    integerOf(node, 'hidden_size', 0) > 0 &&
    textsOf(node, 'activations').every((each) => Object.hasOwn(PARAMETERS, each))
  );
}

/** What the parts of one node have in common. */
interface Recurrence {
  readonly node: NodeProto;
  readonly kind: Kind;
  readonly hidden: number;
  /** Steps x batch x features. */
  readonly x: string;
  /** Lengths of the sequences of a batch; empty where all are as long. */
  readonly lengths: string;
  /** Steps x batch x 1: whether a sequence has a step; empty where all have. */
  readonly alive: string;
  /** A name of the node's own. */
  readonly at: (step: string) => string;
  readonly constants: TensorProto[];
  readonly nodes: NodeProto[];
}

function unfold(node: NodeProto, constants: TensorProto[]): NodeProto[] {
  const base = node.output.find((each) => each !== '') as string;
  const [x = '', , , , lengths = ''] = node.input;
  const at = (step: string): string => `${base}__${step}`;
  const batchFirst = integerOf(node, 'layout', 0) !== 0;
  const own: Recurrence = {
    node,
    kind: node.opType as Kind,
    hidden: integerOf(node, 'hidden_size', 0),
    x: batchFirst ? at('input_steps_first') : x,
    lengths,
    alive: lengths === '' ? '' : at('alive'),
    at,
    constants,
    nodes: [],
  };
  const { hidden, nodes } = own;
  if (batchFirst) transpose(own, x, own.x, [1, 0, 2]);
  if (lengths !== '') stepsAlive(own);
  const direction = textOf(node, 'direction', 'forward');
  const backward = direction === 'bidirectional' ? [false, true] : [direction === 'reverse'];
  const parts = backward.map((isBackward, i) => unfoldDirection(own, i, isBackward));
  whole(own, 'sequence_shape', [0, 1, -1, hidden]);
  whole(own, 'state_shape', [1, -1, hidden]);
  const joined = (
    output: string | undefined,
    tensors: readonly string[],
    { shape, axis, turned }: { shape: string; axis: number; turned: readonly number[] },
  ): void => {
    if (!output) return;
    const shaped = tensors.map((tensor) => step(own, 'Reshape', [tensor, at(shape)], `${tensor}_shaped`));
    const result = batchFirst ? `${output}__steps_first` : output;
    nodes.push(makeNode('Concat', shaped, result, { axis }));
    if (batchFirst) transpose(own, result, output, turned);
  };
  const [sequence, last, cell] = node.output;
  const state = { shape: 'state_shape', axis: 0, turned: [1, 0, 2] };
  joined(
    sequence,
    parts.map((part) => part.sequence),
    { shape: 'sequence_shape', axis: 1, turned: [2, 0, 1, 3] },
  );
  joined(
    last,
    parts.map((part) => part.last),
    state,
  );
  joined(
    cell,
    parts.map((part) => part.cell ?? ''),
    state,
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

function transpose({ nodes }: Recurrence, from: string, to: string, order: readonly number[]): string {
  nodes.push(makeNode('Transpose', [from], to, { perm: order }));
  return to;
}

function whole({ constants, at }: Recurrence, name: string, values: readonly number[]): string {
  constants.push(int64Proto(at(name), values));
  return at(name);
}

/** Whether each sequence of the batch has a step, from the lengths. */
function stepsAlive(own: Recurrence): void {
  const { at, x, lengths, alive, constants } = own;
  for (const [name, value] of [
    ['none', 0],
    ['next', 1],
  ] as const) {
    constants.push(scalar(at(name), value));
  }
  const sizes = step(own, 'Shape', [x], at('sizes'));
  const count = step(own, 'Gather', [sizes, at('none')], at('step_count'), { axis: 0 });
  const indices = step(own, 'Range', [at('none'), count, at('next')], at('indices'));
  const column = step(own, 'Reshape', [indices, whole(own, 'column', [-1, 1, 1])], at('indices_column'));
  const whole64 = step(own, 'Cast', [lengths], at('lengths'), { to: INT64 });
  const row = step(own, 'Reshape', [whole64, whole(own, 'row', [1, -1, 1])], at('lengths_row'));
  step(own, 'Less', [column, row], alive);
}

/** Turns each sequence of a batch around, as far as it goes. */
const reversed = (own: Recurrence, tensor: string, name: string): string =>
  step(own, 'ReverseSequence', [tensor, own.at('lengths')], name, { time_axis: 0, batch_axis: 1 });

/** Activations of a direction; parameters are taken from the node's lists in their order. */
function activationsOf({ node, kind }: Recurrence, direction: number): readonly Activation[] {
  const each = ACTIVATIONS[kind].length;
  const names = textsOf(node, 'activations');
  const lists = { alpha: [...realsOf(node, 'activation_alpha')], beta: [...realsOf(node, 'activation_beta')] };
  const all = (names.length > 0 ? names : [...ACTIVATIONS[kind], ...ACTIVATIONS[kind]]).map((op) => {
    const given = (PARAMETERS[op] ?? []).flatMap((name) => {
      const value = lists[name].shift();
      return value === undefined ? [] : [[name, value] as const];
    });
    return { op, parameters: Object.fromEntries(given) };
  });
  return all.slice(direction * each, (direction + 1) * each);
}

/** One direction of the sequence. */
function unfoldDirection(own: Recurrence, index: number, backward: boolean) {
  const { node, kind, hidden, constants, x, lengths, alive } = own;
  const at = (name: string): string => own.at(`${name}${index}`);
  const [, w = '', r = '', b = ''] = node.input;
  const [initial = '', initialCell = '', peepholes = ''] = node.input.slice(5);
  const batchFirst = integerOf(node, 'layout', 0) !== 0;
  const gates = GATES[kind].length;
  const direction = at('direction');
  constants.push(scalar(direction, index));
  const part = (tensor: string, name: string, axis = 0): string =>
    step(own, 'Gather', [tensor, direction], at(name), { axis });
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
  const rows = (tensor: string, name: string, first: number, count: number): string =>
    step(own, 'Gather', [tensor, range(`${name}_rows`, first, count)], at(name), { axis: 0 });
  const number = (name: string, value: number): string => {
    constants.push(floatProto(at(name), { shape: [], data: Float32Array.of(value) }));
    return at(name);
  };
  const weights = turned(w, 'input_weights');
  let input = step(own, 'MatMul', [x, weights], at('input'));
  let recurrentBias: string | undefined;
  if (b !== '') {
    const bias = part(b, 'bias');
    const half = gates * hidden;
    const inputBias = rows(bias, 'input_bias', 0, half);
    recurrentBias = rows(bias, 'hidden_bias', half, half);
    input = step(own, 'Add', [input, inputBias], at('biased'));
  }
  // With lengths, each sequence begins at its own end.
  const turnsAround = backward && lengths !== '';
  if (turnsAround) input = reversed(own, input, at('turned'));
  const state = (given: string, name: string): string =>
    given === '' ? zeros(own, at(name)) : part(given, name, batchFirst ? 1 : 0);
  const states = [state(initial, 'first'), ...(kind === 'LSTM' ? [state(initialCell, 'first_cell')] : [])];
  const ownPeepholes = kind === 'LSTM' && peepholes !== '' ? part(peepholes, 'peepholes') : undefined;
  const clip = node.attribute.some(({ name }) => name === 'clip') ? realOf(node, 'clip', 0) : undefined;
  const body: Body = {
    at: (name) => at(`step_${name}`),
    nodes: [],
    recurrent: turned(r, 'hidden_weights'),
    bias: recurrentBias,
    peepholes:
      ownPeepholes === undefined
        ? undefined
        : ['i', 'o', 'f'].map((gate, i) => rows(ownPeepholes, `peephole_${gate}`, i * hidden, hidden)),
    gates: GATES[kind].map((_, i) => range(`gate${i}_`, i * hidden, hidden)),
    activations: activationsOf(own, index),
    clip: clip === undefined ? undefined : [number('low', -clip), number('high', clip)],
    outside: (op, inputs, output, integers) => step(own, op, inputs, output, integers),
    number,
  };
  const { next, operands } = stepOf(own, body);
  const names = ['h', ...(kind === 'LSTM' ? ['c'] : [])];
  const kept = alive === '' ? next : next.map((tensor, i) => whereAlive(body, tensor, body.at(names[i] as string)));
  const shown = alive === '' ? next[0] : whereAlive(body, next[0] as string, number('nothing', 0));
  const delivered = [shown as string, ...operands];
  // The same tensor is a state and an output of the sequence, and outputs need names of their own.
  const results = [...kept, ...delivered].map((tensor, i) => {
    body.nodes.push(makeNode('Identity', [tensor], body.at(`result${i}`)));
    return body.at(`result${i}`);
  });
  const inputs = [
    ...[...names, 'x'].map((name) => matrixInfo(body.at(name))),
    ...(alive === '' ? [] : [valueInfo(body.at('alive'))]),
  ];
  const graph = create(GraphProtoSchema, {
    name: at('body'),
    node: body.nodes,
    input: inputs,
    output: results.map((name) => valueInfo(name)),
  });
  const outputs = [
    at('last'),
    ...(kind === 'LSTM' ? [at('cell')] : []),
    at('sequence'),
    ...operands.map((_, i) => at(`operand${i}_`)),
  ];
  const sequences = [input, ...(alive === '' ? [] : [alive])];
  const fromEnd = backward && !turnsAround ? 1 : 0;
  const scan = makeNode('Scan', [...states, ...sequences], outputs[0] as string, {
    num_scan_inputs: sequences.length,
    body: { graph },
    scan_input_directions: sequences.map(() => fromEnd),
    scan_output_directions: delivered.map(() => fromEnd),
  });
  scan.output = outputs;
  own.nodes.push(scan);
  const sequence = turnsAround ? reversed(own, at('sequence'), at('sequence_turned')) : at('sequence');
  return { sequence, last: at('last'), ...(kind === 'LSTM' ? { cell: at('cell') } : {}) };
}

function stepOf({ kind, node }: Recurrence, body: Body) {
  if (kind === 'RNN') return rnnStep(body);
  return kind === 'LSTM'
    ? lstmStep(body, integerOf(node, 'input_forget', 0) !== 0)
    : gruStep(body, integerOf(node, 'linear_before_reset', 0) !== 0);
}

/** A tensor of the sequences that have the step, another one of those that are over. */
const whereAlive = (body: Body, tensor: string, otherwise: string): string =>
  apply(body, 'Where', [body.at('alive'), tensor, otherwise], `where${body.nodes.length}`);

/** Zeros of batch x hidden. */
function zeros(own: Recurrence, name: string): string {
  const one = `${name}_one`;
  own.constants.push(int64Proto(one, [1]), int64Proto(`${name}_hidden`, [own.hidden]));
  const shape = step(own, 'Shape', [own.x], `${name}_sizes`);
  const batch = step(own, 'Gather', [shape, one], `${name}_batch`, { axis: 0 });
  const sizes = step(own, 'Concat', [batch, `${name}_hidden`], `${name}_shape`, { axis: 0 });
  return step(own, 'ConstantOfShape', [sizes], name);
}

function scalar(name: string, value: number): TensorProto {
  const tensor = int64Proto(name, [value]);
  tensor.dims = [];
  return tensor;
}
