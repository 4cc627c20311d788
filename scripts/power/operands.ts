import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../gen/base/errors.js';
import type { Matrix } from '../../gen/base/matrix.js';
import { readMatrix } from '../network/matmul.js';
import { fashionMnist } from '../network/onnx/fashion.js';
import { feedOf, type Run } from '../network/onnx/feed.js';
import { readModel } from '../network/onnx/model.js';
import { openInside } from '../network/onnx/session.js';
import type { FloatTensor } from '../network/onnx/tensor.js';
import { floatsOf, type Values } from '../network/onnx/value.js';
import { findProducts } from '../network/products/find.js';
import { lower } from '../network/products/product.js';
import { layerOf } from '../network/quantise/layers.js';

/** A matrix and where it comes from. */
export type NamedMatrix = Matrix & { readonly name: string };

/** The operands of a product: M x K activations and K x N weights. */
export interface Operands {
  readonly a: NamedMatrix;
  readonly w: NamedMatrix;
}

/** The layer that is measured when nothing else is asked for. */
export const DEFAULT_LAYER = {
  model: 'models/residual.onnx',
  file: fileURLToPath(new URL('../../models/residual.onnx', import.meta.url)),
  layer: 'blocks_blocks.3_second_Conv',
} as const;

/** Operands in two `.npy` files. */
export function fileOperands(a: string, w: string): Operands {
  return { a: { ...readMatrix(a), name: a }, w: { ...readMatrix(w), name: w } };
}

/**
 * The operands of a layer: the network's own weights, and what comes to the layer for test images of Fashion-MNIST.
 *
 * @throws UserError when there is no such layer with weights of its own, or the network does not take these images.
 */
export async function layerOperands(file: string, layerName: string, images: number): Promise<Operands> {
  const model = readModel(readModelFile(file), file);
  const { products } = findProducts(model);
  const product = products.find(({ name, second }) => name === layerName && second.kind === 'weights');
  if (!product) {
    const names = products.filter(({ second }) => second.kind === 'weights').map(({ name }) => name);
    throw new UserError(`${file} has no layer ${layerName} with weights; it has ${names.join(', ')}`);
  }
  const { weights } = layerOf(product, model);
  if (!weights) throw new UserError(`layer ${layerName} of ${file} has no weights`);
  const session = await openInside(model, [product.activation]);
  let input: FloatTensor;
  try {
    const feed = feedOf(model, fashionMnist('t10k', images).images);
    const { inputs } = feed.runs(images).next().value as Run;
    const values: Values = new Map([...inputs, ...(await session.run(inputs))]);
    input = floatsOf(values.get(product.activation), product.activation);
  } finally {
    await session.close();
  }
  const lowering = lower(product, input.shape, weights.shape);
  if (lowering.parts !== 1)
    throw new UserError(`layer ${layerName} of ${file} is ${lowering.parts} products; choose another`);
  const data = Float64Array.from(lowering.rows(input.data, 0));
  return {
    a: { rows: lowering.m, cols: lowering.k, data, name: `input of ${layerName}, ${images} test images` },
    w: { ...weights.matrix, name: `weights of ${layerName} in ${file}` },
  };
}

function readModelFile(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UserError(`cannot read ${file}: ${(error as Error).message}`);
  }
}
