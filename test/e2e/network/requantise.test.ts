import { create } from '@bufbuild/protobuf';
import { type TensorProto, TensorProto_DataType, TensorProtoSchema } from 'onnx-buf';
import { describe, expect, it } from 'vitest';
import { requantiser } from '../../../gen/golden/requantise.js';
import { fixedPointScales } from '../../../gen/golden/requantise-scale.js';
import { type RandomSource, randomSource } from '../../../gen/golden/vectors.js';
import { numericType } from '../../../gen/numerics/types/table.js';
import { load, loadRuntime } from '../../../scripts/network/onnx/session.js';
import { modelBytes, node, valueInfo } from '../../support/onnx.js';

type Eight = 'int8' | 'uint8';

const DATA_TYPES = { int8: TensorProto_DataType.INT8, uint8: TensorProto_DataType.UINT8 } as const;
const arrayOf = (type: Eight, values: readonly number[]): Int8Array | Uint8Array =>
  type === 'int8' ? Int8Array.from(values) : Uint8Array.from(values);

function proto(
  name: string,
  dataType: TensorProto_DataType,
  dims: readonly number[],
  data: ArrayBufferView,
): TensorProto {
  const rawData = new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  return create(TensorProtoSchema, { name, dataType, dims: dims.map(BigInt), rawData });
}

const scaleProto = (name: string, scales: readonly number[]): TensorProto =>
  proto(name, TensorProto_DataType.FLOAT, scales.length === 1 ? [] : [scales.length], Float32Array.from(scales));
const zeroProto = (name: string, type: Eight, count = 1): TensorProto =>
  proto(name, DATA_TYPES[type], count === 1 ? [] : [count], arrayOf(type, Array(count).fill(0)));

/** Weights of 7 bits: on processors without VNNI, ONNX Runtime saturates sums of two products of uint8 and int8 at 16 bits. */
const weightsOf = (random: RandomSource, count: number): number[] =>
  Array.from({ length: count }, () => random.below(128) - 64);

const codesOf = (random: RandomSource, type: Eight, count: number): number[] =>
  Array.from({ length: count }, () => random.below(256) - (type === 'int8' ? 128 : 0));

/** A layer: x of rows x depth codes times weights of depth x columns, a 1 x 1 convolution where it has a bias. */
interface Layer {
  readonly x: Eight;
  readonly y: Eight;
  readonly scales: { readonly x: number; readonly w: readonly number[]; readonly y: number };
  readonly withBias: boolean;
}

const [ROWS, DEPTH, COLUMNS] = [64, 24, 4];

