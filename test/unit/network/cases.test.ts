import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { create } from '@bufbuild/protobuf';
import {
  FunctionProtoSchema,
  GraphProtoSchema,
  OperatorSetIdProtoSchema,
  type TensorProto,
  TensorProto_DataType,
  TensorProtoSchema,
} from 'onnx-buf';
import { describe, expect, it } from 'vitest';
import { feedOf } from '../../../scripts/network/onnx/feed.js';
import { readModel, writeModel } from '../../../scripts/network/onnx/model.js';
import { samplesOf } from '../../../scripts/network/onnx/samples.js';
import type { FloatTensor } from '../../../scripts/network/onnx/tensor.js';
import { numbersOf, type Value } from '../../../scripts/network/onnx/value.js';
import type { QuantiseOptions } from '../../../scripts/network/quantise/options.js';
import { onnxNetwork, quantisedNetwork } from '../../../scripts/perf/import.js';
import { macsOf, type Network } from '../../../scripts/perf/layer.js';
import { originally, runNetwork } from '../../support/network-run.js';
import {
  branch,
  type GraphParts,
  halfProto,
  int64Proto,
  modelBytes,
  modelProto,
  node,
  randomTensor,
  tensor,
  valueInfo,
} from '../../support/onnx.js';

const { INT64, UINT8, INT32, DOUBLE, FLOAT, BOOL } = TensorProto_DataType;

type Inputs = FloatTensor | Readonly<Record<string, Value>>;

/** A network, what it is run on, and what is expected of it. */
interface Case {
  readonly model: GraphParts | Uint8Array;
  readonly inputs: Inputs;
  /** Layers by their outputs, and MACs per sample. */
  readonly layers: readonly string[];
  readonly macs: number;
  /** Whether all rows are one sample, because what the network makes of one depends on others. */
  readonly sequence?: boolean;
  /** The same of the file alone, where nothing is known of samples but their shapes. */
  readonly file?: { readonly macs: number; readonly left: Readonly<Record<string, number | null>> };
  /** Products left in floating point, with their MACs per sample. */
  readonly left?: Readonly<Record<string, number | null>>;
  /** Outputs that have no error. */
  readonly without?: readonly string[];
  readonly options?: Partial<QuantiseOptions>;
}

const W = randomTensor([24, 16], 1);
const X = randomTensor([8, 24], 2);
/** Of all elements of the product of both. */
const PRODUCT_SUM = W.data.reduce((sum, weight, i) => {
  const step = Math.floor(i / 16);
  return sum + X.data.reduce((own, x, at) => (at % 24 === step ? own + weight * x : own), 0);
}, 0);
const scalar = (value: number): FloatTensor => ({ shape: [], data: Float32Array.of(value) });
const int64 = (shape: readonly number[], values: readonly number[]): Value => ({
  type: 'int64',
  shape,
  data: BigInt64Array.from(values.map(BigInt)),
});
const value = ({ shape, data }: FloatTensor): Value => ({ type: 'float32', shape, data });
const texts = (list: readonly string[]): TensorProto =>
  create(TensorProtoSchema, {
    dataType: TensorProto_DataType.STRING,
    dims: [BigInt(list.length)],
    stringData: list.map((each) => new TextEncoder().encode(each)),
  });
const counting = (count: number, modulo: number): number[] => Array.from({ length: count }, (_, i) => (i * 7) % modulo);

/** One product of 24 x 16 whose result `h` more nodes may read. */
const linear = (
  nodes: GraphParts['nodes'],
  constants: GraphParts['constants'] = {},
  rest: Partial<GraphParts> = {},
): GraphParts => ({
  nodes: [node('MatMul', ['x', 'w'], 'h'), ...nodes],
  constants: { w: W, ...constants },
  input: ['n', 24],
  opset: 17,
  ...rest,
});

/** The body of a loop that adds `h`. */
const added = {
  graph: create(GraphProtoSchema, {
    name: 'body',
    node: [node('Identity', ['on'], 'still'), node('Add', ['v_in', 'h'], 'v_out')],
    input: [valueInfo('i', [], INT64), valueInfo('on', [], BOOL), valueInfo('v_in', ['n', 16])],
    output: [valueInfo('still', [], BOOL), valueInfo('v_out', ['n', 16])],
  }),
};

