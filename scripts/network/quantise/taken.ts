import { TensorProto_DataType } from 'onnx-buf';
import type { Matrix } from '../../../gen/base/matrix.js';
import type { NumericType } from '../../../gen/numerics/types/numeric-type.js';
import { NUMERIC_TYPES } from '../../../gen/numerics/types/table.js';
import { makeNode } from '../onnx/make.js';
import type { OnnxModel } from '../onnx/model.js';
import { type Quantiser, roundedOrigin } from '../onnx/quantisers.js';
import { elementCount, type FloatTensor, readFloats } from '../onnx/tensor.js';
import { floatsOf, floatValue } from '../onnx/value.js';
import { stridesOf } from '../products/contraction.js';
import { constantTensors, findProducts } from '../products/find.js';
import { type Product, weightMatrix } from '../products/product.js';
import { codeOfInteger, type TakenGrid } from '../search/stream-taken.js';
import { evaluate } from './fold.js';
import type { QuantisedWeights } from './plan.js';

/** Operands of a network's products that the network itself has rounded to integers. */
export interface TakenOperands {
  /** Activations by their tensors. */
  readonly activations: ReadonlyMap<string, TakenGrid>;
  /** Weights by the output of their product's node. */
  readonly weights: ReadonlyMap<string, QuantisedWeights>;
}

/** Scales and zero points of a quantiser, as they lie in the file. */
interface Parameters {
  readonly scale: FloatTensor;
  readonly zero?: FloatTensor;
}

/** The farthest that an element may be from its integer, in steps; beyond, it is not what it is taken for. */
const OFF_GRID = 1e-3;

/**
 * The integers of QuantizeLinear, DequantizeLinear and Quant behind which products read their operands: taken where an
 * activation has one scale, weights a scale for each output channel or group of rows.
 *
 * @param original The network as read.
 * @param folded The same with its constant weights computed.
 */
export async function takenOperands(original: OnnxModel, folded: OnnxModel): Promise<TakenOperands> {
  const { products } = findProducts(folded);
  const tensors = products.flatMap(({ activation, second }) => [activation, second.tensor]);
  const origins = roundedOrigin(original.graph.node, original.quantisers, tensors);
  const parameters = await parametersOf(original, new Set(origins.values()));
  const activations = new Map<string, TakenGrid>();
  const weights = new Map<string, QuantisedWeights>();
  for (const product of products) {
    const { activation, second } = product;
    for (const tensor of second.kind === 'activation' ? [activation, second.tensor] : [activation]) {
      const grid = gridOf(original, parameters, origins.get(tensor));
      if (grid) activations.set(tensor, grid);
    }
    const origin = origins.get(second.tensor);
    const own = origin === undefined ? undefined : parameters.get(origin);
    if (second.kind === 'activation' || origin === undefined || !own) continue;
    const found = await takenWeights(product, { original, folded, origin, own });
    if (found) weights.set(product.node.output[0] as string, found);
  }
  return { activations, weights };
}

/** Scales and zero points that follow from constants. */
async function parametersOf(model: OnnxModel, origins: ReadonlySet<string>): Promise<ReadonlyMap<string, Parameters>> {
  const constant = constantTensors(model);
  const known = [...origins].filter((origin) => {
    const { scale, zero } = model.quantisers.get(origin) as Quantiser;
    return constant.has(scale) && constant.has(zero);
  });
  if (known.length === 0) return new Map();
  const names = new Set(
    known.flatMap((origin) => {
      const { scale, zero } = model.quantisers.get(origin) as Quantiser;
      return [scale, ...(zero === '' ? [] : [zero])];
    }),
  );
  const at = (name: string): string => `${name}__number`;
  const casts = [...names].map((name) => makeNode('Cast', [name], at(name), { to: TensorProto_DataType.FLOAT }));
  const values = await evaluate(model, [...names].map(at), { extra: casts });
  const floats = (name: string): FloatTensor => floatsOf(values.get(at(name)), name);
  return new Map(
    known.map((origin) => {
      const { scale, zero } = model.quantisers.get(origin) as Quantiser;
      return [origin, { scale: floats(scale), ...(zero === '' ? {} : { zero: floats(zero) }) }];
    }),
  );
}

const typeOf = ({ bits, signed }: Quantiser): NumericType =>
  NUMERIC_TYPES.get(`${signed ? '' : 'u'}int${bits}`) as NumericType;

const isScale = (scale: number): boolean => scale > 0 && Number.isFinite(scale);

/** The grid of an activation; undefined where it has none, or several scales. */
function gridOf(
  { quantisers }: OnnxModel,
  parameters: ReadonlyMap<string, Parameters>,
  origin: string | undefined,
): TakenGrid | undefined {
  const own = origin === undefined ? undefined : parameters.get(origin);
  if (origin === undefined || !own) return undefined;
  const { scale, zero } = own;
  const quantiser = quantisers.get(origin) as Quantiser;
  if (scale.data.length !== 1 || (zero && zero.data.length !== 1)) return undefined;
  const [step, zeroPoint] = [scale.data[0] as number, zero?.data[0] ?? 0];
  const within = Number.isInteger(zeroPoint) && zeroPoint >= quantiser.least && zeroPoint <= quantiser.greatest;
  return isScale(step) && within ? { type: typeOf(quantiser), scale: step, zeroPoint: zeroPoint + 0 } : undefined;
}

interface WeightSource {
  readonly original: OnnxModel;
  readonly folded: OnnxModel;
  /** The tensor that is rounded. */
  readonly origin: string;
  readonly own: Parameters;
}

