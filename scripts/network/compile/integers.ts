import { UserError } from '../../../gen/base/errors.js';
import { fixedPointScales, ScaleError } from '../../../gen/golden/requantise-scale.js';
import type { OnnxModel } from '../onnx/model.js';
import { readFloats } from '../onnx/tensor.js';
import { factorOf, operator } from '../products/product.js';
import type { RunnableLayer } from '../quantise/plan.js';
import type { IntegerLayer, IntegerNetwork, IntegerTensor, Window } from './network.js';
import type { Operation, Operations } from './operations.js';
import type { Range } from './ranges.js';

/** Room of a requantiser for multipliers and shifts. */
export const ROOM = { multiplierBits: 16, largestShift: 40 };

const [LEAST_BIAS, GREATEST_BIAS] = [-(2 ** 31), 2 ** 31 - 1];
const BOUND = 2 ** 15;

/** Where a tensor of the network is kept: for products, and for all else where that needs more bits. */
interface Kept {
  readonly main: IntegerTensor;
  readonly copy?: IntegerTensor;
}

/**
 * The network in integers alone: a type and a scale for every tensor, and bias, scales and bounds of each operation as integers.
 *
 * @throws UserError where two products round a tensor differently, or constants do not fit.
 */
export function integerNetwork(
  model: OnnxModel,
  layers: readonly RunnableLayer[],
  { operations, resolve }: Operations,
  ranges: ReadonlyMap<string, Range>,
): IntegerNetwork {
  const kept = new Map<string, Kept>();
  const inputs = model.inputs.map(({ name }) => name);
  for (const name of [...inputs, ...operations.map(({ output }) => output)]) {
    const readers = layers
      .filter(({ product }) => resolve(product.activation) === name)
      .map(({ activation }) => activation);
    const others = operations.some(({ input, layer, addend }) => addend === name || (input === name && !layer));
    const isOutput = model.outputs.map(resolve).includes(name);
    kept.set(name, keep(name, ranges.get(name) as Range, readers, others || isOutput, inputs.includes(name)));
  }
  const tensorOf = (name: string): Kept => kept.get(name) as Kept;
  const integer = operations.map((operation) => layerOf(model, operation, tensorOf));
  const outputs = model.outputs.map((name) => {
    const { main, copy } = tensorOf(resolve(name));
    return (copy ?? main).name;
  });
  const tensors = [...kept.values()].flatMap(({ main, copy }) => (copy ? [main, copy] : [main]));
  return { tensors, inputs, outputs, layers: integer };
}

function keep(
  name: string,
  range: Range,
  readers: readonly RunnableLayer['activation'][],
  others: boolean,
  isInput: boolean,
): Kept {
  const { channels, height, width, least, greatest } = range;
  const size = { channels, height, width };
  const [first] = readers;
  if (!first) return { main: { ...size, name, ...eightBits(least, greatest) } };
  if (readers.some(({ type, scale }) => type !== first.type || scale !== first.scale)) {
    throw new UserError(`${name}: products round it to different types or scales`);
  }
  const main = { ...size, name, type: first.type.name, scale: first.scale };
  if (!others || isInput || first.type.bits === 8) return { main };
  // The scale of a copy is that of the tensor times a power of two.
  const { type, scale } = eightBits(least, greatest);
  const finer = 2 ** Math.floor(Math.log2(main.scale / scale));
  return { main, copy: { ...size, name: `${name} copy`, type, scale: main.scale / finer } };
}

/** The 8-bit integers that hold a range. */
function eightBits(least: number, greatest: number): { type: string; scale: number } {
  if (least >= 0) return { type: 'uint8', scale: greatest > 0 ? greatest / 255 : 1 };
  return { type: 'int8', scale: Math.max(-least / 128, greatest / 127) };
}

