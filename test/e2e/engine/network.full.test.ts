/** @module-tag rest */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { busOf } from '../../../gen/design/engine/manifest.js';
import { type CompiledNetwork, compile } from '../../../scripts/network/compile/compile.js';
import type { Codes } from '../../../scripts/network/compile/evaluate.js';
import { inputCodes } from '../../../scripts/network/compile/network-of.js';
import { loadWholeInteger } from '../../../scripts/network/compile/whole-integer.js';
import { runOnEngine } from '../../../scripts/network/infer/engine.js';
import { loadNetwork } from '../../../scripts/network/infer/load.js';
import { FASHION, fashionMnist } from '../../../scripts/network/onnx/fashion.js';
import { feedOf } from '../../../scripts/network/onnx/feed.js';
import { floatsOf } from '../../../scripts/network/onnx/value.js';
import { buildEngine } from '../../../scripts/verify/engine/engine.js';
import { brokenEngine, engineIn } from '../../support/engine.js';
import { runProgram } from '../../support/program.js';

const ENGINE = { rows: 16, cols: 16, name: 'network' };
const SAMPLES = 3;
const out = mkdtempSync(join(tmpdir(), 'ant-rtl-network-'));
const folder = join(out, 'residual');

beforeAll(async () => {
  const flags = ['--calib', FASHION, '--wide', 'first,last', '--integer', '--test', '100', '--out', folder];
  const { exitCode } = await runProgram('quantize', ['models/residual.onnx', ...flags]);
  expect(exitCode).toBe(0);
}, 120_000);

async function compiled(machine: CompiledNetwork['machine']): Promise<{ network: CompiledNetwork; samples: Codes[] }> {
  const loaded = loadNetwork(folder);
  const { shared } = await loadWholeInteger(loaded);
  const images = feedOf(loaded.model, fashionMnist('t10k', SAMPLES).images);
  const samples = [...images.runs(1)].map(({ inputs }) =>
    inputCodes(shared, (name) => floatsOf(inputs.get(name), name)),
  );
  return { network: compile(machine, shared.network), samples };
}

describe('the residual network', () => {
  it('runs whole on the Verilated engine, and every byte that it writes is that of the reference simulator', async () => {
    const { folder: design, manifest } = engineIn(out, ENGINE);
    const { executable } = await buildEngine(design, manifest);
    const { network, samples } = await compiled(manifest.machine);
    const runs = await runOnEngine({ ...busOf(manifest), executable }, network, samples);
    expect(runs.mismatch).toBeUndefined();
    expect(runs.registers).toHaveLength(SAMPLES);
    expect(runs.bytes).toBe(SAMPLES * (network.map.sizes.outputs + network.map.sizes.scratch));
    // Ten classes, of which one is the largest.
    expect(new Set(runs.codesOf(0, 'logits')).size).toBeGreaterThan(1);
  });

  it('is found wrong where the engine adds no second operand', async () => {
    const { folder: design, manifest } = brokenEngine(out, ENGINE, (file, text) =>
      file === 'network_compute.v' ? text.replace(/(\w+) == SECOND_ADD/, "($1 & 2'd2) == SECOND_ADD") : text,
    );
    const { executable } = await buildEngine(design, manifest);
    const { network, samples } = await compiled(manifest.machine);
    const runs = await runOnEngine({ ...busOf(manifest), executable }, network, samples);
    expect(runs.mismatch).toMatch(/sample 0: byte \d+/);
  });
});
