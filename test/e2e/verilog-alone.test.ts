import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { loadDesign } from '../../gen/design/manifest.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface LockedPackage {
  readonly dev?: boolean;
  readonly optional?: boolean;
}

/** The project as `npm ci --omit=dev` installs it: the packages that the lock file does not mark as for development. */
function withoutDevelopment(): string {
  const copy = mkdtempSync(join(tmpdir(), 'ant-rtl-alone-'));
  for (const part of ['gen', 'scripts', 'templates', 'models', 'tb', 'package.json', 'tsconfig.json']) {
    cpSync(join(root, part), join(copy, part), { recursive: true });
  }
  const locked = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  for (const [path, { dev, optional }] of Object.entries<LockedPackage>(locked)) {
    if (path === '' || dev || optional || path.lastIndexOf('node_modules/') > 0) continue;
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    symlinkSync(join(root, path), join(copy, path));
  }
  return copy;
}

it('gen writes a whole design where npm ci --omit=dev installed; other programs say what to install', async () => {
  const copy = withoutDevelopment();
  const run = (file: string, ...args: string[]) =>
    execa(process.execPath, ['--import', 'tsx', file, ...args], {
      cwd: copy,
      env: { ANT_RTL_YOSYS: 'wasm' },
      reject: false,
    });
  const made = await run('gen/cli.ts', '--rows', '2', '--cols', '3');
  expect([made.exitCode, made.stderr]).toEqual([0, '']);
  const { files } = loadDesign(join(copy, 'rtl-out/ant_2x3'));
  expect(files.map(({ path }) => path)).toEqual(expect.arrayContaining(['timing.svg', 'block-diagram.svg']));

  const refused = [
    ['onnxruntime-node', 'scripts/quantize.ts', 'models/residual.onnx', '--calib', 'none.npy'],
    ['vega', 'scripts/model.ts', '--out', 'model'],
    ['@yowasp/yosys', 'scripts/area.ts', '--design', 'rtl-out/ant_2x3'],
  ] as const;
  for (const [name, file, ...args] of refused) {
    const { exitCode, stderr } = await run(file, ...args);
    expect([exitCode, stderr], file).toEqual([
      3,
      `error: the package ${name} is not installed; npm ci installs all packages`,
    ]);
  }
});
