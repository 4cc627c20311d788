import { UserError } from '../../../gen/base/errors.js';
import { scaleFormat } from '../../../gen/numerics/blocks/scale-format.js';
import { takeBranches } from '../onnx/branches.js';
import { fakeQuantise } from '../onnx/fake-quantise.js';
import { type Feed, feedOf, type Run } from '../onnx/feed.js';
import type { OnnxModel } from '../onnx/model.js';
import type { Samples } from '../onnx/samples.js';
import { elementCount } from '../onnx/tensor.js';
import { withoutRounding } from '../onnx/without-rounding.js';
import { PRODUCT_OPS } from '../products/operators.js';
import { operandsOf, type Product } from '../products/product.js';
import { type Reduction, reductionOf } from '../products/reduction.js';
import { type LeftOut, leftOutFor, type Survey, type SurveyedProduct, survey } from '../products/survey.js';
import { StreamedChoice } from '../search/stream.js';
import { BlockChoice } from '../search/stream-blocks.js';
import { SettledChoice } from '../search/stream-taken.js';
import { promote } from './budget.js';
import { type Calibration, observe, type TensorChoice } from './calibrate.js';
import { editOf } from './dequantise.js';
import { foldWeights } from './fold.js';
import {
  blockTypesAt,
  chooseWeights,
  isWide,
  type Layer,
  type LayerChoices,
  layerOf,
  searchOptions,
  typesAt,
} from './layers.js';
import { type QuantiseOptions, WIDE_BITS } from './options.js';
import { type LayerPlan, type NetworkPlan, type QuantisedWeights, secondType } from './plan.js';
import { refine } from './refine.js';
import { type TakenOperands, takenOperands } from './taken.js';

/** A network with what was decided about it. */
export interface QuantisedNetwork {
  /** The network in floating point, its constant weights computed. */
  readonly model: OnnxModel;
  readonly plan: NetworkPlan;
  /** The network with rounded operands. */
  readonly quantised: OnnxModel;
  readonly calibration: Calibration;
  /** Samples that sizes are of: one, or as many as the network fixes for a run. */
  readonly unit: number;
  /** Each layer's size for these. */
  readonly sizes: ReadonlyMap<Product, SurveyedProduct>;
}

/** Shape of a tensor without elements. */
const NOTHING: readonly number[] = [0];
/** Bytes of an element of an activation. */
const FLOAT_BYTES = 4;
/** A tensor looked at is held by ONNX Runtime, as its result, and as that of the batch before until it is collected. */
const TIMES_HELD = 3;

/** Chooses the types and scales of all operands of a network's products. */
export async function quantiseNetwork(
  original: OnnxModel,
  samples: Samples | Feed,
  options: QuantiseOptions,
  progress: (message: string) => void = () => {},
): Promise<QuantisedNetwork> {
  const feed = 'runs' in samples ? samples : feedOf(original, samples);
  const first = feed.runs(1).next().value as Run;
  const branched = await takeBranches(original, first.inputs);
  const source = options.requantise ? withoutRounding(branched) : branched;
  const model = await foldWeights(source);
  const taken = await takenOperands(source, model);
  const found = await survey(model, first.inputs);
  const { kept, leftOut } = chooseProducts(found, model, options);
  requireNamed(
    options.wide,
    kept.map(({ product }) => product),
  );
  const bytesOf = (tensor: string): number => FLOAT_BYTES * elementCount(found.factsOf(tensor)?.shape ?? []);
  const memory = options.memory / TIMES_HELD;
  const calibration: Calibration = {
    model,
    feed,
    batch: options.batch,
    runBatch: fittingBatch({ batch: options.batch, memory }, found, bytesOf),
    memory,
    bytesOf,
    progress,
  };
  const layers = kept.map(({ product }) => layerOf(product, model));
  const shapeOf = (tensor: string): readonly number[] => found.factsOf(tensor)?.shape ?? [];
  const choices = await chooseAll(layers, { taken, calibration, shapeOf, options });
  const empty = kept.filter(({ product }) => !choices.some(({ layer }) => layer.product === product));
  leftOut.push(...empty.map((each) => leftOutFor(each, 'no calibration sample has elements for it', NOTHING)));
  if (choices.length === 0) throw new UserError(nothingToDo(model, leftOut));
  const chosen = await promote(choices, calibration, options);
  const plans = await refine(chosen, calibration, options);
  const quantised = fakeQuantise(model, plans.map(editOf));
  return {
    model,
    plan: { layers: plans, leftOut },
    quantised,
    calibration,
    unit: first.samples,
    sizes: new Map(kept.map((each) => [each.product, each])),
  };
}

/** Samples of a run such that all activations that products read fit into the memory. */
function fittingBatch(
  { batch, memory }: Pick<QuantiseOptions, 'batch' | 'memory'>,
  { products }: Survey,
  bytesOf: (tensor: string) => number,
): number {
  const tensors = new Set(products.flatMap(({ product }) => operandsOf(product)));
  const bytes = [...tensors].reduce((sum, tensor) => sum + bytesOf(tensor), 0);
  return Math.max(1, Math.min(batch, Math.floor(memory / Math.max(bytes, 1))));
}

/**
 * The products to quantise, and why not the others.
 *
 * @throws UserError when there is none.
 */
