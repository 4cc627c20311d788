import { TensorProto_DataType } from 'onnx-buf';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../gen/base/errors.js';
import { feedOf } from '../../../scripts/network/onnx/feed.js';
import { readModel } from '../../../scripts/network/onnx/model.js';
import { samplesOf } from '../../../scripts/network/onnx/samples.js';
import type { Value } from '../../../scripts/network/onnx/value.js';
import { openSession } from '../../../scripts/network/onnx/session.js';
import type { FloatTensor } from '../../../scripts/network/onnx/tensor.js';
import type { QuantiseOptions } from '../../../scripts/network/quantise/options.js';
import { originally, runNetwork } from '../../support/network-run.js';
import {
  floats,
  type GraphParts,
  integerProto,
  modelBytes,
  modelOf,
  modelProto,
  node,
  randomTensor,
  tensor,
  valueInfo,
} from '../../support/onnx.js';
import { writeModel } from '../../../scripts/network/onnx/model.js';

const { INT4, INT8, INT32, UINT8 } = TensorProto_DataType;

/** Whole numbers from `least` to `greatest` in a fixed order. */
const integers = (count: number, least: number, greatest: number, step = 7919): number[] =>
  Array.from({ length: count }, (_, i) => least + ((i * step + 13) % (greatest - least + 1)));
const scalar = (value: number): FloatTensor => ({ shape: [], data: Float32Array.of(value) });
const pair = (from: string, to: string, scale: string, zero: string): GraphParts['nodes'] => [
  node('QuantizeLinear', [from, scale, zero], `${to}_q`),
  node('DequantizeLinear', [`${to}_q`, scale, zero], to),
];

const W = integers(4 * 3 * 9, -127, 127);
const V = integers(6 * 100, 0, 255);

/** Convolution with padding and a bias, whose ReLU is the end of the integers behind it, then a linear layer. */
const qdq: GraphParts = {
  nodes: [
    ...pair('x', 'xd', 'xs', 'xz'),
    node('DequantizeLinear', ['w', 'ws', 'wz'], 'wd', { axis: 0 }),
    node('DequantizeLinear', ['b', 'bs'], 'bd', { axis: 0 }),
    node('Conv', ['xd', 'wd', 'bd'], 'c', { pads: [1, 1, 1, 1] }),
    ...pair('c', 'cd', 'cs', 'cz'),
    node('Flatten', ['cd'], 'f'),
    node('DequantizeLinear', ['v', 'vs', 'vz'], 'vd'),
    node('Gemm', ['f', 'vd'], 'g', { transB: 1 }),
    ...pair('g', 'y', 'gs', 'gz'),
  ],
  constants: {
    xs: scalar(0.021),
    xz: integerProto(UINT8, [], [117]),
    w: integerProto(INT8, [4, 3, 3, 3], W),
    ws: tensor([4], [0.004, 0.011, 0.007, 0.002]),
    wz: integerProto(INT8, [4], [0, 0, 0, 0]),
    b: integerProto(INT32, [4], [1500, -900, 33, -7000]),
    bs: tensor(
      [4],
      [0.004, 0.011, 0.007, 0.002].map((each) => each * 0.021),
    ),
    cs: scalar(0.05),
    cz: integerProto(UINT8, [], [0]),
    v: integerProto(UINT8, [6, 100], V),
    vs: scalar(0.003),
    vz: integerProto(UINT8, [], [121]),
    gs: scalar(0.4),
    gz: integerProto(UINT8, [], [130]),
  },
  input: ['n', 3, 5, 5],
};
const X = randomTensor([6, 3, 5, 5], 3);

