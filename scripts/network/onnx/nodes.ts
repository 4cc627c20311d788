import type { AttributeProto, GraphProto, NodeProto } from 'onnx-buf';

const attribute = (node: NodeProto, name: string): AttributeProto | undefined =>
  node.attribute.find((item) => item.name === name);

/** An integer attribute of a node. */
export function integerOf(node: NodeProto, name: string, fallback: number): number {
  const found = attribute(node, name);
  return found ? Number(found.i) : fallback;
}

/** A list of integers of a node, such as strides. */
export function integersOf(node: NodeProto, name: string, fallback: readonly number[]): readonly number[] {
  return attribute(node, name)?.ints.map(Number) ?? fallback;
}

/** A real number of a node, such as alpha. */
export function realOf(node: NodeProto, name: string, fallback: number): number {
  return attribute(node, name)?.f ?? fallback;
}

/** A list of real numbers of a node, such as scales. */
export function realsOf(node: NodeProto, name: string): readonly number[] {
  return attribute(node, name)?.floats ?? [];
}

/** A text of a node, such as auto_pad. */
export function textOf(node: NodeProto, name: string, fallback: string): string {
  const found = attribute(node, name);
  return found ? new TextDecoder().decode(found.s) : fallback;
}

/** A list of texts of a node, such as activations. */
export function textsOf(node: NodeProto, name: string): readonly string[] {
  return attribute(node, name)?.strings.map((text) => new TextDecoder().decode(text)) ?? [];
}

/** Whether a node runs graphs of its own (If, Loop, Scan). */
export const hasSubgraph = (node: NodeProto): boolean => subgraphs(node).length > 0;

/** The graphs that a node runs (branches, bodies). */
export const subgraphs = ({ attribute: attributes }: NodeProto): readonly GraphProto[] =>
  attributes.flatMap(({ g, graphs }) => [...(g ? [g] : []), ...graphs]);

/** All nodes of a graph, those inside of its nodes' own graphs too. */
export function* allNodes({ node: nodes }: Pick<GraphProto, 'node'>): Generator<NodeProto> {
  for (const node of nodes) {
    yield node;
    for (const inner of subgraphs(node)) yield* allNodes(inner);
  }
}

/** Tensors that a node reads, with what its own graphs take from outside. */
export function readsOf(node: NodeProto): string[] {
  return [...node.input.filter((name) => name !== ''), ...subgraphs(node).flatMap(capturesOf)];
}

/** Tensors of the surrounding graph that a graph reads. */
function capturesOf({ node: nodes, input, initializer, output }: GraphProto): string[] {
  const own = new Set([
    ...input.map(({ name }) => name),
    ...initializer.map(({ name }) => name),
    ...nodes.flatMap((node) => node.output),
  ]);
  return [...nodes.flatMap(readsOf), ...output.map(({ name }) => name)].filter((name) => !own.has(name));
}

/** Nodes that some tensors depend on, in the order of the list. */
export function needed(nodes: readonly NodeProto[], results: Iterable<string>): NodeProto[] {
  const wanted = new Set(results);
  const kept: NodeProto[] = [];
  for (const node of [...nodes].reverse()) {
    if (!node.output.some((output) => output !== '' && wanted.has(output))) continue;
    kept.push(node);
    for (const name of readsOf(node)) wanted.add(name);
  }
  return kept.reverse();
}

/** A Scan along the first dimension of its sequences. */
export interface Loop {
  readonly body: GraphProto;
  /** States come first among its inputs and outputs, then sequences. */
  readonly states: number;
  /** Whether each sequence that comes in, and each that goes out, runs from its end. */
  readonly inputsBackward: readonly boolean[];
  readonly outputsBackward: readonly boolean[];
}

/** What a node runs step by step; undefined for what is no Scan, and for other dimensions. */
export function scanOf(node: NodeProto): Loop | undefined {
  const body = attribute(node, 'body')?.g;
  if (node.opType !== 'Scan' || !body) return undefined;
  const sequences = integerOf(node, 'num_scan_inputs', 0);
  const states = node.input.length - sequences;
  const axes = [...integersOf(node, 'scan_input_axes', []), ...integersOf(node, 'scan_output_axes', [])];
  if (axes.some((axis) => axis !== 0)) return undefined;
  const backward = (name: string, count: number): boolean[] => {
    const directions = integersOf(node, name, []);
    return Array.from({ length: count }, (_, i) => directions[i] === 1);
  };
  return {
    body,
    states,
    inputsBackward: backward('scan_input_directions', sequences),
    outputsBackward: backward('scan_output_directions', node.output.length - states),
  };
}
