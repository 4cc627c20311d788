import { TensorProto_DataType } from 'onnx-buf';
import { describe, expect, it } from 'vitest';
import { feedOf } from '../../../scripts/network/onnx/feed.js';
import { readModel } from '../../../scripts/network/onnx/model.js';
import { samplesOf } from '../../../scripts/network/onnx/samples.js';
import type { Value } from '../../../scripts/network/onnx/value.js';
import { originally, runNetwork } from '../../support/network-run.js';
import {
  floats,
  type GraphParts,
  int64Proto,
  modelBytes,
  node,
  randomTensor,
  tensor,
  valueInfo,
} from '../../support/onnx.js';

const { INT64, FLOAT } = TensorProto_DataType;
const [WIDTH, HEADS, HEAD] = [16, 2, 8];

const int64 = (shape: readonly number[], values: readonly number[]): Value => ({
  type: 'int64',
  shape,
  data: BigInt64Array.from(values.map(BigInt)),
});
const floatValues = (shape: readonly number[], seed: number): Value => ({
  type: 'float32',
  shape,
  data: randomTensor(shape, seed).data,
});

const projections = (input: string): GraphParts['nodes'] =>
  ['q', 'k', 'v'].flatMap((name) => [
    node('MatMul', [input, `w_${name}`], `${name}_0`),
    node('Add', [`${name}_0`, `b_${name}`], `${name}_flat`),
  ]);
const weights = {
  ...Object.fromEntries(['q', 'k', 'v', 'o'].map((name, i) => [`w_${name}`, randomTensor([WIDTH, WIDTH], 20 + i)])),
  ...Object.fromEntries(['q', 'k', 'v', 'o'].map((name, i) => [`b_${name}`, randomTensor([WIDTH], 30 + i)])),
  scale: tensor([], [HEAD ** -0.5]),
};

/** An encoder as PyTorch exports BERT: ids and a mask, attention over heads, a feed-forward part, a pooler. */
const ENCODER: GraphParts = {
  nodes: [
    node('Gather', ['table', 'ids'], 'e'),
    ...projections('e'),
    ...['q', 'k', 'v'].flatMap((name) => [
      node('Reshape', [`${name}_flat`, 'split'], `${name}_split`),
      node('Transpose', [`${name}_split`], name, { perm: name === 'k' ? [0, 2, 3, 1] : [0, 2, 1, 3] }),
    ]),
    node('MatMul', ['q', 'k'], 'scores_0'),
    node('Mul', ['scores_0', 'scale'], 'scores_1'),
    node('Cast', ['mask'], 'm', { to: FLOAT }),
    node('Sub', ['one', 'm'], 'hidden'),
    node('Mul', ['hidden', 'far'], 'away'),
    node('Unsqueeze', ['away', 'axes'], 'bias'),
    node('Add', ['scores_1', 'bias'], 'scores'),
    node('Softmax', ['scores'], 'shares', { axis: -1 }),
    node('MatMul', ['shares', 'v'], 'mixed'),
    node('Transpose', ['mixed'], 'turned', { perm: [0, 2, 1, 3] }),
    node('Reshape', ['turned', 'join'], 'joined'),
    node('MatMul', ['joined', 'w_o'], 'out'),
    node('Add', ['out', 'e'], 'sum'),
    node('MatMul', ['sum', 'w_1'], 'ff_0'),
    node('Relu', ['ff_0'], 'ff_1'),
    node('MatMul', ['ff_1', 'w_2'], 'ff'),
    node('Add', ['ff', 'sum'], 'states'),
    node('Gather', ['states', 'first'], 'start', { axis: 1 }),
    node('Gemm', ['start', 'w_p', 'b_o'], 'pooled_0', { transB: 1 }),
    node('Tanh', ['pooled_0'], 'pooled'),
  ],
  constants: {
    ...weights,
    table: randomTensor([30, WIDTH], 1),
    split: int64Proto('', [0, 0, HEADS, HEAD]),
    join: int64Proto('', [0, 0, WIDTH]),
    one: tensor([], [1]),
    far: tensor([], [-10000]),
    axes: int64Proto('', [1, 2]),
    first: int64Proto('', [0], []),
    w_1: randomTensor([WIDTH, 24], 2),
    w_2: randomTensor([24, WIDTH], 3),
    w_p: randomTensor([WIDTH, WIDTH], 4),
  },
  input: [valueInfo('ids', ['n', 't'], INT64), valueInfo('mask', ['n', 't'], INT64)],
  outputs: ['states', 'pooled'],
  opset: 17,
};

/** Attention with the sequence in front, as nn.MultiheadAttention has it: T x N x width. */
const SEQUENCE_FIRST: GraphParts = {
  nodes: [
    ...projections('x'),
    ...['q', 'k', 'v'].flatMap((name) => [
      node('Reshape', [`${name}_flat`, 'split'], `${name}_split`),
      node('Transpose', [`${name}_split`], name, { perm: name === 'k' ? [1, 2, 0] : [1, 0, 2] }),
    ]),
    node('MatMul', ['q', 'k'], 'scores'),
    node('Softmax', ['scores'], 'shares', { axis: -1 }),
    node('MatMul', ['shares', 'v'], 'mixed'),
    node('Transpose', ['mixed'], 'turned', { perm: [1, 0, 2] }),
    node('Reshape', ['turned', 'join'], 'joined'),
    node('MatMul', ['joined', 'w_o'], 'y'),
  ],
  constants: { ...weights, split: int64Proto('', [6, 2 * HEADS, HEAD]), join: int64Proto('', [6, 2, WIDTH]) },
  input: [6, 2, WIDTH],
};