function chooseProducts(found: Survey, model: OnnxModel, { attention, weightBlocks }: QuantiseOptions) {
  const { factsOf } = found;
  const shapeOf = (tensor: string): readonly number[] => factsOf(tensor)?.shape ?? [];
  const reasonAgainst = ({ product }: SurveyedProduct): string | undefined => {
    const { activation, second } = product;
    if (second.kind === 'activation' && !attention) return 'both operands are activations, and --no-attention is given';
    if (!weightBlocks?.activations) return undefined;
    const reduction = reductionOf(product, 'activation', shapeOf(activation));
    return typeof reduction === 'string' ? reduction : undefined;
  };
  const reasons = found.products.map((each) => ({ each, reason: reasonAgainst(each) }));
  const kept = reasons.filter(({ reason }) => reason === undefined).map(({ each }) => each);
  const leftOut = [
    ...found.leftOut,
    ...reasons.flatMap(({ each, reason }) =>
      reason === undefined ? [] : [leftOutFor(each, reason, shapeOf(each.product.activation))],
    ),
  ];
  if (kept.length === 0) throw new UserError(nothingToDo(model, leftOut));
  return { kept, leftOut };
}

/** @throws UserError when a layer named is not there. */
function requireNamed(wide: readonly string[], products: readonly Product[]): void {
  const names = products.map(({ name }) => name);
  const unknown = wide.find((name) => name !== 'first' && name !== 'last' && !names.includes(name));
  if (unknown === undefined) return;
  throw new UserError(`--wide: there is no layer ${unknown}; first, last, or of these: ${names.join(', ')}`);
}

function nothingToDo({ name }: OnnxModel, leftOut: readonly LeftOut[]): string {
  const why = leftOut.map(({ title, op, reason }) => `\n  ${title} (${op}): ${reason}`).join('');
  return `${name} has no product (${PRODUCT_OPS.join(', ')}) that can be quantised${why}`;
}

/** What layers are decided by. */
interface Choosing {
  readonly taken: TakenOperands;
  readonly calibration: Calibration;
  readonly shapeOf: (tensor: string) => readonly number[];
  readonly options: QuantiseOptions;
}

/**
 * Both widths of all layers that calibration samples have elements for: operands that the network has rounded as they
 * are, the others by least error of the tensors. Every activation tensor is decided once per width and port.
 */
async function chooseAll(layers: readonly Layer[], choosing: Choosing): Promise<LayerChoices[]> {
  const { taken, calibration, shapeOf, options } = choosing;
  const choices = new Map<string, Map<string, TensorChoice>>();
  const once = (tensor: string, key: string, make: () => TensorChoice): TensorChoice => {
    const own = choices.get(tensor) ?? new Map<string, TensorChoice>();
    choices.set(tensor, own);
    const found = own.get(key) ?? make();
    own.set(key, found);
    return found;
  };
  const { weightBlocks } = options;
  const choiceOf = (product: Product, operand: 'activation' | 'second', bits: number): TensorChoice => {
    const [tensor, side] =
      operand === 'activation' ? [product.activation, 'a' as const] : [product.second.tensor, 'w' as const];
    const name = `activations ${tensor}`;
    const grid = taken.activations.get(tensor);
    if (grid) return once(tensor, '', () => new SettledChoice(name, grid));
    if (weightBlocks?.activations) {
      const { axis, parts } = reductionOf(product, operand, shapeOf(tensor)) as Reduction;
      const length = shapeOf(tensor)[axis] as number;
      const size = Math.min(weightBlocks.size, length / parts);
      return once(
        tensor,
        `${bits} ${options.ports ? side : ''} ${axis} ${parts}`,
        () =>
          new BlockChoice({
            name,
            typesFor: (negative) => blockTypesAt(bits, side, negative, name, options),
            scales: scaleFormat(weightBlocks.scales),
            grid: { axis, length, parts, size },
          }),
      );
    }
    const typesFor = (negative: boolean) => typesAt(bits, side, negative, name, options);
    return once(
      tensor,
      `${bits} ${options.ports ? side : ''}`,
      () => new StreamedChoice({ name, typesFor, ...searchOptions(options) }),
    );
  };
  const ownWeights = ({ product }: Layer): QuantisedWeights | undefined =>
    taken.weights.get(product.node.output[0] as string);
  const isTaken = (layer: Layer): boolean => {
    const { activation, second } = layer.product;
    const other = layer.weights ? ownWeights(layer) : taken.activations.get(second.tensor);
    return taken.activations.has(activation) && other !== undefined;
  };
  const pending = layers.map((layer) => {
    const { product } = layer;
    const at = (bits: number) => ({
      activation: choiceOf(product, 'activation', bits),
      ...(layer.weights ? {} : { second: choiceOf(product, 'second', bits) }),
    });
    // Whether the ends of the network have elements is known for the first sample only.
    const sure = layers.filter((each) => each === layer || operandsOf(each.product).every(calibration.bytesOf));
    const mayWiden = (options.budget !== undefined || isWide(product, sure, options)) && !isTaken(layer);
    return { layer, narrow: at(options.bits), ...(mayWiden ? { wide: at(WIDE_BITS) } : {}) };
  });
  const empty = await observe(calibration, new Map([...choices].map(([tensor, own]) => [tensor, [...own.values()]])));
  const chosen = pending.filter(({ layer }) => !operandsOf(layer.product).some((tensor) => empty.has(tensor)));
  return chosen.map(({ layer, narrow, wide }, i) => {
    calibration.progress(`weights: ${i + 1} of ${chosen.length} layers`);
    const planned = (bits: number, { activation, second }: typeof narrow): LayerPlan => {
      const operands: Pick<LayerPlan, 'activation' | 'second'> = {
        activation: activation.result,
        second: second
          ? { kind: 'activation', tensor: second.result }
          : { kind: 'weights', weights: ownWeights(layer) ?? chooseWeights(layer, bits, options) },
      };
      const width = Math.max(operands.activation.type.bits, secondType(operands).bits);
      return { product: layer.product, bits: width, ...operands };
    };
    return { layer, narrow: planned(options.bits, narrow), ...(wide ? { wide: planned(WIDE_BITS, wide) } : {}) };
  });
}
