import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../../gen/base/errors.js';
import { referenceSums } from '../../../../gen/golden/product.js';
import type { CodeMatrices } from '../../../../gen/golden/tiling.js';
import { splitNetwork } from '../../../../scripts/network/infer/network.js';
import { fakeQuantise } from '../../../../scripts/network/onnx/fake-quantise.js';
import { openSamples, samplesOf } from '../../../../scripts/network/onnx/samples.js';
import { openSession } from '../../../../scripts/network/onnx/session.js';
import type { FloatTensor } from '../../../../scripts/network/onnx/tensor.js';
import { requireFamilies } from '../../../../scripts/network/quantise/families.js';
import { requireReplaceable, writeNetwork } from '../../../../scripts/network/quantise/folder.js';
import { quantiseNetwork } from '../../../../scripts/network/quantise/network.js';
import { PUBLISHED } from '../../../../scripts/network/quantise/options.js';
import {
  feedsOf,
  floats,
  type GraphParts,
  modelBytes,
  modelOf,
  node,
  randomTensor,
  tensor,
  valueInfo,
} from '../../../support/onnx.js';

const integers = async (products: readonly CodeMatrices[]): Promise<BigInt64Array[]> => products.map(referenceSums);

async function expectAlike(parts: GraphParts, input: FloatTensor): Promise<void> {
  const model = modelOf(parts);
  const network = await quantiseNetwork(model, samplesOf('samples', input), PUBLISHED);
  const whole = await openSession(network.quantised);
  const output = model.outputs[0] as string;
  const wanted = floats(await whole.run(feedsOf(model, input)), output);
  await whole.close();
  const cut = splitNetwork(network.model, network.plan.layers);
  const got = floats(await cut.run(feedsOf(model, input), integers), output);
  await cut.close();
  expect(got.shape).toEqual(wanted.shape);
  for (const [i, value] of wanted.data.entries()) expect(got.data[i]).toBeCloseTo(value, 3);
}

/** Writes a quantised network into a new folder: its report. */
async function written(parts: GraphParts, input: FloatTensor) {
  const model = modelOf(parts);
  const samples = samplesOf('samples', input);
  const network = await quantiseNetwork(model, samples, PUBLISHED);
  const out = join(mkdtempSync(join(tmpdir(), 'ant-rtl-bugs-')), 'out');
  const calibration = { samples: 0, outputs: [], error: null, why: '' };
  return writeNetwork(network, {
    out,
    bytes: modelBytes(parts),
    options: {},
    outputs: { calibration, heldOut: null },
    warnings: [],
  });
}

const W = randomTensor([4, 3], 1);

describe('networks and requests out of the ordinary', () => {
  it('fakeQuantise: a corrected product whose node is named like its output', async () => {
    const made = Object.assign(node('MatMul', ['x', 'w'], 'y'), { name: 'y' });
    const model = modelOf({ nodes: [made], constants: { w: W }, input: ['n', 4] });
    const session = await openSession(fakeQuantise(model, [{ output: 'y', correction: tensor([3], [1, 2, 3]) }]));
    await session.close();
  });

  it('infer: a bias that nodes compute from constants', async () => {
    const parts = {
      nodes: [node('Identity', ['b'], 'bias'), node('Gemm', ['x', 'w', 'bias'], 'y')],
      constants: { w: W, b: randomTensor([3], 2) },
      input: ['n', 4],
    };
    await expectAlike(parts, randomTensor([2, 4], 3));
  });

  it('infer: a Gemm bias per row, where rows and columns are as many', async () => {
    const parts = {
      nodes: [node('Gemm', ['x', 'w', 'b'], 'y')],
      constants: { w: W, b: tensor([3, 1], [10, 20, 30]) },
      input: [3, 4],
    };
    await expectAlike(parts, randomTensor([3, 4], 3));
  });

  it('fake-quantised model: weights that nodes computed are gone, with all that led to them', async () => {
    const parts = {
      nodes: [node('Relu', ['w'], 'r'), node('Transpose', ['r'], 't'), node('MatMul', ['x', 't'], 'y')],
      constants: { w: randomTensor([3, 4], 1) },
      input: ['n', 4],
    };
    const network = await quantiseNetwork(modelOf(parts), samplesOf('s', randomTensor([2, 4], 3)), PUBLISHED);
    expect(network.quantised.graph.initializer.map(({ name }) => name)).not.toContain('w');
  });

  it('quantize: computed weights in a file of IR version 3, whose initialisers are listed as inputs', async () => {
    const parts = {
      nodes: [node('Transpose', ['w'], 't'), node('MatMul', ['x', 't'], 'p'), node('Add', ['p', 'b'], 'y')],
      constants: { w: randomTensor([3, 4], 1), b: randomTensor([3], 2) },
      input: [valueInfo('x', ['n', 4]), valueInfo('w', [3, 4]), valueInfo('b', [3])],
      irVersion: 3,
      opset: 9,
    };
    await expectAlike(parts, randomTensor([2, 4], 3));
  });

  it('report: sizes are those of one sample where the network fixes its batch', async () => {
    const parts = { nodes: [node('MatMul', ['x', 'w'], 'y')], constants: { w: W }, input: [2, 4] };
    const report = await written(parts, randomTensor([4, 4], 3));
    expect(report.layers[0]?.products).toEqual({ count: 1, m: 1, k: 4, n: 3, samples: 1 });
    expect(report.totals.macs).toBe(12);
  });

  it('requireFamilies: a type by name of another width than asked for', () => {
    expect(() => requireFamilies(['int', 'int8'], 4)).toThrow(UserError);
  });

  it('--out is a file', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'ant-rtl-bugs-')), 'out');
    writeFileSync(file, '');
    expect(() => requireReplaceable(file)).toThrow(UserError);
  });

  it('--calib is a folder', () => {
    expect(() => openSamples([tmpdir()])).toThrow(UserError);
  });

  it('infer: an input whose activations overflow is a refusal, not an internal error', async () => {
    const parts = {
      nodes: [node('Exp', ['x'], 'h'), node('MatMul', ['h', 'w'], 'y')],
      constants: { w: W },
      input: ['n', 4],
    };
    const network = await quantiseNetwork(modelOf(parts), samplesOf('s', randomTensor([2, 4], 3)), PUBLISHED);
    const cut = splitNetwork(network.model, network.plan.layers);
    await expect(cut.run(feedsOf(network.model, tensor([1, 4], [1000, 0, 0, 0])), integers)).rejects.toThrow(UserError);
  });
});
