/** @module-tag rest */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../../scripts/network/compile/compile.js';
import { inputCodes } from '../../../scripts/network/compile/network-of.js';
import type { Place } from '../../../scripts/network/compile/place.js';
import { inputBytes, openReference } from '../../../scripts/network/compile/run.js';
import { loadWholeInteger } from '../../../scripts/network/compile/whole-integer.js';
import { loadNetwork } from '../../../scripts/network/infer/load.js';
import { FASHION, fashionMnist } from '../../../scripts/network/onnx/fashion.js';
import { feedOf } from '../../../scripts/network/onnx/feed.js';
import { floatsOf } from '../../../scripts/network/onnx/value.js';
import { compileC, runDriver } from '../../../scripts/verify/engine/driver.js';
import { buildEngine } from '../../../scripts/verify/engine/engine.js';
import { brokenEngine, engineIn } from '../../support/engine.js';
import { modelBytes, TINY } from '../../support/onnx.js';
import { runProgram } from '../../support/program.js';

const out = mkdtempSync(join(tmpdir(), 'ant-rtl-infer-'));
const [quantised, compiled] = [join(out, 'tiny'), join(out, 'compiled')];
const ENGINE = { rows: 4, cols: 4, busBits: 64, requantiseLanes: 2 };

beforeAll(async () => {
  const model = join(out, 'tiny.onnx');
  writeFileSync(model, modelBytes(TINY));
  const flags = ['--calib', FASHION, '--samples', '32', '--bits', '8', '--types', 'int', '--integer', '--test', '32'];
  const { exitCode } = await runProgram('quantize', [model, ...flags, '--out', quantised]);
  expect(exitCode).toBe(0);
}, 300_000);

const infer = (design: string, ...more: string[]) =>
  runProgram('infer', ['--design', design, '--model', quantised, '--samples', '3', '--batch', '2', '--json', ...more]);

describe('npm run infer on an engine', () => {
  it('runs a network whole, equal to the reference simulator in every byte', async () => {
    const { stdout, exitCode } = await infer(engineIn(out, ENGINE).folder);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ samples: 3, exact: true, jobs: 1, macs: 100 * 6 * 25 + 60, busBits: 64 });
    expect(report.bytes).toBeGreaterThan(3 * (100 * 6 + 6 + 10));
    expect(report.cycles.least).toBeGreaterThan(report.arrayCycles);
    expect(report.utilisation).toBeGreaterThan(0.05);
    expect(report.utilisation).toBeLessThan(1);
    expect(exitCode).toBe(0);
  });

  it('runs two images a job, and the last one again where there is none', async () => {
    const { folder } = engineIn(out, ENGINE);
    const alone = JSON.parse((await infer(folder)).stdout);
    const { stdout, exitCode } = await infer(folder, '--images', '2');
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ samples: 3, images: 2, exact: true, macs: alone.macs, right: alone.right });
    // Two jobs of two images, and all bytes of both.
    expect(report.bytes).toBeGreaterThan(4 * (100 * 6 + 6 + 10));
    expect(report.cycles.mean).toBeLessThan(alone.cycles.mean);
    expect(exitCode).toBe(0);
  });

  it('tells of an engine that computes something else', async () => {
    const { folder } = brokenEngine(out, { ...ENGINE, name: 'wrong' }, (file, text) =>
      file === 'wrong_requantise.v' ? text.replace('copy_q[2] ? copy_shift_i : shift_i', "6'd1") : text,
    );
    const { stdout, exitCode } = await infer(folder);
    expect(JSON.parse(stdout)).toMatchObject({ exact: false, mismatch: expect.stringMatching(/^sample \d: byte \d+/) });
    expect(exitCode).toBe(1);
  });
});

describe('the driver of an engine', () => {
  it('runs a compiled network, with the header that the compiler writes', async () => {
    const { folder, manifest } = engineIn(out, ENGINE);
    const { exitCode } = await runProgram('compile', [quantised, '--design', folder, '--out', compiled]);
    expect(exitCode).toBe(0);
    const loaded = loadNetwork(quantised);
    const { shared } = await loadWholeInteger(loaded);
    const network = compile(manifest.machine, shared.network);
    const [run] = [...feedOf(loaded.model, fashionMnist('t10k', 1).images).runs(1)];
    const codes = inputCodes(shared, (name) => floatsOf(run?.inputs.get(name), name));
    const reference = openReference(network)(codes);
    const region = (size: number, names: readonly string[], bytesOf: (name: string) => Uint8Array): Buffer => {
      const bytes = Buffer.alloc(Math.ceil(size / 4096) * 4096);
      for (const name of names) bytes.set(bytesOf(name), (network.map.tensors.get(name) as Place).offset);
      return bytes;
    };
    const { sizes } = network.map;
    const { inputs, outputs } = shared.network;
    const image = readFileSync(join(compiled, 'image.bin'));
    const file = join(out, 'memory.bin');
    const parts = [
      Buffer.concat([image, Buffer.alloc((4096 - (image.length % 4096)) % 4096)]),
      region(sizes.inputs, inputs, (name) => inputBytes(network, name, codes.get(name) as Uint8Array)),
      region(sizes.outputs, outputs, reference.bytesOf),
    ];
    const driver = join(folder, 'driver');
    const sources = ['ant_engine.c', 'example/network.c'].map((path) => join(driver, path));
    const flags = ['-DANT_NETWORK', `-I${join(driver, 'example')}`, `-I${compiled}`];
    const library = join(out, 'network.so');
    await compileC([...flags, ...sources, 'tb/driver_check.c'], library);
    const built = await buildEngine(folder, manifest);
    writeFileSync(file, Buffer.concat(parts));
    const drive = () => runDriver(built, library, { bytes: 1 << 20, file });
    expect((await drive()).failure).toBeUndefined();
    (parts[2] as Buffer)[0] = ((parts[2] as Buffer)[0] as number) ^ 1;
    writeFileSync(file, Buffer.concat(parts));
    expect((await drive()).failure).toMatch(/check 2 /);
  });
});