/** The network above in whole numbers, as a loop over its definition. */
function byHand(x: Float32Array): number[] {
  const code = (value: number, scale: number, zero: number): number => {
    const steps = value / Math.fround(scale);
    const [low, rest] = [Math.floor(steps), steps - Math.floor(steps)];
    const nearest = rest === 0.5 ? low + (low % 2 === 0 ? 0 : 1) : Math.round(steps);
    return Math.min(Math.max(nearest + zero, 0), 255);
  };
  const scales = [0.004, 0.011, 0.007, 0.002];
  const bias = [1500, -900, 33, -7000];
  const a = Array.from(x, (value) => code(value, 0.021, 117) - 117);
  const c: number[] = [];
  for (let filter = 0; filter < 4; filter++) {
    for (let row = 0; row < 5; row++) {
      for (let col = 0; col < 5; col++) {
        let sum = bias[filter] as number;
        for (let channel = 0; channel < 3; channel++) {
          for (let dy = 0; dy < 3; dy++) {
            for (let dx = 0; dx < 3; dx++) {
              const [y, z] = [row + dy - 1, col + dx - 1];
              if (y < 0 || z < 0 || y > 4 || z > 4) continue;
              sum +=
                (a[channel * 25 + y * 5 + z] as number) * (W[((filter * 3 + channel) * 3 + dy) * 3 + dx] as number);
            }
          }
        }
        c.push(code(sum * (scales[filter] as number) * 0.021, 0.05, 0));
      }
    }
  }
  return Array.from({ length: 6 }, (_, row) => {
    const sum = c.reduce((total, each, i) => total + each * ((V[row * 100 + i] as number) - 121), 0);
    return (code(sum * 0.05 * 0.003, 0.4, 130) - 130) * 0.4;
  });
}

describe('networks that round by themselves', () => {
  it('are taken as they are: types, scales, zero points and codes of the file', async () => {
    const { report, inferred, network, outputs } = await runNetwork(modelBytes(qdq), { samples: X });
    const [conv, gemm] = report.layers;
    expect(conv?.activation).toMatchObject({ type: 'uint8', scale: Math.fround(0.021), zeroPoint: 117, taken: true });
    expect(conv?.second).toMatchObject({ type: 'int8', taken: true, groups: 1, files: { zeroPoints: null } });
    expect(gemm?.activation).toMatchObject({ type: 'uint8', scale: Math.fround(0.05), zeroPoint: 0, taken: true });
    expect(gemm?.second).toMatchObject({ type: 'uint8', taken: true });
    expect([conv?.bits, gemm?.bits, report.totals.averageBits]).toEqual([8, 8, 8]);
    const [{ second }, { second: other }] = network.plan.layers as [never, never] as typeof network.plan.layers &
      [(typeof network.plan.layers)[number], (typeof network.plan.layers)[number]];
    if (second.kind !== 'weights' || other.kind !== 'weights') throw new Error('both have weights');
    // Row k, column n of the matrix is element [n, k] of the filters, in two's complement.
    expect([...second.weights.codes]).toEqual(
      Array.from({ length: 27 * 4 }, (_, i) => (W[(i % 4) * 27 + Math.floor(i / 4)] as number) & 255),
    );
    expect([...second.weights.scales]).toEqual([0.004, 0.011, 0.007, 0.002].map(Math.fround));
    expect([...other.weights.codes]).toEqual(
      Array.from({ length: 100 * 6 }, (_, i) => V[(i % 6) * 100 + Math.floor(i / 6)] as number),
    );
    expect(new Set(other.weights.zeroPoints)).toEqual(new Set([121]));

    // Nothing more is rounded than the network rounds.
    expect(report.outputs.calibration.error).toBe(0);
    for (const layer of [conv, gemm]) {
      expect(layer?.activation.relativeError).toBeLessThan(1e-6);
      expect(layer?.second.relativeError).toBeLessThan(1e-6);
    }

    // On the array it computes what its definition in whole numbers says.
    expect(inferred.exact).toBe(true);
    const wanted = [0, 1, 2, 3, 4, 5].flatMap((i) => byHand(X.data.subarray(i * 75, (i + 1) * 75)));
    const got = floats(outputs, 'y').data;
    expect(wanted.filter((value) => value !== 0).length).toBeGreaterThan(20);
    for (const [i, value] of wanted.entries()) expect(got[i], `output ${i}`).toBeCloseTo(value, 4);
    expect(inferred.outputs[0]?.onnx).toMatchObject({ equal: 36, elements: 36 });
    expect(inferred.outputs[0]?.float).toMatchObject({ equal: 36, elements: 36 });
  });

  it('are rounded anew on request, with the ends of their integers kept', async () => {
    const options = { requantise: true, bits: 8, families: ['int'] };
    const { report, outputs } = await runNetwork(modelBytes(qdq), { samples: X, options });
    const operands = report.layers.flatMap(({ activation, second }) => [activation, second]);
    expect(operands.map(({ taken }) => taken)).toEqual([false, false, false, false]);
    // What was a zero point beside unsigned integers is a sign; behind the first layer the end at 0 stays.
    expect(report.layers.map(({ activation }) => activation.type)).toEqual(['int8', 'uint8']);
    expect(report.layers[1]?.activation).toMatchObject({ least: 0, zeroPoint: 0 });
    // The network that figures refer to does not round: its outputs are near those of the file, and between its steps.
    const { model } = { model: modelOf(qdq) };
    const session = await openSession(model);
    const [run] = [...feedOf(model, samplesOf('s', X)).runs(16)];
    const rounded = floats(await session.run((run as NonNullable<typeof run>).inputs), 'y').data;
    await session.close();
    const free = floats(outputs, 'y').data;
    expect([...free].some((value, i) => value !== rounded[i])).toBe(true);
    for (const [i, value] of free.entries()) expect(Math.abs(value - (rounded[i] as number))).toBeLessThan(1);
    expect(report.outputs.calibration.error).toBeGreaterThan(0);
  });
});

