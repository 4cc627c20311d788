import type { NodeProto } from 'onnx-buf';
import { UserError } from '../../../gen/base/errors.js';
import type { OnnxModel } from '../onnx/model.js';
import { integerOf, integersOf, readsOf, realOf, textOf } from '../onnx/nodes.js';
import { elementCount, readFloats } from '../onnx/tensor.js';
import { constantTensors } from '../products/find.js';
import type { RunnableLayer } from '../quantise/plan.js';
import { POINT, type Window } from './network.js';

/** What the engine does in one command, over real numbers: a product or a pooling, a tensor added, bounds. */
export interface Operation {
  readonly name: string;
  /** The product; none of a pooling. */
  readonly layer?: RunnableLayer;
  readonly input: string;
  /** None of a window that is the whole image, whose size is not known yet. */
  readonly window?: Window;
  readonly groups: number;
  readonly reduce: 'sum' | 'maximum' | 'mean';
  /** Samples x channels x height x width, or rows of channels. */
  readonly layout: Layout;
  output: string;
  /** A constant that is added, one number for each channel or for all. */
  offset?: string;
  /** Batch normalisation behind the bias: what each channel is multiplied by, more than 0, and what is added then. */
  normalisation?: { readonly factors: readonly number[]; readonly offsets: readonly number[] };
  addend?: string;
  /** Least and greatest value of a result. */
  bounds?: { readonly low: number; readonly high: number };
}

export type Layout = 'image' | 'rows';

/** A node that the engine does not run. */
export interface HostNode {
  readonly node: NodeProto;
  /** Of a product: what keeps it from the engine. */
  readonly reason?: string;
}

/** The operations of a network, what is left to the host, and which tensors are another one in another shape. */
export interface Operations {
  readonly operations: readonly Operation[];
  readonly host: readonly HostNode[];
  /** The tensor that a name stands for. */
  readonly resolve: (tensor: string) => string;
}

/** The shape of a tensor inside of a network, for one sample. */
export type ShapeOf = (tensor: string) => readonly number[];

/** Operators that leave all elements where they are. */
export const RESHAPES: ReadonlySet<string> = new Set([
  'Flatten',
  'Reshape',
  'Squeeze',
  'Unsqueeze',
  'Identity',
  'Dropout',
]);

/**
 * The operations of the engine in a network: additions and bounds go into the product before them. Products run on the
 * engine where nothing keeps them from it; what is no product runs there if its operands are there already.
 *
 * @throws UserError where there is no product for the engine, with the reasons.
 */
export function operationsOf(model: OnnxModel, layers: readonly RunnableLayer[], shapeOf: ShapeOf): Operations {
  const products = new Map(layers.map((layer) => [layer.product.node.output[0] as string, layer]));
  const aliases = new Map<string, string>();
  const resolve = (tensor: string): string => {
    const other = aliases.get(tensor);
    return other === undefined ? tensor : resolve(other);
  };
  const uses = new Map<string, number>();
  for (const tensor of [...model.graph.node.flatMap(readsOf), ...model.outputs]) {
    uses.set(tensor, (uses.get(tensor) ?? 0) + 1);
  }
  const known = constantTensors(model);
  const inputs = new Set(model.inputs.map(({ name }) => name));
  const host: HostNode[] = [];
  let operations: Operation[] = [];
  const maker = (tensor: string): Operation | undefined => operations.find(({ output }) => output === tensor);
  /** Whether a tensor is an image that the engine has: its own result, or an input of the network. */
  const isHere = (tensor: string): boolean => {
    const made = maker(tensor);
    const shape = shapeOf(tensor);
    return made ? partsOf(made, shape) === 1 : inputs.has(tensor) && shape.length === 4;
  };
  /** The operation whose result is a tensor that nothing else reads, and that still has no bounds. */
  const open = (tensor: string): Operation | undefined => {
    const found = maker(tensor);
    return found && found.bounds === undefined && uses.get(tensor) === 1 ? found : undefined;
  };
  const extend = (operation: Operation, output: string): void => {
    operation.output = output;
    operations = [...operations.filter((each) => each !== operation), operation];
  };
  const layoutOf = (tensor: string): Layout => maker(tensor)?.layout ?? 'image';
  const isAlike = (one: string, other: string): boolean =>
    layoutOf(one) === layoutOf(other) && String(shapeOf(one)) === String(shapeOf(other));

  for (const node of model.graph.node) {
    const output = node.output[0] as string;
    if (node.output.every((each) => known.has(each))) continue;
    const [input = '', second = ''] = node.input.map(resolve);
    const layer = products.get(output);
    const name = layer?.product.name ?? (node.name || output);
    const plain = { name, input, output, groups: 1, reduce: 'sum' as const, layout: layoutOf(input) };
    if (layer) {
      const operation = productOperation(layer, resolve(layer.product.activation));
      const reason = productObstacle(layer, shapeOf) ?? layoutObstacle(operation, maker(operation.input), shapeOf);
      if (reason === undefined) operations.push(operation);
      else host.push({ node, reason });
      continue;
    }
    if (node.opType === 'Add') {
      const [constant, other] = known.has(input) ? [input, second] : [second, input];
      if (known.has(constant)) {
        const target = open(other);
        if (target && takesOffset(target) && isPerChannel(model, constant, target, shapeOf)) {
          target.offset = constant;
          extend(target, output);
          continue;
        }
      } else if (isHere(input) && isHere(second) && isAlike(input, second)) {
        const found = [input, second]
          .map(open)
          .filter((each) => each?.layer !== undefined && each.addend === undefined);
        const target = longest(operations.filter((each) => found.includes(each)));
        if (target) {
          target.addend = target.output === input ? second : input;
          extend(target, output);
        } else operations.push({ ...plain, addend: second, window: POINT });
        continue;
      }
    } else if (node.opType === 'BatchNormalization') {
      const target = open(input);
      const normalisation = target && takesOffset(target) ? normalisationOf(node, model) : undefined;
      if (target && normalisation) {
        target.normalisation = normalisation;
        extend(target, output);
        continue;
      }
    } else if ((node.opType === 'Relu' || node.opType === 'Clip') && isHere(input)) {
      const bounds = boundsOf(node, model);
      const target = open(input);
      if (target) {
        target.bounds = bounds;
        extend(target, output);
      } else operations.push({ ...plain, bounds, window: POINT });
      continue;
    } else if (isHere(input) && layoutOf(input) === 'image') {
      if (RESHAPES.has(node.opType) && isOnePixel(shapeOf(input)) && isOnePixel(shapeOf(output))) {
        aliases.set(output, input);
        // Whoever reads the one reads the other.
        uses.set(input, (uses.get(input) as number) - 1 + (uses.get(output) ?? 0));
        continue;
      }
      const pool = poolOf(node);
      if (pool) {
        operations.push({ ...plain, ...pool });
        continue;
      }
    }
    host.push({ node });
  }
  if (!operations.some((each) => each.layer)) throw new UserError(nothingToRun(host));
  return { operations, host, resolve };
}

