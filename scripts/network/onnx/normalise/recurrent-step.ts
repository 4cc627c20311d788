import type { NodeProto } from 'onnx-buf';
import { type Attributes, makeNode } from '../make.js';

/** Gates of each kind, in the order of their weights' rows. */
export const GATES = { GRU: ['z', 'r', 'h'], LSTM: ['i', 'o', 'f', 'c'], RNN: ['h'] } as const;
export type Kind = keyof typeof GATES;

/** An activation function with its parameters. */
export interface Activation {
  readonly op: string;
  readonly parameters: Readonly<Record<string, number>>;
}

/** One step, as a graph of its own that reads weights from outside. */
export interface Body {
  /** A name of the step's own. */
  readonly at: (name: string) => string;
  readonly nodes: NodeProto[];
  /** hidden x gates of weights. */
  readonly recurrent: string;
  readonly bias: string | undefined;
  /** Weights of the cell state for the gates i, o, f. */
  readonly peepholes: readonly string[] | undefined;
  /** Columns of each gate. */
  readonly gates: readonly string[];
  readonly activations: readonly Activation[];
  /** Lower and upper end of the gates' sums, where they are clipped. */
  readonly clip: readonly [string, string] | undefined;
  /** Adds a node outside of the loop. @returns Its output. */
  readonly outside: (
    op: string,
    inputs: readonly string[],
    output: string,
    integers?: Record<string, number>,
  ) => string;
  /** A constant of one number. */
  readonly number: (name: string, value: number) => string;
}

/** The next states, and the operands of the products. */
export interface Step {
  readonly next: readonly string[];
  readonly operands: readonly string[];
}

export function apply(
  { nodes, at }: Body,
  op: string,
  inputs: readonly string[],
  name: string,
  attributes?: Attributes,
): string {
  nodes.push(makeNode(op, inputs, at(name), attributes));
  return at(name);
}

const gateOf = (body: Body, tensor: string, gate: number, name: string): string =>
  apply(body, 'Gather', [tensor, body.gates[gate] as string], name, { axis: 1 });

/** The product of the hidden state with all weights, and the bias. */
function hiddenProduct(body: Body): string {
  const product = apply(body, 'MatMul', [body.at('h'), body.recurrent], 'hidden');
  return body.bias === undefined ? product : apply(body, 'Add', [product, body.bias], 'hidden_biased');
}

/** An activation function of a gate's sum, clipped before it where that is asked for. */
function gated(body: Body, which: number, sum: string, name: string): string {
  const { clip } = body;
  const within = clip
    ? apply(body, 'Min', [apply(body, 'Max', [sum, clip[0]], `${name}_raised`), clip[1]], `${name}_clipped`)
    : sum;
  return activated(body, which, within, name);
}

function activated(body: Body, which: number, input: string, name: string): string {
  const { op, parameters } = body.activations[which] as Activation;
  const attributes = Object.entries(parameters).map(([each, float]) => [each, { float }] as const);
  return apply(body, op, [input], name, Object.fromEntries(attributes));
}

/** A simple recurrent layer: one gate. */
export function rnnStep(body: Body): Step {
  const sums = apply(body, 'Add', [hiddenProduct(body), body.at('x')], 'sums');
  return { next: [gated(body, 0, sums, 'next_h')], operands: [body.at('h')] };
}

/** @param coupled The forget gate is what the input gate leaves. */
export function lstmStep(body: Body, coupled: boolean): Step {
  const { at, peepholes } = body;
  const [gate, candidate, shown] = [0, 1, 2];
  const sums = apply(body, 'Add', [hiddenProduct(body), at('x')], 'sums');
  const sum = (i: number, name: string, peephole?: readonly [number, string]): string => {
    const own = gateOf(body, sums, i, `${name}_sum`);
    if (!peepholes || !peephole) return own;
    const [which, cell] = peephole;
    const seen = apply(body, 'Mul', [cell, peepholes[which] as string], `${name}_seen`);
    return apply(body, 'Add', [own, seen], `${name}_with_cell`);
  };
  const input = gated(body, gate, sum(0, 'i', [0, at('c')]), 'i');
  const forget = coupled
    ? apply(body, 'Sub', [body.number('one', 1), input], 'f')
    : gated(body, gate, sum(2, 'f', [2, at('c')]), 'f');
  const cell = gated(body, candidate, sum(3, 'g'), 'g');
  const kept = apply(body, 'Mul', [forget, at('c')], 'kept');
  const taken = apply(body, 'Mul', [input, cell], 'taken');
  const next = apply(body, 'Add', [kept, taken], 'next_c');
  const output = gated(body, gate, sum(1, 'o', [1, next]), 'o');
  // The cell state is not clipped, as in ONNX Runtime.
  const hidden = apply(body, 'Mul', [output, activated(body, shown, next, 'shown')], 'next_h');
  return { next: [hidden, next], operands: [at('h')] };
}

/** With the reset gate on the product of the hidden state, or on the hidden state before its product. */
export function gruStep(body: Body, resetAfter: boolean): Step {
  const { at, outside } = body;
  const [update, reset, candidate] = [0, 1, 2];
  const product = hiddenProduct(body);
  const sum = (gate: number, name: string): string =>
    apply(
      body,
      'Add',
      [gateOf(body, product, gate, `${name}_h`), gateOf(body, at('x'), gate, `${name}_x`)],
      `${name}_sum`,
    );
  const z = gated(body, 0, sum(update, 'z'), 'z');
  const r = gated(body, 0, sum(reset, 'r'), 'r');
  let inner: string;
  const operands = [at('h')];
  if (resetAfter) inner = apply(body, 'Mul', [r, gateOf(body, product, candidate, 'g_h')], 'g_reset');
  else {
    const own = (tensor: string, axis: number): string =>
      outside('Gather', [tensor, body.gates[candidate] as string], `${tensor}_reset`, { axis });
    const operand = apply(body, 'Mul', [r, at('h')], 'h_reset');
    operands.push(operand);
    inner = apply(body, 'MatMul', [operand, own(body.recurrent, 1)], 'g_product');
    if (body.bias !== undefined) inner = apply(body, 'Add', [inner, own(body.bias, 0)], 'g_biased');
  }
  const g = gated(body, 1, apply(body, 'Add', [inner, gateOf(body, at('x'), candidate, 'g_x')], 'g_sum'), 'g');
  // (1 - z) g + z h, without a constant: g + z (h - g).
  const moved = apply(body, 'Mul', [z, apply(body, 'Sub', [at('h'), g], 'way')], 'moved');
  return { next: [apply(body, 'Add', [g, moved], 'next_h')], operands };
}