/** Weights in their own integers; undefined where they have no scale for each column and group of rows. */
async function takenWeights(product: Product, source: WeightSource): Promise<QuantisedWeights | undefined> {
  const { original, folded, origin, own } = source;
  const { tensor } = product.second;
  const quantiser = original.quantisers.get(origin) as Quantiser;
  const proto = folded.constants.get(tensor);
  if (!proto) throw new Error(`${tensor} is not constant`);
  const values = readFloats(proto, product.name);
  const shape = origin === tensor ? values.shape : await shapeOf(original, origin);
  const matrixOf = async (parameter: FloatTensor): Promise<Matrix | undefined> => {
    const spread = spreadOver(parameter, shape, quantiser);
    if (!spread) return undefined;
    return weightMatrix(product, origin === tensor ? spread : await move(original, origin, tensor, spread));
  };
  const scales = await matrixOf(own.scale);
  const zeros = await matrixOf(own.zero ?? { shape: [], data: Float32Array.of(0) });
  if (!scales || !zeros || !scales.data.every(isScale)) return undefined;
  const groupRows = groupRowsOf([scales, zeros]);
  return groupRows === undefined
    ? undefined
    : onGrid({ values: weightMatrix(product, values), scales, zeros, groupRows }, quantiser, values.shape);
}

async function shapeOf(model: OnnxModel, tensor: string): Promise<readonly number[]> {
  return floatsOf((await evaluate(model, [tensor])).get(tensor), tensor).shape;
}

/** A parameter for each element of a tensor; undefined where it does not fit the tensor. */
function spreadOver(parameter: FloatTensor, shape: readonly number[], { along }: Quantiser): FloatTensor | undefined {
  const { data } = parameter;
  const count = elementCount(shape);
  if (data.length === 1) return { shape, data: new Float32Array(count).fill(data[0] as number) };
  const strides = stridesOf(shape);
  const axis = along && (along.axis < 0 ? along.axis + shape.length : along.axis);
  // The parameter's dimensions under those of the tensor: with an axis its only one, or all of them in blocks.
  const sizes =
    axis !== undefined && parameter.shape.length === 1
      ? shape.map((_, i) => (i === axis ? data.length : 1))
      : [...new Array(Math.max(shape.length - parameter.shape.length, 0)).fill(1), ...parameter.shape];
  const block = (i: number): number => (i === axis && along && along.block > 0 ? along.block : 1);
  const fits = sizes.every((size, i) => size === 1 || size === Math.ceil((shape[i] as number) / block(i)));
  if (sizes.length !== shape.length || !fits) return undefined;
  const steps = stridesOf(sizes);
  return {
    shape,
    data: Float32Array.from({ length: count }, (_, index) => {
      let at = 0;
      for (const [i, size] of sizes.entries()) {
        const place = Math.floor(index / (strides[i] as number)) % (shape[i] as number);
        if (size > 1) at += Math.floor(place / block(i)) * (steps[i] as number);
      }
      return data[at] as number;
    }),
  };
}

/** What the network makes of other elements of a rounded tensor on their way to a product. */
async function move(model: OnnxModel, from: string, to: string, values: FloatTensor): Promise<FloatTensor> {
  const results = await evaluate(model, [to], { given: new Map([[from, floatValue(values)]]) });
  return floatsOf(results.get(to), to);
}

/** Rows after which any column's numbers change, the same for all; undefined where they change at other rows. */
function groupRowsOf(matrices: readonly Matrix[]): number | undefined {
  const [{ rows, cols }] = matrices as [Matrix, ...Matrix[]];
  const same = (row: number, other: number): boolean =>
    matrices.every(({ data }) => {
      for (let col = 0; col < cols; col++) if (data[row * cols + col] !== data[other * cols + col]) return false;
      return true;
    });
  let groupRows = 1;
  while (groupRows < rows && same(groupRows, 0)) groupRows++;
  for (let row = 0; row < rows; row++) if (!same(row, row - (row % groupRows))) return undefined;
  return groupRows;
}

interface GridMatrices {
  readonly values: Matrix;
  readonly scales: Matrix;
  readonly zeros: Matrix;
  readonly groupRows: number;
}

/** Weights in codes; undefined where one of them is none of the integers. */
function onGrid(
  { values, scales, zeros, groupRows }: GridMatrices,
  quantiser: Quantiser,
  shape: readonly number[],
): QuantisedWeights | undefined {
  const { rows, cols, data } = values;
  const type = typeOf(quantiser);
  const codes = new Uint8Array(data.length);
  let [squares, squaredError] = [0, 0];
  for (const [i, value] of data.entries()) {
    const [scale, zero] = [scales.data[i] as number, zeros.data[i] as number];
    const steps = value / scale + zero;
    const integer = Math.round(steps);
    const within = integer >= quantiser.least && integer <= quantiser.greatest && Number.isInteger(zero);
    if (!within || !(Math.abs(steps - integer) < OFF_GRID)) return undefined;
    codes[i] = codeOfInteger(integer, type);
    squares += value * value;
    squaredError += (value - (integer - zero) * scale) ** 2;
  }
  const groups = Math.ceil(rows / groupRows);
  const firstRows = ({ data: all }: Matrix): Float64Array =>
    Float64Array.from({ length: groups * cols }, (_, i) => {
      const row = Math.floor(i / cols) * groupRows;
      return (all[row * cols + (i % cols)] as number) + 0;
    });
  const zeroPoints = firstRows(zeros);
  return {
    rows,
    cols,
    type,
    typeIndex: 0,
    codes,
    groups,
    groupRows,
    scales: firstRows(scales),
    ...(zeroPoints.some((zero) => zero !== 0) ? { zeroPoints } : {}),
    taken: true,
    squaredError,
    squares,
    considered: [{ type, squaredError }],
    shape,
  };
}