/** A convolution and a linear layer in ONNX Runtime's integer operators. */
const qlinear: GraphParts = {
  nodes: [
    node('QuantizeLinear', ['x', 'xs', 'xz'], 'xq'),
    node('QLinearConv', ['xq', 'xs', 'xz', 'w', 'ws', 'wz', 'cs', 'cz', 'b'], 'cq', { pads: [1, 1, 1, 1] }),
    node('Flatten', ['cq'], 'fq'),
    node('QLinearMatMul', ['fq', 'cs', 'cz', 'v', 'vs', 'vz', 'gs', 'gz'], 'gq'),
    node('DequantizeLinear', ['gq', 'gs', 'gz'], 'y'),
  ],
  constants: {
    ...Object.fromEntries(
      Object.entries(qdq.constants as Record<string, FloatTensor>).filter(
        ([name]) => !['v', 'vz', 'bs'].includes(name),
      ),
    ),
    v: integerProto(INT8, [100, 6], integers(600, -127, 127)),
    vz: integerProto(INT8, [], [0]),
  },
  input: ['n', 3, 5, 5],
};

describe('integer products of ONNX Runtime', () => {
  it('QLinearConv and QLinearMatMul are taken as the products that they stand for', async () => {
    const bytes = modelBytes(qlinear);
    const { report, inferred, outputs } = await runNetwork(bytes, { samples: X });
    const operands = report.layers.flatMap(({ activation, second }) => [activation, second]);
    expect(operands.map(({ type }) => type)).toEqual(['uint8', 'int8', 'uint8', 'int8']);
    expect(operands.every(({ taken }) => taken)).toBe(true);
    expect(report.leftOut).toEqual([]);
    expect(inferred.exact).toBe(true);
    expect(inferred.outputs[0]?.float).toMatchObject({ equal: 36, elements: 36 });
    // As ONNX Runtime computes the file itself, in integers: a tie or two may fall to the other side.
    const [run] = [...feedOf(readModel(bytes, 'm'), samplesOf('s', X)).runs(16)];
    const wanted = floats(await originally(bytes, (run as NonNullable<typeof run>).inputs), 'y').data;
    const got = floats(outputs, 'y').data;
    expect(new Set(wanted).size).toBeGreaterThan(10);
    for (const [i, value] of wanted.entries()) expect(Math.abs((got[i] as number) - value)).toBeLessThan(0.4 * 1.01);
    expect([...wanted].filter((value, i) => value === got[i]).length).toBeGreaterThan(30);
  });

  it('with scales in other places stay as they are', async () => {
    const rows: GraphParts = {
      ...qlinear,
      constants: {
        ...qlinear.constants,
        vs: tensor([1, 6], [1, 2, 3, 4, 5, 6]),
        vz: integerProto(INT8, [1, 6], [0, 0, 0, 0, 0, 0]),
      },
    };
    expect(readModel(modelBytes(rows), 'm').graph.node.map(({ opType }) => opType)).toContain('QLinearMatMul');
    expect(readModel(modelBytes(rows), 'm').graph.node.map(({ opType }) => opType)).not.toContain('QLinearConv');
  });
});

