import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { arrayInfoOf, tiledArrayOf } from '../../../gen/design/array-info.js';
import { generate } from '../../../gen/design/generate.js';
import { loadDesign, type Manifest } from '../../../gen/design/manifest.js';
import { streamCycles, wholeProduct } from '../../../gen/golden/stream-cycles.js';
import { planTiling, type Tiling } from '../../../gen/golden/tiling.js';
import { randomSource, randomTile } from '../../../gen/golden/vectors.js';
import { comparedAccelerators } from '../../../scripts/perf/data.js';
import { onnxNetwork } from '../../../scripts/perf/import.js';
import type { Layer } from '../../../scripts/perf/layer.js';
import { macsOf } from '../../../scripts/perf/layer.js';
import { NETWORKS } from '../../../scripts/perf/networks/index.js';
import { modelledCycles, multiplyOnArray, type ProductJob } from '../../../scripts/verify/multiply.js';
import { type ArraySimulator, openArraySimulator } from '../../../scripts/verify/simulator.js';
import { runProgram } from '../../support/program.js';

const root = mkdtempSync(join(tmpdir(), 'ant-rtl-model-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The product of a layer for one sample: of a grouped or repeated one, one of them. */
function sizesOf(layer: Layer): { m: number; k: number; n: number } {
  switch (layer.kind) {
    case 'convolution': {
      const { kernel, output, groups } = layer;
      const k = (layer.inChannels / groups) * kernel.height * kernel.width;
      return { m: output.height * output.width, k, n: layer.outChannels / groups };
    }
    case 'linear':
      return { m: layer.rows, k: layer.inFeatures, n: layer.outFeatures };
    case 'attention':
      return layer;
  }
}

describe.each(['os', 'ws'] as const)('the cycle model is the simulated array: %s', (dataflow) => {
  let manifest: Manifest;
  let simulator: ArraySimulator;

  beforeAll(async () => {
    const { folder } = generate(validateConfiguration({ rows: 8, cols: 8, dataflow, name: `model_${dataflow}` }), root);
    manifest = loadDesign(folder);
    simulator = await openArraySimulator(folder, manifest);
  });

  const tilingOf = (layer: Layer): Tiling => {
    const { m, k, n } = sizesOf(layer);
    return planTiling({ a: { rows: m, cols: k }, w: { rows: k, cols: n } }, tiledArrayOf(manifest));
  };

  it.each(['residual', 'vit'])('for every layer of models/%s.onnx', async (name) => {
    const { network } = await onnxNetwork(`models/${name}.onnx`, name);
    const info = arrayInfoOf(manifest);
    const random = randomSource(1);
    const matrix = (rows: number, cols: number, type: (typeof info.a.types)[number]) => ({
      rows,
      cols,
      type,
      typeIndex: 0,
      codes: Uint8Array.from({ length: rows * cols }, () => random.below(16)),
    });
    let macs = 0;
    for (const layer of network.layers) {
      const { m, k, n } = sizesOf(layer);
      const [aType, wType] = [info.a.types[0], info.w.types[0]];
      if (!aType || !wType) throw new Error('the design has no types');
      const codes = { a: matrix(m, k, aType), w: matrix(k, n, wType) };
      const jobs: ProductJob[] = [{ tiling: planTiling(codes, tiledArrayOf(manifest)), codes }];
      const { cycles } = await multiplyOnArray(simulator, jobs);
      expect(modelledCycles(manifest.timing, jobs), layer.name).toBe(cycles);
      macs += m * k * n;
    }
    expect(network.layers.length).toBeGreaterThan(8);
    expect(macs).toBeGreaterThan(100_000);
  });

  it('for tiles of the large networks, chosen at random', async () => {
    const random = randomSource(7);
    const layers = [...NETWORKS.values()].flatMap((build) => build().layers);
    for (let i = 0; i < 24; i++) {
      const layer = layers[random.below(layers.length)] as Layer;
      const tiling = tilingOf(layer);
      const first = random.below(tiling.tiles);
      const count = Math.min(1 + random.below(6), tiling.tiles - first);
      const beats = Array.from({ length: count }, (_, t) => {
        if (dataflow === 'ws') return tiling.rows;
        const isLast = (first + t) % tiling.parts === tiling.parts - 1;
        return isLast ? tiling.k - (tiling.parts - 1) * tiling.partK : tiling.partK;
      });
      const tiles = beats.map((k) => randomTile(random, arrayInfoOf(manifest), { k }));
      const { cycles } = await simulator.run(tiles);
      const run = { tiling, first, count };
      expect(streamCycles(manifest.timing, [run]), `${layer.name}, tiles ${first} to ${first + count - 1}`).toBe(
        cycles,
      );
    }
  });

  it('and would not be with another period or latency', () => {
    const { timing } = manifest;
    const tiling = tilingOf({ kind: 'linear', name: 'x', rows: 40, inFeatures: 100, outFeatures: 40 });
    const cycles = streamCycles(timing, [wholeProduct(tiling)]);
    const slower = { ...timing, tilePeriod: { ...timing.tilePeriod, bubble: timing.tilePeriod.bubble + 1 } };
    expect(streamCycles(slower, [wholeProduct(tiling)])).toBe(cycles + tiling.tiles - 1);
  });
});

const model = (...args: string[]) => runProgram('model', args);

describe('npm run model', () => {
  const out = join(root, 'out');
  const accelerator = join(root, 'mine.yaml');
  const network = join(root, 'net.yaml');
  const memory = comparedAccelerators()[0]?.memory;
  const mine = {
    name: 'MINE',
    about: 'a small array',
    source: 'this test',
    array: { rows: 8, cols: 8, maxBits: 8, minBits: 4, dataflow: 'ws' },
    precision: { bits: 4, first: 8, last: 8 },
    core: { leakage: 1000, dynamic: 200000 },
    memory,
  };

  beforeAll(() => {
    writeFileSync(accelerator, stringify(mine));
    writeFileSync(
      network,
      stringify({
        name: 'net',
        layers: [
          {
            kind: 'convolution',
            name: 'conv',
            inChannels: 3,
            outChannels: 16,
            kernel: [3, 5],
            input: 12,
            output: [10, 8],
          },
          { kind: 'linear', name: 'fc', inFeatures: 1280, outFeatures: 10, bits: 4 },
        ],
      }),
    );
  });

  it('evaluates described accelerators and networks, and ONNX files', async () => {
    const networks = `${network},models/residual.onnx`;
    const args = ['--corrected', '--accelerators', `${accelerator},ANT-OS`, '--networks', networks, '--samples', '2'];
    const run = await model(...args, '--out', out, '--json');
    expect(run.exitCode, run.stderr).toBe(0);
    const report = JSON.parse(run.stdout);
    expect(report.baseline).toBe('ANT-OS');
    expect(report.results.map(({ network, accelerator }: Record<string, string>) => [network, accelerator])).toEqual([
      ['net', 'MINE'],
      ['net', 'ANT-OS'],
      ['residual', 'MINE'],
      ['residual', 'ANT-OS'],
    ]);
    const [first] = report.results;
    expect(first.layers.map(({ name, bits }: Record<string, unknown>) => [name, bits])).toEqual([
      ['conv', 8],
      ['fc', 4],
    ]);
    expect(first.stats.macs).toBe(2 * (3 * 15 * 16 * 80 + 12800));
    const { network: residual } = await onnxNetwork('models/residual.onnx', 'residual');
    expect(report.results[2].stats.macs).toBe(2 * residual.layers.reduce((sum, layer) => sum + macsOf(layer), 0));
    expect(report.figures).toBeUndefined();
    expect(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'))).toEqual(report);
    const csv = readFileSync(join(out, 'layers.csv'), 'utf8').trimEnd().split('\r\n');
    expect(csv).toHaveLength(1 + 2 * (2 + residual.layers.length));
    expect(new Set(csv.map((line) => line.split(',').length)).size).toBe(1);
    const html = readFileSync(join(out, 'report.html'), 'utf8');
    expect(html.match(/<svg/g)).toHaveLength(2 + 2);
    expect(html).not.toMatch(/NaN|undefined|https?:\/\/(?!www\.w3\.org)/);
  });

  it("sizes this project's own designs by their areas, and says where energies come from", async () => {
    const energies = join(root, 'energies.json');
    writeFileSync(energies, JSON.stringify({ INT8: { picojoules: 0.5, source: 'measured here' } }));
    const args = ['--own', '--corrected', '--networks', 'ResNet18', '--out', out];
    const run = await model(...args, '--energies', energies);
    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.stdout).toMatch(/^ANT-OS: 32 x 32 .*\b8 bits/m);
    expect(run.stdout).toMatch(/^INT8: 64 x \d+ .*\n {2}columns: .*\bANT-OS: Yosys.*\n {2}energy: {2}measured here$/m);
    expect(run.stdout).toMatch(/^INT4-8: .*\n.*\n {2}energy: .*\bpublished core\b.*: [\d.]+ pJ per MAC/m);
  });

  it('names all that is wrong in a description', async () => {
    const file = join(root, 'wrong.yaml');
    writeFileSync(file, stringify({ ...mine, array: { ...mine.array, rows: 0, dataflow: 'is' } }));
    const run = await model('--accelerators', file, '--networks', 'VGG16', '--out', out);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toMatch(/array\.rows:[\s\S]*array\.dataflow:/);
  });
});