/**
 * The product with the longest reduction, of equals the last: its results come so slowly that a second operand and a copy cost
 * no time.
 */
const longest = (operations: readonly Operation[]): Operation | undefined =>
  operations.reduce<Operation | undefined>(
    (best, each) => (best && reductionOf(each) < reductionOf(best) ? best : each),
    undefined,
  );

const reductionOf = ({ layer }: Operation): number =>
  layer?.second.kind === 'weights' ? layer.second.weights.codes.length / layer.second.weights.cols : 0;

/** Whether constants can still go into the bias of an operation. */
const takesOffset = ({ layer, offset, addend, normalisation }: Operation): boolean =>
  layer?.second.kind === 'weights' && !(offset ?? addend ?? normalisation);

/** What a node does with each channel; undefined where that is not known, or turns signs, which multipliers do not have. */
function normalisationOf(node: NodeProto, { constants }: OnnxModel): Operation['normalisation'] {
  const tensors = node.input.slice(1, 5).map((name) => constants.get(name));
  if (node.output.filter((name) => name !== '').length > 1) return undefined;
  const [scale, offset, mean, variance] = tensors.map((tensor) => tensor && readFloats(tensor, tensor.name).data);
  if (!scale || !offset || !mean || !variance) return undefined;
  const least = realOf(node, 'epsilon', 1e-5);
  const factors = Array.from(scale, (value, c) => value / Math.sqrt((variance[c] as number) + least));
  const offsets = factors.map((factor, c) => (offset[c] as number) - (mean[c] as number) * factor);
  return factors.every((factor) => factor > 0) ? { factors, offsets } : undefined;
}

const nothingToRun = (host: readonly HostNode[]): string =>
  [
    'the engine runs no product of this network:',
    ...host.flatMap(({ node, reason }) =>
      reason === undefined ? [] : [`  ${node.name || node.output[0]}: ${reason}`],
    ),
  ].join('\n');

/** Samples x channels, perhaps with a height and a width of 1. */
const isOnePixel = ([, , ...sizes]: readonly number[]): boolean => sizes.every((size) => size === 1);

function productOperation(layer: RunnableLayer, input: string): Operation {
  const { product, second } = layer;
  const plain = { name: product.name, layer, input, output: product.node.output[0] as string, reduce: 'sum' as const };
  if (product.op !== 'Conv' || second.kind !== 'weights') return { ...plain, groups: 1, layout: 'rows', window: POINT };
  const [, , height = 1, width = 1] = second.weights.shape;
  return {
    ...{ ...plain, layout: 'image', window: windowOf(product.node, [height, width]) },
    groups: integerOf(product.node, 'group', 1),
  };
}

/** Operators whose products the engine runs. */
const ENGINE_OPS: ReadonlySet<string> = new Set(['Conv', 'Gemm', 'MatMul']);

