import { RandomGraph, type RandomNetwork } from './graph.js';

const BLOCKS = 12;
const [TOKENS, WIDTH, HEADS, HIDDEN] = [128, 768, 12, 3072];
const EPSILON = 1e-12;
const CLASSES = 2;

/** What comes out of the look-up of tokens, which is no product. */
const EMBEDDING = { name: 'embedding', shape: [TOKENS, WIDTH] };

function linear(graph: RandomGraph, name: string, input: string, sizes: readonly [number, number]): string {
  const [inFeatures, outFeatures] = sizes;
  const weights = graph.random(`${name}.weight`, [inFeatures, outFeatures], inFeatures ** -0.5);
  const bias = graph.random(`${name}.bias`, [outFeatures], 0.1);
  return graph.node('Add', name, [graph.node('MatMul', `${name}.product`, [input, weights]), bias]);
}

function normalised(graph: RandomGraph, name: string, input: string): string {
  const mean = graph.node('ReduceMean', `${name}.mean`, [input], { keepdims: 1, axes: [-1] });
  const centred = graph.node('Sub', `${name}.centred`, [input, mean]);
  const squares = graph.node('Mul', `${name}.squares`, [centred, centred]);
  const variance = graph.node('ReduceMean', `${name}.variance`, [squares], { keepdims: 1, axes: [-1] });
  const epsilon = graph.number(`${name}.epsilon`, EPSILON);
  const deviation = graph.node('Sqrt', `${name}.deviation`, [
    graph.node('Add', `${name}.positive`, [variance, epsilon]),
  ]);
  return graph.node('Div', name, [centred, deviation]);
}

/** x times the normal distribution's share below x (Hendrycks and Gimpel, 2016). */
function gelu(graph: RandomGraph, name: string, input: string): string {
  const scaled = graph.node('Mul', `${name}.scaled`, [input, graph.number(`${name}.root`, Math.SQRT1_2)]);
  const error = graph.node('Erf', `${name}.erf`, [scaled]);
  const raised = graph.node('Add', `${name}.raised`, [error, graph.number(`${name}.one`, 1)]);
  const half = graph.node('Mul', `${name}.half`, [raised, graph.number(`${name}.factor`, 0.5)]);
  return graph.node('Mul', name, [input, half]);
}

function attention(graph: RandomGraph, name: string, input: string): string {
  const size = WIDTH / HEADS;
  const heads = (part: string, perm: readonly number[]): string => {
    const all = linear(graph, `${name}.${part}`, input, [WIDTH, WIDTH]);
    const shape = graph.integers(`${name}.${part}.sizes`, [0, TOKENS, HEADS, size]);
    const split = graph.node('Reshape', `${name}.${part}.split`, [all, shape]);
    return graph.node('Transpose', `${name}.${part}.heads`, [split], { perm });
  };
  const [query, key, value] = [heads('query', [0, 2, 1, 3]), heads('key', [0, 2, 3, 1]), heads('value', [0, 2, 1, 3])];
  const scores = graph.node('MatMul', `${name}.scores`, [query, key]);
  const scaled = graph.node('Mul', `${name}.scaled`, [scores, graph.number(`${name}.scale`, size ** -0.5)]);
  const shares = graph.node('Softmax', `${name}.shares`, [scaled], { axis: -1 });
  const context = graph.node('MatMul', `${name}.context`, [shares, value]);
  const turned = graph.node('Transpose', `${name}.turned`, [context], { perm: [0, 2, 1, 3] });
  const joined = graph.node('Reshape', `${name}.joined`, [
    turned,
    graph.integers(`${name}.joined.sizes`, [0, TOKENS, WIDTH]),
  ]);
  return linear(graph, `${name}.output`, joined, [WIDTH, WIDTH]);
}

/**
 * BERT-base (Devlin et al., 2019) behind the look-up of tokens, with a pooler and a classifier of two classes.
 *
 * @param blocks Fewer of them: all have the same shapes.
 */
export function bertBase(seed: number, blocks: number = BLOCKS): RandomNetwork {
  const graph = new RandomGraph(seed);
  let state = EMBEDDING.name;
  for (let block = 0; block < blocks; block++) {
    const name = `block${block}`;
    const attended = attention(graph, name, state);
    state = normalised(graph, `${name}.norm1`, graph.node('Add', `${name}.sum1`, [state, attended]));
    const hidden = gelu(graph, `${name}.gelu`, linear(graph, `${name}.fc1`, state, [WIDTH, HIDDEN]));
    const delivered = linear(graph, `${name}.fc2`, hidden, [HIDDEN, WIDTH]);
    state = normalised(graph, `${name}.norm2`, graph.node('Add', `${name}.sum2`, [state, delivered]));
  }
  const first = graph.node('Gather', 'first', [state, graph.integers('first.token', [0])], { axis: 1 });
  const flat = graph.node('Flatten', 'flat', [first], { axis: 1 });
  const pooled = graph.node('Tanh', 'pooled', [linear(graph, 'pooler', flat, [WIDTH, WIDTH])]);
  return { proto: graph.model(EMBEDDING, linear(graph, 'classes', pooled, [WIDTH, CLASSES])), input: EMBEDDING };
}
