import { UserError } from '../../../gen/base/errors.js';
import { fakeQuantise } from '../onnx/fake-quantise.js';
import type { OnnxModel } from '../onnx/model.js';
import { findProducts, type Product, type SkippedProduct } from '../onnx/products.js';
import { requireFit, type Samples } from '../onnx/samples.js';
import type { FloatTensor } from '../onnx/tensor.js';
import { StreamedChoice } from '../search/stream.js';
import { promote } from './budget.js';
import { type Calibration, feed, firstOperands } from './calibrate.js';
import { editOf } from './dequantise.js';
import { foldWeights } from './fold.js';
import { chooseWeights, isWide, type Layer, type LayerChoices, layerOf, searchOptions, typesAt } from './layers.js';
import { lower } from './lowering.js';
import { type QuantiseOptions, WIDE_BITS } from './options.js';
import type { LayerPlan, NetworkPlan } from './plan.js';
import { refine } from './refine.js';

/** A network with what was decided about it. */
export interface QuantisedNetwork {
  /** The network in floating point, its constant weights computed. */
  readonly model: OnnxModel;
  readonly plan: NetworkPlan;
  /** The network with rounded operands. */
  readonly quantised: OnnxModel;
  /** Calibration samples used. */
  readonly samples: number;
}

/** Chooses the types and scales of all operands of a network's products. */
export async function quantiseNetwork(
  original: OnnxModel,
  samples: Samples,
  options: QuantiseOptions,
  progress: (message: string) => void = () => {},
): Promise<QuantisedNetwork> {
  requireFit(samples, original.input);
  const model = await foldWeights(original);
  const calibration = { model, samples, batch: options.batch, progress };
  const { kept, skipped } = await chooseProducts(calibration, options);
  requireNamed(options.wide, kept);
  const layers = kept.map((product) => layerOf(product, model));
  const choices = await chooseAll(layers, calibration, options);
  const chosen = await promote(choices, calibration, options);
  const plans = await refine(chosen, calibration, options);
  const plan = { layers: plans, skipped };
  const quantised = fakeQuantise(model, plans.map(editOf));
  return { model, plan, quantised, samples: samples.count };
}

/**
 * The products to quantise, and why not the others.
 *
 * @throws UserError when there is none.
 */
async function chooseProducts(
  calibration: Calibration,
  { attention }: QuantiseOptions,
): Promise<{ kept: readonly Product[]; skipped: readonly SkippedProduct[] }> {
  const { model, samples } = calibration;
  const { products, skipped: unsupported } = findProducts(model);
  const values = products.length === 0 ? new Map() : await firstOperands(model, products, samples);
  const kept: Product[] = [];
  const skipped = [...unsupported];
  for (const product of products) {
    const reason =
      product.second.kind === 'activation' && !attention
        ? 'both operands are activations, and --no-attention is given'
        : loweringObstacle(product, model, values);
    if (reason === undefined) kept.push(product);
    else skipped.push({ node: product.name, op: product.op, reason });
  }
  if (kept.length === 0) throw new UserError(nothingToDo(model, skipped));
  return { kept, skipped };
}

/** Why a product is not a matrix product; undefined where it is one. */
function loweringObstacle(
  product: Product,
  { constants }: OnnxModel,
  values: ReadonlyMap<string, FloatTensor>,
): string | undefined {
  const weights = constants.get(product.second.tensor)?.dims.map(Number);
  const shapeOf = (tensor: string): readonly number[] => (values.get(tensor) as FloatTensor).shape;
  try {
    lower(product, shapeOf(product.activation), weights ?? shapeOf(product.second.tensor));
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

/** @throws UserError when a layer named is not there. */
function requireNamed(wide: readonly string[], products: readonly Product[]): void {
  const names = products.map(({ name }) => name);
  const unknown = wide.find((name) => name !== 'first' && name !== 'last' && !names.includes(name));
  if (unknown === undefined) return;
  throw new UserError(`--wide: there is no layer ${unknown}; first, last, or of these: ${names.join(', ')}`);
}

function nothingToDo({ name }: OnnxModel, skipped: NetworkPlan['skipped']): string {
  const why = skipped.map(({ node, op, reason }) => `\n  ${node} (${op}): ${reason}`).join('');
  return `${name} has no Conv, Gemm or MatMul that can be quantised${why}`;
}

/** Both widths of all layers, by least error of the tensors; every activation tensor is decided once per width and port. */
async function chooseAll(
  layers: readonly Layer[],
  calibration: Calibration,
  options: QuantiseOptions,
): Promise<LayerChoices[]> {
  const choices = new Map<string, Map<string, StreamedChoice>>();
  const choiceOf = (tensor: string, side: 'a' | 'w', bits: number): StreamedChoice => {
    const own = choices.get(tensor) ?? new Map<string, StreamedChoice>();
    choices.set(tensor, own);
    const key = `${bits} ${options.ports ? side : ''}`;
    const name = `activations ${tensor}`;
    const typesFor = (negative: boolean) => typesAt(bits, side, negative, name, options);
    const found = own.get(key) ?? new StreamedChoice({ name, typesFor, ...searchOptions(options) });
    own.set(key, found);
    return found;
  };
  const pending = layers.map((layer) => {
    const { product } = layer;
    const at = (bits: number) => ({
      activation: choiceOf(product.activation, 'a', bits),
      ...(layer.weights ? {} : { second: choiceOf(product.second.tensor, 'w', bits) }),
    });
    const mayWiden = options.budget !== undefined || isWide(product, layers, options);
    return { layer, narrow: at(options.bits), ...(mayWiden ? { wide: at(WIDE_BITS) } : {}) };
  });
  await feed(calibration, new Map([...choices].map(([tensor, own]) => [tensor, [...own.values()]])));
  return pending.map(({ layer, narrow, wide }, i) => {
    calibration.progress(`weights: ${i + 1} of ${pending.length} layers`);
    const planned = (bits: number, { activation, second }: typeof narrow): LayerPlan => ({
      product: layer.product,
      bits,
      activation: activation.result,
      second: second
        ? { kind: 'activation', tensor: second.result }
        : { kind: 'weights', weights: chooseWeights(layer, bits, options) },
    });
    return { layer, narrow: planned(options.bits, narrow), ...(wide ? { wide: planned(WIDE_BITS, wide) } : {}) };
  });
}
