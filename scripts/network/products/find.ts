import { createHash } from 'node:crypto';
import type { NodeProto } from 'onnx-buf';
import type { OnnxModel } from '../onnx/model.js';
import { allNodes, hasSubgraph, needed, readsOf, scanOf, subgraphs } from '../onnx/nodes.js';
import { operatorOf, PRODUCT_OPS, type ProductOp } from './operators.js';
import type { Product } from './product.js';

/** A product that is not quantised, and why. */
export interface SkippedProduct {
  /** What the network calls it. */
  readonly title: string;
  readonly op: string;
  readonly reason: string;
  readonly node: NodeProto;
  /** Whether nothing depends on it, so that no runtime computes it. */
  readonly unused?: boolean;
}

export interface ProductSearch {
  readonly products: readonly Product[];
  readonly skipped: readonly SkippedProduct[];
}

/** Operators that multiply matrices in ways that are not quantised here. */
const OTHER_PRODUCTS: ReadonlySet<string> = new Set([
  'Attention',
  'ConvInteger',
  'DeformConv',
  'GRU',
  'GroupQueryAttention',
  'LSTM',
  'MatMulInteger',
  'MatMulNBits',
  'MultiHeadAttention',
  'QGemm',
  'QLinearConv',
  'QLinearMatMul',
  'RNN',
]);
/** Operators whose result changes from run to run, and which are therefore not constant. */
const RANDOM: ReadonlySet<string> = new Set([
  'Bernoulli',
  'Multinomial',
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
]);

/** Tensors that follow from the network's constants alone. */
export function constantTensors({ graph, constants }: OnnxModel): ReadonlySet<string> {
  const known = new Set(['', ...constants.keys()]);
  for (const node of graph.node) {
    if (RANDOM.has(node.opType) || hasSubgraph(node) || !node.input.every((input) => known.has(input))) continue;
    for (const output of node.output) known.add(output);
  }
  return known;
}

const titleOf = ({ name, output }: NodeProto): string => name || (output.find((each) => each !== '') as string);
const multiplies = (node: NodeProto): boolean => operatorOf(node) !== undefined || OTHER_PRODUCTS.has(node.opType);

/** The network's matrix products in its order, and those that cannot be quantised. */
export function findProducts(model: OnnxModel): ProductSearch {
  const constant = constantTensors(model);
  const alive = new Set(needed(model.graph.node, model.outputs));
  const products: Product[] = [];
  const skipped: SkippedProduct[] = [];
  const names = new Set<string>();
  for (const node of model.graph.node) {
    if (node.output.every((output) => constant.has(output))) continue;
    const steps = alive.has(node) ? stepProducts(node, constant, names) : [];
    const inner = new Set(steps.map((product) => product.node));
    products.push(...steps);
    skipped.push(...productsInside(node, model).filter((each) => !inner.has(each.node)));
    if (!multiplies(node)) continue;
    const reason = alive.has(node) ? obstacle(node, constant) : 'it reaches no output of the network';
    const title = titleOf(node);
    if (reason === undefined) products.push(productOf(node, constant, uniqueName(title, names)));
    else skipped.push({ title, op: node.opType, reason, node, ...(alive.has(node) ? {} : { unused: true }) });
  }
  return { products, skipped };
}

function productOf(node: NodeProto, constant: ReadonlySet<string>, name: string): Product {
  const [first = '', second = ''] = node.input;
  const swapped = constant.has(first);
  return {
    name,
    title: titleOf(node),
    op: node.opType as ProductOp,
    node,
    activation: swapped ? second : first,
    second: { kind: swapped || constant.has(second) ? 'weights' : 'activation', tensor: swapped ? first : second },
    swapped,
  };
}

/**
 * Products of the steps of a Scan, by constants outside of it, whose other operand the Scan delivers for all steps: as
 * the loops of LSTM and GRU do.
 */
function stepProducts(node: NodeProto, constant: ReadonlySet<string>, names: Set<string>): Product[] {
  const loop = scanOf(node);
  if (!loop) return [];
  const { body, states } = loop;
  const made = new Map(body.node.map((each) => [each.output[0] as string, each]));
  const delivered = new Map<string, string>();
  for (const [i, { name }] of body.output.entries()) {
    const source = made.get(name);
    if (i < states || source?.opType !== 'Identity') continue;
    const outside = node.output[i] ?? '';
    if (outside !== '') delivered.set(source.input[0] as string, outside);
  }
  return body.node.flatMap((inner) => {
    const [first = '', second = ''] = inner.input;
    const activation = delivered.get(first);
    if (operatorOf(inner) === undefined || activation === undefined || !constant.has(second)) return [];
    if (obstacle(inner, constant) !== undefined) return [];
    const title = titleOf(inner);
    return [
      {
        name: uniqueName(title, names),
        title,
        op: inner.opType as ProductOp,
        node: inner,
        activation,
        second: { kind: 'weights' as const, tensor: second },
        swapped: false,
        within: node,
      },
    ];
  });
}

/** Why a product cannot be quantised; undefined where it can. */
function obstacle(node: NodeProto, constant: ReadonlySet<string>): string | undefined {
  const known = operatorOf(node);
  const [first = '', second = ''] = node.input;
  const biased = known?.bias?.perChannel && (node.input[known.bias.input] ?? '') !== '';
  if (biased && !constant.has(first) && !constant.has(second))
    return 'its filters are computed at run time, and it has a bias';
  if (node.opType.startsWith('Conv') && constant.has(first))
    return 'its image is constant, and its filters are computed';
  if (known) return known.obstacle?.(node);
  return `${node.opType} is not supported; ${PRODUCT_OPS.join(', ')} are`;
}

/** Products of the graphs that a node runs. */
function productsInside(node: NodeProto, model: OnnxModel): SkippedProduct[] {
  const decider = subgraphs(node).length > 0 ? deciderOf(node, model) : undefined;
  const way = decider === undefined ? '' : `; input ${decider} decides, and --fix ${decider}=VALUE takes one branch`;
  return subgraphs(node)
    .flatMap((graph) => [...allNodes(graph)])
    .filter(multiplies)
    .map((inner) => ({
      title: titleOf(inner),
      op: inner.opType,
      reason: `it is inside of ${node.opType} ${titleOf(node)}${way}`,
      node: inner,
    }));
}

/** The input beside others whose elements alone decide an If; undefined for other nodes, and where several or none do. */
function deciderOf({ opType, input }: NodeProto, { graph, inputs }: OnnxModel): string | undefined {
  if (opType !== 'If' || inputs.length === 1) return undefined;
  const read = new Set([...input, ...needed(graph.node, input).flatMap(readsOf)]);
  const [first, ...others] = inputs.filter(({ name }) => read.has(name));
  return others.length === 0 ? first?.name : undefined;
}

/** Characters of a name beyond which it is cut; file systems take 255. */
const LONGEST_NAME = 80;

function uniqueName(title: string, taken: Set<string>): string {
  const plain = title.replace(/[^A-Za-z0-9.-]+/g, '_').replace(/^[_.]+|_+$/g, '') || 'product';
  const base = plain.length <= LONGEST_NAME ? plain : `${plain.slice(0, LONGEST_NAME - 9)}_${digest(title)}`;
  let name = base;
  // Some file systems take large and small letters for the same.
  for (let i = 2; taken.has(name.toLowerCase()); i++) name = `${base}_${i}`;
  taken.add(name.toLowerCase());
  return name;
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);
