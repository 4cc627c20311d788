import type { GraphProto, NodeProto, TensorProto } from 'onnx-buf';
import { UserError } from '../../../../gen/base/errors.js';
import { makeNode } from '../make.js';
import { realOf, realsOf, subgraphs, textOf } from '../nodes.js';
import { floatProto } from '../tensor.js';

/** The domain of ONNX Runtime's own operators. */
const RUNTIME_DOMAIN = 'com.microsoft';

/** Activations that ONNX Runtime puts into a product, with the attributes that their parameters become. */
const ACTIVATIONS: Readonly<Record<string, readonly string[]>> = {
  HardSigmoid: ['alpha', 'beta'],
  LeakyRelu: ['alpha'],
  Relu: [],
  Sigmoid: [],
  Tanh: [],
};

/**
 * Products as ONNX Runtime's optimiser writes them, FusedConv and FusedGemm, become the standard operators that they
 * were made of.
 */
export function splitFused(graph: GraphProto, name: string): void {
  const constants: TensorProto[] = [];
  graph.node = graph.node.flatMap((node) => {
    for (const inner of subgraphs(node)) splitFused(inner, name);
    if (node.domain !== RUNTIME_DOMAIN) return [node];
    if (node.opType === 'FusedConv') return fusedConvolution(node, constants, name);
    return node.opType === 'FusedGemm' ? fusedGemm(node, constants, name) : [node];
  });
  graph.initializer.push(...constants);
}

/** Filters, bias, then a tensor that is added, then an activation. */
function fusedConvolution(node: NodeProto, constants: TensorProto[], name: string): NodeProto[] {
  const [x = '', w = '', bias = '', added = ''] = node.input;
  const output = node.output[0] as string;
  const kept = node.attribute.filter(({ name: each }) => each !== 'activation' && each !== 'activation_params');
  const activation = textOf(node, 'activation', '');
  const sums = [...(added === '' ? [] : ['sum']), ...(activation === '' ? [] : ['activated'])];
  const at = (step: string): string => `${output}__${step}`;
  // The last step makes the node's output.
  const results = ['product', ...sums].map((step, i) => (i === sums.length ? output : at(step)));
  const product = makeNode('Conv', bias === '' ? [x, w] : [x, w, bias], results[0] as string);
  product.attribute = kept;
  product.name = node.name;
  const nodes = [product];
  if (added !== '') nodes.push(makeNode('Add', [results[0] as string, added], results[1] as string));
  if (activation === '') return nodes;
  const parameters = realsOf(node, 'activation_params');
  const from = results.at(-2) as string;
  return [...nodes, activationNode({ activation, parameters, from, to: output }, constants, name)];
}

function fusedGemm(node: NodeProto, constants: TensorProto[], name: string): NodeProto[] {
  const output = node.output[0] as string;
  const activation = textOf(node, 'activation', '');
  const isOwn = (attribute: string): boolean => attribute.startsWith('activation');
  const parameters = ['activation_alpha', 'activation_beta', 'activation_gamma'].map((each) => realOf(node, each, 0));
  const from = activation === '' ? output : `${output}__product`;
  const product = makeNode('Gemm', node.input, from);
  product.attribute = node.attribute.filter((item) => !isOwn(item.name));
  product.name = node.name;
  if (activation === '') return [product];
  return [product, activationNode({ activation, parameters, from, to: output }, constants, name)];
}

interface Activation {
  readonly activation: string;
  readonly parameters: readonly number[];
  readonly from: string;
  readonly to: string;
}

function activationNode(
  { activation, parameters, from, to }: Activation,
  constants: TensorProto[],
  name: string,
): NodeProto {
  if (activation === 'Clip') {
    const bounds = ['low', 'high'].map((bound) => `${to}__${bound}`);
    for (const [i, bound] of bounds.entries()) {
      constants.push(floatProto(bound, { shape: [], data: Float32Array.of(parameters[i] as number) }));
    }
    return makeNode('Clip', [from, ...bounds], to);
  }
  const names = ACTIVATIONS[activation];
  if (!names) throw new UserError(`${name}: activation ${activation} inside of a product is not known`);
  const attributes = names.map((each, i) => [each, { float: parameters[i] as number }] as const);
  return makeNode(activation, [from], to, Object.fromEntries(attributes));
}
