import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { generate } from '../../../gen/design/generate.js';
import { DEFAULT_MATRIX } from '../../../scripts/verify/matrix.js';
import { runProgram } from '../../support/program.js';
import { architectureOf, expectAllPassed, matrixSample } from './matrix.js';

const sample = matrixSample();

it('has designs of every architecture in the matrix', () => {
  expect(sample.length).toBeLessThan(DEFAULT_MATRIX.length / 3);
  expect(new Set(sample.flatMap(architectureOf))).toEqual(new Set(DEFAULT_MATRIX.flatMap(architectureOf)));
});

it('npm run verify passes them, and says how fast it simulated', async () => {
  const out = mkdtempSync(join(tmpdir(), 'ant-rtl-matrix-'));
  try {
    const folders = sample.map((raw) => generate(validateConfiguration(raw), out).folder);
    const { exitCode, stdout } = await runProgram('verify', ['--design', ...folders]);
    expect(exitCode, stdout).toBe(0);
    expectAllPassed(stdout, sample, 'default_16x16');
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
});
