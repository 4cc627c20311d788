import { UserError } from '../../../gen/base/errors.js';
import { fixedPointScales, ScaleError } from '../../../gen/golden/requantise-scale.js';
import type { OnnxModel } from '../onnx/model.js';
import { readFloats } from '../onnx/tensor.js';
import { factorOf, operator } from '../products/product.js';
import type { RunnableLayer } from '../quantise/plan.js';
import { POINT } from './network.js';
import type { Window } from './network.js';
import type { Operation, Operations, ShapeOf } from './operations.js';
import type { Kept, Storage, Stored } from './storage.js';

/** Room of a requantiser for multipliers and shifts. */
export const ROOM = { multiplierBits: 16, largestShift: 40 };

const [LEAST_BIAS, GREATEST_BIAS] = [-(2 ** 31), 2 ** 31 - 1];
const BOUND = 2 ** 15;

/** An operation with the integers of the requantiser. */
export interface IntegerOperation {
  readonly operation: Operation;
  readonly input: StoredTensor;
  readonly output: StoredTensor;
  readonly window: Window;
  /** Output channels, and dimensions of the result in the network. */
  readonly channels: number;
  readonly rank: number;
  /** One for each output channel of a product with weights; one for all else. */
  readonly biases: readonly number[];
  readonly multipliers: readonly number[];
  readonly shift: number;
  /** Bounds of a result in steps. */
  readonly low?: number;
  readonly high?: number;
  readonly addend?: { readonly tensor: StoredTensor; readonly multiplier: number };
  readonly copy?: { readonly tensor: StoredTensor; readonly shift: number; readonly relu: boolean };
}

/** A tensor as it is kept: the copy has a name of its own. */
export interface StoredTensor extends Stored {
  readonly name: string;
  /** The tensor of the network. */
  readonly of: string;
}

/** What a name of the network is kept as. */
export const mainOf = (of: string, { main }: Kept): StoredTensor => ({ name: of, of, ...main });
export const copyOf = (of: string, { copy }: Kept): StoredTensor | undefined =>
  copy && { name: `${of} copy`, of, ...copy };

/** The tensor that others than products read. */
export const finestOf = (of: string, kept: Kept): StoredTensor => copyOf(of, kept) ?? mainOf(of, kept);

/**
 * The operations of a network with bias, scales and bounds as integers.
 *
 * @throws UserError where constants do not fit.
 */
export function integerOperations(
  model: OnnxModel,
  { operations, resolve }: Operations,
  storage: Storage,
  shapeOf: ShapeOf,
): IntegerOperation[] {
  const keptOf = (name: string): Kept => {
    const kept = storage.get(name);
    if (!kept) throw new UserError(`nothing says how ${name} is kept; quantise again with --integer`);
    return kept;
  };
  return operations.map((operation) => {
    const { name, layer, output, bounds } = operation;
    const from = resolve(operation.input);
    const input = layer ? mainOf(from, keptOf(from)) : finestOf(from, keptOf(from));
    const main = mainOf(output, keptOf(output));
    const copy = copyOf(output, keptOf(output));
    const addend = operation.addend === undefined ? undefined : finestOf(operation.addend, keptOf(operation.addend));
    const [, , height = 1, width = 1] = shapeOf(from);
    const channels = shapeOf(output).at(operation.layout === 'image' ? 1 : -1) ?? 1;
    const window = operation.window ?? { ...POINT, kernel: [height, width] };
    const taps = window.kernel[0] * window.kernel[1];
    const units = layer
      ? secondScales(layer).map(
          (scale, c) => input.scale * scale * factorOf(layer.product) * (operation.normalisation?.factors[c] ?? 1),
        )
      : [operation.reduce === 'mean' ? input.scale / taps : input.scale];
    const scales = [...units, ...(addend ? [addend.scale] : [])].map((unit) => unit / main.scale);
    const { multipliers, shift } = fixedPoint(name, scales);
    const bound = (value: number, none: number): number =>
      Number.isFinite(value) ? Math.max(-BOUND, Math.min(BOUND - 1, Math.round(value / main.scale))) : none;
    return {
      ...{
        operation,
        input,
        output: main,
        window,
        channels,
        rank: shapeOf(output).length,
        shift,
        multipliers: multipliers.slice(0, units.length),
      },
      biases: biasesOf(model, operation, units.length).map((bias, c) => integerBias(name, bias / (units[c] as number))),
      ...(bounds ? { low: bound(bounds.low, -BOUND), high: bound(bounds.high, BOUND - 1) } : {}),
      ...(addend ? { addend: { tensor: addend, multiplier: multipliers.at(-1) as number } } : {}),
      ...(copy
        ? {
            copy: {
              tensor: copy,
              shift: requireShift(name, shift + Math.round(Math.log2(copy.scale / main.scale))),
              relu: bounds?.low === 0,
            },
          }
        : {}),
    };
  });
}

function fixedPoint(name: string, scales: readonly number[]): { multipliers: readonly number[]; shift: number } {
  try {
    return fixedPointScales(scales, ROOM);
  } catch (error) {
    if (error instanceof ScaleError) throw new UserError(`${name}: ${error.message}`);
    throw error;
  }
}

function requireShift(name: string, shift: number): number {
  if (shift < 0) throw new UserError(`${name}: its copy needs a shift below 0`);
  return shift;
}

/** The scales of the second operand: of each output channel of weights, or one. */
const secondScales = ({ second }: RunnableLayer): number[] =>
  second.kind === 'weights' ? [...second.weights.scales] : [second.tensor.scale];

function integerBias(name: string, bias: number): number {
  const rounded = Math.round(bias);
  if (rounded >= LEAST_BIAS && rounded <= GREATEST_BIAS) return rounded;
  throw new UserError(`${name}: the bias ${bias} of a channel does not fit 32 bits`);
}

/** What is added to each output channel, the correction included, as real numbers. */
function biasesOf(model: OnnxModel, { layer, offset, normalisation }: Operation, count: number): number[] {
  if (!layer) return [0];
  const { product, correction } = layer;
  const { bias } = operator(product);
  const parts: { data: ArrayLike<number>; factor: number }[] = [];
  const add = (name: string, factor: number): void => {
    const tensor = model.constants.get(name);
    if (!tensor) throw new UserError(`${product.name}: its bias is computed at run time`);
    parts.push({ data: readFloats(tensor, name).data, factor });
  };
  const own = bias ? (product.node.input[bias.input] ?? '') : '';
  if (bias && own !== '') add(own, bias.factor(product.node));
  if (offset !== undefined) add(offset, 1);
  if (correction) parts.push({ data: correction.data, factor: 1 });
  return Array.from({ length: count }, (_, c) => {
    const bias = parts.reduce((sum, { data, factor }) => sum + (data[data.length === 1 ? 0 : c] as number) * factor, 0);
    return bias * (normalisation?.factors[c] ?? 1) + (normalisation?.offsets[c] ?? 0);
  });
}