interface Expected {
  readonly model: GraphParts | Uint8Array;
  readonly samples: FloatTensor | Readonly<Record<string, Value>>;
  /** Types of both operands, `=` before those taken, with zero points behind them. */
  readonly operands: readonly string[];
  readonly groups?: number;
  readonly options?: Partial<QuantiseOptions>;
}

const linear = (weights: GraphParts['nodes'], constants: GraphParts['constants'], opset = 13): GraphParts => ({
  nodes: [...pair('x', 'xd', 's', 'z'), ...weights, node('MatMul', ['xd', 'wd'], 'y')],
  constants: { s: scalar(0.03), z: integerProto(INT8, [], [-5]), ...constants },
  input: ['n', 24],
  opset,
  ...(opset > 19 ? { irVersion: 10 } : {}),
});
const INTS = integers(24 * 16, -127, 127);

/** A network with QONNX operators. */
function qonnx(parts: GraphParts): Uint8Array {
  const proto = modelProto(parts);
  for (const each of proto.graph?.node ?? []) {
    if (!['MatMul', 'Relu'].includes(each.opType)) each.domain = 'qonnx.custom_op.general';
  }
  proto.opsetImport.push({ $typeName: 'onnx.OperatorSetIdProto', domain: 'qonnx.custom_op.general', version: 1n });
  return writeModel(proto);
}

const quants = (act: Parameters<typeof node>[3], weights: Parameters<typeof node>[3]): GraphParts => ({
  nodes: [
    node('Relu', ['x'], 'r'),
    node('Quant', ['r', 's', 'zero', 'four'], 'rq', act),
    node('Quant', ['w', 'ws', 'zero', 'four'], 'wq', weights),
    node('MatMul', ['rq', 'wq'], 'y'),
  ],
  constants: {
    s: scalar(0.25),
    zero: scalar(0),
    four: scalar(4),
    w: randomTensor([24, 16], 5),
    ws: tensor(
      [1, 16],
      Array.from({ length: 16 }, (_, i) => 0.2 + i / 50),
    ),
  },
  input: ['n', 24],
});