/** The codes that ONNX Runtime and the reference model make of the same random layer. */
async function bothOf({ x, y, scales, withBias }: Layer, seed: number) {
  const random = randomSource(seed);
  const [codes, weights] = [codesOf(random, x, ROWS * DEPTH), weightsOf(random, DEPTH * COLUMNS)];
  const bias = Array.from({ length: COLUMNS }, () => (withBias ? random.below(4001) - 2000 : 0));
  const types = ['xs', 'xz', 'ws', 'wz', 'ys', 'yz'];
  const perChannel = scales.w.length;
  const common = {
    xs: scaleProto('xs', [scales.x]),
    xz: zeroProto('xz', x),
    ws: scaleProto('ws', scales.w),
    wz: zeroProto('wz', 'int8', perChannel),
    ys: scaleProto('ys', [scales.y]),
    yz: zeroProto('yz', y),
  };
  // A convolution wants channels first, in x and in the weights.
  const turned = (values: readonly number[], rows: number, cols: number): number[] =>
    Array.from({ length: rows * cols }, (_, i) => values[(i % rows) * cols + Math.floor(i / rows)] as number);
  const shape = withBias ? [1, DEPTH, 1, ROWS] : [ROWS, DEPTH];
  const graph = {
    nodes: [
      withBias
        ? node('QLinearConv', ['x', 'xs', 'xz', 'w', 'ws', 'wz', 'ys', 'yz', 'b'], 'y')
        : node('QLinearMatMul', ['x', 'xs', 'xz', 'w', ...types.slice(2)], 'y'),
    ],
    constants: {
      ...common,
      w: withBias
        ? proto(
            'w',
            TensorProto_DataType.INT8,
            [COLUMNS, DEPTH, 1, 1],
            arrayOf('int8', turned(weights, DEPTH, COLUMNS)),
          )
        : proto('w', TensorProto_DataType.INT8, [DEPTH, COLUMNS], arrayOf('int8', weights)),
      ...(withBias ? { b: proto('b', TensorProto_DataType.INT32, [COLUMNS], Int32Array.from(bias)) } : {}),
    },
    input: [valueInfo('x', shape, DATA_TYPES[x])],
  };
  const { Tensor } = await loadRuntime();
  const session = await load(modelBytes(graph), 'layer');
  const feed = new Tensor(x, arrayOf(x, withBias ? turned(codes, ROWS, DEPTH) : codes), shape);
  const { y: result } = await session.run({ x: feed });
  const flat = Array.from(result?.data as Int8Array, (code) => Number(code) & 255);
  const theirs = withBias ? turned(flat, COLUMNS, ROWS) : flat;
  const real = scales.w.map((w) => (scales.x * w) / scales.y);
  const { multipliers, shift, exact } = fixedPointScales(real, { multiplierBits: 16, largestShift: 63 });
  const encode = requantiser(numericType(y), 'even');
  const ours = Array.from({ length: ROWS * COLUMNS }, (_, i) => {
    const [r, c] = [Math.floor(i / COLUMNS), i % COLUMNS];
    let sum = 0;
    for (let k = 0; k < DEPTH; k++) sum += (codes[r * DEPTH + k] as number) * (weights[k * COLUMNS + c] as number);
    const multiplier = BigInt(multipliers[perChannel > 1 ? c : 0] as number);
    return encode({ sum: BigInt(sum), bias: BigInt(bias[c] as number), multiplier, shift });
  });
  return { theirs, ours, exact };
}

/** Scales whose quotients are small multiples of powers of two: sums times them are exact in binary32, too. */
const EXACT: readonly Layer[] = [
  { x: 'int8', y: 'int8', scales: { x: 2 ** -5, w: [2 ** -7], y: 2 ** -3 }, withBias: false },
  { x: 'uint8', y: 'uint8', scales: { x: 2 ** -4, w: [3 * 2 ** -9], y: 2 ** -4 }, withBias: false },
  { x: 'uint8', y: 'uint8', scales: { x: 2 ** -4, w: [5 * 2 ** -9], y: 2 ** -2 }, withBias: true },
  { x: 'int8', y: 'int8', scales: { x: 2 ** -4, w: [1, 3, 5, 7].map((w) => w * 2 ** -9), y: 2 ** -3 }, withBias: true },
  { x: 'uint8', y: 'uint8', scales: { x: 0.5, w: [1, 2, 3, 1].map((w) => w * 2 ** -8), y: 2 ** -1 }, withBias: true },
];

describe('halves rounded to even', () => {
  it.each(EXACT)('give the codes of ONNX Runtime where the scale is exact: $x to $y, $scales', async (layer) => {
    let middle = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const { theirs, ours, exact } = await bothOf(layer, seed);
      expect(exact).toBe(true);
      expect(ours).toEqual(theirs);
      middle += ours.filter((code) => ![0, 127, 128, 255].includes(code)).length;
    }
    expect(middle).toBeGreaterThan(1000);
  });

  it('differ by a step at most, and seldom, where it is not', async () => {
    const scales = { x: 0.0173, w: [0.0041, 0.0029, 0.0037, 0.0053], y: 0.0911 };
    let different = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const { theirs, ours, exact } = await bothOf({ x: 'int8', y: 'int8', scales, withBias: true }, seed);
      expect(exact).toBe(false);
      ours.forEach((code, i) => {
        const apart = Math.abs(((code << 24) >> 24) - (((theirs[i] as number) << 24) >> 24));
        expect(apart).toBeLessThanOrEqual(1);
        different += apart;
      });
    }
    expect(different).toBeLessThan((20 * ROWS * COLUMNS) / 100);
    process.stdout.write(`inexact scales: ${different} of ${20 * ROWS * COLUMNS} codes differ\n`);
  });
});
