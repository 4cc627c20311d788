import { readFileSync } from 'node:fs';
import { UserError } from '../../gen/base/errors.js';
import { loadNetwork } from '../network/infer/load.js';
import { type OnnxModel, readModel } from '../network/onnx/model.js';
import { integersOf } from '../network/onnx/nodes.js';
import { findProducts, operandsOf, type Product } from '../network/onnx/products.js';
import { openSession } from '../network/onnx/session.js';
import { elementCount, type FloatTensor } from '../network/onnx/tensor.js';
import { lower } from '../network/quantise/lowering.js';
import type { DescribedNetwork } from './description.js';
import type { Layer } from './layer.js';

/** The matrix products of an ONNX network, in the shapes that one sample gives them. */
export async function onnxNetwork(file: string, name: string): Promise<DescribedNetwork> {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new UserError(`cannot read ${file}: ${(error as Error).message}`);
  }
  const model = readModel(bytes, file);
  const { products } = findProducts(model);
  return { network: { name, layers: await layersOf(model, products) }, bits: new Map() };
}

/** A quantised network: its products, each as wide as its types. */
export async function quantisedNetwork(folder: string, name: string): Promise<DescribedNetwork> {
  const { report, model, layers } = loadNetwork(folder);
  const products = layers.map(({ product }) => product);
  const bits = new Map(report.layers.map((layer, i) => [products[i]?.name ?? layer.name, layer.bits]));
  return { network: { name, layers: await layersOf(model, products) }, bits };
}

async function layersOf(model: OnnxModel, products: readonly Product[]): Promise<Layer[]> {
  if (products.length === 0) throw new UserError(`${model.name} has no matrix product`);
  const shapes = await shapesOf(model, products);
  return products.map((product) => layerOf(product, shapes, model));
}

/** Shapes of the products' operands for one sample of zeros: ONNX Runtime works them out by running the network. */
async function shapesOf(model: OnnxModel, products: readonly Product[]): Promise<Map<string, readonly number[]>> {
  const { name, shape } = model.input;
  const open = shape.slice(1).indexOf(undefined);
  if (open >= 0) {
    throw new UserError(
      `${model.name}: dimension ${open + 1} of input ${name} is open; fix it (onnxruntime.tools.make_dynamic_shape_fixed)`,
    );
  }
  const whole = [shape[0] ?? 1, ...shape.slice(1)] as number[];
  const input: FloatTensor = { shape: whole, data: new Float32Array(elementCount(whole)) };
  const session = await openSession(model, [...new Set(products.flatMap(operandsOf))]);
  try {
    const values = await session.run(input);
    const shapes = new Map([...values].map(([tensor, value]) => [tensor, value.shape]));
    return shapes.set(name, whole);
  } finally {
    await session.close();
  }
}

function layerOf(product: Product, shapes: ReadonlyMap<string, readonly number[]>, model: OnnxModel): Layer {
  const { name, node, op, activation, second } = product;
  const aShape = shapes.get(activation) as readonly number[];
  const dims = model.constants.get(second.tensor)?.dims.map(Number);
  const bShape = second.kind === 'weights' ? dims : shapes.get(second.tensor);
  if (!bShape) throw new UserError(`${model.name}: the shape of the weights of ${name} is not in the file`);
  const { parts, m, k, n, outShape } = lower(product, aShape, bShape);
  const samples = model.input.shape[0] ?? 1;
  if (op !== 'Conv') {
    if (second.kind === 'activation') return { kind: 'attention', name, count: parts / samples, m, k, n };
    return { kind: 'linear', name, rows: m / samples, inFeatures: k, outFeatures: n };
  }
  const [height, width] = aShape.slice(2) as [number, number];
  const [kernelHeight, kernelWidth] = bShape.slice(2) as [number, number];
  const [outHeight, outWidth] = outShape.slice(2) as [number, number];
  return {
    kind: 'convolution',
    name,
    inChannels: aShape[1] as number,
    outChannels: bShape[0] as number,
    groups: parts,
    kernel: { height: kernelHeight, width: kernelWidth },
    stride: integersOf(node, 'strides', [1, 1])[0] ?? 1,
    input: { height, width },
    output: { height: outHeight, width: outWidth },
  };
}
