import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EngineParameters } from '../../../gen/rtl/engine/engine.js';
import { type CompiledNetwork, compile } from '../../../scripts/network/compile/compile.js';
import type { Codes } from '../../../scripts/network/compile/evaluate.js';
import { inputCodes, integerNetworkOf } from '../../../scripts/network/compile/network-of.js';
import { runOnEngine } from '../../../scripts/network/infer/engine.js';
import { loadNetwork } from '../../../scripts/network/infer/load.js';
import { FASHION, fashionMnist } from '../../../scripts/network/onnx/fashion.js';
import { feedOf } from '../../../scripts/network/onnx/feed.js';
import { calibrationSamples } from '../../../scripts/network/quantise/calibration.js';
import { buildEngine } from '../../../scripts/verify/engine/engine.js';
import { runProgram } from '../../support/program.js';

const ENGINE: EngineParameters = {
  bus: { name: 'network', busBits: 128, addressBits: 40, outstanding: 8, reset: 'sync' },
  ...{ rows: 16, cols: 16, lanes: 1, requantiseLanes: 4, pipeline: 1, maxK: 8192, rounding: 'up' },
  words: { activation: 4096, weight: 8192, constant: 512, output: 4096 },
};
const SAMPLES = 3;
const folder = join(mkdtempSync(join(tmpdir(), 'ant-rtl-network-')), 'residual');

beforeAll(async () => {
  const flags = ['--calib', FASHION, '--wide', 'first,last', '--out', folder];
  const { exitCode } = await runProgram('quantize', ['models/residual.onnx', ...flags]);
  expect(exitCode).toBe(0);
}, 120_000);

async function compiled(machine: CompiledNetwork['machine']): Promise<{ network: CompiledNetwork; samples: Codes[] }> {
  const loaded = loadNetwork(folder);
  const ranges = feedOf(loaded.model, calibrationSamples([FASHION], undefined));
  const network = compile(machine, await integerNetworkOf(loaded, ranges, 32));
  const images = feedOf(loaded.model, fashionMnist('t10k', SAMPLES).images);
  const samples: Codes[] = [];
  for (const run of images.runs(SAMPLES)) samples.push(...inputCodes(network.network, run));
  return { network, samples };
}

describe('the residual network', () => {
  it('runs whole on the Verilated engine, and every byte that it writes is that of the reference simulator', async () => {
    const { design, executable } = await buildEngine(ENGINE);
    const { network, samples } = await compiled(design.machine);
    const runs = await runOnEngine({ ...ENGINE.bus, executable }, network, samples);
    expect(runs.mismatch).toBeUndefined();
    expect(runs.registers).toHaveLength(SAMPLES);
    expect(runs.bytes).toBe(SAMPLES * (network.map.sizes.outputs + network.map.sizes.scratch));
    // Ten classes, of which one is the largest.
    expect(new Set(runs.bytesOf(0, 'logits')).size).toBeGreaterThan(1);
  });

  it('is found wrong where the engine adds no second operand', async () => {
    const { design, executable } = await buildEngine(ENGINE, {
      broken: (file, text) =>
        file === 'network_compute.v' ? text.replace('second_q == SECOND_ADD', "(second_q & 2'd2) == SECOND_ADD") : text,
    });
    const { network, samples } = await compiled(design.machine);
    const runs = await runOnEngine({ ...ENGINE.bus, executable }, network, samples);
    expect(runs.mismatch).toMatch(/sample 0: byte \d+/);
  });
});