/** The body of a loop that multiplies by `q`, and once more in its second step. */
const multiplied = {
  graph: create(GraphProtoSchema, {
    name: 'body',
    node: [
      node('Identity', ['on'], 'still'),
      node('MatMul', ['v_in', 'q'], 'v_next'),
      node('Equal', ['i', 'one'], 'second'),
      node('If', ['second'], 'v_out', {
        then_branch: branch(node('MatMul', ['v_next', 'q'], 'v_once')),
        else_branch: branch(node('Identity', ['v_next'], 'v_kept')),
      }),
    ],
    input: [valueInfo('i', [], INT64), valueInfo('on', [], BOOL), valueInfo('v_in', ['n', 16])],
    output: [valueInfo('still', [], BOOL), valueInfo('v_out', ['n', 16])],
  }),
};

/** A network with a function of its own around a product. */
function withFunction(): Uint8Array {
  const proto = modelProto(linear([], { v: randomTensor([16, 8], 3) }));
  const call = node('Block', ['h', 'v'], 'y', { slope: { float: 0.25 } });
  call.domain = 'own';
  proto.graph?.node.push(call);
  if (proto.graph) proto.graph.output = [valueInfo('y')];
  const activation = node('LeakyRelu', ['inner'], 'Y', { alpha: { float: 0 } });
  for (const item of activation.attribute) item.refAttrName = 'slope';
  proto.functions = [
    create(FunctionProtoSchema, {
      name: 'Block',
      domain: 'own',
      input: ['X', 'W'],
      output: ['Y'],
      attribute: ['slope'],
      node: [node('MatMul', ['X', 'W'], 'inner'), activation],
      opsetImport: [create(OperatorSetIdProtoSchema, { domain: '', version: 17n })],
    }),
  ];
  proto.opsetImport.push(create(OperatorSetIdProtoSchema, { domain: 'own', version: 1n }));
  return writeModel(proto);
}

/** A float16 network whose nodes are out of order. */
const unsortedHalves: GraphParts = {
  nodes: [
    node('Conv', ['xh', 'w'], 'yh'),
    node('Cast', ['yh'], 'y', { to: FLOAT }),
    node('Cast', ['x'], 'xh', { to: TensorProto_DataType.FLOAT16 }),
  ],
  constants: {
    w: halfProto(
      'w',
      [4, 3, 3, 3],
      Array.from({ length: 108 }, (_, i) => 0x2c00 + ((i * 97) % 3000)),
    ),
  },
  input: ['n', 3, 6, 6],
  outputs: ['y'],
  opset: 15,
};

