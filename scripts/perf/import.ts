import { UserError } from '../../gen/base/errors.js';
import { loadNetwork } from '../network/infer/load.js';
import { takeBranches } from '../network/onnx/branches.js';
import { declaredShapes, samplesOfShapes, zeros } from '../network/onnx/feed.js';
import { fixInputs } from '../network/onnx/fix-inputs.js';
import type { OnnxModel } from '../network/onnx/model.js';
import { integersOf } from '../network/onnx/nodes.js';
import { fixShapes, openModel } from '../network/onnx/open.js';
import { type LeftOut, type Survey, type SurveyedProduct, survey } from '../network/products/survey.js';
import { productsOf } from '../network/quantise/describe.js';
import { randomRowsDepend } from '../network/quantise/first-dimension.js';
import { foldWeights } from '../network/quantise/fold.js';
import type { DescribedNetwork } from './description.js';
import type { Layer, LeftOutProduct } from './layer.js';

/** What is said of a network's inputs beside its file. */
export interface GivenInputs {
  /** Sizes that the file leaves open, as `--shape` has them. */
  readonly shapes?: readonly string[] | undefined;
  /** Values of inputs that are constant, as `--fix` has them. */
  readonly fixed?: readonly string[] | undefined;
}

/**
 * The matrix products of an ONNX network, in the shapes that one sample gives them.
 *
 * @param given What is known of inputs beside the file.
 */
export async function onnxNetwork(
  file: string,
  name: string,
  { shapes = [], fixed = [] }: GivenInputs = {},
): Promise<DescribedNetwork> {
  const opened = openModel(file).model;
  const sized = fixInputs(fixShapes(opened, shapes), fixed);
  const declared = declaredShapes(sized);
  const model = await foldWeights(await takeBranches(sized, zeros(sized, declared)));
  const unit = (await isSequence(opened, model, declared)) ? 1 : samplesOfShapes(model);
  const found = await survey(model, zeros(model, declared), true);
  const layers = layersOf(model, found, found.products, unit);
  const leftOut = found.leftOut.map((each) => leftOutOf(each, unit));
  return { network: { name, layers, leftOut }, bits: new Map() };
}

/** A quantised network: its products, each as wide as its types. */
export async function quantisedNetwork(folder: string, name: string): Promise<DescribedNetwork> {
  const { report, model, layers } = loadNetwork(folder);
  const { samplesAtOnce, inputs } = report.model;
  const shapes = new Map(
    inputs.map((input) => [input.name, samplesAtOnce === null ? [1, ...input.shape] : input.shape]),
  );
  const found = await survey(model, zeros(model, shapes));
  const names = new Map(layers.map(({ product }) => [product.node.output[0], product.name]));
  const own = found.products.filter(({ product }) => names.has(product.node.output[0]));
  const bits = new Map(report.layers.map((layer) => [layer.name, layer.bits]));
  const described = layersOf(model, found, own, samplesAtOnce ?? 1);
  return { network: { name, layers: described, leftOut: report.leftOut }, bits };
}

/**
 * Whether the first dimension counts the steps of a sequence, or other rows that depend on each other.
 *
 * @param opened The network as the file has it, @param model the same with the sizes given.
 * @throws UserError when the length of the sequence is not given.
 */
async function isSequence(
  opened: OnnxModel,
  model: OnnxModel,
  declared: ReadonlyMap<string, readonly number[]>,
): Promise<boolean> {
  const isOpen = ({ shape }: OnnxModel['inputs'][number]): boolean => shape?.[0] === undefined && shape?.length !== 0;
  const names = new Set(model.inputs.map(({ name }) => name));
  if (!opened.inputs.filter(({ name }) => names.has(name)).every(isOpen)) {
    const rows = samplesOfShapes(model);
    return rows > 1 && (await randomRowsDepend(model, declared, rows)) !== undefined;
  }
  const why = await randomRowsDepend(model, declared);
  const open = model.inputs.find(isOpen);
  if (why === undefined || !open) return why !== undefined;
  const sizes = (declared.get(open.name) as readonly number[]).slice(1);
  throw new UserError(
    `${model.name}: the rows of input ${open.name} are no samples of their own: ${why}; give the length of the sequence, such as --shape ${open.name}=${[16, ...sizes].join('x')}`,
  );
}

const leftOutOf = ({ title, op, reason, macs }: LeftOut, unit: number): LeftOutProduct => ({
  title,
  op,
  reason,
  macs: macs === null ? null : macs / unit,
});

function layersOf(
  { name, outputs }: OnnxModel,
  { leftOut, factsOf }: Survey,
  products: readonly SurveyedProduct[],
  unit: number,
): Layer[] {
  if (products.length === 0) {
    const why = leftOut.map(({ title, op, reason }) => `\n  ${title} (${op}): ${reason}`).join('');
    throw new UserError(`${name} has no matrix product that counts (outputs ${outputs.join(', ')})${why}`);
  }
  return products.map((each) => layerOf(each, factsOf(each.product.activation)?.shape ?? [], unit));
}

function layerOf({ product, lowering, secondShape }: SurveyedProduct, aShape: readonly number[], unit: number): Layer {
  const { name, node, op, second } = product;
  const { count, m, k, n, samples } = productsOf(lowering, second.kind, unit);
  if (second.kind === 'activation') return { kind: 'attention', name, count: count / samples, m, k, n };
  if (op !== 'Conv' || aShape.length !== 4) {
    return { kind: 'linear', name, count: count / samples, rows: m, inFeatures: k, outFeatures: n };
  }
  const [height, width] = aShape.slice(2) as [number, number];
  const [kernelHeight, kernelWidth] = secondShape.slice(2) as [number, number];
  const [outHeight, outWidth] = lowering.outShape.slice(2) as [number, number];
  return {
    kind: 'convolution',
    name,
    inChannels: aShape[1] as number,
    outChannels: secondShape[0] as number,
    groups: lowering.parts,
    kernel: { height: kernelHeight, width: kernelWidth },
    stride: integersOf(node, 'strides', [1, 1])[0] ?? 1,
    input: { height, width },
    output: { height: outHeight, width: outWidth },
  };
}