function productObstacle({ product, second, activation }: RunnableLayer, shapeOf: ShapeOf): string | undefined {
  const { node, op } = product;
  if (!ENGINE_OPS.has(op)) return `the engine runs no ${op}`;
  if (product.swapped || product.within) return 'weights come first, or the product is inside of a loop';
  if ((activation.zeroPoint ?? 0) !== 0) return 'a zero point is not 0';
  if (second.kind === 'activation') {
    if (op !== 'MatMul') return `${op} of two activations`;
    if ((second.tensor.zeroPoint ?? 0) !== 0) return 'a zero point is not 0';
    const [a, b] = [shapeOf(product.activation), shapeOf(product.second.tensor)];
    return a.length >= 2 && String(a.slice(0, -2)) === String(b.slice(0, -2))
      ? undefined
      : 'its operands have different dimensions in front';
  }
  const { weights } = second;
  if (weights.groups > 1) return 'weights have scales by groups of rows';
  if (weights.zeroPoints) return 'a zero point is not 0';
  if (op === 'Conv') {
    if (weights.shape.length !== 4) return 'it has not two dimensions';
    return textOf(node, 'auto_pad', 'NOTSET') === 'NOTSET' ? undefined : 'auto_pad is not NOTSET';
  }
  if (op === 'Gemm') return integerOf(node, 'transA', 0) === 0 ? undefined : 'transA is not 0';
  return weights.shape.length === 2 ? undefined : 'weights differ from product to product';
}

/** Matrices that a product of two activations consists of. */
export const partsOf = ({ layer }: Pick<Operation, 'layer'>, shape: readonly number[]): number =>
  layer?.second.kind === 'activation' ? elementCount(shape.slice(0, -2)) : 1;

/** A result of the engine is read as it lies in memory, or else by way of the host. */
function layoutObstacle(operation: Operation, from: Operation | undefined, shapeOf: ShapeOf): string | undefined {
  if (!from) return undefined;
  const shape = shapeOf(from.output);
  if (Math.max(partsOf(operation, shape), partsOf(from, shape)) > 1)
    return 'its first operand lies in memory otherwise';
  return from.layout === operation.layout || isOnePixel(shape)
    ? undefined
    : 'it reads rows where there are images, or images where there are rows';
}

/** Whether a constant has one number for each output channel of an operation, or for all. */
function isPerChannel(
  { constants }: OnnxModel,
  name: string,
  { layout, output }: Operation,
  shapeOf: ShapeOf,
): boolean {
  const dims = constants.get(name)?.dims.map(Number);
  const fromEnd = layout === 'image' ? 3 : 1;
  const channels = shapeOf(output).at(-fromEnd);
  return dims?.every((size, i) => size === 1 || (dims.length - i === fromEnd && size === channels)) ?? false;
}

const pairOf = ([y = 1, x = 1]: readonly number[]): readonly [number, number] => [y, x];

function windowOf(node: NodeProto, kernel: readonly number[]): Window {
  const [top = 0, left = 0, bottom = 0, right = 0] = integersOf(node, 'pads', [0, 0, 0, 0]);
  return {
    kernel: pairOf(kernel),
    stride: pairOf(integersOf(node, 'strides', [1, 1])),
    dilation: pairOf(integersOf(node, 'dilations', [1, 1])),
    pad: [top, left, bottom, right],
  };
}

/** What a node pools; a window without a size is the whole image. */
function poolOf(node: NodeProto): (Pick<Operation, 'reduce'> & { window?: Window }) | undefined {
  const kernel = integersOf(node, 'kernel_shape', []);
  const plain =
    integerOf(node, 'ceil_mode', 0) === 0 && textOf(node, 'auto_pad', 'NOTSET') === 'NOTSET' && kernel.length === 2;
  switch (node.opType) {
    case 'GlobalAveragePool':
      return { reduce: 'mean' };
    case 'ReduceMean':
      return String(integersOf(node, 'axes', [])) === '2,3' ? { reduce: 'mean' } : undefined;
    case 'MaxPool':
      return plain ? { reduce: 'maximum', window: windowOf(node, kernel) } : undefined;
    case 'AveragePool': {
      const window = windowOf(node, kernel);
      const counted = integerOf(node, 'count_include_pad', 0) === 1 || window.pad.every((pad) => pad === 0);
      return plain && counted ? { reduce: 'mean', window } : undefined;
    }
    default:
      return undefined;
  }
}

function boundsOf(node: NodeProto, { constants }: OnnxModel): { low: number; high: number } {
  if (node.opType === 'Relu') return { low: 0, high: Number.POSITIVE_INFINITY };
  const bound = (index: number, name: string, none: number): number => {
    const tensor = constants.get(node.input[index] ?? '');
    return tensor ? (readFloats(tensor, name).data[0] as number) : realOf(node, name, none);
  };
  return { low: bound(1, 'min', Number.NEGATIVE_INFINITY), high: bound(2, 'max', Number.POSITIVE_INFINITY) };
}