const CASES: Record<string, Expected> = {
  'weights turned around on their way': {
    model: linear(
      [
        node('DequantizeLinear', ['w', 'ws', 'wz'], 'wt', { axis: 0 }),
        node('Transpose', ['wt'], 'wd', { perm: [1, 0] }),
      ],
      {
        w: integerProto(INT8, [16, 24], INTS),
        ws: tensor(
          [16],
          Array.from({ length: 16 }, (_, i) => 0.01 + i / 500),
        ),
        wz: integerProto(INT8, [16], integers(16, -3, 3)),
      },
    ),
    samples: randomTensor([8, 24], 2),
    operands: ['=int8-5', '=int8'],
  },
  'four bits with scales per block of the reduction': {
    model: linear(
      [node('DequantizeLinear', ['w', 'ws'], 'wd', { axis: 0, block_size: 8 })],
      {
        w: integerProto(INT4, [24, 16], integers(24 * 16, -8, 7)),
        ws: tensor(
          [3, 16],
          Array.from({ length: 48 }, (_, i) => 0.1 + i / 100),
        ),
      },
      21,
    ),
    samples: randomTensor([8, 24], 2),
    operands: ['=int8-5', '=int4'],
    groups: 3,
  },
  'scales along the reduction, one for each row': {
    model: linear([node('DequantizeLinear', ['w', 'ws', 'wz'], 'wd', { axis: 0 })], {
      w: integerProto(INT8, [24, 16], INTS),
      ws: tensor(
        [24],
        Array.from({ length: 24 }, (_, i) => 0.01 + i / 500),
      ),
      wz: integerProto(INT8, [24], new Array(24).fill(0)),
    }),
    samples: randomTensor([8, 24], 2),
    operands: ['=int8-5', '=int8'],
    groups: 24,
  },
  'weights alone': {
    model: {
      nodes: [node('DequantizeLinear', ['w', 'ws'], 'wd'), node('MatMul', ['x', 'wd'], 'y')],
      constants: { w: integerProto(INT8, [24, 16], INTS), ws: scalar(0.01) },
      input: ['n', 24],
    },
    samples: randomTensor([8, 24], 2),
    operands: ['int4', '=int8'],
    options: { families: ['int'] },
  },
  'two activations': {
    model: {
      nodes: [
        ...pair('x', 'a', 's', 'z'),
        node('Transpose', ['a'], 'b', { perm: [0, 2, 1] }),
        node('MatMul', ['a', 'b'], 'y'),
      ],
      constants: { s: scalar(0.02), z: integerProto(UINT8, [], [100]) },
      input: ['n', 3, 24],
    },
    samples: randomTensor([4, 3, 24], 2),
    operands: ['=uint8100', '=uint8100'],
  },
  'an input of bytes': {
    model: {
      nodes: [
        node('DequantizeLinear', ['x', 's', 'z'], 'a'),
        node('DequantizeLinear', ['w', 'ws', 'wz'], 'wd', { axis: 1 }),
        node('ConvTranspose', ['a', 'wd'], 'y', { strides: [2, 2], pads: [1, 1, 1, 1] }),
      ],
      constants: {
        s: scalar(1 / 255),
        z: integerProto(UINT8, [], [128]),
        w: integerProto(INT8, [3, 2, 3, 3], integers(54, -128, 127)),
        ws: tensor([2], [0.01, 0.02]),
        wz: integerProto(INT8, [2], [4, -9]),
      },
      input: [valueInfo('x', ['n', 3, 4, 4], UINT8)],
    },
    samples: { x: { type: 'uint8', shape: [3, 3, 4, 4], data: Uint8Array.from(integers(144, 0, 255)) } },
    operands: ['=uint8128', '=int8'],
  },
  'several scales along an activation': {
    model: {
      nodes: [
        node('QuantizeLinear', ['x', 's', 'z'], 'xq', { axis: 1 }),
        node('DequantizeLinear', ['xq', 's', 'z'], 'xd', { axis: 1 }),
        node('MatMul', ['xd', 'w'], 'y'),
      ],
      constants: {
        s: tensor(
          [24],
          Array.from({ length: 24 }, (_, i) => 0.02 + i / 1000),
        ),
        z: integerProto(INT8, [24], new Array(24).fill(0)),
        w: randomTensor([24, 16], 1),
      },
      input: ['n', 24],
    },
    samples: randomTensor([8, 24], 2),
    operands: ['int4', 'int4'],
    options: { families: ['int'] },
  },
  'Quant of QONNX': {
    model: qonnx(quants({ signed: 0, narrow: 0 }, { signed: 1, narrow: 1, rounding_mode: 'ROUND' })),
    samples: randomTensor([8, 24], 2),
    operands: ['=uint4', '=int4'],
  },
};

