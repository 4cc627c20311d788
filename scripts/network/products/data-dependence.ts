import type { GraphProto, NodeProto } from 'onnx-buf';
import { needed, readsOf, subgraphs } from '../onnx/nodes.js';
import type { OnnxModel } from '../onnx/model.js';
import { constantTensors } from './find.js';

/** Operators whose result tells of their input its shape alone. */
const SHAPES: ReadonlySet<string> = new Set(['Shape', 'Size']);

/**
 * Nodes inside of branches and bodies of which the inputs' elements decide how often they run: a condition or a number of
 * steps that does not follow from constants and shapes.
 */
export function dataDependentNodes(model: OnnxModel): ReadonlySet<NodeProto> {
  const found = new Set<NodeProto>();
  visit(model.graph, new Set(constantTensors(model)), false, found);
  return found;
}

/**
 * Adds a graph's nodes where its runs depend on data, and those inside of it that do.
 *
 * @param known Tensors that follow from constants and shapes; those of the graph are added.
 */
function visit(graph: GraphProto, known: Set<string>, depends: boolean, found: Set<NodeProto>): void {
  for (const { name } of graph.initializer) known.add(name);
  for (const node of graph.node) {
    if (depends) found.add(node);
    const isKnown = (name: string): boolean => name === '' || known.has(name);
    if (node.opType === 'If') {
      const inner = depends || !isKnown(node.input[0] ?? '');
      for (const branch of subgraphs(node)) visit(branch, new Set(known), inner, found);
    } else if (node.opType === 'Loop' || node.opType === 'Scan') {
      for (const body of subgraphs(node)) {
        const inside = bodyKnown(node, body, known);
        const condition = node.opType === 'Loop' ? (body.output[0]?.name ?? '') : '';
        const trips = node.opType === 'Loop' ? node.input.slice(0, 2) : [];
        const inner = depends || !trips.every(isKnown) || (condition !== '' && !settled(body, inside).has(condition));
        visit(body, new Set(inside), inner, found);
      }
    }
    const follows = SHAPES.has(node.opType) || readsOf(node).every(isKnown);
    if (follows) for (const output of node.output) known.add(output);
  }
}

/** Tensors that are known in every step of a loop: what it carries only if the step before leaves it known. */
function bodyKnown({ opType, input }: NodeProto, body: GraphProto, outside: ReadonlySet<string>): Set<string> {
  const names = body.input.map(({ name }) => name);
  // Of Loop the first two inputs are the step's number and the condition; then come states.
  const states = names.slice(opType === 'Loop' ? 2 : 0, input.length);
  const initial = opType === 'Loop' ? input.slice(2) : input;
  const results = body.output.slice(opType === 'Loop' ? 1 : 0).map(({ name }) => name);
  const carried = new Set(states.filter((_, i) => outside.has(initial[i] ?? '')));
  for (;;) {
    const known = new Set([...outside, ...carried, ...(opType === 'Loop' ? names.slice(0, 2) : [])]);
    const after = settled(body, known);
    const lost = states.filter((name, i) => carried.has(name) && results[i] !== undefined && !after.has(results[i]));
    if (lost.length === 0) return known;
    for (const name of lost) carried.delete(name);
  }
}

/** What follows in a graph from what is known. */
function settled(graph: GraphProto, known: ReadonlySet<string>): ReadonlySet<string> {
  const all = new Set([...known, ...graph.initializer.map(({ name }) => name)]);
  for (const node of needed(
    graph.node,
    graph.output.map(({ name }) => name),
  )) {
    if (SHAPES.has(node.opType) || readsOf(node).every((name) => all.has(name))) {
      for (const output of node.output) all.add(output);
    }
  }
  return all;
}