/** One step of a decoder: keys and values of earlier steps come in, and go out with those of this step. */
const DECODER: GraphParts = {
  nodes: [
    node('Gather', ['table', 'ids'], 'e'),
    ...projections('e'),
    ...['q', 'k', 'v'].flatMap((name) => [
      node('Reshape', [`${name}_flat`, 'split'], `${name}_split`),
      node('Transpose', [`${name}_split`], `${name}_new`, { perm: [0, 2, 1, 3] }),
    ]),
    node('Concat', ['past_k', 'k_new'], 'present_k', { axis: 2 }),
    node('Concat', ['past_v', 'v_new'], 'present_v', { axis: 2 }),
    node('Transpose', ['present_k'], 'k_turned', { perm: [0, 1, 3, 2] }),
    node('MatMul', ['q_new', 'k_turned'], 'scores_0'),
    node('Mul', ['scores_0', 'scale'], 'scores'),
    node('Softmax', ['scores'], 'shares', { axis: -1 }),
    node('MatMul', ['shares', 'present_v'], 'mixed'),
    node('Transpose', ['mixed'], 'turned', { perm: [0, 2, 1, 3] }),
    node('Reshape', ['turned', 'join'], 'joined'),
    node('MatMul', ['joined', 'w_o'], 'states'),
    node('MatMul', ['states', 'table_turned'], 'logits'),
    node('Transpose', ['table'], 'table_turned', { perm: [1, 0] }),
  ],
  constants: {
    ...weights,
    table: randomTensor([30, WIDTH], 1),
    split: int64Proto('', [0, 0, HEADS, HEAD]),
    join: int64Proto('', [0, 0, WIDTH]),
  },
  input: [
    valueInfo('ids', ['n', 1], INT64),
    valueInfo('past_k', ['n', HEADS, 'past', HEAD]),
    valueInfo('past_v', ['n', HEADS, 'past', HEAD]),
  ],
  outputs: ['logits', 'present_k', 'present_v'],
  opset: 17,
};

interface Transformer {
  readonly parts: GraphParts;
  readonly inputs: Readonly<Record<string, Value>>;
  readonly layers: readonly string[];
  /** Per sample, by hand. */
  readonly macs: number;
}

const [T, PAST] = [5, 4];
const CASES: Record<string, Transformer> = {
  'an encoder with ids and a mask': {
    parts: ENCODER,
    inputs: {
      ids: int64(
        [4, T],
        Array.from({ length: 4 * T }, (_, i) => (i * 11) % 30),
      ),
      mask: int64(
        [4, T],
        Array.from({ length: 4 * T }, (_, i) => (i % T < 3 ? 1 : 0)),
      ),
    },
    layers: ['q_0', 'k_0', 'v_0', 'scores_0', 'mixed', 'out', 'ff_0', 'ff', 'pooled_0'],
    macs: 4 * T * WIDTH * WIDTH + 2 * HEADS * T * T * HEAD + 2 * T * WIDTH * 24 + WIDTH * WIDTH,
  },
  'attention with the sequence in front': {
    parts: SEQUENCE_FIRST,
    inputs: { x: floatValues([3, 6, 2, WIDTH], 8) },
    layers: ['q_0', 'k_0', 'v_0', 'scores', 'mixed', 'y'],
    macs: 4 * 12 * WIDTH * WIDTH + 2 * 2 * HEADS * 6 * 6 * HEAD,
  },
  'a decoder with a key-value cache': {
    parts: DECODER,
    inputs: {
      ids: int64([3, 1], [4, 17, 9]),
      past_k: floatValues([3, HEADS, PAST, HEAD], 5),
      past_v: floatValues([3, HEADS, PAST, HEAD], 6),
    },
    layers: ['q_0', 'k_0', 'v_0', 'scores_0', 'mixed', 'states', 'logits'],
    macs: 4 * WIDTH * WIDTH + 2 * HEADS * (PAST + 1) * HEAD + WIDTH * 30,
  },
};

describe('transformers as they are exported', () => {
  it.each(Object.entries(CASES))('%s', async (_, { parts, inputs, layers, macs }) => {
    const bytes = modelBytes(parts);
    const { report, inferred, outputs } = await runNetwork(bytes, {
      samples: inputs,
      options: { bits: 8, families: ['int'] },
    });
    expect(report.layers.map(({ output }) => output)).toEqual(layers);
    expect(report.leftOut).toEqual([]);
    expect(report.totals.macs).toBe(macs);
    expect(inferred.exact).toBe(true);
    expect(inferred.macs).toBe(macs * inferred.samples);
    expect(inferred.outputs.map(({ name }) => name)).toEqual(parts.outputs ?? ['y']);
    for (const { name, onnx, float } of inferred.outputs) {
      expect(onnx.relativeError, name).toBeLessThan(1e-4);
      expect(float.relativeError, `${name}, 8 bits`).toBeLessThan(0.1);
    }
    const feed = feedOf(readModel(bytes, 'm'), samplesOf('s', inputs));
    const run = feed.runs(1024).next().value;
    const original = await originally(bytes, run.inputs);
    for (const name of original.keys()) expect(floats(outputs, name)).toEqual(floats(original, name));
  });
});
