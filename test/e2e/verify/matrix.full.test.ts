/** @module-tag rest */
import { expect, it } from 'vitest';
import { DEFAULT_MATRIX } from '../../../scripts/verify/matrix.js';
import { runProgram } from '../../support/program.js';
import { expectAllPassed } from './matrix.js';

it('npm run verify passes the whole default matrix', async () => {
  const { exitCode, stdout } = await runProgram('verify', []);
  expect(exitCode, stdout).toBe(0);
  expectAllPassed(stdout, DEFAULT_MATRIX, 'default_16x16');
});