const CASES: Record<string, Case> = {
  'float16, nodes out of order': {
    model: unsortedHalves,
    inputs: randomTensor([3, 3, 6, 6], 5),
    layers: ['yh'],
    macs: 16 * 27 * 4,
  },
  'an output of integers': {
    model: linear([node('ArgMax', ['h'], 'label', { axis: 1, keepdims: 0 })], {}, { outputs: ['h', 'label'] }),
    inputs: X,
    layers: ['h'],
    macs: 384,
    without: ['label'],
  },
  'an output of booleans': {
    model: linear([node('Greater', ['h', 'z'], 'b')], { z: scalar(0) }, { outputs: ['h', 'b'] }),
    inputs: X,
    layers: ['h'],
    macs: 384,
    without: ['b'],
  },
  'an output of texts': {
    model: linear(
      [node('ArgMax', ['h'], 'at', { axis: 1, keepdims: 0 }), node('Gather', ['names', 'at'], 'name')],
      { names: texts(Array.from({ length: 16 }, (_, i) => `class ${i}`)) },
      { outputs: ['h', 'name'] },
    ),
    inputs: X,
    layers: ['h'],
    macs: 384,
    without: ['name'],
  },
  'an output with NaN where floating point has it, too': {
    model: linear(
      [
        node('Sub', ['h', 'h'], 'o'),
        node('Add', ['o', 'c'], 'oc'),
        node('Log', ['oc'], 'i'),
        node('Add', ['i', 'h'], 'y'),
      ],
      { c: tensor([16], [-1, 0, ...new Array<number>(14).fill(1)]) },
    ),
    inputs: X,
    layers: ['h'],
    macs: 384,
  },
  'an output of nothing but infinities': {
    model: linear([node('Sub', ['h', 'h'], 'o'), node('Log', ['o'], 'i'), node('Add', ['i', 'h'], 'y')]),
    inputs: X,
    layers: ['h'],
    macs: 384,
    without: ['y'],
  },
  'an output that is as large as the data say': {
    model: linear(
      [node('Greater', ['h', 'z'], 'g'), node('NonZero', ['g'], 'nz'), node('Cast', ['nz'], 'y', { to: FLOAT })],
      { z: scalar(0) },
    ),
    inputs: X,
    layers: ['h'],
    macs: 384,
    without: ['y'],
  },
  'a product of two activations whose first dimension is no batch': {
    model: {
      nodes: [
        node('MatMul', ['x', 'w'], 'q'),
        node('Reshape', ['q', 's'], 'r'),
        node('Transpose', ['r'], 'a', { perm: [1, 0, 2] }),
        node('Transpose', ['r'], 'b', { perm: [1, 2, 0] }),
        node('MatMul', ['a', 'b'], 'p'),
        node('Softmax', ['p'], 'y', { axis: -1 }),
      ],
      constants: { w: randomTensor([32, 32], 1), s: int64Proto('', [16, 4, 8]) },
      input: [16, 1, 32],
    },
    inputs: randomTensor([16, 1, 32], 6),
    sequence: true,
    layers: ['q', 'p'],
    macs: 16 * 32 * 32 + 4 * 16 * 8 * 16,
  },
  'the same with a dimension more in front, which counts runs': {
    model: {
      nodes: [
        node('MatMul', ['x', 'w'], 'q'),
        node('MatMul', ['t', 'q'], 'y'),
        node('Transpose', ['q'], 't', { perm: [1, 0] }),
      ],
      constants: { w: W },
      input: [5, 24],
      outputs: ['y'],
    },
    inputs: randomTensor([3, 5, 24], 6),
    layers: ['q', 'y'],
    macs: 5 * 24 * 16 + 16 * 5 * 16,
  },
  'Gemm of two activations, a fixed batch': {
    model: {
      nodes: [
        node('Transpose', ['x'], 't', { perm: [1, 0] }),
        node('Gemm', ['x', 't'], 'y', { alpha: { float: 0.5 } }),
      ],
      input: [8, 24],
    },
    inputs: X,
    sequence: true,
    layers: ['y'],
    macs: 8 * 24 * 8,
  },
  'an integer product beside one of floats': {
    model: {
      nodes: [
        node('Cast', ['x'], 'i', { to: INT32 }),
        node('Cast', ['wf'], 'wi', { to: INT32 }),
        node('MatMul', ['i', 'wi'], 'j'),
        node('Cast', ['j'], 'jf', { to: FLOAT }),
        node('MatMul', ['jf', 'w'], 'y'),
      ],
      constants: { w: W, wf: randomTensor([24, 24], 4) },
      input: ['n', 24],
    },
    inputs: tensor(
      [8, 24],
      counting(192, 11).map((each) => each - 5),
    ),
    layers: ['y'],
    macs: 384,
    left: { j: 576 },
  },
  'a product of doubles beside one of floats': {
    model: linear(
      [
        node('Cast', ['h'], 'd', { to: DOUBLE }),
        node('Cast', ['v'], 'vd', { to: DOUBLE }),
        node('MatMul', ['d', 'vd'], 'e'),
        node('Cast', ['e'], 'y', { to: FLOAT }),
      ],
      { v: randomTensor([16, 4], 3) },
    ),
    inputs: X,
    layers: ['h'],
    macs: 384,
    left: { e: 64 },
  },
  'a product inside of a local function': {
    model: withFunction(),
    inputs: X,
    layers: ['h', expect.stringContaining('inner')],
    macs: 384 + 128,
  },
  'a name of 300 letters, not all of them Latin': {
    model: {
      ...linear([]),
      nodes: [Object.assign(node('MatMul', ['x', 'w'], 'y'), { name: `слой/${'блок/'.repeat(60)}` })],
    },
    inputs: X,
    layers: ['y'],
    macs: 384,
  },
  'token ids': {
    model: {
      nodes: [node('Gather', ['table', 'ids'], 'e'), node('MatMul', ['e', 'w'], 'y')],
      constants: { table: randomTensor([50, 24], 7), w: W },
      input: [valueInfo('ids', ['n', 't'], INT64)],
    },
    inputs: { ids: int64([4, 10], counting(40, 50)) },
    layers: ['y'],
    macs: 10 * 384,
  },
  'token ids and a mask': {
    model: {
      nodes: [
        node('Gather', ['table', 'ids'], 'e'),
        node('Cast', ['mask'], 'm', { to: FLOAT }),
        node('Unsqueeze', ['m', 'axis'], 'u'),
        node('Mul', ['e', 'u'], 'em'),
        node('MatMul', ['em', 'w'], 'y'),
      ],
      constants: { table: randomTensor([50, 24], 7), w: W, axis: int64Proto('', [2]) },
      input: [valueInfo('ids', ['n', 't'], INT64), valueInfo('mask', ['n', 't'], BOOL)],
      opset: 17,
    },
    inputs: {
      ids: int64([4, 10], counting(40, 50)),
      mask: { type: 'bool', shape: [4, 10], data: Uint8Array.from({ length: 40 }, (_, i) => (i % 10 < 6 ? 1 : 0)) },
    },
    layers: ['y'],
    macs: 10 * 384,
  },
  'two inputs of floats': {
    model: {
      nodes: [node('Add', ['x', 's'], 'a'), node('MatMul', ['a', 'w'], 'y')],
      constants: { w: W },
      input: [valueInfo('x', ['n', 24]), valueInfo('s', ['n', 24])],
    },
    inputs: { x: value(X), s: value(randomTensor([8, 24], 9)) },
    layers: ['y'],
    macs: 384,
  },
  'an image of bytes': {
    model: {
      nodes: [node('Cast', ['x'], 'f', { to: FLOAT }), node('Conv', ['f', 'w'], 'y')],
      constants: { w: randomTensor([4, 3, 3, 3], 1) },
      input: [valueInfo('x', ['n', 3, 6, 6], UINT8)],
    },
    inputs: { x: { type: 'uint8', shape: [4, 3, 6, 6], data: Uint8Array.from(counting(432, 251)) } },
    layers: ['y'],
    macs: 16 * 27 * 4,
  },
  'convolutions over one dimension, with a bias, and a linear layer': {
    model: {
      nodes: [
        node('Conv', ['x', 'w', 'b'], 'a', { pads: [2, 2], strides: [2] }),
        node('Relu', ['a'], 'r'),
        node('GlobalAveragePool', ['r'], 'p'),
        node('Flatten', ['p'], 'f'),
        node('Gemm', ['f', 'v'], 'y'),
      ],
      constants: { w: randomTensor([8, 3, 5], 1), b: randomTensor([8], 2), v: randomTensor([8, 4], 3) },
      input: ['n', 3, 20],
    },
    inputs: randomTensor([4, 3, 20], 4),
    layers: ['a', 'y'],
    macs: 10 * 15 * 8 + 32,
    options: { biasCorrection: true },
  },
  'a convolution over three dimensions': {
    model: {
      nodes: [node('Conv', ['x', 'w', 'b'], 'a'), node('Relu', ['a'], 'y')],
      constants: { w: randomTensor([4, 2, 3, 3, 3], 1), b: randomTensor([4], 2) },
      input: ['n', 2, 5, 4, 5],
    },
    inputs: randomTensor([3, 2, 5, 4, 5], 4),
    layers: ['a'],
    macs: 18 * 54 * 4,
  },
  'a transposed convolution that overlaps': {
    model: {
      nodes: [node('ConvTranspose', ['x', 'w', 'b'], 'y', { strides: [2, 2], pads: [1, 1, 0, 0] })],
      constants: { w: randomTensor([3, 4, 3, 3], 1), b: randomTensor([4], 2) },
      input: ['n', 3, 5, 5],
    },
    inputs: randomTensor([4, 3, 5, 5], 4),
    layers: ['y'],
    macs: 25 * 3 * 36,
    options: { biasCorrection: true },
  },
  'filters that the network computes': {
    model: {
      nodes: [node('ReduceMean', ['x'], 'm', { axes: [0], keepdims: 1 }), node('Conv', ['x', 'm'], 'y')],
      input: [4, 3, 5, 5],
    },
    inputs: randomTensor([4, 3, 5, 5], 4),
    sequence: true,
    layers: ['y'],
    macs: 4 * 75,
  },
  'weights with a leading dimension of one': {
    model: {
      nodes: [node('MatMul', ['x', 'w'], 'y')],
      constants: { w: randomTensor([1, 24, 16], 1) },
      input: ['n', 5, 24],
    },
    inputs: randomTensor([4, 5, 24], 4),
    layers: ['y'],
    macs: 5 * 384,
    options: { biasCorrection: true },
  },
  'weights for each of a batch': {
    model: {
      nodes: [node('MatMul', ['x', 'w'], 'y')],
      constants: { w: randomTensor([4, 24, 16], 1) },
      input: [4, 5, 24],
    },
    inputs: randomTensor([4, 5, 24], 4),
    layers: ['y'],
    macs: 5 * 384,
    options: { rounding: 'compensated', biasCorrection: true, groupSize: 7 },
  },
  'weights as first operand': {
    model: {
      nodes: [node('MatMul', ['w', 'x'], 'y')],
      constants: { w: randomTensor([9, 12], 1) },
      input: ['n', 12, 7],
    },
    inputs: randomTensor([4, 12, 7], 4),
    layers: ['y'],
    macs: 9 * 12 * 7,
    options: { biasCorrection: true, rounding: 'compensated' },
  },
  'Gemm with turned activations': {
    model: {
      nodes: [node('Gemm', ['x', 'w', 'b'], 'y', { transA: 1 })],
      constants: { w: W, b: randomTensor([16], 2) },
      input: [24, 8],
    },
    inputs: randomTensor([24, 8], 4),
    sequence: true,
    layers: ['y'],
    macs: 8 * 384,
  },
  'Gemm with a bias computed at run time, alpha and beta': {
    model: {
      nodes: [
        node('ReduceMean', ['x'], 's', { axes: [1], keepdims: 1 }),
        node('Gemm', ['x', 'w', 's'], 'y', { alpha: { float: 0.5 }, beta: { float: 3 } }),
      ],
      constants: { w: W },
      input: ['n', 24],
    },
    inputs: X,
    layers: ['y'],
    macs: 384,
    options: { biasCorrection: true },
  },
  'If without products': {
    model: linear(
      [
        node('Shape', ['h'], 'sh'),
        node('Gather', ['sh', 'one'], 'd', { axis: 0 }),
        node('Equal', ['d', 'sixteen'], 'c'),
        node('If', ['c'], 's', {
          then_branch: branch(node('Relu', ['h'], 't')),
          else_branch: branch(node('Neg', ['h'], 'e')),
        }),
        node('MatMul', ['s', 'v'], 'y'),
      ],
      { one: int64Proto('', [1], []), sixteen: int64Proto('', [16], []), v: randomTensor([16, 8], 3) },
    ),
    inputs: X,
    layers: ['h', 'y'],
    macs: 384 + 128,
  },
  'If with products inside': {
    model: linear(
      [
        node('ReduceSum', ['h'], 's', { keepdims: 0 }),
        node('Greater', ['s', 'z'], 'c'),
        node('If', ['c'], 'y', {
          then_branch: branch(node('MatMul', ['h', 'v'], 't')),
          else_branch: branch(node('MatMul', ['h', 'u'], 'e')),
        }),
      ],
      { z: scalar(0), v: randomTensor([16, 8], 3), u: randomTensor([16, 8], 4) },
    ),
    inputs: X,
    sequence: true,
    layers: ['h'],
    macs: 8 * 384,
    file: { macs: 384, left: { t: null, e: null } },
    // The branch that is not taken has none.
    left: PRODUCT_SUM > 0 ? { t: 8 * 128, e: 0 } : { t: 0, e: 8 * 128 },
  },
  'Loop with products inside, some of them in a branch': {
    model: linear([node('Loop', ['trips', '', 'h'], 'y', { body: multiplied })], {
      trips: int64Proto('', [3], []),
      one: int64Proto('', [1], []),
      q: randomTensor([16, 16], 3),
    }),
    inputs: X,
    layers: ['h'],
    macs: 384,
    // Three steps; the branch is taken in the second one alone.
    left: { v_next: 3 * 256, v_once: 256 },
  },
  Loop: {
    model: linear([node('Loop', ['trips', '', 'h'], 's', { body: added }), node('MatMul', ['s', 'v'], 'y')], {
      trips: int64Proto('', [3], []),
      v: randomTensor([16, 8], 3),
    }),
    inputs: X,
    layers: ['h', 'y'],
    macs: 384 + 128,
  },
  'Einsum that is a matrix product': {
    model: {
      nodes: [node('Einsum', ['x', 'w'], 'y', { equation: 'bk,nk->nb' })],
      constants: { w: randomTensor([16, 24], 1) },
      input: ['n', 24],
    },
    inputs: X,
    layers: ['y'],
    macs: 384,
    options: { biasCorrection: true },
  },
  'a tensor without elements in all samples': {
    model: linear(
      [
        node('Slice', ['x', 'start', 'end', 'axis'], 'e'),
        node('MatMul', ['e', 'v'], 'p'),
        node('Add', ['p', 'h'], 'y'),
      ],
      { start: int64Proto('', [0]), end: int64Proto('', [0]), axis: int64Proto('', [1]), v: tensor([0, 16], []) },
    ),
    inputs: X,
    layers: ['h'],
    macs: 384,
    left: { p: 0 },
  },
  'a tensor without elements on some samples': {
    model: linear(
      [
        node('ReduceMax', ['h'], 'm', { axes: [1], keepdims: 0 }),
        node('Greater', ['m', 'th'], 'k'),
        node('Compress', ['x', 'k'], 'roi', { axis: 0 }),
        node('MatMul', ['roi', 'v'], 'found'),
      ],
      { th: scalar(8), v: randomTensor([24, 4], 3) },
      { outputs: ['h', 'found'] },
    ),
    inputs: X,
    layers: ['h', 'found'],
    macs: 384,
    options: { batch: 1 },
  },
  'a tensor without elements on the calibration samples, by what they hold': {
    model: linear(
      [
        node('ReduceMax', ['h'], 'm', { axes: [1], keepdims: 0 }),
        node('Greater', ['m', 'th'], 'k'),
        node('Compress', ['x', 'k'], 'roi', { axis: 0 }),
        node('MatMul', ['roi', 'v'], 'found'),
      ],
      { th: scalar(1e6), v: randomTensor([24, 4], 3) },
      { outputs: ['h', 'found'] },
    ),
    inputs: X,
    layers: ['h'],
    macs: 384,
    without: ['found'],
    left: { found: 0 },
    file: { macs: 384, left: {} },
  },
  'an input without a shape': {
    model: { nodes: [node('MatMul', ['x', 'w'], 'y')], constants: { w: W }, input: [valueInfoOfType('x')] },
    inputs: X,
    layers: ['y'],
    macs: 384,
  },
  'a layer that reaches no output': {
    model: linear([node('MatMul', ['x', 'v'], 'unused')], { v: randomTensor([24, 8], 3) }, { outputs: ['h'] }),
    inputs: X,
    layers: ['h'],
    macs: 384,
    left: { unused: 0 },
  },
  'operator set 7': {
    model: {
      nodes: [
        node('Conv', ['x', 'w', 'b'], 'a', { pads: [1, 1, 1, 1] }),
        node('BatchNormalization', ['a', 'b', 'b', 'b', 'b2'], 'n', { spatial: 1 }),
        Object.assign(node('Upsample', ['n'], 'y', { mode: 'nearest', scales: { floats: [1, 1, 2, 2] } })),
      ],
      constants: { w: randomTensor([4, 3, 3, 3], 1), b: randomTensor([4], 2), b2: tensor([4], [1, 2, 3, 4]) },
      input: ['n', 3, 5, 5],
      opset: 7,
    },
    inputs: randomTensor([3, 3, 5, 5], 4),
    layers: ['a'],
    macs: 25 * 27 * 4,
  },
  'one number a sample': {
    model: linear([node('MatMul', ['h', 'v'], 'e'), node('Sigmoid', ['e'], 'y')], { v: randomTensor([16, 1], 3) }),
    inputs: X,
    layers: ['h', 'e'],
    macs: 384 + 16,
  },
  'groups that do not divide the reduction': {
    model: linear([]),
    inputs: X,
    layers: ['h'],
    macs: 384,
    options: { groupSize: 7 },
  },
};