function layerOf(model: OnnxModel, operation: Operation, tensorOf: (name: string) => Kept): IntegerLayer {
  const { name, layer, output, bounds } = operation;
  const source = tensorOf(operation.input);
  const input = layer ? source.main : (source.copy ?? source.main);
  const { main, copy } = tensorOf(output);
  const addendKept = operation.addend === undefined ? undefined : tensorOf(operation.addend);
  const addend = addendKept?.copy ?? addendKept?.main;
  const whole: Window = { kernel: [input.height, input.width], stride: [1, 1], dilation: [1, 1], pad: [0, 0, 0, 0] };
  const window = operation.window ?? whole;
  const taps = window.kernel[0] * window.kernel[1];
  const units = layer
    ? weightScales(layer).map((scale) => input.scale * scale * factorOf(layer.product))
    : [operation.reduce === 'mean' ? input.scale / taps : input.scale];
  const scales = [...units, ...(addend ? [addend.scale] : [])].map((unit) => unit / main.scale);
  const { multipliers, shift } = fixedPoint(name, scales);
  const bound = (value: number, none: number): number =>
    Number.isFinite(value) ? Math.max(-BOUND, Math.min(BOUND - 1, Math.round(value / main.scale))) : none;
  const epilogue = {
    ...{ name, input: input.name, output: main.name, window, shift },
    ...(bounds ? { low: bound(bounds.low, -BOUND), high: bound(bounds.high, BOUND - 1) } : {}),
    ...(addend ? { addend: { tensor: addend.name, multiplier: multipliers.at(-1) as number } } : {}),
    ...(copy
      ? {
          copy: {
            tensor: copy.name,
            shift: requireShift(name, shift + Math.round(Math.log2(copy.scale / main.scale))),
            relu: bounds?.low === 0,
          },
        }
      : {}),
  };
  if (!layer) {
    const reduce = operation.reduce === 'maximum' ? ('maximum' as const) : ('sum' as const);
    return { kind: 'pool', ...epilogue, reduce, multiplier: multipliers[0] as number };
  }
  return {
    ...{ kind: 'product', ...epilogue, groups: operation.groups, weightType: weightsOf(layer).type.name },
    weights: filterCodes(layer, input, window, operation.groups),
    biases: biasesOf(model, layer).map((bias, c) => integerBias(name, bias / (units[c] as number))),
    multipliers: multipliers.slice(0, units.length),
  };
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

type Weights = Extract<RunnableLayer['second'], { kind: 'weights' }>['weights'];

/** Operations have products with weights only. */
const weightsOf = ({ second }: RunnableLayer): Weights => (second as { weights: Weights }).weights;

const weightScales = (layer: RunnableLayer): number[] => [...weightsOf(layer).scales];

function integerBias(name: string, bias: number): number {
  const rounded = Math.round(bias);
  if (rounded >= LEAST_BIAS && rounded <= GREATEST_BIAS) return rounded;
  throw new UserError(`${name}: the bias ${bias} of a channel does not fit 32 bits`);
}

/** The bias of each output channel, the correction included, as real numbers. */
function biasesOf({ constants }: OnnxModel, { product, second, correction }: RunnableLayer): number[] {
  const count = (second as { weights: Weights }).weights.scales.length;
  const { bias } = operator(product);
  const name = bias ? (product.node.input[bias.input] ?? '') : '';
  const tensor = constants.get(name);
  if (name !== '' && !tensor) throw new UserError(`${product.name}: its bias is computed at run time`);
  const values = tensor ? readFloats(tensor, name).data : new Float32Array(1);
  const factor = bias?.factor(product.node) ?? 1;
  const each = (data: ArrayLike<number>, c: number): number => data[data.length === 1 ? 0 : c] as number;
  return Array.from(
    { length: count },
    (_, c) => each(values, c) * factor + (correction ? each(correction.data, c) : 0),
  );
}

/** Codes as channels x kernel height x kernel width x input channels of a group. Rows of the network's are channel by channel. */
function filterCodes(
  layer: RunnableLayer,
  { channels }: IntegerTensor,
  { kernel: [height, width] }: Window,
  groups: number,
): Uint8Array {
  const { codes, scales } = weightsOf(layer);
  const [count, depth, taps] = [scales.length, channels / groups, height * width];
  if (codes.length !== count * depth * taps) {
    throw new UserError(`${layer.product.name}: ${codes.length} weights, ${count * depth * taps} needed`);
  }
  const filters = new Uint8Array(codes.length);
  for (let n = 0; n < count; n++) {
    for (let tap = 0; tap < taps; tap++) {
      for (let d = 0; d < depth; d++)
        filters[(n * taps + tap) * depth + d] = codes[(d * taps + tap) * count + n] as number;
    }
  }
  return filters;
}
