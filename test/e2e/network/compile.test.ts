import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { engineIn } from '../../support/engine.js';
import { modelBytes, TINY } from '../../support/onnx.js';
import { runProgram } from '../../support/program.js';

const folder = mkdtempSync(join(tmpdir(), 'ant-rtl-compile-'));
const [quantised, out] = [join(folder, 'tiny'), join(folder, 'compiled')];
const engine = (raw: object): string => engineIn(folder, { rows: 16, cols: 16, ...raw }).folder;

beforeAll(async () => {
  const model = join(folder, 'tiny.onnx');
  writeFileSync(model, modelBytes(TINY));
  const { exitCode, stderr } = await runProgram('quantize', [
    ...[model, '--calib', 'fashion-mnist', '--samples', '32', '--bits', '8', '--types', 'int'],
    ...['--integer', '--test', '50', '--out', quantised],
  ]);
  expect(stderr).not.toContain('rror');
  expect(exitCode).toBe(0);
}, 60_000);

describe('npm run compile', () => {
  it('writes image, map and report, and the reference simulator runs them', async () => {
    const design = engine({});
    const flags = ['--design', design, '--samples', '5', '--out', out, '--json'];
    const { exitCode, stdout } = await runProgram('compile', [quantised, ...flags]);
    expect(exitCode).toBe(0);
    const report = JSON.parse(stdout);
    // The convolution's and the product's results, and the mean, of each sample.
    expect(report.check).toMatchObject({ samples: 5, codes: 5 * (10 * 10 * 6 + 6 + 10), wrongCodes: 0 });
    expect(report.check.agreeing).toBeGreaterThan(3);
    expect(report.macs).toBe(100 * 6 * 25 + 60);
    expect(readdirSync(out).sort()).toEqual(['image.bin', 'map.h', 'map.json', 'report.json', 'report.txt']);
    const map = JSON.parse(readFileSync(join(out, 'map.json'), 'utf8'));
    expect(readFileSync(join(out, 'image.bin'))).toHaveLength(map.bases.image.bytes);
  });

  it('refuses a layer that does not fit, and names what it needs', async () => {
    const design = engine({ name: 'narrow', activationKib: 1 });
    const flags = ['--design', design, '--out', join(folder, 'none')];
    const { exitCode, stderr } = await runProgram('compile', [quantised, ...flags]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/conv: .* 140 words .* 128; .* --activation-kib 2$/);
  });
});
