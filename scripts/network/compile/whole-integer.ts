import { UserError } from '../../../gen/base/errors.js';
import { numericType } from '../../../gen/numerics/types/table.js';
import type { LoadedNetwork } from '../infer/load.js';
import type { LabelledImages } from '../onnx/fashion.js';
import { feedOf, type Run, zeros } from '../onnx/feed.js';
import type { OnnxModel } from '../onnx/model.js';
import { elementCount } from '../onnx/tensor.js';
import { macsOf, type SurveyedProduct } from '../products/survey.js';
import { classify } from '../quantise/classify.js';
import type { QuantisedNetwork } from '../quantise/network.js';
import type { MeasuredComparison } from '../quantise/describe.js';
import type { LayerPlan } from '../quantise/plan.js';
import type { IntegerReport } from '../quantise/report.js';
import { integerModel } from './integer-model.js';
import type { View } from './layers.js';
import { tensorOf } from './network.js';
import { type SharedNetwork, shapesOf, sharedNetwork } from './network-of.js';
import { operationsOf, type ShapeOf } from './operations.js';
import { chooseStorage, needsOf, type Storage } from './storage.js';

/** A network in whole integers as far as the engine runs it. */
export interface WholeInteger {
  readonly shared: SharedNetwork;
  readonly storage: Storage;
  /** The same in standard operators. */
  readonly model: OnnxModel;
  readonly shapeOf: ShapeOf;
}

/** Chooses how every tensor is kept that the engine reads or writes, on the calibration samples. */
export async function wholeInteger({ model, plan, quantised, calibration }: QuantisedNetwork): Promise<WholeInteger> {
  const { feed } = calibration;
  if (feed.fixed !== undefined && feed.fixed > 1) {
    throw new UserError(`--integer: ${model.name} takes ${feed.fixed} samples at a time; the engine takes one`);
  }
  const [{ inputs }] = feed.runs(1) as unknown as [Run];
  const shapeOf = await shapesOf(model, inputs);
  const found = operationsOf(model, plan.layers, shapeOf);
  const bytesOf = (tensor: string): number => 4 * elementCount(shapeOf(tensor));
  const storage = await chooseStorage({ ...calibration, model: quantised, bytesOf }, needsOf(model, found));
  return assembled(model, plan.layers, storage, shapeOf);
}

function assembled(
  model: OnnxModel,
  layers: Parameters<typeof sharedNetwork>[1],
  storage: Storage,
  shapeOf: ShapeOf,
): WholeInteger {
  const shared = sharedNetwork(model, layers, storage, shapeOf);
  return { shared, storage, model: integerModel(model, shared, storage), shapeOf };
}

/**
 * What `npm run quantize -- --integer` chose.
 *
 * @throws UserError for a folder without it.
 */
export async function loadWholeInteger({
  report,
  model,
  layers,
}: Omit<LoadedNetwork, 'quantised'>): Promise<WholeInteger> {
  const { integer, model: about } = report;
  if (!integer) {
    throw new UserError(`${about.name} was quantised without whole integers; quantise it again with --integer`);
  }
  const one = about.samplesAtOnce === null ? [1] : [];
  const shapes = new Map(about.inputs.map(({ name, shape }) => [name, [...one, ...shape]]));
  const shapeOf = await shapesOf(model, zeros(model, shapes));
  const storage = new Map(
    integer.tensors.map(({ tensor, type, scale, copy }) => [
      tensor,
      { main: { type, scale }, ...(copy ? { copy } : {}) },
    ]),
  );
  return assembled(model, layers, storage, shapeOf);
}

/** Figures of a network in whole integers beside those of its rounded one. */
export interface Figures {
  readonly differences: IntegerReport['differences'];
  readonly outputs: MeasuredComparison;
  readonly accuracy: IntegerReport['accuracy'];
}

/** What the report says. Multiply-accumulates are those of one sample. */
export function integerReport(
  { plan, sizes, unit }: QuantisedNetwork,
  { shared, storage }: WholeInteger,
  { differences, outputs, accuracy }: Figures,
): Omit<IntegerReport, 'file'> {
  const { network, views, found } = shared;
  const onEngine = new Set(found.operations.map(({ layer }) => layer?.product));
  const macs = ({ product }: Pick<LayerPlan, 'product'>): number =>
    macsOf((sizes.get(product) as SurveyedProduct).lowering) / unit;
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
  const layerOfNode = new Map(plan.layers.map((layer) => [layer.product.node, layer]));
  const host = [
    ...found.host.map(({ node, reason }) => {
      const layer = layerOfNode.get(node);
      const name = node.name || (node.output[0] as string);
      return { name, op: node.opType, reason: reason ?? null, macs: layer ? macs(layer) : null };
    }),
    ...plan.leftOut.map(({ title, op, reason, macs: own }) => ({
      ...{ name: title, op, reason, macs: own === null ? null : own / unit },
    })),
  ];
  const left = new Set(plan.leftOut.map(({ title }) => title));
  const moved = (names: readonly string[], to: 'engine' | 'host'): IntegerReport['moved'] => {
    const tensors = names.map((name) => ({ name, own: tensorOf(network, name) }));
    const of = (name: string): string => (views.get(name) as View).tensor;
    return [...new Set(names.map(of))].map((tensor) => {
      const parts = tensors.filter(({ name }) => of(name) === tensor);
      const { type } = (parts[0] as (typeof parts)[number]).own;
      const elements = sum(parts.map(({ own: { height, width, channels } }) => height * width * channels));
      return { tensor, to, type, elements, bytes: Math.ceil((elements * numericType(type).bits) / 8) };
    });
  };
  const hostMacs = sum(host.map(({ macs: own }) => own ?? 0));
  return {
    tensors: [...storage].map(([tensor, { main, copy }]) => ({ tensor, ...main, copy: copy ?? null })),
    jobs: network.jobs?.length ?? 1,
    macs: { engine: sum(plan.layers.filter(({ product }) => onEngine.has(product)).map(macs)), host: hostMacs },
    // Products left in floating point are among the nodes, too.
    host: host.filter(({ name, reason }) => reason !== null || !left.has(name)),
    moved: [...moved(network.inputs, 'engine'), ...moved(network.outputs, 'host')],
    differences,
    outputs: { ...outputs, outputs: outputs.outputs.map((output) => ({ ...output, shape: [...output.shape] })) },
    accuracy,
  };
}

/** Samples of accuracy run at once. */
const BATCH = 100;

/** How often the network decides right: in floating point, rounded, and in whole integers. */
export async function accuracyOf(
  { model, quantised }: Pick<QuantisedNetwork, 'model' | 'quantised'>,
  integer: OnnxModel,
  { images, labels }: LabelledImages,
  progress: (message: string) => void,
): Promise<NonNullable<IntegerReport['accuracy']>> {
  const classes = async (network: OnnxModel, title: string): Promise<number[]> =>
    classify(network, feedOf(network, images), BATCH, (done) =>
      progress(`${title}: ${done} of ${labels.length} images`),
    );
  const all = {
    float: await classes(model, 'floating point'),
    quantised: await classes(quantised, 'rounded network'),
    integer: await classes(integer, 'whole integers'),
  };
  const right = (own: readonly number[]): number => own.filter((value, i) => value === labels[i]).length;
  return {
    ...{ source: images.name, samples: labels.length },
    right: { float: right(all.float), quantised: right(all.quantised), integer: right(all.integer) },
    alike: all.integer.filter((value, i) => value === all.quantised[i]).length,
  };
}
