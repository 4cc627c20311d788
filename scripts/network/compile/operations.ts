import type { NodeProto } from 'onnx-buf';
import { UserError } from '../../../gen/base/errors.js';
import type { OnnxModel } from '../onnx/model.js';
import { integerOf, integersOf, realOf, textOf } from '../onnx/nodes.js';
import { readFloats } from '../onnx/tensor.js';
import type { RunnableLayer } from '../quantise/plan.js';
import type { Window } from './network.js';

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
  output: string;
  addend?: string;
  /** Least and greatest value of a result. */
  bounds?: { readonly low: number; readonly high: number };
}

/** The operations of a network, and which tensors are another one in another shape. */
export interface Operations {
  readonly operations: readonly Operation[];
  /** The tensor that a name stands for. */
  readonly resolve: (tensor: string) => string;
}

/** Operators that leave all elements where they are. */
const RESHAPES: ReadonlySet<string> = new Set(['Flatten', 'Reshape', 'Squeeze', 'Unsqueeze', 'Identity', 'Dropout']);

/**
 * A network as operations of the engine: additions and bounds go into the product before them.
 *
 * @throws UserError naming all nodes that the engine does not run.
 */
export function operationsOf(model: OnnxModel, layers: readonly RunnableLayer[]): Operations {
  const products = new Map(layers.map((layer) => [layer.product.node.output[0] as string, layer]));
  const aliases = new Map<string, string>();
  const resolve = (tensor: string): string => {
    const other = aliases.get(tensor);
    return other === undefined ? tensor : resolve(other);
  };
  for (const node of model.graph.node) {
    if (RESHAPES.has(node.opType)) aliases.set(node.output[0] as string, node.input[0] as string);
  }
  const uses = new Map<string, number>();
  const read = [
    ...model.graph.node.filter(({ opType }) => !RESHAPES.has(opType)).flatMap(({ input }) => input),
    ...model.outputs,
  ];
  for (const tensor of read) uses.set(resolve(tensor), (uses.get(resolve(tensor)) ?? 0) + 1);
  let operations: Operation[] = [];
  const problems: string[] = [];
  /** The operation whose result is a tensor that nothing else reads, and that still has no bounds. */
  const open = (tensor: string): Operation | undefined =>
    operations.find((each) => each.output === tensor && each.bounds === undefined && uses.get(tensor) === 1);
  const last = (operation: Operation): void => {
    operations = [...operations.filter((each) => each !== operation), operation];
  };
  for (const node of model.graph.node) {
    const [input = '', second = ''] = node.input.map(resolve);
    const output = node.output[0] as string;
    const layer = products.get(output);
    const name = layer?.product.name ?? (node.name || output);
    const plain = { name, input, output, groups: 1, reduce: 'sum' as const };
    if (model.constants.has(output) || RESHAPES.has(node.opType)) continue;
    if (layer) {
      const obstacle = productObstacle(layer);
      if (obstacle !== undefined) problems.push(`${name}: ${obstacle}`);
      operations.push({ ...plain, layer, input: resolve(layer.product.activation), ...productWindow(layer) });
    } else if (node.opType === 'Add' && !model.constants.has(input) && !model.constants.has(second)) {
      const found = [input, second].map(open).filter((each) => each?.layer !== undefined && each.addend === undefined);
      const target = operations.findLast((each) => found.includes(each));
      if (target) {
        target.addend = target.output === input ? second : input;
        target.output = output;
        last(target);
      } else operations.push({ ...plain, addend: second, window: ONE });
    } else if (node.opType === 'Relu' || node.opType === 'Clip') {
      const bounds = boundsOf(node, model);
      const target = open(input);
      if (target) {
        target.bounds = bounds;
        target.output = output;
        last(target);
      } else operations.push({ ...plain, bounds, window: ONE });
    } else {
      const pool = poolOf(node);
      if (pool) operations.push({ ...plain, ...pool });
      else problems.push(`${name}: the engine runs no ${node.opType} of this kind`);
    }
  }
  if (problems.length > 0)
    throw new UserError(['not for the engine:', ...problems.map((each) => `  ${each}`)].join('\n'));
  return { operations, resolve };
}

const ONE: Window = { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], pad: [0, 0, 0, 0] };

function productObstacle({ product, second, activation }: RunnableLayer): string | undefined {
  if (second.kind !== 'weights') return 'both operands are activations';
  if (product.swapped || product.within) return 'weights come first, or the product is inside of a loop';
  if (second.weights.groups > 1) return 'weights have scales by groups of rows';
  if (second.weights.zeroPoints || (activation.zeroPoint ?? 0) !== 0) return 'a zero point is not 0';
  if (product.op === 'Conv') {
    if (second.weights.shape.length !== 4) return 'it has not two dimensions';
    return textOf(product.node, 'auto_pad', 'NOTSET') === 'NOTSET' ? undefined : 'auto_pad is not NOTSET';
  }
  if (product.op === 'Gemm') return integerOf(product.node, 'transA', 0) === 0 ? undefined : 'transA is not 0';
  return `the engine runs no ${product.op}`;
}

function productWindow({ product: { node, op }, second }: RunnableLayer): Pick<Operation, 'window' | 'groups'> {
  if (op !== 'Conv' || second.kind !== 'weights') return { groups: 1 };
  const [, , height = 1, width = 1] = second.weights.shape;
  return { window: windowOf(node, [height, width]), groups: integerOf(node, 'group', 1) };
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