describe('operands that a network has rounded', () => {
  it.each(Object.entries(CASES))('%s', async (_, { model, samples, operands, groups = 1, options = {} }) => {
    const bytes = model instanceof Uint8Array ? model : modelBytes(model);
    const { report, inferred, network } = await runNetwork(bytes, { samples, options });
    const text = ({ type, taken, ...rest }: (typeof report.layers)[number]['activation' | 'second']): string =>
      `${taken ? '=' : ''}${type}${'zeroPoint' in rest && rest.zeroPoint !== 0 ? rest.zeroPoint : ''}`;
    expect(report.layers.flatMap(({ activation, second }) => [text(activation), text(second)])).toEqual(operands);
    expect(report.leftOut).toEqual([]);
    const [layer] = network.plan.layers;
    if (layer?.second.kind === 'weights') expect(layer.second.weights.groups).toBe(groups);
    expect(inferred.exact).toBe(true);
    expect(inferred.outputs[0]?.onnx.relativeError).toBeLessThan(1e-6);
    // All operands taken: nothing more is rounded.
    if (operands.every((each) => each.startsWith('='))) {
      expect(inferred.outputs[0]?.float.relativeError).toBeLessThan(1e-6);
    } else expect(inferred.outputs[0]?.float.relativeError).toBeGreaterThan(1e-3);
  });

  it('Quant rounds and clips as its definition says', async () => {
    const bytes = qonnx(quants({ signed: 0, narrow: 0, rounding_mode: 'FLOOR' }, { signed: 1, narrow: 1 }));
    const x = randomTensor([8, 24], 2);
    const { outputs } = await runNetwork(bytes, { samples: x });
    const { data: w } = randomTensor([24, 16], 5);
    const even = (value: number): number => {
      const low = Math.floor(value);
      return value - low === 0.5 ? low + (Math.abs(low) % 2) : Math.round(value);
    };
    const got = floats(outputs, 'y').data;
    for (let row = 0; row < 8; row++) {
      for (let col = 0; col < 16; col++) {
        const scale = Math.fround(0.2 + col / 50);
        let sum = 0;
        for (let k = 0; k < 24; k++) {
          const a = Math.min(Math.floor(Math.max(x.data[row * 24 + k] as number, 0) / 0.25), 15) * 0.25;
          const b = Math.min(Math.max(even((w[k * 16 + col] as number) / scale), -7), 7) * scale;
          sum += a * b;
        }
        expect(got[row * 16 + col]).toBeCloseTo(sum, 4);
      }
    }
  });

  it.each<[string, () => Uint8Array, string]>([
    ['another operator', () => qonnx({ ...quants({}, {}), nodes: [node('Trunc', ['x'], 'y')] }), 'only Quant'],
    ['another way to round', () => qonnx(quants({ rounding_mode: 'UP' }, {})), 'rounding mode UP'],
    [
      'a width that is no whole number',
      () => qonnx({ ...quants({}, {}), constants: { ...quants({}, {}).constants, four: scalar(3.5) } }),
      'a width of 3.5 bits',
    ],
  ])('%s of QONNX is refused', (_, bytes, message) => {
    expect(() => readModel(bytes(), 'm')).toThrow(UserError);
    expect(() => readModel(bytes(), 'm')).toThrow(message);
  });
});

