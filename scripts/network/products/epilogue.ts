import type { NodeProto, TensorProto } from 'onnx-buf';
import { makeNode } from '../onnx/make.js';
import { type FloatTensor, floatProto, int64Proto } from '../onnx/tensor.js';
import { factorOf, operator, type Product } from './product.js';

/** What becomes of a product's sums before they are its node's output, as nodes of the network. */
export interface Epilogue {
  /** Tensor of the sums. */
  readonly sums: string;
  readonly nodes: readonly NodeProto[];
  readonly constants: readonly TensorProto[];
}

/**
 * Factor, bias and correction of a product. Without any of them the sums are the output.
 *
 * @param rank Of the output, where the bias is one per channel.
 */
export function epilogueOf(product: Product, rank: number, correction?: FloatTensor): Epilogue {
  const { node } = product;
  const output = node.output[0] as string;
  const { bias } = operator(product);
  const at = (step: string): string => `${output}__${step}`;
  const constants: TensorProto[] = [];
  const steps: { opType: string; with: string }[] = [];
  const before: NodeProto[] = [];
  const factor = factorOf(product);
  const constant = (name: string, tensor: FloatTensor): string => {
    constants.push(floatProto(at(name), tensor));
    return at(name);
  };
  const scalar = (name: string, value: number): string => constant(name, { shape: [], data: Float32Array.of(value) });
  if (factor !== 1) steps.push({ opType: 'Mul', with: scalar('factor', factor) });
  const added = bias ? (node.input[bias.input] ?? '') : '';
  const share = bias?.factor(node) ?? 1;
  if (bias && added !== '' && share !== 0) {
    let term = added;
    if (bias.perChannel) {
      constants.push(int64Proto(at('channels'), [-1, ...Array.from({ length: rank - 2 }, () => 1)]));
      before.push(makeNode('Reshape', [term, at('channels')], at('bias')));
      term = at('bias');
    }
    if (share !== 1) {
      before.push(makeNode('Mul', [term, scalar('share', share)], at('term')));
      term = at('term');
    }
    steps.push({ opType: 'Add', with: term });
  }
  if (correction) steps.push({ opType: 'Add', with: constant('correction', correction) });
  const nodes = steps.map(({ opType, with: other }, i) =>
    makeNode(opType, [at(`step${i}`), other], i === steps.length - 1 ? output : at(`step${i + 1}`)),
  );
  return { sums: steps.length === 0 ? output : at('step0'), nodes: [...before, ...nodes], constants };
}