/** An input of floats whose shape the file does not give. */
function valueInfoOfType(name: string) {
  const info = valueInfo(name, [1]);
  if (info.type?.value.case === 'tensorType') delete info.type.value.value.shape;
  return info;
}

/** Norm of the difference over the norm; infinite where elements that are not numbers differ. */
function distance(got: Value, wanted: Value): number {
  const [x, y] = [numbersOf(wanted), numbersOf(got)];
  if (!x || !y) return JSON.stringify(got.data) === JSON.stringify(wanted.data) ? 0 : Number.POSITIVE_INFINITY;
  let [error, squares] = [0, 0];
  for (let i = 0; i < x.length; i++) {
    const [a, b] = [x[i] as number, y[i] as number];
    if (Object.is(a, b)) continue;
    error += (a - b) ** 2;
    squares += a ** 2;
  }
  return error === 0 ? 0 : Math.sqrt(error / squares);
}

const leftOf = ({ leftOut = [] }: Network): Record<string, number | null> =>
  Object.fromEntries(leftOut.map(({ title, macs }) => [title, macs]));

describe('networks of all kinds', () => {
  it.each(Object.entries(CASES))('%s', async (_, about) => {
    const { model, inputs, layers, macs, left = {}, without = [], options = {}, sequence = false } = about;
    const { file: alone = { macs, left } } = about;
    const bytes = model instanceof Uint8Array ? model : modelBytes(model);
    const { report, inferred, outputs, folder } = await runNetwork(bytes, { samples: inputs, options });

    // What is quantised and what is not, with sizes by hand.
    expect(report.model.sequence).toBe(sequence);
    expect(report.layers.map(({ output }) => output)).toEqual(layers);
    expect(report.totals.macs).toBeCloseTo(macs, 6);
    expect(Object.fromEntries(report.leftOut.map((each) => [each.title, each.macs]))).toEqual(left);
    for (const { name } of report.layers) expect(name.length).toBeLessThan(100);

    // The network as it is read is the network of the file.
    const feed = feedOf(readModel(bytes, 'm'), samplesOf('s', inputs as FloatTensor));
    const run = feed.runs(1024).next().value;
    const original = await originally(bytes, run.inputs);
    const halves = model === unsortedHalves;
    for (const [name, wanted] of original) {
      expect(distance(outputs.get(name) as Value, wanted), name).toBeLessThan(halves ? 2e-3 : 1e-6);
    }

    // Its outputs on an array are those of the network with rounded operands in ONNX Runtime.
    expect(inferred.exact).toBe(true);
    expect(inferred.samples).toBe(report.calibration.samples);
    for (const { name, onnx, float } of inferred.outputs) {
      if (without.includes(name)) {
        expect([float.relativeError, float.cosine], name).toEqual([null, null]);
        expect(float.note, name).not.toBe('');
      } else expect(onnx.relativeError, name).toBeLessThan(1e-4);
    }

    // The model of time and energy has the same products, of the quantised network and of the file, for zeros.
    const { network } = await quantisedNetwork(folder, 'n');
    expect(network.layers.map(macsOf).reduce((sum, each) => sum + each, 0)).toBeCloseTo(macs, 6);
    expect(leftOf(network)).toEqual(left);
    const file = join(folder, 'original.onnx');
    writeFileSync(file, bytes);
    const shapes = [...feed.runs(1).next().value.inputs].map(
      ([name, { shape }]: [string, Value]) => `${name}=${shape.join('x')}`,
    );
    const { network: own } = await onnxNetwork(file, 'n', { shapes });
    expect(own.layers.map(macsOf).reduce((sum, each) => sum + each, 0)).toBeCloseTo(alone.macs, 6);
    expect(leftOf(own)).toEqual(alone.left);
  });
});

describe('what outputs have', () => {
  it('one number a sample: an error and the side of a threshold, no class', async () => {
    const { model, inputs } = CASES['one number a sample'] as Case;
    const { report } = await runNetwork(modelBytes(model as GraphParts), { samples: inputs });
    const [output] = report.outputs.calibration.outputs;
    expect(output?.agreement).toMatchObject({ kind: 'threshold', decisions: 8 });
    expect(output?.relativeError).toBeGreaterThan(0);
    expect(output?.equal).toBeLessThan(8);
  });
});
