import type { GraphProto, NodeProto } from 'onnx-buf';
import { readsOf, subgraphs } from '../nodes.js';

/**
 * Puts nodes into an order in which each reads what earlier ones made; nodes that are in order already stay where they
 * are. What waits for a tensor that nothing makes comes last.
 */
export function sortNodes(graph: GraphProto): void {
  for (const node of graph.node) for (const inner of subgraphs(node)) sortNodes(inner);
  const makerOf = new Map<string, NodeProto>();
  for (const node of graph.node) for (const output of node.output) if (output !== '') makerOf.set(output, node);
  const sorted: NodeProto[] = [];
  const begun = new Set<NodeProto>();
  for (const start of graph.node) {
    // Depth first, without recursion: chains may be long.
    const stack: { node: NodeProto; reads: readonly string[]; at: number }[] = [];
    const begin = (node: NodeProto): void => {
      if (begun.has(node)) return;
      begun.add(node);
      stack.push({ node, reads: readsOf(node), at: 0 });
    };
    begin(start);
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const next = top.reads[top.at++];
      const maker = next === undefined ? undefined : makerOf.get(next);
      if (maker) begin(maker);
      else if (next === undefined) sorted.push((stack.pop() as typeof top).node);
    }
  }
  graph.node = sorted;
}