describe('integer products of activations that are rounded at run time', () => {
  const W = integers(24 * 16, -127, 127);
  const Y = randomTensor([6, 24], 7);
  /** As ONNX Runtime quantises a linear layer dynamically. */
  const dynamic = (zero: GraphParts['constants'] = {}): GraphParts => ({
    nodes: [
      node('MatMul', ['x', 'v'], 'h'),
      Object.assign(node('DynamicQuantizeLinear', ['h'], 'q'), { output: ['q', 's', 'z'] }),
      node('MatMulInteger', ['q', 'w', 'z', ...Object.keys(zero)], 'sums'),
      node('Cast', ['sums'], 'steps', { to: 1 }),
      node('Mul', ['s', 'ws'], 'scale'),
      node('Mul', ['steps', 'scale'], 'y'),
    ],
    constants: { v: randomTensor([24, 24], 8), w: integerProto(INT8, [24, 16], W), ws: scalar(0.01), ...zero },
    input: ['n', 24],
  });

  it.each([
    ['without zero points', {}, '=int8'],
    ['with one', { wz: integerProto(INT8, [], [3]) }, '=int8'],
    ['with one for each column', { wz: integerProto(INT8, [16], integers(16, -4, 4)) }, '=int8'],
  ])('are quantised, with the integers of the weights: %s', async (_, zero, type) => {
    const bytes = modelBytes(dynamic(zero));
    const { report, inferred, network } = await runNetwork(bytes, { samples: Y });
    expect(report.leftOut).toEqual([]);
    const [, layer] = report.layers;
    expect(layer).toMatchObject({ products: { m: 1, k: 24, n: 16, samples: 1 }, second: { taken: true } });
    expect(`=${layer?.second.type}`).toBe(type);
    expect(inferred.exact).toBe(true);
    // A scale is that of a run: samples are run one by one, whatever the batch is.
    expect([report.model.samplesAtOnce, report.calibration.samples, inferred.samples]).toEqual([1, 6, 6]);
    const session = await openSession(network.model);
    for (const { inputs } of network.calibration.feed.runs(16)) {
      const [got, wanted] = [(await session.run(inputs)).get('y'), (await originally(bytes, inputs)).get('y')];
      expect(got?.shape).toEqual([1, 16]);
      for (const [i, value] of [...((wanted?.data as Float32Array | undefined) ?? [])].entries()) {
        expect(got?.data[i]).toBeCloseTo(value, 4);
      }
    }
    await session.close();
  });

  it('are left as they are where their sums are read as integers', async () => {
    const parts = dynamic();
    const { report } = await runNetwork(modelBytes({ ...parts, outputs: ['y', 'sums'] }), { samples: Y });
    expect(report.leftOut).toMatchObject([{ title: 'sums', op: 'MatMulInteger', macs: 24 * 16 }]);
  });

  it('lose their rounding on request', async () => {
    const { network } = await runNetwork(modelBytes(dynamic()), { samples: Y, options: { requantise: true } });
    const rounded = network.model.graph.node.filter(({ opType }) => opType === 'DequantizeLinear');
    expect(rounded.filter(({ input }) => input[0] === 'q')).toEqual([]);
  });
});

it('QGemm of ONNX Runtime is taken as the product that it stands for', async () => {
  const constants = {
    as: scalar(0.02),
    az: integerProto(INT8, [], [4]),
    w: integerProto(INT8, [16, 24], integers(24 * 16, -127, 127)),
    ws: scalar(0.01),
    wz: integerProto(INT8, [], [0]),
    c: integerProto(TensorProto_DataType.INT32, [16], integers(16, -900, 900)),
  };
  const gemm = node('QGemm', ['q', 'as', 'az', 'w', 'ws', 'wz', 'c'], 'y', { transB: 1 });
  gemm.domain = 'com.microsoft';
  const proto = modelProto({
    nodes: [node('QuantizeLinear', ['x', 'as', 'az'], 'q'), gemm],
    constants,
    input: ['n', 24],
  });
  proto.opsetImport.push({ $typeName: 'onnx.OperatorSetIdProto', domain: 'com.microsoft', version: 1n });
  const bytes = writeModel(proto);
  const samples = randomTensor([6, 24], 7);
  const { report, inferred, outputs, network } = await runNetwork(bytes, { samples });
  expect(report.leftOut).toEqual([]);
  expect(report.layers).toMatchObject([
    { op: 'Gemm', activation: { taken: true, zeroPoint: 4 }, second: { taken: true } },
  ]);
  expect(inferred.exact).toBe(true);
  const [run] = [...network.calibration.feed.runs(16)];
  const wanted = (await originally(bytes, (run as NonNullable<typeof run>).inputs, { exact: false })).get('y');
  for (const [i, value] of [...((wanted?.data as Float32Array | undefined) ?? [])].entries()) {
    expect(outputs.get('y')?.data[i]).toBeCloseTo(value, 4);
  }
});
