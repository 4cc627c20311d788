import { expect } from 'vitest';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { DEFAULT_MATRIX } from '../../../scripts/verify/matrix.js';
import { splitByFeatures } from '../../support/sample.js';

const README_DESIGN = 'default_16x16';
const size = ({ rows = 1, cols = 1, lanes = 1 }: RawConfiguration): number =>
  Number(rows) * Number(cols) * Number(lanes);

/** The architecture of a design with its PE, and its stall. */
export function architectureOf(raw: RawConfiguration): string[] {
  const { arch, dataflow, pe, stall } = validateConfiguration(raw);
  return [`${arch === 'dot' ? arch : dataflow} ${pe}`, stall];
}

/** The design of the README, and small ones of every architecture in the matrix. */
export function matrixSample(): readonly RawConfiguration[] {
  const bySize = [...DEFAULT_MATRIX].sort((one, other) => size(one) - size(other));
  const { sample } = splitByFeatures(bySize, architectureOf);
  return [...DEFAULT_MATRIX.filter(({ name }) => name === README_DESIGN), ...sample];
}

/** The output of `npm run verify` says of each design that it passed, and how fast the largest was simulated. */
export function expectAllPassed(stdout: string, designs: readonly RawConfiguration[], largest: string): void {
  for (const { name } of designs) {
    expect(stdout).toMatch(new RegExp(`^PASS +${name} +[1-9]\\d* vectors +[1-9]\\d* cycles +[\\d.]+ s$`, 'm'));
  }
  expect(stdout).toContain(`${designs.length} passed, 0 failed`);
  expect(stdout).toMatch(new RegExp(`simulation speed on ${largest}: \\d+ kcycle/s, \\d+ million MAC/s`));
}
